// Lists, scans, sweeps, alarms and what each operation costs [S26] [S27] [S30] to [S32].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { simulators } from "../../adapters/simulators.ts";
import {
  ask,
  createGroup,
  createUser,
  entraGroup,
  entraUser,
  expectError,
  filtered,
  KEEPNET,
  nativeLog,
  open,
  patchOf,
} from "../dialogues/dialogue.ts";
import { atTimeFromNow, runAlarmAfter } from "./clock.ts";
import { api, createGateway, type Gateway } from "./gateway.ts";

const DAY_MS = 86_400_000;
const users = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const id = `simUser${String(index).padStart(5, "0")}`;
      const createTime = new Date(1_700_000_000_000 + index * 1_000).toISOString();
      return [
        id,
        { resourceId: id, id: index, email: `old${index}@contoso.com`, lastName: `F${index % 3}`, createTime },
      ];
    }),
  );
const callsOf = ({ headers }: { headers: Headers }) => Number(headers.get("x-portico-native-calls"));
const sweepsOf = async (gateway: Gateway) =>
  (await gateway.api("GET", `/connections/${gateway.name}/sweep`)).body.sweeps;

describe("S26: lists and scans", () => {
  it("S26: an unfiltered list is in order of creation and costs what the page costs", async () => {
    const gateway = await open(KEEPNET, { seed: { users: users(60) } });
    const page = await ask(gateway, "GET", "/Users?startIndex=21&count=5", 200);
    expect(page.body).toMatchObject({ totalResults: 60, startIndex: 21, itemsPerPage: 5 });
    expect(page.body.Resources.map((one: { userName: string }) => one.userName)).toEqual(
      [20, 21, 22, 23, 24].map((index) => `old${index}@contoso.com`),
    );
    expect(callsOf(page)).toBeLessThanOrEqual(5);
    const none = await ask(gateway, "GET", "/Users?count=0", 200);
    expect([none.body.totalResults, callsOf(none)]).toEqual([60, 0]);
  });

  it("S26: a filter that neither search nor index answers is applied to the whole list, within bounds", async () => {
    const gateway = await open(KEEPNET, { seed: { users: users(60) } });
    const { body } = await ask(gateway, "GET", filtered("/Users", 'name.familyName eq "F1"', "&count=3"), 200);
    expect(body).toMatchObject({ totalResults: 20, itemsPerPage: 3 });
    expect(body.Resources[0].userName).toBe("old1@contoso.com");
  });

  it("S26 C28: beyond the bounds it is 400 tooMany, naming what can be filtered by", async () => {
    const gateway = await open(KEEPNET, { seed: { users: users(560) } });
    const answer = await ask(gateway, "GET", filtered("/Users", 'name.familyName eq "F1"'), 400);
    expectError(answer, 400, "tooMany");
    for (const name of ["userName", "externalId", "emails"]) expect(answer.body.detail).toContain(name);
    // What can be pushed down is not bounded by how many there are.
    const match = await ask(
      gateway,
      "GET",
      filtered("/Users", 'userName eq "old559@contoso.com" and name.familyName eq "F1"'),
      200,
    );
    expect(match.body.totalResults).toBe(1);
    expect(callsOf(match)).toBeLessThanOrEqual(2);
  });

  it("S26 C44: an equation joined with more is pushed down, and the rest is checked", async () => {
    const gateway = await open(KEEPNET, { seed: { users: users(60) } });
    for (const [filter, total] of [
      ['userName eq "old1@contoso.com" and active eq true', 1],
      ['userName eq "old1@contoso.com" and active eq false', 0],
      ['active eq true and emails[type eq "work" and value eq "OLD1@contoso.com"]', 1],
      ['userName eq "old1@contoso.com" and (name.familyName eq "F1" or title pr)', 1],
      ['userName eq "old1@contoso.com" and not (name.familyName eq "F1")', 0],
    ] as const) {
      const answer = await ask(gateway, "GET", filtered("/Users", filter), 200);
      expect([filter, answer.body.totalResults]).toEqual([filter, total]);
      expect(callsOf(answer)).toBeLessThanOrEqual(3);
    }
    const either = await ask(
      gateway,
      "GET",
      filtered("/Users", 'userName eq "old1@contoso.com" or userName eq "old2@contoso.com"'),
      200,
    );
    expect(either.body.totalResults).toBe(2);
  });

  it("S26 S6: a search that matches more than equality makes no link for a user who does not equal the value", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("PATCH", "/state", { users: users(12) });
    const { body } = await ask(gateway, "GET", filtered("/Users", 'userName eq "old1@contoso.com"'), 200);
    expect(body.totalResults).toBe(1);
    const count = await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) =>
      state.storage.sql.exec("select count(*) as n from links").one(),
    );
    expect(count).toEqual({ n: 1 });
  });
});

describe("S27 S31 S32: sweeps and alarms", () => {
  it("S27: before the first sweep a list is 503 with Retry-After and says how far it is; a match is answered", async () => {
    const gateway = await open(KEEPNET);
    const name = `${gateway.name}-slow`;
    await gateway.vendor("PATCH", "/state", { users: users(3) });
    await gateway.vendor("POST", "/faults", [
      { kind: "delay", delayMs: 60_000, times: 2, match: { path: "/search$" } },
    ]);
    const { body: shown } = await gateway.api("GET", `/connections/${gateway.name}`);
    const settings = { ...shown.settings, clientSecret: "fake-keepnet-secret" };
    const made = await api("POST", "/connections", { name, vendor: "keepnet", settings, test: false });
    expect(made.status).toBe(201);
    const { token } = (await api("POST", `/connections/${name}/tokens`)).body;
    const second: Gateway = { ...gateway, name, id: made.body.id, token };
    const headers = { authorization: `Bearer ${token}` };
    const list = await ask(second, "GET", "/Users", 503, undefined, headers);
    expect(list.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(list.body.detail).toMatch(/0 of/);
    const match = await ask(
      second,
      "GET",
      filtered("/Users", 'userName eq "old1@contoso.com"'),
      200,
      undefined,
      headers,
    );
    expect(match.body.totalResults).toBe(1);
    await gateway.vendor("DELETE", "/faults");
    await vi.waitFor(
      async () => {
        await runDurableObjectAlarm(env.CONNECTION.getByName(second.id));
        const full = await ask(second, "GET", "/Users", 200, undefined, headers);
        expect(full.body.totalResults).toBe(3);
        expect(full.body.Resources.map((one: { id: string }) => one.id)).toContain(match.body.Resources[0].id);
      },
      { timeout: 20_000, interval: 200 },
    );
  });

  it("S27 E2: where the vendor cannot search, a match waits for the index with 503, then costs nothing where it misses", async () => {
    const gateway = await createGateway("kpifire");
    const name = `${gateway.name}-slow`;
    await gateway.vendor("POST", "/faults", [{ kind: "delay", delayMs: 60_000, times: 5, match: { method: "GET" } }]);
    const { body: shown } = await gateway.api("GET", `/connections/${gateway.name}`);
    const demo = simulators.kpifire?.demoSettings(gateway.vendorUrl) ?? {};
    const made = await api("POST", "/connections", {
      name,
      vendor: "kpifire",
      test: false,
      settings: { ...demo, ...shown.settings },
    });
    const { token } = (await api("POST", `/connections/${name}/tokens`)).body;
    const match = filtered("/Users", 'userName eq "nobody@contoso.com"');
    const early = await ask({ ...gateway, name }, "GET", match, 503, undefined, { authorization: `Bearer ${token}` });
    expect(early.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(early.body.detail).toMatch(/0 of/);
    expect(made.status).toBe(201);
    await gateway.vendor("DELETE", "/faults");
    // The first connection's index is complete and fresh: a miss is trusted, without a call.
    const miss = await ask(gateway, "GET", match, 200);
    expect([miss.body.totalResults, callsOf(miss)]).toEqual([0, 0]);
    const old = await atTimeFromNow(61 * 60_000, () => ask(gateway, "GET", match, 503));
    expect(old.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  });

  it("S27: requests never run a sweep: a list and a match read no native list", async () => {
    const gateway = await open(KEEPNET, { seed: { users: users(5) } });
    await gateway.vendor("DELETE", "/log");
    await ask(gateway, "GET", "/Users", 200);
    await ask(gateway, "GET", filtered("/Users", 'userName eq "nobody@contoso.com"'), 200);
    await ask(gateway, "GET", filtered("/Users", 'name.familyName eq "F1"'), 200);
    const searches = (await nativeLog(gateway)).filter(({ path }) => path.endsWith("/target-users/search"));
    // A match names the address; a sweep asks for every user.
    expect(searches.filter(({ request }) => !JSON.stringify(request).includes("nobody@contoso.com"))).toEqual([]);
    expect(searches).toHaveLength(1);
  });

  it("S27 S10: a later sweep finds users who were created natively, and is due before freshness ends", async () => {
    const gateway = await open(KEEPNET, { freshnessMinutes: 60 });
    await gateway.vendor("PATCH", "/state", { users: users(4) });
    expect((await ask(gateway, "GET", "/Users", 200)).body.totalResults).toBe(0);
    await runAlarmAfter(gateway, 31 * 60_000);
    expect((await ask(gateway, "GET", "/Users", 200)).body.totalResults).toBe(4);
  });

  it("S32: a sweep that fails does not throw, notes why, backs off, and goes on from its page", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("PATCH", "/state", { users: users(3) });
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 500, times: 4, match: { path: "/search$" } }]);
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    expect(await runAlarmAfter(gateway, DAY_MS)).toBe(true);
    expect((await sweepsOf(gateway))[0]).toMatchObject({
      state: "running",
      alarm: expect.stringContaining("unavailable"),
    });
    const next = await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) =>
      state.storage.getAlarm(),
    );
    expect(next).toBeGreaterThan(0);
    await gateway.vendor("DELETE", "/faults");
    for (let turn = 1; turn <= 4; turn++) await runAlarmAfter(gateway, (turn + 1) * DAY_MS);
    expect((await sweepsOf(gateway))[0]).toMatchObject({ state: "complete", alarm: null });
    expect((await ask(gateway, "GET", "/Users", 200)).body.totalResults).toBe(3);
  });

  it("S31: the alarm of a paused, suspended or erased connection makes no native call", async () => {
    for (const change of [{ mode: "paused" }, { state: "suspended" }]) {
      const gateway = await open(KEEPNET);
      await gateway.api("PATCH", `/connections/${gateway.name}`, change);
      await gateway.vendor("DELETE", "/log");
      await gateway.api("POST", `/connections/${gateway.name}/sweep`);
      await runAlarmAfter(gateway, DAY_MS);
      expect(await nativeLog(gateway)).toEqual([]);
    }
    const gone = await open(KEEPNET);
    await gone.api("DELETE", `/connections/${gone.name}`);
    await gone.vendor("DELETE", "/log");
    await runInDurableObject(env.CONNECTION.getByName(gone.id), (object) =>
      (object as unknown as { alarm(): Promise<void> }).alarm(),
    );
    expect(await nativeLog(gone)).toEqual([]);
  });

  it("S31: the object keeps the connection of its first call and its state over a restart", async () => {
    const gateway = await open(KEEPNET);
    await createUser(gateway, "ada@contoso.com");
    const facts = await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) =>
      state.storage.sql.exec("select value from facts where name = 'connection_id'").one(),
    );
    expect(facts).toEqual({ value: gateway.id });
  });
});

describe("S30: what each operation costs on a vendor with search and full replacement", () => {
  it("S30 S15: native calls per operation", async () => {
    const gateway = await open(KEEPNET);
    const cost = async (method: string, path: string, status: number, body?: unknown) =>
      callsOf(await ask(gateway, method, path, status, body));
    const match = (email: string) => filtered("/Users", `userName eq "${email}"`);
    expect(await cost("GET", match("ada@contoso.com"), 200)).toBe(1);
    // Create answers an id only, which costs one read.
    expect(await cost("POST", "/Users", 201, entraUser({ email: "ada@contoso.com" }))).toBe(2);
    expect(await cost("GET", match("ada@contoso.com"), 200)).toBe(1);
    const id = (await ask(gateway, "GET", match("ada@contoso.com"), 200)).body.Resources[0].id;
    expect(await cost("GET", `/Users/${id}`, 200)).toBe(1);
    // The whole record is read and written.
    const rename = patchOf({ op: "Replace", path: "name.familyName", value: "King" });
    expect(await cost("PATCH", `/Users/${id}`, 200, rename)).toBe(2);
    expect(await cost("PATCH", `/Users/${id}`, 200, rename)).toBe(1);
    expect(await cost("PATCH", `/Users/${id}`, 200, patchOf({ op: "Replace", path: "active", value: "False" }))).toBe(
      2,
    );
    expect(await cost("POST", "/Groups", 201, entraGroup("Sales"))).toBeLessThanOrEqual(2);
    const group = await createGroup(gateway, "Ops");
    const add = patchOf({ op: "Add", path: "members", value: [{ value: id }] });
    expect(await cost("PATCH", `/Groups/${group}`, 204, add)).toBe(1);
    expect(await cost("GET", `/Groups/${group}`, 200)).toBe(1);
    expect(
      await cost("GET", filtered("/Groups", `id eq "${group}" and members eq "${id}"`, "&attributes=id"), 200),
    ).toBe(0);
    expect(await cost("GET", "/ServiceProviderConfig", 200)).toBe(0);
    expect(await cost("DELETE", `/Groups/${group}`, 204)).toBe(1);
    expect(await cost("DELETE", `/Users/${id}`, 204)).toBe(1);
  });
});
