// Nothing of a person or a secret where it does not belong: stores, logs, traces, audit and headers [S37] [D4].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import {
  ask,
  CORE_USER,
  ENTERPRISE,
  filtered,
  KEEPABL,
  KEEPNET,
  KEEPNET_FULL,
  open,
  patchOf,
} from "../dialogues/dialogue.ts";
import { runAlarmAfter } from "./clock.ts";
import type { Answer } from "./gateway.ts";

// Not the word that other files use: D1 is one for all of them.
const CANARY = "goldcrest";
/** Where personal data may rest: wanted by a write that is under way, not yet shown by the vendor, or the link's own keys. */
const LINK_KEYS = ["name", "name_key", "email_key", "external_id", "kept", "pointers"];
const RESTING = ["intents", "overlays"];

let canaries = 0;
/** A word that is found again wherever it goes. */
const canaryIn = (where: string): string => `${CANARY}-${where}-${canaries++}`;

const person = () => {
  const mail = `${canaryIn("mail")}@contoso.com`;
  return {
    schemas: [CORE_USER, ENTERPRISE],
    userName: mail,
    externalId: canaryIn("external"),
    displayName: canaryIn("display"),
    nickName: canaryIn("nick"),
    title: canaryIn("title"),
    password: canaryIn("password"),
    locale: canaryIn("locale"),
    name: { givenName: canaryIn("given"), familyName: canaryIn("family"), formatted: canaryIn("formatted") },
    emails: [
      { type: "work", value: mail },
      { type: "home", value: `${canaryIn("home")}@contoso.com` },
    ],
    phoneNumbers: [{ type: "work", value: canaryIn("phone") }],
    addresses: [{ type: "work", streetAddress: canaryIn("street") }],
    roles: [{ value: canaryIn("role") }],
    [ENTERPRISE]: { department: canaryIn("department"), employeeNumber: canaryIn("number") },
    "urn:example:extension:2.0:User": { tag: canaryIn("tag") },
    unknownAttribute: canaryIn("unknown"),
  };
};

function dump(storage: SqlStorage): { table: string; column: string; text: string }[] {
  const tables = storage
    .exec("select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'")
    .toArray();
  return tables.flatMap(({ name }) =>
    storage
      .exec(`select * from "${name}"`)
      .toArray()
      .flatMap((row) =>
        Object.entries(row).map(([column, value]) => ({ table: String(name), column, text: String(value) })),
      ),
  );
}

const LEVELS = ["log", "info", "warn", "error", "debug", "trace"] as const;

it.each([
  ["keepnet", KEEPNET, { clientSecret: canaryIn("secret") }],
  ["keepnet in full", KEEPNET_FULL, { clientSecret: canaryIn("secret") }],
  ["keepabl", KEEPABL, { apiKey: canaryIn("secret") }],
])("S37 S38 C13 D4: a cycle with failures leaves no value behind, %s", async (_title, profile, secret) => {
  const written: string[] = [];
  const spies = LEVELS.map((level) =>
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => {
      written.push(
        parts
          .map((part) => (part instanceof Error ? `${part.stack} ${String(part.cause)}` : JSON.stringify(part)))
          .join(" "),
      );
    }),
  );
  const answers: Answer[] = [];
  try {
    const gateway = await open(profile, { seed: secret, settings: secret });
    const say = async (method: string, path: string, body?: unknown): Promise<Answer> => {
      const answer = await gateway.scim(method, path, body);
      answers.push(answer);
      return answer;
    };
    const fault = (order: object) => gateway.vendor("POST", "/faults", [order]);
    const sent = person();
    const match = filtered("/Users", `userName eq "${sent.userName}"`);

    // A cycle: match, create, change, groups, and everything that can go wrong on the way.
    await say("GET", match);
    const { body } = await say("POST", "/Users", sent);
    expect(answers.at(-1)?.status).toBe(201);
    await say("POST", "/Users", sent);
    await say("GET", filtered("/Users", `name.familyName eq "${sent.name.familyName}" and title co "${CANARY}"`));
    await say(
      "PATCH",
      `/Users/${body.id}`,
      patchOf({ op: "Replace", path: "name.givenName", value: canaryIn("patched") }),
    );
    await say("PATCH", `/Users/${body.id}`, patchOf({ op: "Replace", path: "active", value: canaryIn("wrong") }));
    await say(
      "PATCH",
      `/Users/${body.id}`,
      patchOf({ op: "Replace", path: `emails[type eq "${CANARY}-path`, value: "x" }),
    );
    const quoting = [
      `emails[value eq "${canaryIn("path")}"].x`,
      `nick[a eq "${canaryIn("path")}"]`,
      `x509[type eq "${canaryIn("type")}"].value`,
    ];
    await say(
      "PATCH",
      `/Users/${body.id}`,
      patchOf(...quoting.map((path) => ({ op: "Add", path, value: canaryIn("value") }))),
    );
    await say("PUT", `/Users/${body.id}`, {
      ...sent,
      [`${canaryIn("name")}@contoso.com`]: 1,
      ims: [{ type: `${canaryIn("type")}`, value: "x" }],
    });
    await say("PUT", `/Users/${body.id}`, { ...sent, name: { givenName: canaryIn("put") } });
    await say("POST", "/Users", `{"userName":"${canaryIn("broken")}`);
    await say("GET", `/Users/${CANARY}-id-in-path`);
    await say("GET", `/Users?filter=${CANARY}-no-filter&attributes=${CANARY}-attribute`);
    await say("POST", "/Users/.search", { filter: `userName eq "${canaryIn("search")}"` });
    await say("GET", `/${CANARY}-endpoint`);
    await say("POST", "/Groups", {
      displayName: canaryIn("group"),
      members: [{ value: body.id, display: canaryIn("member") }],
    });
    await say("POST", "/Groups", { displayName: canaryIn("group"), members: [{ value: `${CANARY}-nobody` }] });
    const leak = { message: canaryIn("vendor-message"), validationMessages: [sent.userName] };
    for (const order of [
      { kind: "status", status: 500, body: leak, times: 2 },
      { kind: "status", status: 400, body: leak },
      { kind: "malformed", shape: "html" },
      { kind: "drop", times: 2 },
      { kind: "throttle", retryAfter: "1", body: leak },
      { kind: "status", status: 302, headers: { location: `https://${CANARY}.example/` } },
    ]) {
      await fault(order);
      await say("GET", match);
      await gateway.vendor("DELETE", "/faults");
    }
    const other = person();
    await fault({ kind: "lostResponse", match: { method: "POST" } });
    await say("POST", "/Users", other);
    await gateway.vendor("DELETE", "/faults");
    await gateway.vendor("POST", "/clock", { advanceMs: 5_000 });
    await say("POST", "/Users", other);
    await say("PATCH", `/Users/${body.id}`, patchOf({ op: "replace", path: "active", value: false }));
    await say("DELETE", `/Users/${body.id}`);
    await gateway.api("PATCH", `/connections/${gateway.name}`, { settings: { surprise: canaryIn("setting") } });
    await gateway.api("PATCH", `/connections/${gateway.name}`, { settings: secret });
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    await runAlarmAfter(gateway, 86_400_000);
    await runAlarmAfter(gateway, 2 * 86_400_000);
    expect(answers.some(({ status }) => status >= 500)).toBe(true);

    // The object's tables.
    const rows = await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) =>
      dump(state.storage.sql),
    );
    expect(new Set(rows.map(({ table }) => table))).toContain("traces");
    const stray = rows.filter(
      ({ table, column, text }) =>
        text.includes(CANARY) && !RESTING.includes(table) && !(table === "links" && LINK_KEYS.includes(column)),
    );
    expect(stray).toEqual([]);
    // Without keep, nothing but the keys is kept, and of the deleted nothing but their name.
    const kept = rows.filter(
      ({ table, column, text }) => table === "links" && column === "kept" && text.includes(CANARY),
    );
    if (!profile.isFull) expect(kept).toEqual([]);
    const everything = JSON.stringify(rows);
    for (const hidden of [sent.password, other.password, Object.values(secret)[0], gateway.token]) {
      expect(everything).not.toContain(hidden);
    }

    // D1: every table.
    const tables = await env.CONTROL.prepare(
      "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\' and name not like 'sqlite%'",
    ).all<{ name: string }>();
    for (const { name } of tables.results) {
      const { results } = await env.CONTROL.prepare(`select * from "${name}"`).all();
      expect([name, JSON.stringify(results).includes(CANARY)]).toEqual([name, false]);
      expect(JSON.stringify(results)).not.toContain(gateway.token);
    }

    // What administrators and clients are shown.
    for (const path of ["", "/traces?limit=500", "/tokens", "/sweep"]) {
      const shown = await gateway.api("GET", `/connections/${gateway.name}${path}`);
      expect([path, JSON.stringify(shown.body).includes(CANARY)]).toEqual([path, false]);
    }
    for (const { status, headers, body: answered } of answers) {
      for (const [name, value] of headers) expect([name, value.includes(CANARY)]).toEqual([name, false]);
      if (status >= 500) expect(JSON.stringify(answered)).not.toContain(CANARY);
      expect(JSON.stringify(answered)).not.toContain(sent.password);
      expect(JSON.stringify(answered)).not.toContain(leak.message);
    }
    expect(written.filter((line) => line.includes(CANARY) || line.includes(gateway.token))).toEqual([]);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});

it("S37: intents and overlays age out, with what they hold", async () => {
  const gateway = await open(KEEPABL);
  const sent = person();
  await gateway.vendor("POST", "/faults", [{ kind: "lostResponse", match: { method: "POST" } }]);
  await ask(gateway, "POST", "/Users", 503, sent);
  await ask(gateway, "GET", filtered("/Users", 'userName eq "nobody@contoso.com"'), 200);
  await gateway.vendor("POST", "/clock", { advanceMs: 5_000 });
  for (const days of [1, 2, 3, 4]) await runAlarmAfter(gateway, days * 86_400_000 + 60_000);
  const rows = await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) =>
    dump(state.storage.sql),
  );
  expect(rows.filter(({ table, text }) => RESTING.includes(table) && text.includes(CANARY))).toEqual([]);
});

it("S37: traces are gone after thirty days", async () => {
  const gateway = await open(KEEPNET);
  await ask(gateway, "GET", "/Users", 200);
  const traces = async () => (await gateway.api("GET", `/connections/${gateway.name}/traces`)).body.traces.length;
  expect(await traces()).toBe(1);
  for (const days of [1, 29]) await runAlarmAfter(gateway, days * 86_400_000);
  expect(await traces()).toBe(1);
  for (const days of [31, 32]) await runAlarmAfter(gateway, days * 86_400_000);
  expect(await traces()).toBe(0);
});
