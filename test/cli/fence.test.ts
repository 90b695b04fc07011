// Pausing and erasing from the command line: what is asked before, what is waited for, and what is said after [S47].

import { join } from "node:path";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { run } from "../../cli/main.ts";
import { CONNECTION } from "./answers.ts";

const ADA = "0193a0c8-0000-7000-8000-000000000001";
const BOB = "0193a0c8-0000-7000-8000-000000000002";
const UNTIL = "2026-11-28T10:00:00.000Z";
const NOTHING = { underWay: 0, openWrites: [], owedDisables: [], heldDisables: 0, inDoubt: [] };
const OPEN = {
  underWay: 0,
  openWrites: [{ id: BOB, kind: "user.create", since: UNTIL, tickets: 2 }],
  owedDisables: [ADA],
  heldDisables: 3,
  inDoubt: [{ id: BOB, until: UNTIL }],
};

/** A Portico whose answers about what is open come one after the other. */
function createPortico(mode: string, answers: object[]) {
  const bodies: unknown[] = [];
  const app = new Hono().basePath("/api/connections/acme");
  const shown = { ...CONNECTION, id: ADA, mode };
  app.get("/", (context) => context.json(shown));
  app.patch("/", async (context) => {
    const body = (await context.req.json()) as { mode: string };
    bodies.push(body);
    const fence = body.mode === "live" ? "live" : "draining";
    return context.json({ ...shown, mode: body.mode, fence }, fence === "live" ? 200 : 202);
  });
  app.get("/unfinished", (context) => context.json(answers.length > 1 ? answers.shift() : answers[0]));
  app.delete("/", (context) => context.json({ ...OPEN, underWay: 4 }));
  return { app, bodies };
}

async function portico({ app }: { app: Hono }, argv: string[], answer?: string) {
  const out: string[] = [];
  const err: string[] = [];
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answer ?? "";
  };
  const code = await run(["--admin-token", "admin", ...argv], {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    readStdin: async () => "",
    ...(answer === undefined ? {} : { ask }),
    stateFolder: join(import.meta.dirname, "no-such-folder"),
    fetch: async (input, init) => app.fetch(new Request(input, init)),
  });
  return { code, out: out.join("\n"), err: err.join("\n"), asked };
}

const live = { ...NOTHING, fence: "live" };
const draining = { ...NOTHING, underWay: 2, fence: "draining" };

it.each([
  ["pause", "acme"],
  ["mode", "acme", "paused"],
  ["mode", "acme", "plan"],
])("S47: %s waits until nothing is sent any more, and says what it waited for and what stays open", async (...argv) => {
  const server = createPortico("live", [live, draining, draining, { ...OPEN, fence: "paused" }]);
  const done = await portico(server, argv);
  expect(done.code).toBe(0);
  expect(done.err).toBe("waiting for 2 requests that had begun");
  expect(done.out).toMatch(/waited \d+ s for 2 requests that had begun/);
  expect(done.out).toContain(`1 writes whose outcome is not known stay open: user.create ${BOB}`);
  expect(done.out).toContain("2 requests are still at the product");
  expect(done.out).toContain(`1 disables are owed: ${ADA}`);
  expect(done.out).toContain("3 disables are held by the brake");
  expect(done.out).toContain(`1 users and groups are in doubt: ${BOB} until ${UNTIL}`);
  expect(server.bodies).toEqual([{ mode: argv[2] ?? "paused" }]);
});

it("S47: pausing asks where disables are owed or somebody is in doubt; without a terminal the exit code is 2", async () => {
  const server = () =>
    createPortico("live", [
      { ...OPEN, fence: "live" },
      { ...OPEN, fence: "paused" },
    ]);
  const unasked = server();
  const refused = await portico(unasked, ["pause", "acme"]);
  expect([refused.code, unasked.bodies]).toEqual([2, []]);
  expect(refused.err).toMatch(
    new RegExp(`1 disables that the product has still to do: ${ADA}.*in doubt: ${BOB}.*--yes$`),
  );
  const declined = server();
  const answered = await portico(declined, ["pause", "acme"], "n");
  expect([answered.code, declined.bodies, answered.asked.length]).toEqual([1, [], 1]);
  const agreed = server();
  expect((await portico(agreed, ["pause", "acme"], "y")).code).toBe(0);
  expect(agreed.bodies).toEqual([{ mode: "paused" }]);
  const told = server();
  expect((await portico(told, ["pause", "acme", "--yes", "--now"])).code).toBe(0);
  expect(told.bodies).toEqual([{ mode: "paused", now: true }]);
});

it("S47: going on asks nothing, and JSON has what a script needs", async () => {
  const server = createPortico("paused", [{ ...OPEN, fence: "live" }]);
  expect((await portico(server, ["mode", "acme", "live"])).code).toBe(0);
  const paused = createPortico("live", [live, draining, { ...OPEN, fence: "paused" }]);
  const { out } = await portico(paused, ["--json", "pause", "acme"]);
  expect(JSON.parse(out)).toMatchObject({ mode: "paused", fence: "paused", waitedFor: 2, unfinished: OPEN });
});

it("S31 S47: erasing says before what is lost with the connection, and after what was cut", async () => {
  const server = createPortico("live", [{ ...OPEN, fence: "live" }]);
  const refused = await portico(server, ["erase", "acme"]);
  expect([refused.code, refused.err]).toEqual([
    2,
    expect.stringContaining("disables that the product has still to do"),
  ]);
  const erased = await portico(server, ["erase", "acme", "--yes"]);
  expect(erased.code).toBe(0);
  expect(erased.out).toMatch(/^erased acme\n4 requests that had begun were cut at their next call\n/);
  expect(erased.out).toContain(`user.create ${BOB}`);
});
