// A saved older state, made by the first schema, is upgraded by the built bundle as `npm start` boots it.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { verifyAudit } from "../../cli/audit-verification.ts";
import { startAll } from "../../cli/start.ts";
import { migrations } from "../../src/store/migrations.ts";
import { startReceiver } from "./local-receiver.ts";
import { freePort, restore, savedState } from "./saved-state.ts";

const SAVED = savedState("state-0000");

/** The keys of names and e-mails as the connection's object has left them. */
function keysIn(folder: string): unknown[] {
  const objects = join(folder, "state", "do", "portico-Connection");
  const file = readdirSync(join(SAVED, "do", "portico-Connection"))[0]?.replace(/\.sql$/, "") ?? "";
  const database = new DatabaseSync(join(objects, file), { readOnly: true });
  const keys = database.prepare("select name_key, email_key from links where type = 'User' order by id").all();
  database.close();
  return keys.map((row) => ({ ...row }));
}

/** A state of before there were webhooks has no object that delivers; it is made when it is needed. */
async function tryWebhook(url: string, token: string): Promise<void> {
  const receiver = await startReceiver();
  const call = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(`${url}/api${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return (await response.json()) as Record<string, string>;
  };
  try {
    const { id, secret = "" } = await call("/webhooks", { name: "new", url: receiver.url });
    expect(await call(`/webhooks/${id}/test`, {})).toMatchObject({ delivered: true, status: 204 });
    expect(receiver.verified(secret)).toMatchObject([{ type: "webhook.test" }]);
  } finally {
    await receiver.close();
  }
}

/** What was written down before rows were chained is there, and what this start did is chained after it. */
async function auditAfter(url: string, token: string) {
  const get = async (path: string) =>
    (await fetch(`${url}/api${path}`, { headers: { authorization: `Bearer ${token}` } })).text();
  const lines = (await get("/audit/export")).trimEnd().split("\n");
  const chains = await verifyAudit(lines, []);
  const { calls } = JSON.parse(await get("/audit?limit=500")) as { calls: { id: string; actor: string }[] };
  return {
    alarms: JSON.parse(await get("/alarms")).alarms,
    chains: chains.map(({ unchained, broken, rows }) => ({ unchained, broken, isLonger: rows > unchained })),
    actors: [...new Set(calls.map(({ actor }) => actor))].sort(),
    kept: calls.filter(({ id }) => id.startsWith("a-")).length,
  };
}

it("S35 S7: an older database is upgraded, nothing in it is lost, and names that were one key are told apart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-upgrade-"));
  restore(SAVED, folder);
  const started = await startAll({ port: await freePort(), stateDir: folder }, () => {});
  try {
    const saved = started.demo.connections.find((one) => one.name === "keepnet-demo");
    const send = async (method: string, path: string, body?: object) => {
      const response = await fetch(`${saved?.tenantUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${saved?.token}`, "content-type": "application/scim+json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    };
    const get = async (path: string) =>
      (await send("GET", path)).body as { totalResults: number; Resources: Record<string, unknown>[] };
    const people = [
      ["straße", "old-2"],
      ["STRAẞE", "old-2"],
      ["strasse", "old-3"],
      ["STRASSE", "old-3"],
    ] as const;
    for (const [name, externalId] of people) {
      const email = `${name}@example.com`;
      for (const path of ["userName", "emails.value", 'emails[type eq "work"].value']) {
        const found = await get(`/Users?filter=${encodeURIComponent(`${path} eq "${email}"`)}`);
        expect(found.Resources, `${path}: ${name}`).toMatchObject([{ externalId }]);
      }
      const found = await get(`/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`);
      const twin = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: email };
      expect(await send("POST", "/Users", { ...twin, emails: [{ value: email, type: "work" }] })).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining(`the user ${found.Resources[0]?.id} on this connection`) },
      });
    }
    expect(await get('/Users?filter=externalId eq "old-2"')).toMatchObject({ totalResults: 1 });
    const users = await get('/Users?filter=externalId eq "old-1"');
    expect(users.Resources).toMatchObject([{ userName: "old@example.com", externalId: "old-1" }]);
    const groups = await get('/Groups?filter=displayName eq "Old Group"');
    expect(groups.Resources).toMatchObject([{ members: [{ value: users.Resources[0]?.id }] }]);
    const response = await fetch(`${started.demo.url}/api/connections/keepnet-demo/credentials`, {
      headers: { authorization: `Bearer ${started.demo.adminToken}` },
    });
    expect(await auditAfter(started.demo.url, started.demo.adminToken)).toEqual({
      alarms: [],
      chains: [
        { unchained: 2, broken: null, isLonger: true },
        { unchained: 1, broken: null, isLonger: true },
      ],
      actors: ["administrator", "break glass", "npm start", "refused"],
      kept: 2,
    });
    const { credentials } = (await response.json()) as { credentials: Record<string, unknown>[] };
    const kept = { kind: "bearer", scopes: ["users", "groups"], addresses: null, hint: null, revokedAt: null };
    expect(credentials).toMatchObject([{ ...kept, label: "npm start", lastUsedAt: expect.any(String) }]);
    // The object tells of itself when it is opened; what has come since is told within a minute.
    const health = async () => {
      const told = await fetch(`${started.demo.url}/api/health?connection=keepnet-demo`, {
        headers: { authorization: `Bearer ${started.demo.adminToken}` },
      });
      return ((await told.json()) as { connections: object[] }).connections;
    };
    await tryWebhook(started.demo.url, started.demo.adminToken);
    const wanted = { toldAt: expect.any(String), held: 0, owed: 0, credential: { kind: "bearer" } };
    await expect.poll(health, { timeout: 20_000 }).toMatchObject([wanted]);
    await started.close();
    expect(keysIn(folder)).toEqual(
      ["old", "straße", "strasse"].map((name) => ({
        name_key: `${name}@example.com`,
        email_key: `${name}@example.com`,
      })),
    );
  } finally {
    await started.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

it("S35 S10: an alarm that a sweep had raised before is in the list of alarms after", () => {
  const folder = join(import.meta.dirname, "..", "..", "migrations", "connection");
  const database = new DatabaseSync(":memory:");
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  for (const file of files) {
    if (file === "0014_alarms.sql") {
      database.exec(`insert into sweeps (type, generation, running, seen, completed_at, alarm) values
        ('User', 7, 0, 40, 1000, '25 User records vanished from the product at once; nothing was concluded from it'),
        ('Group', 7, 1, 3, 900, 'the sweep stopped and goes on later: unavailable')`);
    }
    database.exec(readFileSync(join(folder, file), "utf8"));
  }
  expect(database.prepare("select kind, subject, since, count, pass, acknowledged_at from alarms").all()).toEqual([
    { kind: "vanished", subject: "User", since: 1000, count: 25, pass: 7, acknowledged_at: null },
  ]);
  expect(database.prepare("select job from due_jobs").all()).toEqual([{ job: "alarms" }]);
  database.close();
});

it("S20 S35: what the brake had counted and held by its former tables is counted and held on", () => {
  const database = new DatabaseSync(":memory:");
  const texts = Object.entries(migrations.migrations);
  const isNew = ([name]: [string, string]) => name >= "m0015";
  const run = (some: [string, string][]) => {
    for (const [, text] of some) for (const query of text.split("--> statement-breakpoint")) database.exec(query);
  };
  run(texts.filter((one) => !isNew(one)));
  database.exec("insert into removals values ('deactivation', 'a', 7), ('removal', 'a', 8), ('emptied', 'g', 9)");
  database.exec("insert into facts values ('brake_held_since:removal', '8'), ('brake_released_until', '99')");
  run(texts.filter(isNew));
  const rows = database.prepare("select kind, subject, at, release_id from brake_counts order by at").all();
  expect(rows.map((row) => Object.values(row))).toEqual([
    ["deactivation", "a", 7, null],
    ["removal", "a", 8, null],
    ["emptied", "g", 9, null],
  ]);
  expect(
    database
      .prepare("select name from facts")
      .all()
      .map((row) => row.name),
  ).toEqual(["brake_held_since:removal"]);
});

it("S55 S35: what the former ledgers owed is owed on, in one register, and is due at once", () => {
  const database = new DatabaseSync(":memory:");
  const texts = Object.entries(migrations.migrations);
  const isNew = ([name]: [string, string]) => name >= "m0017";
  const run = (some: [string, string][]) => {
    for (const [, text] of some) database.exec(text);
  };
  run(texts.filter((one) => !isNew(one)));
  const link = (id: string, seat: string) => `insert into links (id, type, state, native_id, is_active, version,
    members_loaded, created_at, modified_at, is_hidden, is_seat_due, seat_note)
    values ('${id}', 'User', 'live', 'n-${id}', 1, 0, 0, 1, 1, 0, ${seat})`;
  database.exec(`
    insert into outbox (id, group_id, user_id, op, created_at, parked, failures, retry_at) values
      ('o1', 'g', 'u1', 'add', 5, null, 2, 70), ('o2', 'g', 'u2', 'remove', 6, 'no licence is left', 0, 0);
    insert into owed (link_id, path, kind, target, operation, why, since) values
      ('u1', 'manager', 'reference', 'boss', '{"op":"replace","value":"boss"}', 'nobody yet', 7),
      ('u2', 'manager', 'dropped', null, '{"op":"replace","value":"boss"}', 'given up', 8),
      ('u3', 'manager', 'dropped', null, '{"op":"replace"}', 'refused', 8),
      ('u1', 'title', 'set-aside', null, '{"op":"replace","value":"x"}', 'too long', 9),
      ('u1', 'sessions', 'sessions', null, '{"op":"end"}', 'still open', 10);
    insert into overlays (link_id, path, reason, value, expires_at, retry_at, failures) values
      ('u2', 'active', 'deactivation', 'false', 9007199254740991, 80, 3), ('u3', 'title', 'lag', '"x"', 99, 0, 0);
    ${link("s1", "1, null")}; ${link("s2", "0, 'no licence is left'")}; ${link("s3", "0, null")};
    ${link("s4", "0, 'the person must confirm at the product first'")};
    insert into intents (id, kind, link_id, tickets, state, attempted_at) values ('i1', 'user.update', 'u1', '[]', 'open', 3);
    insert into due_jobs values ('outbox', 1, 0), ('journal', 2, 1), ('sweep', 3, 0), ('consents', 4, 0);
  `);
  run(texts.filter(isNew));
  const rows = database.prepare(
    "select kind, link_id, key, why, due_at, failures, is_parked from owed order by kind, link_id, key",
  );
  expect(rows.all().map((row) => Object.values(row).join(" | "))).toEqual([
    "copy | u3 | manager | refused |  | 0 | 1",
    "disable | u2 | active | the product could not do it yet | 80 | 3 | 0",
    "licence | s1 | licence | the licence that the groups give has changed | 0 | 0 | 0",
    "licence | s2 | licence | no licence is left | 0 | 0 | 1",
    "licence | s4 | licence | the person must confirm at the product first | 0 | 0 | 0",
    "membership | g | u1 | the request had no time left for it | 70 | 2 | 0",
    "membership | g | u2 | no licence is left | 0 | 0 | 1",
    "reference | u1 | manager | nobody yet | 0 | 0 | 0",
    "reference | u2 | manager | given up |  | 0 | 1",
    "sessions | u1 | sessions | still open | 0 | 0 | 0",
    "set-aside | u1 | title | too long |  | 0 | 0",
  ]);
  const jobs = database.prepare("select job from due_jobs order by job").all();
  expect(jobs.map(({ job }) => job)).toEqual([
    "disable",
    "licence",
    "membership",
    "reference",
    "sessions",
    "sweep",
    "write",
  ]);
  database.close();
});
