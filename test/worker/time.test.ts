// Clocks that jump: nothing lasts or waits for hours because of it, and nothing is a silent success [S12] [S20] [S23] [S27].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { createId } from "../../src/store/identifier.ts";
import { ask, entraUser, filtered, KEEPABL, KEEPNET, natives, open, patchOf } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const HOUR_MS = 3_600_000;
const AHEAD_MS = 10 * HOUR_MS;

const setActive = (gateway: Gateway, id: string | undefined, active: boolean) =>
  gateway.scim("PATCH", `/Users/${id}`, patchOf({ op: "replace", path: "active", value: active }));
const create = (gateway: Gateway, email: string) => gateway.scim("POST", "/Users", entraUser({ email }));
const retryAfter = (answer: { headers: Headers }) => Number(answer.headers.get("retry-after"));

it("S14: ids grow also when the clock goes back, and when it makes thousands in a millisecond", () => {
  const now = Date.now();
  const ids = [createId(now + AHEAD_MS), createId(now), createId(now - AHEAD_MS), createId(now + 1)];
  for (let at = 0; at < 10_000; at++) ids.push(createId(now));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

describe("a clock that was set back", () => {
  it("S20: the brake still counts what was counted, and a release does not last for hours", async () => {
    const gateway = await createGateway("keepnet", { brake: { share: 0, count: 3, minutes: 60 } });
    const ids: string[] = [];
    for (const at of [0, 1, 2, 3, 4]) ids.push((await create(gateway, `u${at}@example.com`)).body.id);
    await atTimeFromNow(AHEAD_MS, async () => {
      for (const id of ids.slice(0, 2)) expect((await setActive(gateway, id, false)).status).toBe(200);
    });
    expect((await setActive(gateway, ids[2], false)).status).toBe(503);
    const path = `/connections/${gateway.name}/brake`;
    await atTimeFromNow(AHEAD_MS, async () => {
      await gateway.api("POST", `${path}/release`, { kind: "deactivation", count: 60 });
      for (const id of ids.slice(2, 4)) expect((await setActive(gateway, id, false)).status).toBe(200);
    });
    await gateway.scim("GET", `/Users/${ids[4]}`);
    const { releases, kinds } = (await gateway.api("GET", path)).body;
    expect([releases, kinds[0].counted]).toEqual([[], 0]);
    await gateway.api("PATCH", `/connections/${gateway.name}`, { brake: { share: 0, count: 1, minutes: 60 } });
    expect((await setActive(gateway, ids[4], false)).status).toBe(503);
  });

  it("S27: an index that seems to be from the future answers no match until the next sweep, which is due at once", async () => {
    const gateway = await createGateway("kpifire");
    const match = filtered("/Users", 'userName eq "nobody@example.com"');
    await atTimeFromNow(AHEAD_MS, async () => {
      await gateway.api("POST", `/connections/${gateway.name}/sweep`);
      await gateway.settle();
      expect((await gateway.scim("GET", match)).status).toBe(200);
    });
    const early = await gateway.scim("GET", match);
    expect(early.status).toBe(503);
    expect(retryAfter(early)).toBeLessThanOrEqual(60);
    const stub = env.CONNECTION.getByName(gateway.id);
    const alarm = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    expect(alarm === null || alarm <= Date.now() + 1_000).toBe(true);
    await gateway.settle();
    await runDurableObjectAlarm(stub);
    expect(await gateway.scim("GET", match)).toMatchObject({ status: 200, body: { totalResults: 0 } });
  });

  it("D1: a token that another isolate revoked is not kept for longer than half a minute", async () => {
    const gateway = await open(KEEPNET);
    await ask(gateway, "GET", "/Users", 200);
    await env.CONTROL.prepare("update entrance_credentials set revoked_at = 1 where connection_id = ?")
      .bind(gateway.id)
      .run();
    await atTimeFromNow(-AHEAD_MS, () => ask(gateway, "GET", "/Users", 401));
  });

  it("S12: written values hide the vendor's only for as long as its reads lag", async () => {
    const gateway = await open(KEEPABL);
    const id = await atTimeFromNow(AHEAD_MS, async () => {
      const created = await create(gateway, "ada@contoso.com");
      const rename = patchOf({ op: "replace", path: "name.familyName", value: "Written" });
      await ask(gateway, "PATCH", `/Users/${created.body.id}`, 200, rename);
      return created.body.id as string;
    });
    expect((await ask(gateway, "GET", `/Users/${id}`, 200)).body.name.familyName).toBe("Written");
    await gateway.vendor("POST", "/clock", { advanceMs: 10_000 });
    const { body } = await gateway.vendor("GET", "/state");
    const [key = "", record] = Object.entries(body.users)[0] ?? [];
    const users = { [key]: { ...(record as object), lastName: "Native" } };
    await gateway.vendor("PATCH", "/state", { users, versions: {} });
    const shown = await atTimeFromNow(5_000, () => ask(gateway, "GET", `/Users/${id}`, 200));
    expect(shown.body.name.familyName).toBe("Native");
  });

  it("S23: a lost create is not waited for for hours, and not made twice", async () => {
    const gateway = await open(KEEPABL);
    await atTimeFromNow(AHEAD_MS, async () => {
      await gateway.vendor("POST", "/faults", [{ kind: "drop", match: { method: "POST" }, times: 5 }]);
      expect((await create(gateway, "ada@contoso.com")).status).toBe(503);
      await gateway.vendor("DELETE", "/faults");
    });
    const early = await create(gateway, "ada@contoso.com");
    if (early.status !== 201) {
      expect(early.status).toBe(503);
      expect(retryAfter(early)).toBeLessThanOrEqual(60);
      await atTimeFromNow(60_000, async () => expect((await create(gateway, "ada@contoso.com")).status).toBe(201));
    }
    expect(await natives(gateway)).toHaveLength(1);
  });
});

describe("a clock that leaps forward in the middle of a request", () => {
  it.each([1, 3, 6, 10, 15])(
    "S23 S24: after %d looks at it, the request ends soon and its retry finds one user",
    async (looks) => {
      const gateway = await open(KEEPNET);
      const now = Date.now.bind(Date);
      let looked = 0;
      const spy = vi.spyOn(Date, "now").mockImplementation(() => now() + (looked++ < looks ? 0 : 2 * HOUR_MS));
      let status: number;
      try {
        status = (await create(gateway, "ada@contoso.com")).status;
      } finally {
        spy.mockRestore();
      }
      expect([201, 429, 503]).toContain(status);
      const again = await create(gateway, "ada@contoso.com");
      expect(again.status).toBe(status === 201 ? 409 : 201);
      expect(await natives(gateway)).toHaveLength(1);
    },
  );
});
