// The command line: options, exit codes, one line for each failure, and no secret to the wrong place.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "../../cli/main.ts";
import type { Terminal } from "../../cli/terminal.ts";
import { CONNECTION, CREATED, CREDENTIAL, HEALTH, HEALTH_AT, UNTOLD } from "./answers.ts";
import { createReferenceServer } from "./reference-server.ts";

const LOCAL = "http://127.0.0.1:8787";
const DAY_MS = 86_400_000;
const AT = "2027-01-15T08:00:00.000Z";
let folder: string;
let calls: { method: string; path: string; authorization: string | undefined; body: unknown }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portico-cli-"));
  calls = [];
  vi.stubEnv("PORTICO_ADMIN_TOKEN", undefined);
  vi.stubEnv("PORTICO_SCIM_TOKEN", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const reference = createReferenceServer();

function createApi() {
  const app = new Hono();
  app.use(async (context, next) => {
    const text = await context.req.text();
    const { method, path } = context.req;
    const { pathname, search } = new URL(context.req.url);
    calls.push({
      method,
      path: pathname + search,
      authorization: context.req.header("authorization"),
      body: text ? JSON.parse(text) : undefined,
    });
    if (path.startsWith("/api") && context.req.header("authorization") !== "Bearer admin") {
      return context.json({ title: "Unauthorized" }, 401);
    }
    await next();
  });
  const connection = CONNECTION;
  app.post("/api/connections", (context) => context.json(connection, 201));
  const ending = {
    kind: "secret",
    label: "Entra\u001b[31m",
    expiresAt: new Date(Date.now() + 30.5 * DAY_MS),
    warning: 60,
  };
  const ended = { kind: "bearer", label: null, expiresAt: new Date(Date.now() - DAY_MS), warning: 1 };
  const expiring = [
    { id: "c1", ...ending },
    { id: "c2", ...ended },
  ];
  app.get("/api/connections", (context) => context.json({ connections: [{ ...connection, expiring }] }));
  app.get("/api/connections/acme", (context) => context.json(connection));
  app.patch("/api/connections/acme", async (context) => context.json({ ...connection, ...(await context.req.json()) }));
  const principal = { name: "breakglass@acme.example", id: "u1", nativeId: "17" };
  app.get("/api/connections/acme/protected", (context) =>
    context.json({ users: [principal], groups: [], privileged: [], account: null }),
  );
  const alias = { id: "u1", userName: "ada", email: "ada@acme.example", collidesWith: "u2" };
  app.get("/api/connections/acme/aliases", (context) => context.json({ total: 1, aliases: [alias] }));
  const holding = { ...connection, name: "holding", groups: "held", heldGroups: { groups: 3, memberships: 40 } };
  app.get("/api/connections/holding", (context) => context.json(holding));
  app.patch("/api/connections/holding", async (context) => context.json({ ...holding, ...(await context.req.json()) }));
  app.get("/api/connections/:name", (context) =>
    context.json({ title: "Not Found", detail: "no such \u001b[31mone" }, 404),
  );
  const minted = { id: "t1", token: "reference-token", tenantUrl: "http://127.0.0.1/scim", expiresAt: AT };
  const [credential, created] = [CREDENTIAL, CREATED];
  app.post("/api/connections/acme/credentials", (context) => context.json(created, 201));
  app.get("/api/connections/acme/credentials", (context) => context.json({ credentials: [credential] }));
  app.post("/api/connections/acme/credentials/c1/rotate", (context) => context.json({ ...created, id: "c2" }, 201));
  app.post("/api/connections/acme/credentials/c1/demote", (context) => context.json(credential));
  app.delete("/api/connections/acme/credentials/c1", (context) => context.body(null, 204));
  app.delete("/api/connections/acme/credentials", (context) => context.json({ credentials: 3 }));
  app.post("/api/signing-keys/rotate", (context) =>
    context.json({ id: "k2", createdAt: "2027-01-15T08:00:00.000Z" }, 201),
  );
  app.post("/api/connections/acme/tokens", (context) => context.json(minted, 201));
  app.get("/api/connections/acme/tokens", (context) =>
    context.json({ tokens: [{ id: "t1", label: "Entra", createdAt: AT, expiresAt: AT, revokedAt: null }] }),
  );
  app.delete("/api/connections/acme/tokens/t1", (context) => context.body(null, 204));
  const head = {
    ...{ id: "r1", at: AT, tokenId: "c1", method: "GET", path: "/Users", linkId: null, status: 200, scimType: null },
    ...{ ms: 12, lockMs: 0, nativeCalls: 2, repairs: ["opCase"], dropped: [], notes: [], deed: null },
  };
  app.get("/api/connections/acme/traces", (context) => context.json({ traces: [head] }));
  app.get("/api/connections/acme/traces/r1", (context) =>
    context.json({
      ...head,
      link: null,
      fault: "throttled",
      calls: [
        { purpose: "read", method: "GET", path: "/users/{id}", status: 429, ms: 3, attempt: 1, fault: "throttled" },
      ],
    }),
  );
  app.get("/api/health", (context) =>
    context.json({ at: HEALTH_AT, connections: context.req.query("connection") ? [HEALTH] : [HEALTH, UNTOLD] }),
  );
  const [since, nextAttemptAt] = ["2027-01-14T08:00:00.000Z", "2027-01-15T08:00:00.000Z"];
  const kinds = [
    { kind: "disable", mode: "lookup", waiting: 0, failing: 0, nextAttemptAt: null, parked: 0 },
    { kind: "membership", mode: "replay", waiting: 7, failing: 2, nextAttemptAt, parked: 300 },
    { kind: "set-aside", mode: "request", waiting: 1, failing: 0, nextAttemptAt: null, parked: 0 },
  ];
  const thing = {
    userName: null,
    group: null,
    groupName: null,
    since,
    nextAttemptAt: null,
    failures: 0,
    isParked: false,
  };
  const owed = [
    {
      ...thing,
      id: "p1",
      kind: "membership",
      group: "g1",
      user: "u1",
      what: "add",
      why: "no licence\u001b[31m is left",
      isParked: true,
    },
    { ...thing, id: "p2", kind: "set-aside", user: "u2", what: "title", why: "too\u001b[31m long" },
    { ...thing, id: "p3", kind: "reference", user: "u2", what: "manager", why: "names nobody here", nextAttemptAt },
  ];
  const trial = { works: true, says: "the credentials work", acts: null, account: null, sharing: [], warnings: [] };
  app.post("/api/connections/wrong/test", (context) =>
    context.json({ ...trial, works: false, says: "the product refused the key", acts: "customer" }),
  );
  app.post("/api/connections/:name/test", (context) => context.json(trial));
  app.get("/api/connections/acme/pending", (context) => context.json({ kinds, owed }));
  app.post("/api/connections/acme/pending/:decision{retry|drop}", (context) => context.json({ changes: 300 }));
  app.post("/api/connections/acme/pending/p1/:decision", (context) => context.body(null, 204));
  return app;
}

async function portico(argv: string[], more: Partial<Terminal> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const api = createApi();
  const terminal: Terminal = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStdin: async () => '{"apiKey":"from stdin"}\n',
    stateFolder: folder,
    fetch: async (input, init) => {
      const request = new Request(input instanceof Request ? input.url : input, init);
      return new URL(request.url).pathname.startsWith("/scim") ? reference.fetch(request) : api.fetch(request);
    },
    ...more,
  };
  const code = await run(argv, terminal);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

async function writeDemo(url = LOCAL): Promise<void> {
  const connections = [{ name: "demo", tenantUrl: `${url}/scim`, token: "reference-token", vendor: "redmine" }];
  await writeFile(join(folder, "demo.json"), JSON.stringify({ url, adminToken: "admin", connections }));
}

describe("portico status", () => {
  beforeEach(() => vi.stubEnv("PORTICO_ADMIN_TOKEN", "admin"));

  it("shows every connection in a line, also one that has told nothing yet, or one connection", async () => {
    const all = await portico(["status", "--all"]);
    expect(all.out).toMatch(
      /acme\W+redmine\W+live\W+active\W+2 h ago\W+3 of 40\W+5\W+1\W+7, 2 parked\W+in 12 d \(secret\)\W+reading: 10 of \?\W+0 min ago/,
    );
    expect(all.out).toMatch(/new\W+redmine\W+live\W+active\W+never\W+none lets anybody in\W+never/);
    expect(JSON.parse((await portico(["status", "--all", "--json"])).out)).toEqual([HEALTH, UNTOLD]);
    expect((await portico(["status"])).out).toBe(all.out);
    const list = await portico(["connection", "list"]);
    expect(list.out).toContain(all.out);
    expect(list.out).toContain("c1");
    expect(JSON.parse((await portico(["status", "acme", "--json"])).out)).toEqual(HEALTH);
    expect((await portico(["status", "acme"])).out).toMatch(/failures\W+3/);
    expect(calls.map(({ path }) => path).slice(-1)).toEqual(["/api/health?connection=acme"]);
  });

  it("of one connection and of all at once is refused", async () => {
    expect(await portico(["status", "acme", "--all"])).toEqual({
      code: 1,
      out: "",
      err: "portico: give the name of a connection, or --all",
    });
  });
});

it("S39: an answer that tells more than its shape is taken, and one that lacks a field is refused", async () => {
  vi.stubEnv("PORTICO_ADMIN_TOKEN", "admin");
  const answering = (answer: object) =>
    portico(["connection", "show", "acme", "--json"], { fetch: async () => Response.json(answer) });
  const told = await answering({ ...CONNECTION, isNew: true, protected: { ...CONNECTION.protected, robots: [] } });
  expect([told.code, JSON.parse(told.out)]).toMatchObject([0, { isNew: true, protected: { robots: [] } }]);
  const { vendor: _, ...lacking } = CONNECTION;
  for (const answer of [lacking, { ...CONNECTION, isNew: true, mode: "off" }]) {
    const refused = await answering(answer);
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toContain("answered 200 in another shape than expected");
  }
});

describe("the administrator's commands", () => {
  beforeEach(() => writeDemo());

  it.each([
    [["connection", "list", "--rules"], "GET", "/api/connections", "reject"],
    [["connection", "show", "acme"], "GET", "/api/connections/acme", "reject"],
    [["connection", "change", "acme", "--mode", "paused"], "PATCH", "/api/connections/acme", "paused"],
    [["connection", "change", "acme", "--state", "suspended"], "PATCH", "/api/connections/acme", "suspended"],
    [["connection", "change", "acme", "--freshness", "30"], "PATCH", "/api/connections/acme", "freshnessMinutes"],
    [["connection", "protected", "acme"], "GET", "/api/connections/acme/protected", "breakglass@acme.example"],
    [["connection", "aliases", "acme"], "GET", "/api/connections/acme/aliases", "ada@acme.example"],
    [["token", "mint", "acme", "--expires-in-days", "30"], "POST", "/api/connections/acme/tokens", "reference-token"],
    [["token", "list", "acme"], "GET", "/api/connections/acme/tokens", "2027-01-15"],
    [["token", "revoke", "acme", "t1"], "DELETE", "/api/connections/acme/tokens/t1", "revoked t1"],
    [
      ["credential", "create", "acme", "--kind", "secret"],
      "POST",
      "/api/connections/acme/credentials",
      "client-of-acme",
    ],
    [["credential", "list", "acme"], "GET", "/api/connections/acme/credentials", "2026-11-28T08:00:00.000Z"],
    [["credential", "demote", "acme", "c1"], "POST", "/api/connections/acme/credentials/c1/demote", "change nothing"],
    [["credential", "revoke", "acme", "c1"], "DELETE", "/api/connections/acme/credentials/c1", "revoked c1"],
    [
      ["credential", "revoke", "acme", "c1", "--force"],
      "DELETE",
      "/api/connections/acme/credentials/c1?force=true",
      "revoked c1",
    ],
    [["credential", "rotate-signing-key"], "POST", "/api/signing-keys/rotate", "key k2"],
    [
      ["trace", "list", "acme", "--limit", "5", "--status", "200", "--wide"],
      "GET",
      "/api/connections/acme/traces?limit=5&status=200",
      "opCase",
    ],
    [["trace", "acme"], "GET", "/api/connections/acme/traces", "/Users"],
    [["pending", "acme"], "GET", "/api/connections/acme/pending?limit=200", "membership"],
    [["trace", "show", "acme", "r1"], "GET", "/api/connections/acme/traces/r1", "throttled"],
  ])("%j", async (argv, method, path, shown) => {
    const result = await portico(argv);
    expect(result).toMatchObject({ code: 0, err: "" });
    expect(result.out).toContain(shown);
    expect(calls).toMatchObject([{ method, path, authorization: "Bearer admin" }]);
    const json = await portico([...argv, "--json"]);
    expect(json.code).toBe(0);
    expect(() => JSON.parse(json.out)).not.toThrow();
  });

  it("S51: a coupling that gives users another userName lists them first, and asks", async () => {
    const change = ["connection", "change", "acme", "--coupling", "reject"];
    expect(await portico([...change, "--dry-run"])).toMatchObject({ code: 0, out: expect.stringContaining("u2") });
    expect(calls.map(({ method }) => method)).toEqual(["GET"]);
    expect((await portico(change)).err).toMatch(/1 users get another userName[\s\S]*--yes$/);
    calls = [];
    expect((await portico([...change, "--yes"])).code).toBe(0);
    expect(calls.at(-1)).toMatchObject({ method: "PATCH", body: { coupling: "reject", confirm: true } });
    calls = [];
    expect((await portico(["connection", "change", "acme", "--coupling", "separate"])).code).toBe(0);
    expect(calls.map(({ body }) => body)).toEqual([{ coupling: "separate" }]);
  });

  it("S52: the end of held groups is asked about with their number", async () => {
    const change = ["connection", "change", "holding", "--groups", "none"];
    expect((await portico(change)).err).toMatch(/3 groups and 40 memberships exist on this connection only.*--yes$/);
    expect(calls.map(({ method }) => method)).toEqual(["GET"]);
    calls = [];
    expect((await portico([...change, "--yes"])).code).toBe(0);
    expect(calls.at(-1)).toMatchObject({ method: "PATCH", body: { groups: "none", confirm: true } });
    calls = [];
    expect((await portico(["connection", "change", "acme", "--groups", "held"])).code).toBe(0);
    expect(calls.map(({ body }) => body)).toEqual([{ groups: "held" }]);
  });

  it("S55: show what is owed and why, have it tried, and give it up", async () => {
    const shown = await portico(["pending", "show", "acme"]);
    expect(shown.out).toMatch(/membership\W+7\W+2\W+300\W+2027-01-15T08[\s\S]*set-aside\W+1\W+0\W+0/);
    expect(shown.out).not.toMatch(/disable/);
    expect(shown.out).toMatch(/p1\W+membership\W+u1\W+g1\W+add\W+parked\W+2027-01-14T08.*no licence \[31m is left/);
    expect(shown.out).toMatch(/p2\W+set-aside\W+u2\W+title\W+by a request\W+2027-01-14T08.*too \[31m long/);
    expect(shown.out).toMatch(/p3\W+reference\W+u2\W+manager\W+2027-01-15T08.*2027-01-14.*names nobody here/);
    calls = [];
    await portico(["pending", "show", "acme", "--kind", "disable", "--parked"]);
    expect(calls.map(({ path }) => path)).toEqual(["/api/connections/acme/pending?limit=200&kind=disable&parked=true"]);
    expect((await portico(["pending", "retry", "acme", "p1"])).out).toBe("p1 is tried now");
    expect((await portico(["pending", "drop", "acme", "--all"])).err).toMatch(/300 things are given up.*--yes$/);
    expect((await portico(["pending", "drop", "acme", "p1"])).err).toMatch(/1 thing is given up.*--yes$/);
    expect((await portico(["pending", "drop", "acme", "--all"], { ask: async () => "y" })).out).toBe(
      "everything that is parked is given up: 300",
    );
    expect(calls.filter(({ method }) => method === "POST").map(({ path }) => path)).toEqual([
      "/api/connections/acme/pending/p1/retry",
      "/api/connections/acme/pending/drop",
    ]);
  });

  it("take settings inline, from a file and from stdin", async () => {
    await writeFile(join(folder, "settings.json"), '{"apiKey":"from file"}');
    const given = ['{"apiKey":"inline"}', `@${join(folder, "settings.json")}`, "-"];
    for (const settings of given) {
      await portico(["connection", "create", "acme", "--vendor", "redmine", "--settings", settings]);
    }
    await portico(["connection", "create", "acme", "--vendor", "redmine", "--settings", "{}", "--no-test"]);
    expect(calls.pop()?.body).toEqual({ name: "acme", vendor: "redmine", test: false, settings: {} });
    expect(calls.map(({ body }) => body)).toEqual(
      ["inline", "from file", "from stdin"].map((apiKey) => ({
        name: "acme",
        vendor: "redmine",
        settings: { apiKey },
      })),
    );
  });

  it.each([
    [["connection", "show", "nobody"], "portico: GET /api/connections/nobody was refused (404): no such  [31mone"],
    [
      ["connection", "change", "acme"],
      "portico: nothing to change: give --settings, --mode, --state, --allow-host, --freshness, --coupling, --unmapped, --protected, --parking, --create-inactive, --groups, --profile, --restore-within, --references, --retire-after, --retire, --trace-days or --tombstone-days",
    ],
    [["connection", "change", "acme", "--trace-days", "3"], "portico: give --trace-days and --tombstone-days together"],
    [["brake", "set", "acme"], "portico: give --share, --minimum, --window or --action, or else --default"],
    [
      ["brake", "set", "acme", "--share", "5", "--default"],
      "portico: give --share, --minimum, --window or --action, or else --default",
    ],
    [["brake", "set", "acme", "--action", "warn"], "portico: --action needs --kind"],
    [["brake", "release", "acme", "--yes"], "portico: give exactly one of --kind, --user and --domain"],
    [
      ["brake", "expect", "acme", "--kind", "rename", "--user", "a@example.com"],
      "portico: give exactly one of --kind, --user and --domain",
    ],
    [["brake", "release", "acme", "--kind", "rename"], "portico: --kind needs --count: how many are meant"],
    [["pending", "retry", "acme"], "portico: give the id of one thing, or --all"],
    [
      ["connection", "create", "a", "--vendor", "v", "--settings", "{secret"],
      "portico: --settings is not JSON: line 1, column 2",
    ],
    [
      ["connection", "create", "a", "--vendor", "v", "--settings", '{"a": "secret",\n  "b": 1,\n}'],
      "portico: --settings is not JSON: line 3, column 1",
    ],
    [
      ["connection", "create", "a", "--vendor", "v", "--settings", '{"a": "secret"'],
      expect.stringMatching(/^portico: --settings is not JSON: (line 1, column 15|it ends too early)$/),
    ],
    [["connection", "create", "a", "--vendor", "v", "--settings", "secret"], "portico: --settings is not JSON"],
    [
      ["connection", "list", "--url", "http://example.com"],
      "portico: --url must be https (http only on this machine), because a token is sent to it",
    ],
    [
      ["connection", "list", "--admin-token", "x"],
      "portico: the API key was refused (401): it is unknown, revoked or expired; check PORTICO_ADMIN_TOKEN or --admin-token",
    ],
    [["simulate", "entra"], "portico: give --connection <name>, or --tenant-url and --token"],
    [
      ["simulate", "entra", "--tenant-url", "https://a.example"],
      "portico: --tenant-url needs --token (or PORTICO_SCIM_TOKEN)",
    ],
  ])("%j fails with one line", async (argv, line) => {
    expect(await portico(argv)).toEqual({ code: 1, out: "", err: line });
  });

  it("do not send the local start's token elsewhere", async () => {
    const result = await portico(["connection", "list", "--url", "https://portico.example"]);
    expect(result.err).toContain("no API key for https://portico.example");
    expect(calls).toEqual([]);
    vi.stubEnv("PORTICO_ADMIN_TOKEN", "admin");
    expect((await portico(["connection", "list", "--url", "https://portico.example"])).code).toBe(0);
  });

  it("name an address that nothing listens on", async () => {
    const refused = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    const result = await portico(["connection", "list"], {
      fetch: () => Promise.reject(new TypeError("fetch failed", { cause: refused })),
    });
    expect(result).toMatchObject({
      code: 1,
      err: `portico: cannot reach ${LOCAL}: ECONNREFUSED; is it running (npm start)?`,
    });
  });
});

describe("commander", () => {
  it.each([
    [["--help"], 0],
    [["connection", "create", "--help"], 0],
    [["nonsense"], 1],
    [["start", "--port", "70000"], 1],
    [["simulate", "entra", "--users", "none"], 1],
    [["connection", "change", "acme", "--mode", "off"], 1],
    [["connection", "create", "acme"], 1],
    [["mode", "acme", "off"], 1],
    [["drift", "set", "acme", "mend"], 1],
    [["brake", "set", "acme", "--share", "101"], 1],
    [["brake", "release", "acme", "--kind", "all", "--count", "5"], 1],
    [["brake", "release", "acme", "--domain", "old.example"], 1],
    [["brake", "release", "acme", "--user", "u", "--until", "soon"], 1],
  ])("%j exits %d", async (argv, code) => {
    expect((await portico(argv)).code).toBe(code);
  });

  it("recommends a file for secrets", async () => {
    expect((await portico(["connection", "create", "--help"])).out.replace(/\s+/g, " ")).toContain("prefer @file");
  });
});

describe("portico credential", () => {
  beforeEach(() => writeDemo());

  it("D1: connection list names the credentials that end soon or have ended", async () => {
    const { out } = await portico(["connection", "list"]);
    expect(out).toContain("acme: secret “Entra [31m” c1 expires in 30 days; see portico credential list acme");
    expect(out).toContain("acme: bearer c2 has expired; see portico credential list acme");
    expect(out).not.toContain("\u001b");
  });

  it("D1: sends what the options say, and months as days", async () => {
    const argv = ["credential", "create", "acme", "--kind", "federation", "--tenant", "t", "--subject", "s"];
    const more = ["--application", "api://a", "--scopes", "users,groups", "--addresses", "10.0.0.0/8, ::/0"];
    const result = await portico([...argv, ...more, "--expires-in-months", "24", "--label", "Entra"]);
    expect(result).toMatchObject({ code: 0, err: "" });
    expect(calls[0]?.body).toEqual({
      ...{ kind: "federation", label: "Entra", expiresInDays: 730, scopes: ["users", "groups"] },
      ...{ addresses: ["10.0.0.0/8", "::/0"], tenant: "t", subject: "s", application: "api://a" },
    });
  });

  it("D1: takes one key or a set, and repeats nothing of a text that is neither", async () => {
    const key = { kty: "EC", kid: "one" };
    for (const text of [JSON.stringify(key), JSON.stringify({ keys: [key] })]) {
      await portico(["credential", "create", "acme", "--kind", "key", "--key", text]);
      expect(calls.splice(0)[0]?.body).toEqual({ kind: "key", keys: [key] });
    }
    const result = await portico(["credential", "create", "acme", "--kind", "key", "--key", "-----BEGIN PRIVATE KEY"]);
    expect(result).toEqual({ code: 1, out: "", err: "portico: --key is not JSON; a public key is given as a JWK" });
    expect(calls).toEqual([]);
  });

  it("D1: a rotation prints the new card, when the old one was last used, and how to end it", async () => {
    const { out, code } = await portico(["credential", "rotate", "acme", "c1"]);
    expect(code).toBe(0);
    for (const said of [
      "reference-token",
      "last used at 2026-11-28T08:00:00.000Z",
      "portico credential revoke acme c1",
    ]) {
      expect(out).toContain(said);
    }
  });

  it("S61: to revoke everything it asks first, and says how many there are", async () => {
    const unasked = await portico(["credential", "revoke", "acme", "--all"]);
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining("all 1 open credentials of acme")]);
    expect(calls.splice(0).map(({ method }) => method)).toEqual(["GET"]);
    const asked = await portico(["credential", "revoke", "acme", "--all", "--force", "--yes"]);
    expect(asked.out).toBe("revoked 3 credentials of acme");
    expect(calls.at(-1)).toMatchObject({ method: "DELETE", path: "/api/connections/acme/credentials?force=true" });
    for (const argv of [
      ["revoke", "acme"],
      ["revoke", "acme", "c1", "--all"],
    ]) {
      expect((await portico(["credential", ...argv])).err).toContain("give the id of one credential, or --all");
    }
  });

  it("D1: what cannot be meant is refused before anything is sent", async () => {
    const create = ["credential", "create", "acme", "--kind"];
    for (const argv of [
      [...create, "basic"],
      [...create, "secret", "--expires-in-months", "37"],
      [...create, "secret", "--expires-in-months", "0"],
      [...create, "secret", "--scopes", "admin"],
      [...create, "secret", "--expires-in-months", "1", "--expires-in-days", "1"],
      ["simulate", "entra", "--tenant-url", "https://scim.example/scim", "--token", "x", "--auth", "secret"],
      ["simulate", "entra", "--tenant-url", "https://scim.example/scim", "--token", "x", "--rotate"],
    ]) {
      expect([argv, (await portico(argv)).code]).toEqual([argv, 1]);
    }
    expect(calls).toEqual([]);
  });
});

describe("simulate entra", () => {
  const few = ["--users", "3", "--groups", "1", "--json"];

  it("uses the local start's token, or mints one and revokes it", async () => {
    await writeDemo();
    const known = await portico(["simulate", "entra", "--connection", "demo", ...few]);
    expect(JSON.parse(known.out)).toMatchObject({ client: "entra", deviationCount: 0, users: 3 });
    expect(known).toMatchObject({ code: 0, err: "" });
    // The removals of the clean-up are meant, so the brake is told before they begin.
    expect(calls.splice(0).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/connections/demo/test",
      ...Array(2).fill("POST /api/connections/demo/brake/release"),
    ]);
    expect((await portico(["simulate", "entra", "--connection", "acme", ...few])).code).toBe(0);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/connections/acme/test",
      "POST /api/connections/acme/credentials",
      ...Array(2).fill("POST /api/connections/acme/brake/release"),
      "DELETE /api/connections/acme/credentials/c1?force=true",
    ]);
  });

  it("ends at once where the connection's credentials do not work", async () => {
    await writeDemo();
    const refused = await portico(["simulate", "entra", "--connection", "wrong", ...few]);
    expect([refused.code, refused.err]).toEqual([
      1,
      "portico: wrong: the product refused the key; the customer has to act",
    ]);
    expect(calls).toHaveLength(1);
  });

  it("exits 1 on a deviation", async () => {
    const defective = createReferenceServer({ keep: ({ title: _title, ...user }) => user });
    const argv = ["simulate", "entra", "--tenant-url", "https://scim.example/scim", "--token", "reference-token"];
    const result = await portico([...argv, "--users", "2", "--groups", "0"], { fetch: defective.fetch });
    expect(result.code).toBe(1);
    expect(result.out).toMatch(/expected title = ".*"\n.*got {6}nothing/);
    expect(result.out).toMatch(/[1-9]\d* deviations?$/);
    expect(result.err).toMatch(/users +2\/2 in /);
  });

  it("exits 1 with one line when the server cannot be reached", async () => {
    const argv = ["simulate", "entra", "--tenant-url", "https://scim.example/scim", "--token", "x", ...few];
    const result = await portico(argv, { fetch: () => Promise.reject(new TypeError("fetch failed")) });
    expect(result).toEqual({ code: 1, out: "", err: "portico: cannot reach the server: fetch failed" });
  });
});
