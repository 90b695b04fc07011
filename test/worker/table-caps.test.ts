// Every table has a cap: the oldest reports make room, and what is owed is never deleted [S37].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Connection } from "../../src/connection.ts";
import { keepWithinCaps } from "../../src/provision/background/table-room.ts";
import type { OpenConnection } from "../../src/provision/connection/open-connection.ts";
import { trimAudit } from "../../src/store/audit.ts";
import { openControl } from "../../src/store/control.ts";
import { capOf, countRows, TABLE_NAMES, type TableName } from "../../src/store/table-caps.ts";
import { ask, createUser, expectError, KEEPNET, nativeOf, open, patchOf } from "../dialogues/dialogue.ts";
import { api, type Gateway } from "./gateway.ts";

const objects = env.CONNECTION as DurableObjectNamespace<Connection>;
const DAY_MS = 86_400_000;

/** Does in the object what its alarm does, with other caps. */
const withCaps = (gateway: Gateway, caps: Partial<Record<TableName, number>>): Promise<boolean> =>
  runInDurableObject(objects.getByName(gateway.id), async (object) => {
    const { open: openIt } = object as unknown as { open(id: string): Promise<OpenConnection> };
    const connection = await openIt(gateway.id);
    return keepWithinCaps({ connection, now: Date.now }, (table) => caps[table] ?? capOf(table).rows);
  });

const statusOf = async (gateway: Gateway) => {
  const { body } = await api("GET", `/connections/${gateway.name}/status`);
  return Object.fromEntries(body.tables.map((one: { table: string }) => [one.table, one]));
};

const execute = (gateway: Gateway, sql: string, ...values: (string | number)[]) =>
  runInDurableObject(objects.getByName(gateway.id), (_object, { storage }) => {
    storage.sql.exec(sql, ...values);
  });

describe("reports", () => {
  it("S37: the oldest traces make room, some at a time", async () => {
    const gateway = await open(KEEPNET);
    await execute(
      gateway,
      `with recursive n(x) as (select 1 union all select x + 1 from n where x < 2500)
       insert into traces (id, at, token_id, method, path, status, ms, native_calls, repairs, dropped, notes, calls)
       select 'old-' || x, x, '', 'GET', '/Users', 200, 1, 0, '[]', '[]', '[]', '[]' from n`,
    );
    const asked = await gateway.scim("GET", "/Users?count=0");
    // Of another age: within the days for which traces are kept.
    await execute(gateway, "update traces set at = at + ? where id like 'old-%'", Date.now() - DAY_MS);
    const path = `/connections/${gateway.name}/traces/${asked.headers.get("x-request-id")}`;
    // Writes down what waits, as an alarm does.
    expect((await api("GET", path)).status).toBe(200);
    expect(await withCaps(gateway, { traces: 100 })).toBe(true);
    expect(await withCaps(gateway, { traces: 100 })).toBe(true);
    expect(await withCaps(gateway, { traces: 100 })).toBe(false);
    expect((await statusOf(gateway)).traces).toMatchObject({ rows: 100, cap: 100_000, refusesWhenFull: false });
    expect((await api("GET", path)).status).toBe(200);
  });

  it("S37: deleted people beyond the cap are forgotten, those of hidden accounts never", async () => {
    const gateway = await open(KEEPNET);
    for (let at = 0; at < 6; at++) {
      const id = await createUser(gateway, `gone${at}@contoso.com`);
      await ask(gateway, "DELETE", `/Users/${id}`, 204);
    }
    await execute(
      gateway,
      "update links set is_hidden = 1 where name_key in ('gone0@contoso.com', 'gone1@contoso.com')",
    );
    await withCaps(gateway, { tombstones: 1 });
    const { tombstones, hidden_accounts: hidden } = await statusOf(gateway);
    expect([tombstones.rows, hidden.rows]).toEqual([1, 2]);
  });

  it("S39: the audit keeps changes longer than looks, and never more than so much", async () => {
    const control = openControl(env.CONTROL);
    const insert = (id: string, method: string, at: number, place: "first" | "last" = "last") =>
      env.CONTROL.prepare(
        `insert into audit (chain, seq, id, at, actor, actor_kind, address, method, route, fields, status, request_id, before, hash)
          select ?1, (select coalesce(${place === "first" ? "min(seq) - 1" : "max(seq) + 1"}, 1) from audit where chain = ?1),
            ?2, ?3, 'x', 'key', '', ?4, '/x', '[]', 200, 'x', 'b', 'h'`,
      )
        .bind(method === "GET" ? "reads" : "changes", id, at, method)
        .run();
    const now = Date.now();
    const mark = crypto.randomUUID();
    await insert(`${mark}-old-look`, "GET", now - 31 * DAY_MS, "first");
    await insert(`${mark}-old-change`, "POST", now - 31 * DAY_MS, "first");
    await insert(`${mark}-ancient-change`, "POST", now - 401 * DAY_MS, "first");
    await trimAudit(control, now);
    const left = async () =>
      (await env.CONTROL.prepare("select id from audit where id like ? order by id").bind(`${mark}%`).all()).results;
    expect(await left()).toEqual([{ id: `${mark}-old-change` }]);
    for (let at = 0; at < 12; at++) await insert(`${mark}-${at}`, "POST", now);
    // Calls of other tests are in the table, too, and a trim deletes only so many.
    await vi.waitFor(
      async () => {
        await trimAudit(control, now, 10);
        expect((await left()).length).toBe(10);
      },
      { timeout: 20_000, interval: 10 },
    );
  });

  it("S37: names that a client invents are stored as paths that were understood, some of them, cut", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    const names = [
      'foo[value eq "x]Ada Lovelace"].bar',
      'foo[type eq "work"].bar',
      "urn:example:params:custom:2.0:User:tag",
      "n".repeat(500),
      ...Array.from({ length: 60 }, (_, at) => `invented${at}`),
    ];
    const operations = names.map((path) => ({ op: "add", path, value: "Ada Lovelace" }));
    const value = { "Ada Lovelace": 1, title: "x" };
    const answer = await ask(gateway, "PATCH", `/Users/${id}`, 200, patchOf(...operations, { op: "add", value }));
    const path = `/connections/${gateway.name}/traces/${answer.headers.get("x-request-id")}`;
    const { dropped } = (await api("GET", path)).body;
    expect(JSON.stringify(dropped)).not.toMatch(/Ada|Lovelace/);
    expect(dropped).toEqual(expect.arrayContaining(["foo[…].bar", 'foo[type eq "work"].bar', "title", "n".repeat(64)]));
    expect(dropped.filter((name: string) => name.startsWith("invented")).length).toBeLessThanOrEqual(20);
    expect(JSON.stringify(dropped).length).toBeLessThan(2_000);
  });
});

describe("what is owed", () => {
  it("S37: a full table refuses what would add to it, and lets disables through; nothing is deleted", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    const other = await createUser(gateway, "eve@contoso.com");
    await execute(
      gateway,
      `insert into owed (id, kind, link_id, key, operation, why, since, failures, is_parked)
       values ('a', 'membership', 'g', 'u', '{"op":"add"}', 'refused', 0, 0, 1), ('b', 'membership', 'g', 'v', '{"op":"add"}', 'refused', 0, 0, 1)`,
    );
    await withCaps(gateway, { owed: 2 });
    const title = { op: "replace", path: "name.familyName", value: "King" };
    const off = { op: "replace", path: "active", value: false };
    const refused = await ask(gateway, "PATCH", `/Users/${id}`, 503, patchOf(title));
    expectError(refused, 503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await gateway.scim("POST", "/Users", { userName: "new@contoso.com" })).status).toBe(503);
    await ask(gateway, "GET", `/Users/${id}`, 200);
    await ask(gateway, "PATCH", `/Users/${id}`, 200, patchOf(off, title));
    expect((await nativeOf(gateway, "ada@contoso.com")).active).toBe(false);
    await ask(gateway, "DELETE", `/Users/${other}`, 204);
    const alarms = async () => (await api("GET", `/connections/${gateway.name}/alarms`)).body.alarms;
    expect(await alarms()).toMatchObject([{ id: "table-full:owed", count: 2, total: 2 }]);
    expect((await statusOf(gateway)).owed.rows).toBe(2);
    // There is room again: the alarm ends, and requests are taken.
    await execute(gateway, "delete from owed where id = 'a'");
    await withCaps(gateway, { owed: 2 });
    expect(await alarms()).toEqual([]);
    await ask(gateway, "PATCH", `/Users/${id}`, 200, patchOf({ op: "replace", path: "active", value: true }));
  });

  it("S37: where there is no room for further users, those who are there still change", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    await withCaps(gateway, { links: 1 });
    expect((await gateway.scim("POST", "/Users", { userName: "new@contoso.com" })).status).toBe(503);
    await ask(
      gateway,
      "PATCH",
      `/Users/${id}`,
      200,
      patchOf({ op: "replace", path: "name.familyName", value: "King" }),
    );
  });

  it("S37: every table of the object has a cap, or has as many rows as something that has", async () => {
    const gateway = await open(KEEPNET);
    const tables = await runInDurableObject(objects.getByName(gateway.id), (_object, { storage }) =>
      storage.sql
        .exec<{ name: string }>(
          "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'",
        )
        .toArray()
        .map(({ name }) => name),
    );
    /** One row for each link, or each of its references, for each kind of job, alarm or count, for each second or hour of a day. */
    const OF_LINKS = ["sights", "digests", "list_pages", "pointer_targets", "principals"];
    const BOUNDED = [...OF_LINKS, "turns", "due_jobs", "facts", "sweeps", "alarms", "row_counts", "request_hours"];
    const SAFEGUARDS = ["brake_bases", "brake_groups", "brake_releases", "planned_records", "planned_members"];
    const known: readonly string[] = [...TABLE_NAMES, ...BOUNDED, ...SAFEGUARDS, "__drizzle_migrations"];
    expect(tables.filter((name) => !known.includes(name))).toEqual([]);
    const counted = await runInDurableObject(objects.getByName(gateway.id), async (object) => {
      const { open: openIt } = object as unknown as { open(id: string): Promise<OpenConnection> };
      const { store } = await openIt(gateway.id);
      return TABLE_NAMES.map((name) => countRows(store, name));
    });
    expect(counted.every((rows) => rows >= 0)).toBe(true);
  });
});
