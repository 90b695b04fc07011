// The command line: options, exit codes, one line for each failure, and no secret to the wrong place.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "../../cli/main.ts";
import type { Terminal } from "../../cli/terminal.ts";
import { createReferenceServer } from "./reference-server.ts";

const LOCAL = "http://127.0.0.1:8787";
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
  const connection = { name: "acme", vendor: "redmine", mode: "live", coupling: "reject", unmapped: "ignore" };
  app.post("/api/connections", (context) => context.json(connection, 201));
  app.get("/api/connections", (context) => context.json({ connections: [connection] }));
  app.get("/api/connections/acme", (context) => context.json(connection));
  app.patch("/api/connections/acme", async (context) => context.json({ ...connection, ...(await context.req.json()) }));
  const principal = { name: "breakglass@acme.example", id: "u1", nativeId: "17" };
  app.get("/api/connections/acme/protected", (context) =>
    context.json({ users: [principal], groups: [], account: null }),
  );
  const alias = { id: "u1", userName: "ada", email: "ada@acme.example", collidesWith: "u2" };
  app.get("/api/connections/acme/aliases", (context) => context.json({ total: 1, aliases: [alias] }));
  app.get("/api/connections/:name", (context) =>
    context.json({ title: "Not Found", detail: "no such \u001b[31mone" }, 404),
  );
  const minted = {
    id: "t1",
    token: "reference-token",
    tenantUrl: "http://127.0.0.1/scim",
    expiresAt: 1_800_000_000_000,
  };
  app.post("/api/connections/acme/tokens", (context) => context.json(minted, 201));
  app.get("/api/connections/acme/tokens", (context) =>
    context.json({ tokens: [{ id: "t1", label: "Entra", expiresAt: 1_800_000_000_000 }] }),
  );
  app.delete("/api/connections/acme/tokens/t1", (context) => context.body(null, 204));
  const head = { id: "r1", at: 1_800_000_000_000, method: "GET", path: "/Users", status: 200, ms: 12 };
  app.get("/api/connections/acme/traces", (context) =>
    context.json({ traces: [{ ...head, nativeCalls: 2, repairs: ["opCase"], dropped: [] }] }),
  );
  app.get("/api/connections/acme/traces/r1", (context) =>
    context.json({
      ...head,
      calls: [{ method: "GET", path: "/users/{id}", status: 429, ms: 3, attempt: 1, fault: "throttled" }],
    }),
  );
  const parked = [{ id: "p1", group: "g1", user: "u1", op: "add", reason: "no licence\u001b[31m is left" }];
  const owed = [
    { user: "u2", path: "title", kind: "set-aside", why: "too\u001b[31m long", since: "2027-01-14T08:00:00.000Z" },
    { user: "u2", path: "manager", kind: "reference", why: "names nobody here", since: "2027-01-15T07:00:00.000Z" },
  ];
  app.get("/api/connections/acme/outbox", (context) =>
    context.json({ pending: 7, retrying: 2, nextAttemptAt: "2027-01-15T08:00:00.000Z", refused: 300, parked, owed }),
  );
  app.post("/api/connections/acme/outbox/:decision{retry|drop}", (context) => context.json({ changes: 300 }));
  app.post("/api/connections/acme/outbox/p1/:decision", (context) => context.body(null, 204));
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
    demoFile: join(folder, "demo.json"),
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

describe("the administrator's commands", () => {
  beforeEach(() => writeDemo());

  it.each([
    [["connection", "list"], "GET", "/api/connections", "redmine"],
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
      ["trace", "list", "acme", "--limit", "5", "--status", "200"],
      "GET",
      "/api/connections/acme/traces?limit=5&status=200",
      "opCase",
    ],
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

  it("S13: show what is parked and why, and send it again or give it up", async () => {
    const shown = await portico(["outbox", "show", "acme"]);
    expect(shown.out).toMatch(
      /^7 changes are on their way.*\n2 of them have failed.*2027-01-15T08[\s\S]*p1.*add.*u1.*g1.*no licence \[31m is left/,
    );
    expect(shown.out).toMatch(/set-aside and renamed wait[\s\S]*u2.*title.*set-aside.*2027-01-14.*too \[31m long/);
    calls = [];
    expect(shown.out).toMatch(/u2.*manager.*reference.*2027-01-15.*names nobody here/);
    expect((await portico(["outbox", "retry", "acme", "p1"])).out).toBe("p1 is sent again");
    expect((await portico(["outbox", "drop", "acme", "--all"])).err).toMatch(/300 changes are given up.*--yes$/);
    expect((await portico(["outbox", "drop", "acme", "--all"], { ask: async () => "y" })).out).toBe(
      "every parked change is given up: 300",
    );
    expect(calls.filter(({ method }) => method === "POST").map(({ path }) => path)).toEqual([
      "/api/connections/acme/outbox/p1/retry",
      "/api/connections/acme/outbox/drop",
    ]);
  });

  it("take settings inline, from a file and from stdin", async () => {
    await writeFile(join(folder, "settings.json"), '{"apiKey":"from file"}');
    const given = ['{"apiKey":"inline"}', `@${join(folder, "settings.json")}`, "-"];
    for (const settings of given) {
      await portico(["connection", "create", "acme", "--vendor", "redmine", "--settings", settings]);
    }
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
      "portico: nothing to change: give --settings, --mode, --state, --freshness, --coupling, --unmapped, --protected, --parking, --create-inactive, --restore-within, --references, --trace-days or --tombstone-days",
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
    [["outbox", "retry", "acme"], "portico: give the id of a parked change, or --all"],
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
      "portico: the administrator token was refused (401); check PORTICO_ADMIN_TOKEN or --admin-token",
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
    expect(result.err).toContain("no administrator token for https://portico.example");
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

describe("simulate entra", () => {
  const few = ["--users", "3", "--groups", "1", "--json"];

  it("uses the local start's token, or mints one and revokes it", async () => {
    await writeDemo();
    const known = await portico(["simulate", "entra", "--connection", "demo", ...few]);
    expect(JSON.parse(known.out)).toMatchObject({ client: "entra", deviationCount: 0, users: 3 });
    expect(known).toMatchObject({ code: 0, err: "" });
    // The removals of the clean-up are meant, so the brake is told before they begin.
    expect(calls.splice(0).map(({ method, path }) => `${method} ${path}`)).toEqual([
      ...Array(2).fill("POST /api/connections/demo/brake/release"),
    ]);
    expect((await portico(["simulate", "entra", "--connection", "acme", ...few])).code).toBe(0);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/connections/acme/tokens",
      ...Array(2).fill("POST /api/connections/acme/brake/release"),
      "DELETE /api/connections/acme/tokens/t1",
    ]);
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
