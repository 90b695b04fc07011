// `portico adapter probe`: the simulators held to what their products answered, and what the command does and does not do.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { createRedmineSimulation, redmineDemoSettings } from "../../adapters/redmine/simulator.ts";
import { createSimulatorHost } from "../../adapters/simulation/host.ts";
import { serveSimulators } from "../../adapters/simulation/server.ts";
import { simulators } from "../../adapters/simulators.ts";
import { ROOT } from "../../cli/build.ts";
import { run } from "../../cli/main.ts";
import { toPerson } from "../../cli/probe/people.ts";
import { type Probed, probe } from "../../cli/probe/probe.ts";
import { differences, type ProbeRecord, readRecord, writeRecord } from "../../cli/probe/record.ts";
import { showSides } from "../../cli/probe/report.ts";
import { probeSimulator } from "../../cli/probe/simulator.ts";
import type { Terminal } from "../../cli/terminal.ts";
import type { Member } from "../../src/adapter.ts";
import type { Send } from "../../src/upstream/exchange.ts";

const MARK = "portico-probe-test";
const WITHIN_MS = 120_000;
const folder = mkdtempSync(join(tmpdir(), "portico-probe-"));
afterAll(() => rmSync(folder, { recursive: true }));

const asked = Object.values(adapters).flatMap((adapter) => {
  const record = readRecord(ROOT, adapter.name);
  return record ? [{ adapter, record }] : [];
});

for (const { adapter, record } of asked) {
  it(
    `S42: the simulator of ${adapter.name} answers the probe as ${record.product} did`,
    async () => {
      const { answers } = await probeSimulator(adapter);
      const unlike = differences(answers, record.answers);
      expect(unlike.map((question) => [question, answers[question], record.answers[question]])).toEqual([]);
    },
    WITHIN_MS,
  );
}

it("S42: every adapter that says verified has the record of its product", () => {
  const verified = Object.values(adapters).filter(({ basis, specialise }) => basis === "verified" && !specialise);
  expect(asked.map((one) => one.adapter.name).sort()).toEqual(verified.map(({ name }) => name).sort());
});

/** A played Redmine whose answers pass through `bend` on their way. */
async function probeBent(bend: (answer: Response, request: Request) => Promise<Response>): Promise<Probed> {
  const { redmine } = adapters;
  if (!redmine) throw new Error("no redmine");
  const simulation = createRedmineSimulation();
  const fetch: Send = async (url, init) => {
    const request = new Request(url, init);
    return bend(await simulation.fetch(request.clone()), request);
  };
  return probe({ adapter: redmine, settings: played(), fetch, mark: MARK });
}

const played = () => simulators.redmine?.demoSettings("https://played.example.net") ?? {};
const known = () => readRecord(ROOT, "redmine")?.answers ?? {};

describe("what the probe sees", () => {
  it("a status that a simulator gets wrong", async () => {
    const { answers } = await probeBent(async (answer, { method, url }) =>
      method === "DELETE" && answer.status === 404 && /\/users\/\d+\.json$/.test(new URL(url).pathname)
        ? new Response(null, { status: 204 })
        : answer,
    );
    expect(differences(answers, known())).toEqual(
      expect.arrayContaining(["missing user: remove", "user: remove again"]),
    );
  });

  it("a field that a simulator leaves out", async () => {
    const { answers } = await probeBent(async (answer, { method }) => {
      if (method !== "GET" || answer.status !== 200) return answer;
      return new Response((await answer.text()).replaceAll('"twofa_scheme":null,', ""), answer);
    });
    expect(differences(answers, known())).toContain("user: read");
  });
});

describe("what the probe leaves", () => {
  it("nobody of its own, everybody else as they were, and no value in its answers", async () => {
    const { redmine } = adapters;
    if (!redmine) throw new Error("no redmine");
    const simulation = createRedmineSimulation();
    const before = simulation.state as { users: object; groups: object };
    const fetch: Send = (url, init) => simulation.fetch(new Request(url, init));
    const { answers, left } = await probe({ adapter: redmine, settings: played(), fetch, mark: MARK });
    expect(left).toEqual({ users: 0, groups: 0 });
    expect(simulation.state).toEqual(before);
    expect(JSON.stringify(answers)).not.toMatch(/portico-probe|example\.com|Lovelace|fake-/);
    expect(Object.values(answers).filter((answer) => /^broken|cannot be prepared/.test(answer))).toEqual([]);
  });
});

describe("what a product makes by itself", () => {
  it("is removed, too: users of the addresses that became members", async () => {
    const { redmine } = adapters;
    const { group, user } = redmine ?? {};
    if (!redmine || !group?.members.add || !user?.find?.userName)
      throw new Error("no redmine with groups and a search");
    const [add, search, made] = [group.members.add, user.find.userName, new Set<string>()];
    const inviting: typeof add = async (api, id, members) => {
      const known: Member[] = [];
      for (const one of members) {
        if ((await search(api, one.userName)).length > 0) known.push(one);
        else {
          await user.create(api, { ...toPerson(redmine, "portico-probe-invited"), userName: one.userName });
          made.add(one.userName);
        }
      }
      if (known.length > 0) await add(api, id, known);
    };
    const adapter = { ...redmine, group: { ...group, members: { ...group.members, add: inviting } } };
    const simulation = createRedmineSimulation();
    const before = simulation.state;
    const fetch: Send = (url, init) => simulation.fetch(new Request(url, init));
    const { left } = await probe({ adapter, settings: played(), fetch, mark: MARK });
    expect(made.size).toBeGreaterThan(0);
    expect(left).toEqual({ users: 0, groups: 0 });
    expect(simulation.state).toEqual(before);
  });
});

describe("the record", () => {
  it("is written where an answer is another one, and then only", () => {
    const root = mkdtempSync(join(folder, "root-"));
    mkdirSync(join(root, "adapters", "acme"), { recursive: true });
    const answers = { "user: read": "ok" };
    const record: ProbeRecord = { product: "Acme 1", date: "2026-11-29", command: "npm run test:real", answers };
    const write = (change: Partial<ProbeRecord>) => writeRecord(root, "acme", { ...record, ...change });
    expect([write({}), write({ date: "2026-11-30" }), write({ answers: { "user: read": "notFound" } })]).toEqual([
      true,
      false,
      true,
    ]);
    expect(readRecord(root, "acme")).toMatchObject({ date: "2026-11-29", answers: { "user: read": "notFound" } });
  });

  it("shows both sides, and of what differs the whole answers", () => {
    const text = showSides(
      {
        title: "simulator",
        answers: { "user: read": "ok {id: string} | GET /users/{id} 200 {id: number}", "user: remove": "ok" },
      },
      {
        title: "Acme 1",
        answers: { "user: read": "notFound | GET /users/{id} 403 {message: string}", "user: remove": "ok" },
      },
    );
    expect(text).toContain("2 questions, 1 answered differently");
    expect(text).toMatch(/≠.*user: read.*ok \{id: string\} 200.*notFound 403/);
    expect(text).toContain("    Acme 1: notFound | GET /users/{id} 403 {message: string}");
  });
});

describe("the command", () => {
  async function call(settings: object, ...more: string[]): Promise<{ code: number; out: string; err: string }> {
    const out: string[] = [];
    const err: string[] = [];
    const terminal: Terminal = {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      readStdin: async () => JSON.stringify(settings),
      stateFolder: join(folder, "none"),
      fetch,
    };
    const code = await run(["adapter", "probe", "redmine", "--connection", "-", ...more], terminal);
    return { code, out: out.join("\n"), err: err.join("\n") };
  }

  it("asks for --yes where the account is no simulator, after it has said what it will do", async () => {
    const { code, out, err } = await call({ baseUrl: "http://127.0.0.1:9", apiKey: "k" });
    expect(code).toBe(2);
    expect(err).toMatch(/changes, disables and removes no other user or group/);
    expect(err).toMatch(/is no simulator.*repeat with --yes/);
    expect(out).toBe("");
  });

  it("refuses --limit elsewhere than on this machine", async () => {
    const { code, err } = await call({ baseUrl: "https://redmine.example.com", apiKey: "k" }, "--limit", "--yes");
    expect([code, err]).toEqual([1, expect.stringMatching(/--limit is for a product on this machine/)]);
  });

  it("says which settings are wrong, without their values", async () => {
    const { code, err } = await call({ baseUrl: "nowhere", apiKey: "s3cret" });
    expect([code, err]).toEqual([1, expect.stringMatching(/wrong settings: baseUrl/)]);
    expect(err).not.toContain("s3cret");
  });

  it("asks a served simulator without --yes, beside the one of its own, and finds them alike", async () => {
    const served = await serveSimulators(createSimulatorHost(new Map([["acme", createRedmineSimulation()]])), 0);
    try {
      const { code, out } = await call(redmineDemoSettings(`${served.url}/acme`), "--limit");
      expect(out).toMatch(/\d{3} questions, 0 answered differently/);
      expect(out).toMatch(/limit: what its answer looks like.*no limit was met/);
      expect(out).toContain("left there: 0 users, 0 groups");
      expect(code).toBe(0);
    } finally {
      await served.close();
    }
  });
});
