// What is forgotten, and when: traces, deleted people, erased connections [S31] [S37].

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../src/connection.ts";
import { atTimeFromNow, runAlarmAfter } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const DAY_MS = 86_400_000;
const MARK = "Quintessa";

const person = (name: string) => ({
  userName: `${name}@example.com`,
  externalId: `ext-${name}`,
  emails: [{ type: "work", value: `${name}@example.com` }],
  name: { givenName: "Ada", familyName: name },
  nickName: name,
});
const objects = env.CONNECTION as DurableObjectNamespace<Connection>;
const change = (gateway: Gateway, body: object) => gateway.api("PATCH", `/connections/${gateway.name}`, body);

interface Table {
  name: string;
  rows: string;
}

/** Every table of an object with its rows. */
const tablesOf = (name: string): Promise<Table[]> =>
  runInDurableObject(objects.getByName(name), (_object, { storage }) =>
    storage.sql
      .exec<{ name: string }>(
        "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'",
      )
      .toArray()
      .map((table) => ({
        ...table,
        rows: JSON.stringify(storage.sql.exec(`select * from "${table.name}"`).toArray()),
      })),
  );
const holding = async (gateway: Gateway, text: string) =>
  (await tablesOf(gateway.id))
    .filter(({ rows }) => rows.toLowerCase().includes(text.toLowerCase()))
    .map(({ name }) => name);

/** Runs the daily work on each of these days. */
async function passDays(gateway: Gateway, ...days: number[]): Promise<void> {
  for (const day of days) await runAlarmAfter(gateway, day * DAY_MS);
}

describe("retention", () => {
  it("S37: traces are kept for as many days as the connection says", async () => {
    const gateway = await createGateway("keepnet", { retention: { traceDays: 2, tombstoneDays: 90 } });
    const asked = await gateway.scim("GET", "/Users");
    const path = `/connections/${gateway.name}/traces/${asked.headers.get("x-request-id")}`;
    await passDays(gateway, 1.5);
    expect((await gateway.api("GET", path)).status).toBe(200);
    await passDays(gateway, 3);
    const gone = await gateway.api("GET", path);
    expect([gone.status, gone.body.detail]).toEqual([404, expect.stringContaining("2 days")]);
  });

  it("S8 S37: a deleted user is forgotten by the users whom they managed, too", async () => {
    const gateway = await createGateway("keepnet");
    const { id } = (await gateway.scim("POST", "/Users", person(MARK))).body;
    const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    const managed = { ...person("Ada"), [enterprise]: { manager: { value: id } } };
    expect((await gateway.scim("POST", "/Users", managed)).status).toBe(201);
    expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(204);
    await passDays(gateway, 91);
    expect(await holding(gateway, id)).toEqual([]);
    expect(await holding(gateway, MARK)).toEqual([]);
  });

  it.each([
    ["the default", {}, 89, 91],
    ["a choice", { retention: { traceDays: 1, tombstoneDays: 5 } }, 4, 6],
  ])("S8 S37: a deleted user is forgotten with the tombstone, by %s", async (_title, options, before, after) => {
    const gateway = await createGateway("keepnet", { unmapped: "keep", ...options });
    const { id } = (await gateway.scim("POST", "/Users", person(MARK))).body;
    await gateway.scim("POST", "/Groups", { displayName: "Staff", members: [{ value: id }] });
    expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(204);
    await passDays(gateway, before);
    // Known by the keys alone until then: what else the link kept went with the deletion.
    expect(await holding(gateway, MARK)).toEqual(["links"]);
    expect(await holding(gateway, `"nickName"`)).toEqual([]);
    await passDays(gateway, after);
    expect(await holding(gateway, MARK)).toEqual([]);
    expect(await holding(gateway, id)).toEqual([]);
    const again = await gateway.scim("POST", "/Users", person(MARK));
    expect([again.status, again.body.id === id]).toEqual([201, false]);
  });

  it("S9 S37: of an account that the product only hides its id stays, and nothing else", async () => {
    const gateway = await createGateway("klaxoon");
    const { id } = (await gateway.scim("POST", "/Users", person(MARK))).body;
    expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(204);
    await passDays(gateway, 91, 92);
    expect(await holding(gateway, MARK)).toEqual([]);
    expect(await holding(gateway, id)).toEqual(["links"]);
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    await gateway.settle();
    expect((await gateway.scim("GET", "/Users")).body.totalResults).toBe(0);
  });

  it("S10 S37: a user who vanished at the product is forgotten too, memberships included", async () => {
    const gateway = await createGateway("keepnet");
    const { id } = (await gateway.scim("POST", "/Users", person(MARK))).body;
    await gateway.scim("POST", "/Groups", { displayName: "Staff", members: [{ value: id }] });
    await gateway.vendor("PATCH", "/state", { users: {} });
    await gateway.vendor("POST", "/clock", { advanceMs: 60_000 });
    expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(404);
    await passDays(gateway, 91);
    expect(await holding(gateway, MARK)).toEqual([]);
    expect((await holding(gateway, id)).filter((table) => table !== "traces" && table !== "drifts")).toEqual([]);
  });

  it.each([{ mode: "paused" }, { state: "suspended" }])("S31 S37: also while the connection is %j", async (idle) => {
    const gateway = await createGateway("keepnet");
    const { id } = (await gateway.scim("POST", "/Users", person(MARK))).body;
    await gateway.scim("DELETE", `/Users/${id}`);
    await change(gateway, idle);
    await gateway.vendor("DELETE", "/log");
    await passDays(gateway, 91, 92);
    expect(await holding(gateway, MARK)).toEqual([]);
    expect((await gateway.vendor("GET", "/log")).body.calls).toEqual([]);
  });
});

describe("erasing a connection", () => {
  const open = () => createGateway("keepnet", { protected: { users: [`${MARK}@example.com`], groups: [] } });

  it("S31: empties its object and its shadow and leaves a marker in D1 without any personal data", async () => {
    const gateway = await open();
    await gateway.scim("POST", "/Users", person(MARK));
    await change(gateway, { mode: "plan" });
    await gateway.scim("POST", "/Users", person(`${MARK}2`));
    expect((await gateway.api("DELETE", `/connections/${gateway.name}`)).status).toBe(200);
    expect(await tablesOf(gateway.id)).toEqual([]);
    expect(await tablesOf(`${gateway.id}:plan`)).toEqual([]);
    const marker = await env.CONTROL.prepare("select * from connections where id = ?").bind(gateway.id).first();
    expect(marker).toMatchObject({ state: "erased", name: `erased:${gateway.id}`, settings: "{}" });
    expect(JSON.stringify(marker)).not.toContain(MARK);
    for (const table of ["entrance_credentials", "credentials"]) {
      const left = await env.CONTROL.prepare(`select * from ${table} where connection_id = ?`).bind(gateway.id).all();
      expect([table, left.results]).toEqual([table, []]);
    }
    expect((await gateway.scim("GET", "/Users")).status).toBe(401);
  });

  it("S31: an object that was not reached erases itself with its next alarm; one whose row is missing waits", async () => {
    const gateway = await open();
    await gateway.scim("POST", "/Users", person(MARK));
    const stub = objects.getByName(gateway.id);
    const { state } = (await env.CONTROL.prepare("select state from connections where id = ?")
      .bind(gateway.id)
      .first<{ state: string }>()) ?? { state: "" };
    const mark = (value: string, id: string) =>
      env.CONTROL.prepare("update connections set state = ?, id = ?, version = version + 1 where id in (?, ?)")
        .bind(value, id, gateway.id, `moved:${gateway.id}`)
        .run();
    await mark(state, `moved:${gateway.id}`);
    await evictDurableObject(stub);
    await atTimeFromNow(2 * DAY_MS, () => runDurableObjectAlarm(stub));
    expect(await holding(gateway, MARK)).toContain("links");
    await mark("erased", gateway.id);
    await runInDurableObject(stub, (_object, { storage }) => storage.setAlarm(Date.now() + DAY_MS));
    await atTimeFromNow(2 * DAY_MS, () => runDurableObjectAlarm(stub));
    expect(await tablesOf(gateway.id)).toEqual([]);
  });
});
