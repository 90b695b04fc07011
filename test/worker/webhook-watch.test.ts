// What webhooks are told of what does not happen: no request comes, a credential ends, somebody looked away [S63].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Deployment } from "../../src/deployment.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { api, type Gateway } from "./gateway.ts";
import { createKey } from "./keys.ts";
import {
  createHook,
  deployment,
  type Hook,
  lookAt,
  removeHooks,
  runDeliveries,
  sqlIn,
  told,
} from "./webhook-receiver.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let gateway: Gateway;
let hook: Hook;
beforeAll(async () => {
  await removeHooks();
  gateway = await open(KEEPNET);
  hook = await createHook({ connection: gateway.name });
});
afterAll(async () => {
  await removeHooks();
  await env.CONTROL.batch([
    env.CONTROL.prepare("delete from api_keys"),
    env.CONTROL.prepare("delete from gateway_alarms"),
  ]);
});

describe("a connection that falls silent", () => {
  const silent = () => told(hook, "connection.silent");
  /** Requests in the past, in hours ago; what else was counted goes. */
  const setHours = async (...ago: number[]) => {
    const hour = Math.floor(Date.now() / HOUR_MS);
    await sqlIn(gateway, "delete from request_hours");
    for (const hours of ago) {
      await sqlIn(gateway, "insert into request_hours values (?, 1, 0, ?)", hour - hours, Date.now() - hours * HOUR_MS);
    }
  };

  it("S63: is told once a day and three usual gaps have passed, and over with the next request", async () => {
    await lookAt(gateway);
    // Every eight hours; the last one 23 hours ago.
    await setHours(23, 31, 39, 47, 55);
    await lookAt(gateway);
    expect(await silent()).toEqual([]);
    await lookAt(gateway, 2 * HOUR_MS);
    await lookAt(gateway, 3 * HOUR_MS);
    expect(await silent()).toMatchObject([{ connection: gateway.name, kind: "silent", count: 1 }]);
    await gateway.scim("GET", "/Users?count=0");
    await lookAt(gateway);
    const { alarms } = (await api("GET", `/connections/${gateway.name}/alarms`)).body;
    expect(alarms.filter(({ kind }: { kind: string }) => kind === "silent")).toEqual([]);
  });

  it("S63: with a slow rhythm later, and never without a rhythm; a day's figures stay those of a day", async () => {
    const before = (await silent()).length;
    // Once a day: three of them must pass. Three requests are two gaps, and no rhythm.
    for (const hours of [
      [50, 74, 98, 122],
      [200, 201, 202],
    ]) {
      await setHours(...hours);
      await lookAt(gateway);
    }
    expect(await silent()).toHaveLength(before);
    await setHours(1, 50, 74, 98, 122);
    await lookAt(gateway);
    const { connections } = (await api("GET", `/health?connection=${gateway.name}`)).body;
    expect(connections[0]).toMatchObject({ requests: 1, requestsTotal: 5 });
    await lookAt(gateway, 75 * HOUR_MS);
    expect(await silent()).toHaveLength(before + 1);
  });
});

it("S63 S21: in plan mode the shadow tells nothing, and a connection whose requests it takes is not silent", async () => {
  const planned = await open(KEEPNET);
  const own = await createHook({ connection: planned.name });
  const hour = Math.floor(Date.now() / HOUR_MS);
  await sqlIn(planned, "delete from request_hours");
  for (const ago of [50, 58, 66, 74]) {
    await sqlIn(planned, "insert into request_hours values (?, 1, 0, ?)", hour - ago, (hour - ago) * HOUR_MS);
  }
  await api("PATCH", `/connections/${planned.name}`, { mode: "plan" });
  await lookAt(planned);
  await planned.vendor("POST", "/faults", [{ kind: "status", status: 401, times: 100, match: { path: "" } }]);
  expect((await planned.scim("GET", `/Users?filter=userName eq "nobody@example.com"`)).status).toBe(503);
  await planned.vendor("DELETE", "/faults");
  const shadow = env.CONNECTION.getByName(`${planned.id}:plan`);
  const raised = await runInDurableObject(shadow, (_, { storage }) =>
    storage.sql.exec("select kind from alarms union all select kind from owed").toArray(),
  );
  expect(raised).toEqual([{ kind: "credential-refused" }]);
  // Back in live mode, what it has not heard is no silence.
  await api("PATCH", `/connections/${planned.name}`, { mode: "live", confirm: true });
  await lookAt(planned);
  await lookAt(planned, 12 * HOUR_MS);
  expect(await told(own, "connection.silent", "credential.refused", "alarm.raised")).toEqual([]);
  await lookAt(planned, 25 * HOUR_MS);
  expect(await told(own, "connection.silent")).toHaveLength(1);
});

describe("what the deployment itself looks for", () => {
  it("S63: a credential that ends is told at each step once, and not where a younger one is in use", async () => {
    const made = await api("POST", `/connections/${gateway.name}/credentials`, { kind: "secret", expiresInDays: 61 });
    const { id } = made.body;
    const steps = async () =>
      (await told(hook, "credential.expiring")).filter(({ credential }) => credential === id).map(({ days }) => days);
    const lookIn = (days: number) =>
      atTimeFromNow(days * DAY_MS, async () => {
        await deployment().look();
        await deployment().look();
        await runDeliveries();
      });
    await lookIn(0.5);
    expect(await steps()).toEqual([]);
    for (const days of [2, 5, 32, 55, 59.5, 60.5, 62]) await lookIn(days);
    expect(await steps()).toEqual([60, 30, 7, 1]);
    const next = await api("POST", `/connections/${gateway.name}/credentials`, { kind: "secret", expiresInDays: 61 });
    await env.CONTROL.prepare(
      "update entrance_credentials set last_used_at = 1, expires_at = expires_at + 9 where id = ?",
    )
      .bind((await api("POST", `/connections/${gateway.name}/credentials`, { kind: "secret" })).body.id)
      .run();
    await lookIn(2);
    const others = (await told(hook, "credential.expiring")).filter(({ credential }) => credential === next.body.id);
    expect(others).toEqual([]);
  });

  it("S63 S39: the break-glass token's use is told once, also where the object could not be told at first", async () => {
    const own = await createHook({ events: ["deployment.break_glass"] });
    await env.CONTROL.prepare("delete from gateway_alarms").run();
    await createKey("owner");
    const failing = vi.spyOn(Deployment.prototype, "look").mockRejectedValue(new Error("the object was killed"));
    await atTimeFromNow(60_000, () => api("GET", "/me"));
    expect(failing).toHaveBeenCalled();
    failing.mockRestore();
    expect(await own.messages()).toEqual([]);
    await atTimeFromNow(2 * HOUR_MS, runDeliveries);
    await atTimeFromNow(3 * HOUR_MS, () => api("GET", "/me"));
    await atTimeFromNow(4 * HOUR_MS, runDeliveries);
    expect(await told(own, "deployment.break_glass")).toEqual([
      { connection: null, says: "the break glass token of the deployment was used although an owner has an API key" },
    ]);
  });
});
