// How SQLite finds what the statements of the request path ask for: none of them goes through a table. And how many a
// request needs, so that a change that makes it slower is seen here and not by a customer.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  ENTERPRISE,
  entraUser,
  filtered,
  KEEPNET,
  KEEPNET_FULL,
  NOBODY,
  open,
  type Profile,
  patchGroup,
  patchOf,
} from "../dialogues/dialogue.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { recorded, type Statement } from "./statements.ts";

/** Steps of a plan that go through a whole table or index, and why they may. */
const ALLOWED: [step: RegExp, why: string][] = [
  [/^SCAN \S+ VIRTUAL TABLE/, "a list that is bound as one parameter, or one value that holds several"],
  [/^SCAN facts/, "some ten rows, which are remembered until one changes"],
  [/^SCAN (owed|overlays|doubts|brake_\w+)( USING .*)?$/, "whether there is any row: the first one ends it"],
  [/^SCAN intents USING INDEX intents_open/, "writes under way, for a user who is deleted"],
  [/^SEARCH intents USING INDEX intents_open/, "writes under way of one kind"],
  [
    /^SEARCH (sweeps|row_counts|brake_bases|list_pages) USING (COVERING )?INDEX sqlite_autoindex/,
    "the first or last rows by the primary key, or a small table",
  ],
  [/^SEARCH brake_counts EXISTS/, "whether there is any row of a kind: the first one ends it"],
  [/^SEARCH links USING INDEX links_order \(type=\? AND state=\?\)/, "a page in the order of the index"],
  [/^SCAN due_jobs/, "one row for each kind of background work"],
  [/^SCAN CONSTANT ROW/, "no table"],
  [/^SCAN (excluded|\(subquery-\d+\))/, "what was just found"],
];
/** What ends after so many rows must say so. */
const isBounded = ({ sql }: Statement, step: string) =>
  // An e-mail that only Portico keeps, where the connection keeps what the product cannot hold [S26].
  /instr\(lower\("links"\."kept"\)/.test(sql) ||
  !/^SCAN (owed|overlays|doubts|brake_)|links_order/.test(step) ||
  /\blimit\b/i.test(sql);
/** Goes through a table, or through all rows of one type or state, which may be as many. */
const isScan = (step: string) =>
  step.startsWith("SCAN") || /^SEARCH .* \((type|state|kind|of)=\?( AND (type|state|kind)=\?)*\)$/.test(step);

let gateway: Gateway;
let full: Gateway;
let licensed: Gateway;
const statements = new Map<string, Statement>();
const counts = new Map<string, Statement[]>();

/** What a request executes, for its plans and its number. */
async function run(on: Gateway, name: string, work: () => Promise<unknown>): Promise<void> {
  const all = await recorded(on, work);
  counts.set(name, all);
  for (const statement of all) statements.set(statement.sql, statement);
}

async function everyKind(on: Gateway, kind: string): Promise<void> {
  const name = (what: string) => `${kind}: ${what}`;
  const id = await createUser(on, "ada@contoso.com");
  const other = await createUser(on, "bob@contoso.com");
  const group = await createGroup(on, "Staff");
  await patchGroup(on, group, { op: "Add", path: "members", value: [{ value: other }] });
  await ask(on, "GET", `/Users/${id}`, 200);
  await run(on, name("get"), () => ask(on, "GET", `/Users/${id}`, 200));
  await run(on, name("get of nobody"), () => ask(on, "GET", `/Users/${NOBODY}`, 404));
  await ask(on, "GET", filtered("/Users", 'userName eq "ada@contoso.com"'), 200);
  await run(on, name("match"), () => ask(on, "GET", filtered("/Users", 'userName eq "ada@contoso.com"'), 200));
  await run(on, name("miss"), () => ask(on, "GET", filtered("/Users", 'userName eq "no@contoso.com"'), 200));
  for (const filter of ['externalId eq "ada"', 'emails[type eq "work"].value eq "ada@contoso.com"', `id eq "${id}"`]) {
    await run(on, name(filter), () => ask(on, "GET", filtered("/Users", filter), 200));
  }
  await run(on, name("group by name"), () => ask(on, "GET", filtered("/Groups", 'displayName eq "Staff"'), 200));
  await run(on, name("create"), () => ask(on, "POST", "/Users", 201, entraUser({ email: "eve@contoso.com" })));
  await run(on, name("create twice"), () => ask(on, "POST", "/Users", 409, entraUser({ email: "eve@contoso.com" })));
  const set = (path: string, value: unknown) => patchOf({ op: "replace", path, value });
  const patch = (what: string, body: object) => run(on, name(what), () => ask(on, "PATCH", `/Users/${id}`, 200, body));
  await patch("patch", set("name.familyName", "King"));
  await patch("manager", set(`${ENTERPRISE}:manager`, other));
  await patch("rename", set("userName", "ada.king@contoso.com"));
  const member = (op: string) => patchGroup(on, group, { op, path: "members", value: [{ value: id }] });
  await member("Add");
  await member("Remove");
  await run(on, name("member add"), () => member("Add"));
  await run(on, name("member remove"), () => member("Remove"));
  await member("Add");
  await run(on, name("group rename"), () =>
    patchGroup(on, group, { op: "Replace", path: "displayName", value: "All" }),
  );
  await run(on, name("group get"), () => ask(on, "GET", `/Groups/${group}`, 200));
  await run(on, name("group create"), () => createGroup(on, "Sales"));
  await patch("disable", set("active", false));
  await patch("enable", set("active", true));
  await run(on, name("list"), () => ask(on, "GET", "/Users?count=10", 200));
  await run(on, name("count"), () => ask(on, "GET", "/Users?count=0", 200));
  await run(on, name("groups"), () => ask(on, "GET", "/Groups?excludedAttributes=members", 200));
  await run(on, name("delete"), () => ask(on, "DELETE", `/Users/${id}`, 204));
  await run(on, name("group delete"), () => ask(on, "DELETE", `/Groups/${group}`, 204));
}

/** The steps of a plan that go through a table or an index from its beginning to its end. */
async function scansOf(statement: Statement): Promise<string[]> {
  if (!/^\s*(select|insert|update|delete|with)\b/i.test(statement.sql)) return [];
  const steps = await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) =>
    storage.sql
      .exec<{ detail: string }>(`explain query plan ${statement.sql}`, ...statement.bindings)
      .toArray()
      .map(({ detail }) => detail),
  );
  return steps.filter(
    (step) => isScan(step) && !(ALLOWED.some(([allowed]) => allowed.test(step)) && isBounded(statement, step)),
  );
}

describe("the statements of the request path", () => {
  beforeAll(async () => {
    gateway = await open(KEEPNET);
    full = await open(KEEPNET_FULL as Profile);
    licensed = await createGateway("klaxoon");
    await everyKind(gateway, "plain");
    await everyKind(full, "full");
    await everyKind(licensed, "licensed");
  }, 120_000);

  it("go through no table", async () => {
    const found: string[] = [];
    for (const statement of statements.values()) {
      for (const step of await scansOf(statement)) found.push(`${step}: ${statement.sql.replace(/\s+/g, " ").trim()}`);
    }
    expect(statements.size).toBeGreaterThan(60);
    expect(found).toEqual([]);
  });

  it("notice a table that is gone through", async () => {
    const sql = "select id from links where kept = 'x'";
    expect(await scansOf({ sql, bindings: [] })).toEqual(["SCAN links"]);
    // As the users of a member list were looked up once: through every live user.
    const among = "select id from links where type = ? and state = ? and id in (select value from json_each(?))";
    const [step] = await scansOf({ sql: among, bindings: ["User", "live", "[]"] });
    expect(step).toMatch(/^SEARCH links USING .* \(type=\?/);
  });

  it.each([
    ["get", 5],
    ["match", 6],
    ["miss", 3],
    ["create", 10],
    ["patch", 14],
    ["member add", 11],
    ["member remove", 13],
    ["count", 3],
  ])("of a %s are %i at most", (name, most) => {
    const all = counts.get(`plain: ${name}`) ?? [];
    // Traces of reads that went before may be written at any time.
    const isTrace = ({ sql }: Statement) => sql.startsWith('insert into "traces"');
    const own = all.filter((one, at) => !isTrace(one) || at === all.findLastIndex(isTrace));
    const shown = own.map(({ sql }) => sql.replace(/\s+/g, " ").trim().slice(0, 100)).join("\n");
    expect(own.length, shown).toBeGreaterThan(0);
    expect(own.length, shown).toBeLessThanOrEqual(most);
  });
});
