// How all connections are: told by their objects after a change and at most once a minute, read without asking any of them.

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { health } from "../../src/routes/health-answers.ts";
import { toMetrics } from "../../src/routes/metrics.ts";
import { openControl } from "../../src/store/control.ts";
import { upsertRollup } from "../../src/store/rollups.ts";
import worker from "../../worker.ts";
import { CORE_USER, KEEPNET, open } from "../dialogues/dialogue.ts";
import { api, bearer, type Gateway, ORIGIN, request } from "./gateway.ts";
import { createKey } from "./keys.ts";
import { toSamples } from "./openmetrics.ts";

const ADMINISTRATOR = "test-administrator";
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EMAIL = "ada.health@example.com";
const USER = { schemas: [CORE_USER], userName: EMAIL, emails: [{ type: "work", value: EMAIL }] };

let gateway: Gateway;
beforeAll(async () => {
  gateway = await open(KEEPNET);
});
afterEach(() => {
  vi.useRealTimers();
});

const stub = () => env.CONNECTION.getByName(gateway.id);
const healthOf = async (name = gateway.name) => {
  const { status, body } = await api("GET", `/health?connection=${name}`);
  expect([status, health.safeParse(body).error?.issues]).toEqual([200, undefined]);
  return body.connections[0];
};
const rowsOf = async (id = gateway.id) =>
  (await env.CONTROL.prepare("select * from rollups where connection_id = ?").bind(id).all()).results;
/** When the object has a rollup to tell; undefined: it has none. */
const dueAt = () =>
  runInDurableObject(
    stub(),
    (_, { storage }) =>
      storage.sql
        .exec<{ due_at: number }>("select due_at from due_jobs where job = 'rollup'")
        .toArray()
        .map((row) => row.due_at)[0],
  );
/** Has what waits for its minute told now. */
async function tell(object = stub()): Promise<void> {
  await runInDurableObject(object, (_, { storage }) => {
    storage.sql.exec("update due_jobs set due_at = 0 where job = 'rollup'");
    // Not now: the platform would begin it, and nothing would tell when it has ended.
    return storage.setAlarm(Date.now() + HOUR_MS);
  });
  await runDurableObjectAlarm(object);
}

describe("what a connection tells", () => {
  it("is told after a request, at most once a minute, and not where nothing has changed", async () => {
    await tell();
    const before = await healthOf();
    expect(before).toMatchObject({ vendor: "keepnet", mode: "live", state: "active", held: 0, alarms: 0, owed: 0 });
    expect(before.indexing).toEqual({ state: "complete", seen: 0, total: null });
    expect(before.credential).toMatchObject({ kind: "bearer", expiresAt: expect.any(String) });

    await gateway.scim("POST", "/Users", USER);
    await gateway.scim("POST", "/Users", USER);
    await gateway.scim("GET", "/Users/nobody");
    const [row] = await rowsOf();
    const due = Number(await dueAt());
    expect(due - Number(row?.at)).toBe(MINUTE_MS);
    // Not before its time.
    await runDurableObjectAlarm(stub());
    expect((await rowsOf())[0]?.at).toBe(row?.at);

    await tell();
    const after = await healthOf();
    // A conflict is a failure, and a record that is not there is none.
    expect(after.requests - before.requests).toBe(3);
    expect(after.failures - before.failures).toBe(1);
    expect([after.requestsTotal, after.failuresTotal]).toEqual([after.requests, after.failures]);
    expect(Date.now() - Date.parse(after.lastRequestAt)).toBeLessThan(MINUTE_MS);
    expect(after.ageSeconds).toBeLessThan(60);

    const [told] = await rowsOf();
    await runInDurableObject(stub(), (_, { storage }) => {
      storage.sql.exec("insert into due_jobs values ('rollup', 0, 0)");
    });
    await tell();
    expect((await rowsOf())[0]?.at).toBe(told?.at);
    expect(await dueAt()).toBeUndefined();
  });

  it("has what the brake holds and what is owed, once an administrator or a client has changed it", async () => {
    await tell();
    await gateway.api("POST", `/connections/${gateway.name}/brake/hold`);
    expect(await dueAt()).toBeGreaterThan(0);
    const { body } = await gateway.scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${EMAIL}"`)}`);
    const refused = await gateway.scim("DELETE", `/Users/${body.Resources[0].id}`);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    await tell();
    expect(await healthOf()).toMatchObject({ held: 1 });
    await gateway.api("DELETE", `/connections/${gateway.name}/brake/hold`);
  });

  it("of requests is counted by the hour, and what is older than a day stays in the total", async () => {
    await tell();
    const before = await healthOf();
    const old = Date.now() - 30 * HOUR_MS;
    await runInDurableObject(stub(), (_, { storage }) => {
      const insert = `insert into traces (id, at, token_id, method, path, status, ms, native_calls, repairs, dropped, notes, calls)
        values (?, ?, '', 'GET', '/Users', ?, 1, 0, '[]', '[]', '[]', '[]')`;
      storage.sql.exec(insert, "old-1", old, 503);
      storage.sql.exec(insert, "old-2", old, 200);
      storage.sql.exec(insert, "new-1", Date.now() - 2 * HOUR_MS, 429);
      storage.sql.exec("insert into due_jobs values ('rollup', 0, 0) on conflict do nothing");
    });
    await tell();
    const after = await healthOf();
    expect([after.requests - before.requests, after.failures - before.failures]).toEqual([1, 1]);
    expect([after.requestsTotal - before.requestsTotal, after.failuresTotal - before.failuresTotal]).toEqual([3, 2]);
    const [row] = await rowsOf();
    expect(JSON.parse(String(row?.hours)).length).toBeLessThanOrEqual(24);
    // Counted once, also when the newest trace is deleted and its number comes again.
    await runInDurableObject(stub(), (_, { storage }) => {
      storage.sql.exec("insert into due_jobs values ('rollup', 0, 0) on conflict do nothing");
    });
    await tell();
    expect(await healthOf()).toMatchObject({ requestsTotal: after.requestsTotal });
  });

  it("in plan mode comes from both objects: requests from the shadow, what is held from the connection", async () => {
    await tell();
    const before = await healthOf();
    await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "plan" });
    const planned = await gateway.scim("GET", "/Users?count=1");
    expect(planned.status).toBe(200);
    await vi.waitFor(async () => expect((await rowsOf()).some((row) => row.is_shadow === 1)).toBe(true), {
      timeout: 20_000,
    });
    await tell(env.CONNECTION.getByName(`${gateway.id}:plan`));
    const after = await healthOf();
    expect(after.requests).toBeGreaterThanOrEqual(before.requests + 1);
    expect(after).toMatchObject({ mode: "plan", held: before.held });
    await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "live", confirm: true });
  });

  it("is forgotten when the connection is erased, and a late word of its object is not kept", async () => {
    const other = await open(KEEPNET);
    await vi.waitFor(async () => expect(await rowsOf(other.id)).toHaveLength(1), { timeout: 20_000 });
    const health = { state: "complete" as const, seen: 0, total: null };
    const counts = { requests: 1, failures: 0, lastRequestAt: null, hours: [], held: 0, alarms: 0, owed: 0, parked: 0 };
    const word = { connectionId: other.id, isShadow: false, at: 7, ...counts, indexing: health };
    await upsertRollup(openControl(env.CONTROL), word);
    expect(await rowsOf(other.id)).toMatchObject([{ at: 7, requests: 1 }]);
    await other.api("DELETE", `/connections/${other.name}`);
    await upsertRollup(openControl(env.CONTROL), word);
    expect(await rowsOf(other.id)).toEqual([]);
    expect((await api("GET", `/health?connection=${other.name}`)).status).toBe(404);
  });
});

describe("who asks for it", () => {
  it("S39: is an administrator, asks no object, and leaves no row in the audit", async () => {
    const untouched = new Proxy(
      {},
      {
        get: () => {
          throw new Error("an object was asked");
        },
      },
    );
    const alone = { ...env, CONNECTION: untouched } as unknown as Env;
    const askAlone = async (path: string) =>
      (await worker.fetch(new Request(`${ORIGIN}${path}`, { headers: bearer(ADMINISTRATOR) }), alone)).status;
    expect(await askAlone(`/api/connections/${gateway.name}/sweep`)).toBe(503);
    const count = async () => (await env.CONTROL.prepare("select count(*) as n from audit").first<{ n: number }>())?.n;
    const before = await count();
    for (const path of ["/metrics", "/api/metrics", "/api/health"]) {
      expect([path, (await request("GET", path)).status]).toEqual([path, 401]);
      expect([path, (await request("GET", path, { headers: bearer(gateway.token) })).status]).toEqual([path, 401]);
      const bare = { ...env, ADMIN_TOKEN_SHA256: undefined } as unknown as Env;
      // 404 as long as nobody could be let in, which another test's API key has changed.
      expect([401, 404]).toContain((await worker.fetch(new Request(`${ORIGIN}${path}`), bare)).status);
      const clear = await worker.fetch(new Request(`http://scim.example.com${path}`), env as unknown as Env);
      expect([clear.status, clear.headers.get("content-type")]).toEqual([403, "application/problem+json"]);
      expect([path, await askAlone(path)]).toEqual([path, 200]);
    }
    // The first refusal of a minute may be one.
    expect(Number(await count()) - Number(before)).toBeLessThanOrEqual(1);
  });

  it("S37: as OpenMetrics gets text of that format, with one label of names and no value of a person", async () => {
    const answer = await request("GET", "/metrics", { headers: bearer(ADMINISTRATOR) });
    expect(answer.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    const samples = toSamples(answer.body);
    const own = samples.filter(({ labels }) => labels.connection === gateway.name);
    const shown = await healthOf();
    const numberOf = (name: string) => own.find((one) => one.name === name)?.value;
    expect(numberOf("portico_requests_total")).toBe(shown.requestsTotal);
    expect(numberOf("portico_request_failures_total")).toBe(shown.failuresTotal);
    expect(numberOf("portico_held_requests")).toBe(shown.held);
    expect(numberOf("portico_credential_end_timestamp_seconds")).toBe(Date.parse(shown.credential.expiresAt) / 1_000);
    expect(numberOf("portico_connection_info")).toBe(1);
    expect(answer.body).not.toContain(EMAIL);
    expect(answer.body).not.toContain("ada");
    for (const { name, labels } of samples) {
      const allowed =
        name === "portico_connection_info" ? ["connection", "vendor", "purpose", "mode", "state"] : ["connection"];
      expect(allowed).toEqual(expect.arrayContaining(Object.keys(labels)));
    }
  });

  it("S39: gets the figures of its own connections with a key for some, and nobody else's name", async () => {
    const other = await open(KEEPNET);
    await vi.waitFor(async () => expect(await rowsOf(other.id)).toHaveLength(1), { timeout: 20_000 });
    const limited = await createKey("reader", { connections: [gateway.name] });
    for (const [key, isAll] of [
      [limited.key, false],
      [ADMINISTRATOR, true],
    ] as const) {
      const { status, body } = await request("GET", "/metrics", { headers: bearer(key) });
      const named = new Set(toSamples(body).flatMap(({ labels }) => labels.connection ?? []));
      expect([status, named.has(gateway.name), named.has(other.name)]).toEqual([200, true, isAll]);
      if (!isAll) expect([...named]).toEqual([gateway.name]);
    }
  });

  it("has a bounded number of labels, however many connections there are", async () => {
    const one = await healthOf();
    const many = Array.from({ length: 3_000 }, (_, at) => ({ ...one, name: `c-${at}` }));
    const samples = toSamples(toMetrics(many, Date.now()));
    expect(new Set(samples.map(({ labels }) => labels.connection)).size).toBe(1_001);
    const numberOf = (name: string) => samples.find((sample) => sample.name === name)?.value;
    expect([numberOf("portico_connections"), numberOf("portico_connections_left_out")]).toEqual([3_000, 2_000]);
    const never = { ...one, toldAt: null, requestsTotal: null, lastRequestAt: null, credential: null, indexing: null };
    expect(toSamples(toMetrics([never], 0)).some(({ name }) => name === "portico_requests_total")).toBe(false);
  });
});
