// `portico exam` on the command line: which server, what it prints, its exit code, and what must not be asked of a customer's
// product without saying so.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "../../cli/main.ts";
import type { Terminal } from "../../cli/terminal.ts";
import { CONNECTION } from "./answers.ts";
import { CLIENT_SECRET, createExamServer } from "./exam-server.ts";
import type { Behaviour } from "./reference-server.ts";

const SERVER = ["exam", "--tenant-url", "http://127.0.0.1/scim", "--token", "reference-token"];
const DOOR = ["--token-url", "http://127.0.0.1/oauth2/token", "--client-id", "client"];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portico-exam-"));
  for (const name of ["PORTICO_ADMIN_TOKEN", "PORTICO_SCIM_TOKEN", "PORTICO_CLIENT_SECRET"])
    vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function portico(argv: readonly string[], more: Partial<Terminal> & { behaviour?: Behaviour } = {}) {
  const { behaviour, ...own } = more;
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(argv, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStdin: async () => "",
    stateFolder: folder,
    fetch: createExamServer(behaviour).fetch,
    ...own,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("any SCIM server", () => {
  it("G34 G35: is passed only where one of the two ways in is shown", async () => {
    vi.stubEnv("PORTICO_CLIENT_SECRET", CLIENT_SECRET);
    const passed = await portico([...SERVER, ...DOOR]);
    expect(passed.code, passed.out).toBe(0);
    expect(passed.out).toMatch(/The exam is passed: 24 passed, 0 warned, 1 skipped, 0 failed \(\d+ requests, \d+ s\)$/);
    expect(passed.out).toContain("G35 Federated_Identity skipped: no workload identity is configured");
    const without = await portico(SERVER);
    expect(without.code).toBe(1);
    expect(without.out).toMatch(/not passed: 23 passed.*at least one of Validate_Credentials and Federated_Identity/);
  });

  it("is told by the exchange what it did wrong, without the secrets of the way there", async () => {
    const behaviour: Behaviour = { rules: { ignores: ({ value }) => value === null } };
    const broken: Behaviour = {
      ...behaviour,
      answer: ({ path, method }, reply) =>
        path === "/Users" && method === "POST" && reply.body
          ? { ...reply, body: { ...reply.body, userName: "x" } }
          : reply,
    };
    const result = await portico([...SERVER, ...DOOR, "--client-secret", "a wrong secret"], { behaviour: broken });
    expect(result.code).toBe(1);
    expect(result.out).toMatch(
      /G26 SCIM_User_Create failed: userName was sent as ".*", and came back as "x"\n {2}POST \/Users\n/,
    );
    expect(result.out).toMatch(/G34 Validate_Credentials failed: .*401/);
    for (const secret of ["a wrong secret", "reference-token"]) expect(result.out).not.toContain(secret);
  });

  it("may have a mapping of its own; what of it is wrong is said", async () => {
    const mapping = join(folder, "mapping.json");
    await writeFile(
      mapping,
      JSON.stringify({ user: ["userName", "active", "costCenter"], group: ["displayName", "members"] }),
    );
    const result = await portico([
      ...SERVER,
      ...DOOR,
      "--client-secret",
      CLIENT_SECRET,
      "--mapping",
      mapping,
      "--json",
    ]);
    const { tests, mapping: used } = JSON.parse(result.out);
    const of = (id: string) => tests.find((one: { id: string }) => one.id === id);
    expect(of("G24")).toMatchObject({ verdict: "failed", why: "/Schemas lacks mapped attributes: costCenter" });
    expect(of("G14")).toMatchObject({ verdict: "skipped" });
    expect(used.user).toHaveLength(3);
    await writeFile(mapping, "{");
    const unreadable = await portico([...SERVER, "--mapping", mapping]);
    expect(unreadable).toMatchObject({ code: 1, out: "" });
    expect(unreadable.err).toMatch(/^portico: --mapping .* cannot be read as JSON$/);
  });

  it("G9: leaves a folder of evidence where one is asked for", async () => {
    const evidence = join(folder, "evidence");
    await portico([...SERVER, ...DOOR, "--client-secret", CLIENT_SECRET, "--evidence", evidence]);
    expect((await readdir(evidence)).sort()).toEqual(["README.md", "pages", "requirements", "results.json", "tests"]);
  });

  it("that cannot be reached, or lets nobody in, is one line", async () => {
    const fetch = () => Promise.reject(new TypeError("fetch failed"));
    expect(await portico(SERVER, { fetch })).toMatchObject({
      code: 1,
      out: "",
      err: "portico: cannot reach the server: no answer: fetch failed",
    });
    const shut = await portico([...SERVER.slice(0, -1), "another token"]);
    expect(shut).toMatchObject({ code: 1, err: "portico: the server lets nobody in: GET /Schemas was answered 401" });
  });

  it.each([
    [["exam"], "give --connection <name>, or --tenant-url and --token"],
    [[...SERVER, "--connection", "acme"], "give --connection or --tenant-url, not both"],
    [[...SERVER, "--auth", "secret"], "--auth and --rotate need --connection"],
    [[...SERVER, "--token-url", "http://127.0.0.1/t"], "--token-url needs --client-id"],
    [[...SERVER, ...DOOR], "--token-url needs --client-secret, --assertion or both"],
    [[...SERVER, "--client-id", "client"], "--client-id and what proves it need --token-url"],
    [[...SERVER, "--token-url", "http://scim.example/t", "--client-id", "c"], "--token-url must be https"],
    [[...SERVER, "--all"], "--all takes the connections with purpose exam"],
  ])("%j is refused", async (argv, message) => {
    const result = await portico(argv);
    expect(result).toMatchObject({ code: 1, out: "" });
    expect(result.err).toContain(message);
  });
});

describe("a connection", () => {
  const connection = (name: string, purpose: string) => ({ ...CONNECTION, name, vendor: "keepnet", purpose });
  const api = (purpose: string): Partial<Terminal> => ({
    fetch: async (input, init) => {
      const { pathname } = new URL(new Request(input, init).url);
      if (pathname === "/api/connections") return Response.json({ connections: [connection("acme", purpose)] });
      if (pathname === "/api/connections/acme") return Response.json(connection("acme", purpose));
      return Response.json({ title: "unexpected", detail: pathname }, { status: 500 });
    },
  });

  beforeEach(() => vi.stubEnv("PORTICO_ADMIN_TOKEN", "admin"));

  it("that is live is a customer's, and is examined only by who says so", async () => {
    const refused = await portico(["exam", "--connection", "acme"], api("live"));
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(
      /acme is a live connection: the exam makes about 45 users .*Keepnet.*repeat with --yes/,
    );
    const asked = await portico(["exam", "--connection", "acme"], { ...api("live"), ask: async () => "no" });
    expect(asked.err).toContain("nothing was changed");
    const meant = await portico(["exam", "--connection", "acme", "--yes"], api("live"));
    expect(meant.err).not.toContain("is a live connection");
  });

  it("S62: is made for the exam by connection create --purpose exam", async () => {
    const bodies: unknown[] = [];
    const fetch: Terminal["fetch"] = async (input, init) => {
      bodies.push(await new Request(input, init).json());
      return Response.json(connection("acme-exam", "exam"), { status: 201 });
    };
    const create = ["connection", "create", "acme-exam", "--vendor", "keepnet", "--settings", "{}"];
    await portico([...create, "--purpose", "exam", "--json"], { fetch });
    await portico([...create, "--json"], { fetch });
    expect(bodies).toEqual([
      { name: "acme-exam", vendor: "keepnet", settings: {}, purpose: "exam" },
      { name: "acme-exam", vendor: "keepnet", settings: {} },
    ]);
    expect((await portico([...create, "--purpose", "practice"])).code).toBe(1);
  });

  it("is one of all only where its purpose is the exam", async () => {
    const none = await portico(["exam", "--all"], api("live"));
    expect(none.err).toContain("there is no connection with purpose exam");
    // What follows needs a Portico: test/start/exam.test.ts.
    const some = await portico(["exam", "--all"], api("exam"));
    expect(some.err).toContain("POST /api/connections/acme/test");
  });
});
