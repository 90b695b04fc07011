// Commander's Service Mode as its documents describe it: queue, keys, limits, guessed outcomes, command lines.

import { beforeEach, describe, expect, it } from "vitest";
import type { Simulation } from "../../simulation.ts";
import { createKeeperSimulation, keeperDemoSettings, keeperState } from "../simulator.ts";

const ORIGIN = "https://keeper.invalid";
const KEY = "fake-service-mode-key";
const ID = "18038862643200001";

let simulation: Simulation;
beforeEach(() => {
  simulation = createKeeperSimulation();
});

async function call(method: string, path: string, body?: unknown, key = KEY) {
  const answer = await simulation.fetch(
    new Request(`${ORIGIN}/api/v2${path}`, {
      method,
      headers: { "api-key": key, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await answer.text();
  // The tests compare what was answered with literals.
  const json: Record<string, unknown> = JSON.parse(text);
  return { status: answer.status, json, text };
}
const submit = (command: string, key = KEY) => call("POST", "/executecommand-async", { command }, key);
const result = (id: unknown, key = KEY) => call("GET", `/result/${id}`, undefined, key);
const run = async (command: string) => result((await submit(command)).json.request_id);
const state = () => keeperState.parse(simulation.state);
const user = (email: string, more: object = {}) => ({ [ID]: { email, ...more } });
const team = (more: object = {}) => ({ teams: { uidA: { name: "Sales", ...more } } });

describe("the service", () => {
  it("N2.2: answers 202 with a request id, and the result under it", async () => {
    const submitted = await submit("enterprise-info --users --format json");
    expect(submitted).toMatchObject({ status: 202, json: { success: true, status: "queued" } });
    expect(await result(submitted.json.request_id)).toMatchObject({
      status: 200,
      json: { status: "success", data: [] },
    });
  });

  it("N2.2: runs one command after another, and answers 202 until then", async () => {
    simulation.seed({ commandMs: 1_000 });
    const first = (await submit("enterprise-user a@x.test --add")).json.request_id;
    const second = (await submit("enterprise-user b@x.test --add")).json.request_id;
    expect((await call("GET", `/status/${first}`)).json.status).toBe("processing");
    expect((await call("GET", `/status/${second}`)).json.status).toBe("queued");
    simulation.advance(1_000);
    expect((await result(first)).status).toBe(200);
    expect((await result(second)).status).toBe(202);
    simulation.advance(1_000);
    expect((await result(second)).status).toBe(200);
    expect(state().mails).toEqual(["a@x.test", "b@x.test"]);
  });

  it("N2.2: gives a result to the key that submitted it alone, and for an hour", async () => {
    simulation.seed({ keys: { [KEY]: { commands: ["enterprise-info"] }, other: { commands: ["enterprise-info"] } } });
    const id = (await submit("enterprise-info --users --format json")).json.request_id;
    expect((await result(id, "other")).status).toBe(404);
    simulation.advance(3_599_000);
    expect((await result(id)).status).toBe(200);
    simulation.advance(1_000);
    expect((await result(id)).status).toBe(404);
  });

  it("N2.2: refuses unknown and expired keys, commands that are not allowed, long and broken lines", async () => {
    simulation.seed({ keys: { old: { commands: [], isExpired: true }, [KEY]: { commands: ["enterprise-info"] } } });
    expect((await submit("enterprise-info", "nobody")).status).toBe(401);
    expect(await submit("enterprise-info", "old")).toMatchObject({
      status: 401,
      json: { error: "API key has expired" },
    });
    expect((await submit("enterprise-user x --delete --force")).status).toBe(403);
    expect((await submit(`enterprise-info ${"x".repeat(4_096)}`)).status).toBe(400);
    for (const sign of ["\r", "\n", "\0"]) expect((await submit(`enterprise-info ${sign}`)).status).toBe(400);
  });

  it("N2.2: holds 100 commands at most and forgets those that wait longer than 300 s", async () => {
    simulation.seed({ commandMs: 301_000 });
    const ids: unknown[] = [];
    for (let i = 0; i < 100; i++) ids.push((await submit("enterprise-down -f")).json.request_id);
    expect((await submit("enterprise-down -f")).status).toBe(503);
    simulation.advance(301_000);
    expect((await result(ids[0])).status).toBe(200);
    expect((await result(ids[2])).status).toBe(504);
    expect((await call("GET", `/status/${ids[2]}`)).json.status).toBe("expired");
  });

  it("N2.2: limits each endpoint by itself, without Retry-After", async () => {
    simulation.seed({ rateLimits: { perMinute: 3, perHour: 600, perDay: 6_000 } });
    const id = (await submit("enterprise-down -f")).json.request_id;
    for (let i = 0; i < 3; i++) expect((await result(id)).status).toBe(200);
    expect((await result(id)).status).toBe(429);
    expect((await submit("enterprise-down -f")).status).toBe(202);
    simulation.advance(60_000);
    expect((await result(id)).status).toBe(200);
  });

  it("its demonstration has settings that fit it", () => {
    expect(keeperDemoSettings("http://127.0.0.1:1/keeper")).toMatchObject({
      ...{ baseUrl: "http://127.0.0.1:1/keeper", apiKey: KEY, node: "Acme\\Staff", perMinute: 100_000 },
    });
  });
});

describe("the table of guessed outcomes", () => {
  const cases: [what: string, seed: object, command: string, status: number, said: string][] = [
    ["invite sent", {}, "enterprise-user a@x.test --add", 200, `a@x.test user invited with Enterprise User ID : ${ID}`],
    ["duplicate", { elsewhere: ["a@x.test"] }, "enterprise-user a@x.test --add", 500, "failed to invite user"],
    ["no seat", { seats: 0 }, "enterprise-user a@x.test --add", 500, "failed to invite user"],
    ["already active", { users: user("a@x.test") }, "enterprise-user a@x.test --add", 409, "Skipping"],
    [
      "already invited",
      { users: user("a@x.test", { status: "Invited" }) },
      "enterprise-user a@x.test --add",
      200,
      "re-sent",
    ],
    ["unknown user", {}, "enterprise-user a@x.test --lock", 500, "No such user(s)"],
    [
      "lock on an invited user",
      { users: user("a@x.test", { status: "Invited" }) },
      `enterprise-user ${ID} --lock`,
      400,
      "Skipping",
    ],
    [
      "member who is member",
      { users: user("a@x.test"), ...team({ users: [ID] }) },
      "enterprise-team uidA -au a@x.test",
      409,
      "already a member",
    ],
    [
      "remove non-member",
      { users: user("a@x.test"), ...team() },
      "enterprise-team uidA -ru a@x.test",
      500,
      "is not a member",
    ],
    [
      "member without keys",
      { users: user("a@x.test", { hasKeys: false }), ...team() },
      "enterprise-team uidA -au a@x.test",
      200,
      "does not have RSA key",
    ],
    [
      "some ok, some failed",
      { users: user("a@x.test"), ...team() },
      "enterprise-team uidA -au a@x.test -au b@x.test",
      207,
      "added to",
    ],
    [
      "a name that holds an error",
      team({ name: "Error Team" }),
      "enterprise-team uidA --delete --force",
      207,
      "is deleted",
    ],
  ];
  it.each(cases)("N2.2: %s", async (_what, seed, command, status, said) => {
    simulation.seed(seed);
    const answer = await run(command);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(said);
  });

  it("N2.2: gives one line as text and several as an array", async () => {
    simulation.seed({ users: user("a@x.test"), ...team() });
    expect((await run("enterprise-team uidA -au a@x.test")).json.message).toEqual(expect.any(String));
    expect((await run("enterprise-team uidA -ru a@x.test -au a@x.test")).json.message).toHaveLength(2);
  });
});

describe("commands", () => {
  it("N2.2: expands variables before it looks at quotes", async () => {
    simulation.seed({ environment: { x: "a' --job-title='b" }, users: user("a@x.test") });
    await run(`enterprise-user ${ID} --name='$\{x}'`);
    expect(state().users[ID]).toMatchObject({ name: "a", jobTitle: "b" });
  });

  it("N2.2: reads POSIX words, takes --opt=value and abbreviations, and refuses a value that looks like an option", async () => {
    simulation.seed({ users: user("a@x.test") });
    await run(`enterprise-user ${ID} --name "A \\"B\\" \\c" --job=x\\ y`);
    expect(state().users[ID]).toMatchObject({ name: 'A "B" \\c', jobTitle: "x y" });
    expect((await run(`enterprise-user ${ID} --name --lock`)).status).toBe(500);
    expect((await run(`enterprise-user ${ID} --name='--lock'`)).status).toBe(200);
    expect(state().users[ID]).toMatchObject({ name: "--lock", status: "Active" });
  });

  it("N2.3: shows 64-bit ids as integers, in an array or in a string", async () => {
    simulation.seed({ users: user("a@x.test") });
    const list = "enterprise-info --users --format json";
    expect((await run(list)).text).toContain(`"user_id":${ID},`);
    simulation.seed({ dataAs: "string" });
    const { data } = (await run(list)).json;
    expect(data).toEqual(expect.stringContaining(`"user_id":${ID},`));
  });

  it("N2.3: searches a part of any shown column", async () => {
    simulation.seed({ users: user("ann@x.test", { name: "Bea", aliases: ["old@x.test"] }) });
    const found = async (pattern: string, columns: string) =>
      ((await run(`enterprise-info ${pattern} --users --format json --columns ${columns}`)).json.data as unknown[])
        .length;
    expect(await found("BEA", "name")).toBe(1);
    expect(await found("BEA", "status")).toBe(0);
    expect(await found("old@", "alias")).toBe(1);
    expect(await found(ID.slice(4), "status")).toBe(1);
  });

  it("N2.3: makes a new alias the primary address, and deletes the old one by its exact spelling", async () => {
    simulation.seed({ users: user("a@x.test") });
    await run("enterprise-user a@x.test --add-alias=New@x.test");
    expect(state().users[ID]).toMatchObject({ email: "new@x.test", aliases: ["a@x.test"] });
    await run("enterprise-user new@x.test --delete-alias=A@x.test");
    expect(state().users[ID]?.aliases).toEqual(["a@x.test"]);
    await run("enterprise-user new@x.test --delete-alias=a@x.test");
    expect(state().users[ID]?.aliases).toEqual([]);
  });

  it("N2.3: an empty name changes nothing, and a deletion needs --force", async () => {
    simulation.seed({ users: user("a@x.test", { name: "Ann" }) });
    await run("enterprise-user a@x.test --name=''");
    expect(state().users[ID]?.name).toBe("Ann");
    expect((await run("enterprise-user a@x.test --delete")).status).toBe(500);
    expect(state().users[ID]).toBeDefined();
  });

  it("N2.3: queues invited members and members of a queued team", async () => {
    simulation.seed({ users: user("a@x.test", { status: "Invited" }), ...team() });
    await run("enterprise-team uidA -au a@x.test");
    expect(state().teams.uidA).toMatchObject({ users: [], queuedUsers: [ID] });
    simulation.seed({ users: user("a@x.test"), ...team({ queued: true }) });
    await run("enterprise-team uidA -au a@x.test");
    expect(state().teams.uidA).toMatchObject({ users: [], queuedUsers: [ID] });
  });

  it("N2.3: does not see what others changed until enterprise-down or a change of its own", async () => {
    const list = async () => (await run("enterprise-info --users --format json")).json.data;
    simulation.seed({ users: user("a@x.test"), cached: { users: {}, teams: {} } });
    expect(await list()).toEqual([]);
    await run("enterprise-down -f");
    expect(await list()).toHaveLength(1);
  });
});
