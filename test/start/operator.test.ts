// The operator's commands against a running Portico, as a person at a terminal and as a script uses them.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../cli/main.ts";
import { type Started, startAll } from "../../cli/start.ts";
import type { Terminal } from "../../cli/terminal.ts";
import { freePort } from "../faults/harness.ts";
import { startReceiver } from "./local-receiver.ts";

const ISO = "\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z";
let folder: string;
let started: Started;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portico-operator-"));
  started = await startAll({ port: await freePort(), stateDir: folder }, () => {});
});

afterAll(async () => {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One command; `typed` is what the person at the terminal answers, absent without a terminal. */
async function portico(argv: string[], typed?: string, more: Partial<Terminal> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const asked: string[] = [];
  const terminal: Terminal = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStdin: async () => "",
    ...(typed === undefined
      ? {}
      : {
          async ask(question: string) {
            asked.push(question);
            return typed;
          },
        }),
    stateFolder: folder,
    fetch: (input, init) => fetch(input, init),
    ...more,
  };
  const code = await run(argv, terminal);
  return { code, out: out.join("\n"), err: err.join("\n"), asked: asked.join("\n") };
}

async function json(argv: string[]) {
  const result = await portico([...argv, "--json"]);
  expect(result).toMatchObject({ code: 0, err: "" });
  return JSON.parse(result.out);
}

async function scim(name: string, method: string, path: string, body?: unknown) {
  const { tenantUrl = "", token = "" } = started.demo.connections.find((one) => one.name === name) ?? {};
  const response = await fetch(`${tenantUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
}

const vendor = (name: string, path: string, method: string, body?: unknown) =>
  fetch(`${started.simulatorUrl}/${name}/__simulator${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function createUser(name: string, userName: string): Promise<string> {
  const created = await scim(name, "POST", "/Users", { userName, emails: [{ type: "work", value: userName }] });
  expect(created.status).toBe(201);
  return created.body.id;
}

const disable = (name: string, id: string | undefined) =>
  scim(name, "PATCH", `/Users/${id}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "replace", path: "active", value: false }],
  });

it("S63: a webhook is made, tried, paused, rotated and removed; what failed is listed and sent again", async () => {
  const receiver = await startReceiver();
  try {
    const made = await portico(["webhook", "add", "-", "--name", "ops", "--connection", "keepnet-demo"], undefined, {
      readStdin: async () => `${receiver.url}\n`,
    });
    expect(made).toMatchObject({ code: 0, err: "" });
    const [, id = ""] = /Webhook {2}([\w-]+), http:\/\/127.0.0.1:\d+\/…path, events: all/.exec(made.out) ?? [];
    const [, secret = ""] = /Secret {3}(whsec_\S+)/.exec(made.out) ?? [];
    expect((await portico(["webhook", "test", id])).out).toMatch(/^delivered: the receiver answered 204 \(\d+ ms\)$/);
    expect(receiver.verified(secret)).toMatchObject([{ type: "webhook.test" }]);
    receiver.answer(500);
    const failed = await portico(["webhook", "test", id]);
    expect(failed).toMatchObject({ code: 1, out: expect.stringContaining("not delivered: the receiver answered 500") });
    const listed = await portico(["webhook", "deliveries", id, "--state", "given-up"]);
    expect(listed.out).toMatch(/webhook\.test .* given-up .* 500, \d+ ms .* the receiver answered 500/);
    receiver.answer(200);
    expect((await portico(["webhook", "retry", id])).out).toBe("1 sent again");
    await expect.poll(() => receiver.verified(secret).length).toBe(3);
    expect((await portico(["webhook", "change", id])).err).toMatch(/say what to change/);
    const changed = await portico(["webhook", "change", id, "--pause", "--events", "brake.near alarm.raised"]);
    expect(changed.out).toMatch(
      /events {4}brake\.near, alarm\.raised, of keepnet-demo\n {2}state {5}paused since .* npm start has/,
    );
    const shown = await json(["webhook", "change", id, "--resume", "--name", "night shift"]);
    expect(shown).toMatchObject({ name: "night shift", pausedAt: null, waiting: 0 });
    expect((await portico(["webhook", "rotate", id])).out).toMatch(/whsec_.*\n.*\nUntil .* the secret before signs/);
    expect((await portico(["webhook", "show", id])).out).toMatch(/the one before signs until/);
    expect((await portico(["webhook", "list"])).out).toMatch(/night shift .* keepnet-demo .* open/);
    expect(await json(["webhook", "remove", id])).toEqual({ removed: id });
    expect((await portico(["webhook", "list"])).out).toBe("no webhooks");
  } finally {
    await receiver.close();
  }
});

it("each request that the list shows can be asked for, and a refused value says by which rule", async () => {
  const name = "keepnet-full";
  for (const at of [1, 2, 3]) await createUser(name, `trace${at}@example.com`);
  await scim(name, "POST", "/Users", { userName: "long@example.com", name: { givenName: "x".repeat(90) } });
  const { out } = await portico(["trace", "list", name]);
  const ids = [...out.matchAll(/[0-9a-f]{8}-[0-9a-f]{4}/g)].map(([id]) => id);
  expect(new Set(ids).size).toBe(4);
  const shown = await Promise.all(ids.map((id) => portico(["trace", "show", name, id])));
  expect(shown.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(shown[0]?.out).toContain("refused: name.givenName may have at most 40 characters in Keepnet");
});

describe("provisioning is held", () => {
  const name = "keepnet-demo";

  it("S20: the refusal names the command that lets it through; a script says --yes, a person is asked", async () => {
    expect((await portico(["brake", "set", name, "--share", "0", "--minimum", "2"])).out).toContain("more than 0 %");
    const ids = [await createUser(name, "a@example.com"), await createUser(name, "b@example.com")];
    expect((await disable(name, ids[0])).status).toBe(200);
    const held = await disable(name, ids[1]);
    expect(held.status).toBe(503);
    const shown = await portico(["brake", "show", name]);
    expect(shown).toMatchObject({ code: 0, err: "" });
    expect(shown.out).toMatch(new RegExp(`users deactivated held since ${ISO}`));
    const { kinds } = await json(["brake", "show", name]);
    expect(kinds[0]).toMatchObject({ kind: "deactivation", counted: 1, requests: 1, heldSince: expect.any(String) });
    expect((await portico(["brake", "list", name])).out).toContain(ids[1]);

    const [, command = ""] = /“portico ([^”]+)”/.exec(held.body.detail) ?? [];
    expect(command).toBe(`brake release ${name} --kind deactivation --count 1`);
    const unasked = await portico(command.split(" "));
    expect(unasked).toMatchObject({ code: 2, out: "" });
    expect(unasked.err).toMatch(/^portico: .*repeat with --yes$/);
    const refused = await portico(command.split(" "), "no");
    expect(refused).toMatchObject({ code: 1, out: "", err: "portico: nothing was changed" });
    expect(refused.asked).toContain("1 changes of the kind deactivation");
    expect((await disable(name, ids[1])).status).toBe(503);
    const tooLong = await portico([...command.split(" "), "--until", "2099-01-01"], "y");
    expect(tooLong).toMatchObject({ code: 1, err: expect.stringMatching(/not later than in 90 days/) });
    const released = await portico(command.split(" "), "y");
    expect(released.out).toMatch(new RegExp(`released until ${ISO}: deactivation, 0 of 1`));
    expect((await disable(name, ids[1])).status).toBe(200);
    expect((await portico([...command.split(" "), "--yes"])).code).toBe(0);
  });

  it("S20: an administrator holds everything, and puts the line back", async () => {
    expect((await portico(["brake", "hold", name])).out).toContain("everything is held by an administrator since");
    expect((await disable(name, await createUser(name, "c@example.com"))).status).toBe(503);
    expect((await portico(["brake", "hold", name, "--end"])).out).toContain("nothing is held");
    const lineOf = async (kind: string, ...argv: string[]) => {
      const { kinds } = await json(["brake", "set", name, ...argv]);
      return kinds.find((one: { kind: string }) => one.kind === kind).line;
    };
    const hold = { action: "hold" };
    expect(await lineOf("removal", "--window", "90")).toEqual({ share: 0, count: 2, minutes: 90, ...hold });
    expect(await lineOf("rename", "--kind", "rename", "--minimum", "7")).toEqual({
      share: 0.1,
      count: 7,
      minutes: 1_440,
      ...hold,
    });
    expect(await lineOf("deactivation", "--default")).toEqual({ share: 0.1, count: 20, minutes: 60, ...hold });
    // Neither line has moved the other, and that of the demo for users who are created is as it was.
    expect(await lineOf("creation", "--kind", "rename", "--default")).toMatchObject({ action: "warn" });
    expect(await lineOf("rename", "--window", "60")).toMatchObject({ count: 51 });
  });

  it("S39: all of it is in the audit", async () => {
    const calls = await json(["audit", "list", name, "--changes"]);
    const routes = calls.map((call: { method: string; route: string }) => `${call.method} ${call.route}`);
    expect(routes.filter((route: string) => /brake\/(release|hold)$/.test(route))).toHaveLength(5);
    expect(calls[0]).toMatchObject({ method: "PATCH", fields: ["brake"], status: 200 });
    expect((await portico(["audit", "list", "--limit", "3"])).out).toMatch(/\/api\/connections\/:name/);
  });
});

describe("administrators", () => {
  it("S39: get keys with roles, which end what they may when they are revoked", async () => {
    const made = await portico(["key", "create", "night shift", "--role", "operator", "--connections", "keeper-demo"]);
    expect(made).toMatchObject({ code: 0, err: "" });
    expect(made.out).toMatch(/Role +operator, connections: keeper-demo[\s\S]*not shown again/);
    const key = /portico_key_\S+/.exec(made.out)?.[0] ?? "";
    const as = (...argv: string[]) => portico(["--admin-token", key, ...argv]);
    expect((await as("key", "show")).out).toBe("night shift: operator, connections: keeper-demo");
    expect((await as("connection", "list")).out).toMatch(/keeper-demo/);
    expect((await as("connection", "list")).out).not.toMatch(/keepnet-demo/);
    expect((await as("brake", "show", "keepnet-demo")).err).toContain("there is no connection of this name");
    expect((await as("key", "list")).err).toContain("for some connections only");
    expect((await as("erase", "keeper-demo", "--yes")).err).toContain(
      "needs the role owner, and the role here is operator",
    );
    expect((await as("sweep", "start", "keeper-demo")).code).toBe(0);
    const [call] = await json(["audit", "list", "keeper-demo", "--changes"]);
    expect(call).toMatchObject({ actor: "night shift", role: "operator", method: "POST" });

    const [mine, theirs] = await json(["key", "list"]);
    expect(mine).toMatchObject({ name: "npm start", role: "owner", createdBy: "break glass" });
    expect(theirs).toMatchObject({ name: "night shift", connections: ["keeper-demo"], createdBy: "npm start" });
    expect((await portico(["key", "list"])).out).not.toContain(key);
    expect((await portico(["key", "revoke", theirs.id])).out).toBe(`revoked ${theirs.id}`);
    const refused = await as("connection", "list");
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("unknown, revoked or expired")]);
    expect((await json(["audit", "refused"]))[0]).toMatchObject({ address: "", count: 1 });
    expect((await portico(["alarm", "list"])).out).toBe("no alarms");
  });

  it("invite a customer to the page of one connection, see whether they came, and let them out", async () => {
    const made = await portico(["invite", "create", "keeper-demo"]);
    const link = /http:\S+\/customer\/enter\/portico_customer_\S+/.exec(made.out)?.[0] ?? "";
    expect(made.out).toMatch(/Link +http[\s\S]*can be used until[\s\S]*not shown again/);
    const [invite] = await json(["invite", "list", "keeper-demo"]);
    expect(invite).toMatchObject({ state: "open", createdBy: "npm start", usedAt: null });
    const entered = await fetch(link, {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin" },
      redirect: "manual",
    });
    // On loopback a browser takes no cookie with the prefix.
    expect(entered.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^portico-customer=portico_customer_\S+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    const cookie = entered.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
    const page = () => fetch(`${started.demo.url}/customer`, { headers: { cookie } });
    expect((await page()).status).toBe(200);
    const listed = await portico(["invite", "list", "keeper-demo"]);
    expect([listed.out.includes("used"), listed.out.includes(link)]).toEqual([true, false]);
    expect((await portico(["invite", "revoke", "keeper-demo", invite.id])).out).toBe(`revoked ${invite.id}`);
    expect((await page()).status).toBe(401);
    expect((await portico(["invite", "revoke", "keeper-demo", invite.id])).err).toContain("not revoked");
    const calls = await json(["audit", "list", "keeper-demo", "--changes"]);
    expect(calls.map(({ actor }: { actor: string }) => actor)).toContain("customer of keeper-demo");
  });

  it("S39: can have the audit checked, whole, exported, and against a head that they noted down", async () => {
    const first = await json(["audit", "verify"]);
    expect(first).toMatchObject([
      { chain: "changes", broken: null },
      { chain: "reads", broken: null },
    ]);
    const heads = first.flatMap(({ head }: { head: string }) => ["--head", head]);
    const shown = await portico(["audit", "verify", ...heads]);
    expect([shown.code, shown.out]).toEqual([
      0,
      expect.stringMatching(/as it was written[\s\S]*\nchanges:\d+:[0-9a-f]{64}\n/),
    ]);
    const file = join(folder, "audit.ndjson");
    expect((await portico(["audit", "export", "--output", file])).out).toMatch(/^wrote \d+ lines/);
    expect((await portico(["audit", "verify", file, ...heads])).code).toBe(0);
    const lines = readFileSync(file, "utf8");
    writeFileSync(file, lines.replace('"actor":"night shift"', '"actor":"npm start"'));
    const changed = await portico(["audit", "verify", file]);
    expect([changed.code, changed.out]).toEqual([1, expect.stringContaining("it was changed")]);
    writeFileSync(file, lines.split("\n").slice(0, -2).join("\n"));
    expect((await portico(["audit", "verify", file])).err).toContain("its last line is missing");
  });
});

describe("a plan", () => {
  const name = "keepnet-full";

  it("S21: is made, shown and discarded, and the command first says what is lost", async () => {
    expect((await portico(["mode", name, "plan"])).out).toContain(`portico plan list ${name}`);
    const id = await createUser(name, "planned@example.com");
    expect((await disable(name, id)).status).toBe(200);
    const list = await portico(["plan", "list", name]);
    expect(list.out).toMatch(/create, User/);
    expect(list.out).toMatch(/2 planned writes, 1 deactivations among them$/);
    expect((await json(["plan", "list", name])).steps).toHaveLength(2);
    const unasked = await portico(["mode", name, "live"]);
    expect([unasked.code, unasked.err.split("\n").length]).toEqual([2, 1]);
    expect(unasked.err).toMatch(/discards 2 planned writes, 1 deactivations.*must then be restarted.*--yes$/);
    const left = await portico(["mode", name, "live"], "y");
    expect(left).toMatchObject({ code: 0, err: "" });
    expect(left.out).toMatch(/is live.*\nNow restart provisioning/);
    expect((await scim(name, "GET", `/Users/${id}`)).status).toBe(404);
    expect((await portico(["plan", "list", name])).err).toMatch(/\(409\): the connection is not in plan mode$/);
  });

  it("S18: paused and live again need no question", async () => {
    expect((await portico(["mode", name, "paused"])).out).toContain("answers 503");
    expect((await scim(name, "GET", "/Users")).status).toBe(503);
    expect((await portico(["sweep", "start", name])).err).toMatch(/\(409\): the connection is paused/);
    expect((await json(["mode", name, "live"])).mode).toBe("live");
  });
});

describe("what a product has otherwise", () => {
  const name = "keepnet-demo";

  it("S10 S13: a sweep is watched to its end, its findings are shown, and repaired when told", async () => {
    const id = await createUser(name, "stays@example.com");
    const group = await scim(name, "POST", "/Groups", { displayName: "Staff", members: [{ value: id }] });
    expect(group.status).toBe(201);
    const { groups } = (await (await vendor(name, "/state", "GET")).json()) as { groups: Record<string, object> };
    const emptied = Object.entries(groups).map(([key, one]) => [key, { ...one, members: [] }]);
    await vendor(name, "/state", "PATCH", { groups: Object.fromEntries(emptied) });
    const swept = await portico(["sweep", "start", name, "--wait"]);
    expect(swept.code).toBe(0);
    expect(swept.out).toMatch(/Members.*complete/);
    expect((await portico(["drift", "show", name])).out).toMatch(/memberMissing.*reported[\s\S]*1 memberMissing$/);
    expect((await portico(["drift", "set", name, "repair"])).out).toContain("reported and repaired");
    expect((await portico(["sweep", "start", name, "--wait"])).code).toBe(0);
    expect(await json(["drift", "show", name])).toMatchObject({
      findings: [{ kind: "memberMissing", isRepaired: true }],
    });
    expect((await json(["sweep", "status", name])).map(({ type }: { type: string }) => type)).toContain("Members");
  });

  it("S27: a sweep that the product stops ends the watch with its reason", async () => {
    await vendor(name, "/faults", "POST", [{ kind: "status", status: 503, times: 50 }]);
    const swept = await portico(["sweep", "start", name, "--wait"]);
    expect(swept.code).toBe(1);
    expect(swept.err).toMatch(/portico: User: the sweep stopped and goes on later: unavailable$/);
    await vendor(name, "/faults", "DELETE");
    expect((await portico(["sweep", "start", name, "--wait"])).code).toBe(0);
  });

  it("S10: a sweep that is complete and raised an alarm exits 2; the alarm is listed, acknowledged and over", async () => {
    const state = async () => (await (await vendor(name, "/state", "GET")).json()) as { users: Record<string, object> };
    const { users } = await state();
    const [pattern = {}] = Object.values(users);
    const extra = Array.from({ length: 40 }, (_, at) => {
      const id = `extra-${at}`;
      return [id, { ...pattern, resourceId: id, email: `${id}@example.com`, isDeleted: false }];
    });
    await vendor(name, "/state", "PATCH", { users: { ...users, ...Object.fromEntries(extra) } });
    expect((await portico(["sweep", "start", name, "--wait"])).code).toBe(0);
    await vendor(name, "/state", "PATCH", { users });
    const swept = await portico(["sweep", "start", name, "--wait"]);
    expect(swept.code).toBe(2);
    expect(swept.out).toMatch(/User.*complete.*vanished/);
    expect(swept.err).toMatch(new RegExp(`portico connection alarms ${name}$`));
    const count = /(\d+) of \d+ User records vanished/.exec(swept.out)?.[1];
    expect(Number(count)).toBe(40);
    const shown = await portico(["connection", "alarms", name]);
    expect(shown.out).toMatch(/vanished:User.*and 37 more/);
    const listed = async () =>
      (await json(["connection", "list"])).find((one: { name: string }) => one.name === name).openAlarms;
    await expect.poll(listed).toBe(1);
    expect((await portico(["connection", "acknowledge", name, "orphans"])).err).toMatch(/\(404\).*no such open alarm$/);
    expect((await portico(["connection", "acknowledge", name, "vanished:User"])).out).toBe(
      "acknowledged 1 of vanished:User",
    );
    expect((await portico(["sweep", "start", name, "--wait"])).code).toBe(0);
    expect((await portico(["connection", "alarms", name])).out).toBe("no alarms");
    expect((await json(["drift", "show", name])).counts.removed).toBe(40);
    await expect.poll(listed).toBe(0);
    const calls = await json(["audit", "list", name, "--changes", "--limit", "10"]);
    expect(calls.map(({ route }: { route: string }) => route)).toContain(
      "/api/connections/:name/alarms/:id/acknowledge",
    );
  });
});

it("S55: the register shows that nothing is owed, and refuses a decision about what is not there", async () => {
  const shown = await portico(["pending", "show", "keepnet-demo"]);
  expect(shown.out).toBe("nothing is owed");
  expect(await json(["pending", "retry", "keepnet-demo", "--all"])).toEqual({ retry: 0 });
  const missing = await portico(["pending", "drop", "keepnet-demo", "none", "--yes"]);
  expect([missing.code, missing.err]).toEqual([
    1,
    expect.stringMatching(/\(404\): nothing with this id is owed on the connection$/),
  ]);
});

describe("the end of a connection", () => {
  const name = "kpifire-full";

  it("S37: is exported whole to a file for its owner only, without secrets, and never over another file", async () => {
    const id = await createUser(name, "kept@example.com");
    const file = join(folder, "export.ndjson");
    const { code, out } = await portico(["export", name, "--output", file]);
    expect([code, out]).toEqual([0, `wrote 3 lines to ${file}`]);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { kind: "connection", name },
      { kind: "link", id },
      { kind: "end", links: 1 },
    ]);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
    const settings = JSON.stringify((await json(["connection", "show", name])).sealedSettings);
    expect(settings).not.toBe("[]");
    expect(lines.join("\n")).not.toMatch(/fake-kpifire/);
    const again = await portico(["export", name, "--output", file]);
    expect(again).toMatchObject({ code: 1, out: "", err: `portico: cannot write ${file}: EEXIST` });
    expect((await portico(["export", name])).out.split("\n")).toEqual(lines);
  });

  it("S37: an export that breaks off leaves no file", async () => {
    const file = join(folder, "broken.ndjson");
    const cut: typeof fetch = async (input, init) => {
      const whole = await fetch(input, init);
      const text = await whole.text();
      return new Response(text.split("\n").slice(0, 2).join("\n"), whole);
    };
    const broken = await portico(["export", name, "--output", file], undefined, { fetch: cut });
    expect(broken).toMatchObject({ code: 1, err: "portico: the export broke off: its last line is missing" });
    expect(() => statSync(file)).toThrow();
    expect(() => statSync(`${file}.part`)).toThrow();
  });

  it("S31: is erased when the administrator types its id, or gives --yes", async () => {
    const { id } = await json(["connection", "show", name]);
    expect((await portico(["erase", name])).err).toMatch(/repeat with --yes$/);
    expect(await portico(["erase", name], "y")).toMatchObject({ code: 1, err: "portico: nothing was changed" });
    const erased = await portico(["erase", name], id);
    expect(erased).toMatchObject({ code: 0, out: `erased ${name}` });
    expect((await scim(name, "GET", "/Users")).status).toBe(401);
    expect((await portico(["connection", "show", name])).err).toMatch(/\(404\)/);
    expect(await json(["erase", "kpifire-demo", "--yes"])).toMatchObject({ erased: "kpifire-demo" });
  });
});
