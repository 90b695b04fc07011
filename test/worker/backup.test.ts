// Backups through the administrator API: a snapshot is of one moment, an older one is brought up to date, and nothing that is
// there is overwritten [S31] [S38].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Store } from "../../src/store/links.ts";
import { tablesOfPerson } from "../../src/store/person.ts";
import type { Row, TableRows } from "../../src/store/rows.ts";
import { listTables } from "../../src/store/snapshot.ts";
import { createUser, KEEPNET, open } from "../dialogues/dialogue.ts";
import { api, type Gateway } from "./gateway.ts";

const path = ({ name }: Gateway, below: string) => `/connections/${name}/${below}`;

/** Every page of a snapshot. */
async function readAll(gateway: Gateway, id: string): Promise<TableRows[]> {
  const tables: TableRows[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const query: string = new URLSearchParams({ of: "connection", id, after }).toString();
    const { status, body } = await gateway.api("GET", `${path(gateway, "snapshot")}?${query}`);
    expect(status).toBe(200);
    tables.push(...body.tables);
    after = body.next;
  }
  return tables;
}
const rowsOf = (tables: TableRows[], name: string): Row[] =>
  tables.filter(({ table }) => table === name).flatMap(({ rows }) => rows);
const snapshotOf = async (gateway: Gateway) => {
  const { status, body } = await gateway.api("POST", path(gateway, "snapshot"));
  expect(status).toBe(201);
  return body.objects[0] as { id: string; schema: string };
};
const makeGroup = async (gateway: Gateway, ...users: string[]): Promise<string> => {
  const members = users.map((value) => ({ value }));
  return (await gateway.scim("POST", "/Groups", { displayName: "Staff", members })).body.id;
};
/** What triggers keep beside the rows of an object, and those triggers. */
const keptIn = (id: string) =>
  inObject(id, ({ sql }) =>
    [
      "select * from row_counts order by of",
      "select * from pointer_targets order by link_id",
      "select name, sql from sqlite_master where type = 'trigger' order by name",
    ].map((query) => sql.exec(query).toArray()),
  );
const inObject = <T>(id: string, work: (storage: DurableObjectStorage) => T) =>
  runInDurableObject(env.CONNECTION.getByName(id), (_object, { storage }) => work(storage));

it("S31: a snapshot is of the moment when it was taken, whatever comes while it is read, and ends when it is ended", async () => {
  const gateway = await open(KEEPNET);
  await createUser(gateway, "before@contoso.com");
  const { id } = await snapshotOf(gateway);
  const later = await createUser(gateway, "after@contoso.com");
  const tables = await readAll(gateway, id);
  expect(rowsOf(tables, "links").map(({ name }) => name)).toEqual(["before@contoso.com"]);
  expect(rowsOf(tables, "traces").some((row) => row.link_id === later)).toBe(false);
  expect(JSON.stringify(tables)).not.toContain("after@contoso.com");
  const again = await snapshotOf(gateway);
  expect(rowsOf(await readAll(gateway, again.id), "links")).toHaveLength(2);
  const ended = `${path(gateway, "snapshot")}?of=connection&id=${id}`;
  expect((await gateway.api("GET", ended)).status).toBe(409);
  expect((await gateway.api("DELETE", path(gateway, "snapshot"))).status).toBe(204);
  const left = await inObject(gateway.id, (storage) =>
    storage.sql.exec("select name from sqlite_master where name like 'snapshot%'").toArray(),
  );
  expect(left).toEqual([]);
});

it("S31 S38: a connection that is gone comes back whole: ids, members, secrets and tokens", async () => {
  const gateway = await open(KEEPNET);
  const user = await createUser(gateway, "ada@contoso.com");
  const group = await makeGroup(gateway, user);
  await inObject(gateway.id, ({ sql }) =>
    sql.exec("update links set pointers = ? where id = ?", '{"manager":{"id":"m","key":"1"}}', group),
  );
  const kept = await keptIn(gateway.id);
  const [sizes = [], targets, triggers = []] = kept;
  expect(sizes).toContainEqual({ of: "Membership", size: 1 });
  expect(targets).toEqual([{ link_id: group, path: "manager", target_id: "m" }]);
  expect(triggers.length).toBeGreaterThan(0);
  const snapshot = await snapshotOf(gateway);
  const tables = await readAll(gateway, snapshot.id);
  const control: TableRows[] = (await gateway.api("GET", path(gateway, "backup"))).body.tables;
  expect(JSON.stringify([tables, control])).not.toContain(gateway.token);
  const counts = Object.fromEntries(
    [...new Set(tables.map(({ table }) => table))].map((table) => [table, rowsOf(tables, table).length]),
  );
  const object = { connection: gateway.id, of: "connection", jurisdiction: null };
  const deployment = (await api("GET", "/backup")).body;
  const check = {
    schema: deployment.schema,
    keys: deployment.keys,
    connection: { id: gateway.id, name: gateway.name },
  };
  const send = async (route: string, body: object) => (await api("POST", `/restore/${route}`, body)).status;
  // While it is there, nothing takes its place.
  expect(await send("check", check)).toBe(409);
  expect(await send("objects", { object, schema: snapshot.schema })).toBe(409);
  for (const table of ["connections", "credentials", "entrance_credentials"]) {
    const column = table === "connections" ? "id" : "connection_id";
    await env.CONTROL.prepare(`delete from ${table} where ${column} = ?`).bind(gateway.id).run();
  }
  // The object alone still has its data, and keeps it.
  const taken = await api("POST", "/restore/objects", { object, schema: snapshot.schema });
  expect([taken.status, taken.body.detail]).toEqual([409, expect.stringContaining("has data already")]);
  await env.CONNECTION.getByName(gateway.id).erase();

  expect((await api("POST", "/restore/check", check)).body).toEqual({ missingKeys: [] });
  const foreign = { ...check, keys: [{ id: "test", fingerprint: "of another key of this id" }] };
  expect((await api("POST", "/restore/check", foreign)).body).toEqual({ missingKeys: ["test"] });
  expect(await send("check", { ...check, schema: { ...check.schema, connection: "0999_later" } })).toBe(409);
  expect(await send("check", { ...check, schema: { ...check.schema, control: [] } })).toBe(409);
  expect(await send("rows", { object, tables })).toBe(409);
  expect(await send("objects", { object, schema: "0999_later" })).toBe(409);
  expect(await send("objects", { object, schema: snapshot.schema })).toBe(204);
  expect(await send("rows", { object, tables: [{ table: "links", rows: [{ surprise: 1 }] }] })).toBe(400);
  expect(await send("rows", { object, tables: [{ table: "__drizzle_migrations", rows: [{ id: 1 }] }] })).toBe(400);
  expect(await send("objects/end", { object, counts })).toBe(409);
  expect(await send("rows", { object, tables })).toBe(204);
  // A page whose answer was lost comes twice, and after others: what triggers count stays as the backup has it.
  expect(await send("rows", { object, tables: [...tables].reverse() })).toBe(204);
  expect(await send("objects/end", { object, counts })).toBe(204);
  expect(await send("end", { tables: [{ table: "audit", rows: [{ id: "x" }] }], isImport: true })).toBe(400);
  expect(await send("end", { tables: control, isImport: true })).toBe(204);
  expect(await send("end", { tables: control, isImport: true })).toBe(409);

  const found = await gateway.scim("GET", `/Groups/${group}`);
  expect(found.body).toMatchObject({ displayName: "Staff", members: [{ value: user }] });
  expect((await gateway.scim("GET", `/Users/${user}`)).body).toMatchObject({ userName: "ada@contoso.com" });
  // What is counted was counted once, and is counted on.
  expect(await keptIn(gateway.id)).toEqual(kept);
  await createUser(gateway, "later@contoso.com");
  expect((await keptIn(gateway.id))[0]).toContainEqual({ of: "User", size: 2 });
});

it("S35: an object of an older backup gets the tables of then, its rows, and is brought up to date", async () => {
  await open(KEEPNET);
  const object = { connection: crypto.randomUUID(), of: "connection", jurisdiction: null };
  const send = async (route: string, body: object) => (await api("POST", `/restore/${route}`, body)).status;
  expect(await send("objects", { object, schema: "0013_doubts" })).toBe(204);
  const alarm = "25 User records vanished from the product at once; nothing was concluded from it";
  const sweep = { type: "User", generation: 7, running: 0, seen: 40, completed_at: 1000, alarm };
  expect(await send("rows", { object, tables: [{ table: "sweeps", rows: [sweep] }] })).toBe(204);
  // A restore that broke off is begun again.
  expect(await send("objects", { object, schema: "0013_doubts" })).toBe(204);
  expect(await send("rows", { object, tables: [{ table: "sweeps", rows: [sweep] }] })).toBe(204);
  expect(await send("objects/end", { object, counts: { sweeps: 1 } })).toBe(204);
  const alarms = await inObject(object.connection, (storage) =>
    storage.sql.exec("select kind, subject, count, pass from alarms").toArray(),
  );
  expect(alarms).toEqual([{ kind: "vanished", subject: "User", count: 25, pass: 7 }]);
});

it("S37: everything that is stored of one person, and nothing of another; the answer says who is meant", async () => {
  const gateway = await open(KEEPNET, { unmapped: "keep" });
  const ada = await createUser(gateway, "ada.person@contoso.com");
  const bob = await createUser(gateway, "bob.person@contoso.com");
  const group = await makeGroup(gateway, ada, bob);
  const seen = await gateway.scim("GET", `/Users/${ada}`);
  const requestId = seen.headers.get("x-request-id");
  await env.CONTROL.prepare(
    "insert into audit (chain, seq, id, at, actor, actor_kind, address, method, route, connection, fields, status, request_id, before, hash) values ('changes', -1, ?, 1, 'x', 'key', '', 'POST', '/api/x', ?, '[]', 200, ?, '', '')",
  )
    .bind(crypto.randomUUID(), gateway.name, requestId)
    .run();
  const ask = (person: string) => gateway.api("POST", path(gateway, "person"), { person });
  for (const text of [ada, "ADA.Person@contoso.com"]) {
    const { status, body } = await ask(text);
    expect([status, body.people.length]).toEqual([200, 1]);
    expect(body.people[0]).toMatchObject({ id: ada, memberOf: [{ id: group, name: "Staff" }] });
    const { links, traces, members } = body.people[0].stored;
    expect(links).toMatchObject([{ name: "ada.person@contoso.com" }]);
    expect(members).toMatchObject([{ groupId: group }]);
    expect(traces).toMatchObject([
      { id: requestId, path: "/Users/:id" },
      { method: "POST", path: "/Users" },
    ]);
    expect(body.people[0].audit).toMatchObject([{ route: "/api/x", requestId }]);
    expect(JSON.stringify(body)).not.toContain("bob.person");
    expect(JSON.stringify(body)).not.toContain(bob);
    expect(JSON.stringify(body)).not.toContain(gateway.token);
  }
  // Whom an administrator's call names in the address of its request is in the audit by that request.
  await gateway.scim("DELETE", `/Users/${ada}`);
  expect((await ask(ada)).body.people[0].stored.links).toMatchObject([{ state: "tombstone" }]);
  expect((await ask("nobody@contoso.com")).status).toBe(404);
  const audited = await env.CONTROL.prepare("select fields from audit where route like '%/person' and connection = ?")
    .bind(gateway.name)
    .all();
  expect(audited.results.length).toBeGreaterThan(0);
  expect(JSON.stringify(audited.results)).not.toContain("contoso");
});

it("S37: every table of an object says whom it names", async () => {
  const gateway = await open(KEEPNET);
  const tables = await runInDurableObject(env.CONNECTION.getByName(gateway.id), (object) =>
    listTables((object as unknown as { store: Store }).store),
  );
  expect(tables).toEqual(tablesOfPerson());
});
