// Everything of a deployment into one file, and back into a new folder, where an identity provider goes on as if nothing had been.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { simulators } from "../../adapters/simulators.ts";
import { run } from "../../cli/main.ts";
import { type Started, startAll } from "../../cli/start.ts";
import type { Terminal } from "../../cli/terminal.ts";
import { freePort } from "../faults/harness.ts";
import { type LocalReceiver, startReceiver } from "./local-receiver.ts";

const root = mkdtempSync(join(tmpdir(), "portico-backup-"));
const [before, after, file] = ["before", "after", "all.backup"].map((name) => join(root, name)) as [
  string,
  string,
  string,
];
const keyFile = join(root, "key");
let started: Started;
let receiver: LocalReceiver;
/** As it was shown when it was made, before the backup. */
let hook = { id: "", secret: "" };
const NAME = "keepnet-demo";
const PLANNED = "keepnet-full";
/** The Secret Tokens that the identity provider was given before. */
const tokens = new Map<string, string>();

beforeAll(async () => {
  receiver = await startReceiver();
  writeFileSync(keyFile, crypto.getRandomValues(new Uint8Array(32)));
  started = await startAll({ port: await freePort(), stateDir: before, isEmpty: true }, () => {});
  for (const name of [NAME, PLANNED]) {
    const settings = simulators.keepnet?.demoSettings(`${started.simulatorUrl}/${name}`);
    await api("/connections", { name, vendor: "keepnet", settings, test: false });
    tokens.set(name, (await api(`/connections/${name}/tokens`, {})).token ?? "");
  }
  const { id = "", secret = "" } = await api("/webhooks", { name: "kept", url: receiver.url, connection: NAME });
  hook = { id, secret };
});

/** The webhook delivers, and what it delivers is signed with the secret of then. */
async function tryWebhook(): Promise<void> {
  const before = receiver.verified(hook.secret).length;
  expect(await portico(after, ["webhook", "test", hook.id])).toMatchObject({ code: 0, err: "" });
  expect(receiver.verified(hook.secret).slice(before)).toMatchObject([{ type: "webhook.test" }]);
}

async function api(path: string, body: object): Promise<Record<string, string>> {
  const { url, adminToken } = started.demo;
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  const response = await fetch(`${url}/api${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.status).toBe(201);
  return response.json() as Promise<Record<string, string>>;
}

afterAll(async () => {
  await started.close();
  await receiver.close();
  rmSync(root, { recursive: true, force: true });
});

/** Ends what runs, and starts on the same port what was restored. */
async function start(more: { newMasterKey?: boolean; stateDir?: string }): Promise<void> {
  const port = Number(new URL(started.demo.url).port);
  await started.close();
  started = await startAll({ port, stateDir: after, isEmpty: true, ...more }, () => {});
}

async function portico(folder: string, argv: string[], more: Partial<Terminal> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(argv, {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    readStdin: async () => "",
    stateFolder: folder,
    fetch: (input, init) => fetch(input, init),
    ...more,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

const saved = (folder: string) => JSON.parse(readFileSync(join(folder, "demo.json"), "utf8"));

async function scim(method: string, path: string, body?: object, name = NAME) {
  const response = await fetch(`${started.demo.url}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens.get(name)}`, "content-type": "application/scim+json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
}

const everybody = async () => {
  const users = (await scim("GET", "/Users?count=100")).body.Resources;
  const groups = (await scim("GET", "/Groups?count=100")).body.Resources;
  return [...users, ...groups].map(({ id, userName, displayName, externalId, members = [] }) => ({
    id,
    name: userName ?? displayName,
    externalId,
    members: members.map((one: { value: string }) => one.value).sort(),
  }));
};

/** Four starts, and a busy machine. */
const TIMEOUT_MS = 300_000;

it(
  "S31 S38: backup, a new empty folder, restore: the same ids, and the cycle goes on with 0 deviations",
  async () => {
    const simulated = ["simulate", "entra", "--connection", NAME, "--users", "10", "--groups", "2", "--json"];
    expect((await portico(before, [...simulated, "--keep"])).code).toBe(0);
    expect((await portico(before, ["mode", PLANNED, "plan"])).code).toBe(0);
    const planned = { userName: "planned@example.com", emails: [{ type: "work", value: "planned@example.com" }] };
    const plan = await scim("POST", "/Users", planned, PLANNED);
    expect(plan.status).toBe(201);
    const known = await everybody();
    expect(known.length).toBeGreaterThan(5);
    const made = await portico(before, ["backup", file, "--key-file", keyFile, "--json"]);
    expect(made).toMatchObject({ code: 0, err: "" });
    const { connections, rows } = JSON.parse(made.out);
    expect([connections, rows > 100]).toEqual([2, true]);
    const text = readFileSync(file, "latin1");
    for (const secret of ["keepnet", known[0]?.id, "example.com"]) expect(text).not.toContain(secret);
    const taken = await portico(before, ["restore", file, "--key-file", keyFile]);
    expect(taken).toMatchObject({ code: 1, err: expect.stringContaining("into an empty one only") });
    await started.close();

    // Another machine: nothing but the file, its key, the master key, and the product where it was.
    cpSync(join(before, "simulators"), join(after, "simulators"), { recursive: true });
    const { masterKey, simulatorPort } = saved(before);
    const fresh = {
      url: "",
      adminToken: "",
      breakGlassToken: "another-administrator",
      masterKey,
      simulatorPort,
      connections: [],
    };
    writeFileSync(join(after, "demo.json"), JSON.stringify(fresh));
    await start({});
    const checked = await portico(after, ["restore", file, "--key-file", keyFile, "--check"]);
    expect(checked.out).toMatch(/is whole: \d+ connections, \d+ rows of .*; its master key is here$/);
    const restored = await portico(after, ["restore", file, "--key-file", keyFile, "--json"]);
    expect(restored).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(restored.out)).toMatchObject({ connections, rows });

    expect(await everybody()).toEqual(known);
    await tryWebhook();
    // The plan goes on, too.
    expect((await scim("GET", `/Users/${plan.body.id}`, undefined, PLANNED)).body).toMatchObject(planned);
    const cycle = await portico(after, simulated);
    expect(JSON.parse(cycle.out)).toMatchObject({ deviationCount: 0 });
    expect((await portico(after, ["audit", "verify"])).code).toBe(0);
    const audit = JSON.parse((await portico(after, ["audit", "list", "--changes", "--limit", "500", "--json"])).out);
    const routes = audit.map((call: { route: string }) => call.route);
    expect(routes).toContain("/api/restore/end");
    expect(routes).toContain("/api/connections/:name/tokens");
  },
  TIMEOUT_MS,
);

it(
  "S38: the key is rotated: afterwards the one before opens nothing any more, and everything works without it",
  async () => {
    const known = await everybody();
    await start({ newMasterKey: true });
    const rotated = await portico(after, ["master-key", "rotate"]);
    expect(rotated).toMatchObject({ code: 0 });
    expect(rotated.out).toMatch(/the key "local" is not used any more: take MASTER_KEY_PREVIOUS away$/);
    const status = JSON.parse((await portico(after, ["master-key", "status", "--json"])).out);
    expect(status).toMatchObject({ isAllSealedNow: true, remaining: [] });
    expect(status.keys).toEqual([
      {
        id: expect.stringMatching(/^local-/),
        is: "current",
        values: expect.any(Number),
        connections: status.connections,
      },
      { id: "local", is: "previous", values: 0, connections: 0 },
    ]);
    const { masterKeyPrevious: _, ...demo } = saved(after);
    writeFileSync(join(after, "demo.json"), JSON.stringify(demo));
    await start({});
    expect(await everybody()).toEqual(known);
    await tryWebhook();
    expect(await portico(after, ["connection", "test", NAME])).toMatchObject({ code: 0 });
  },
  TIMEOUT_MS,
);

it(
  "S31 S38: one connection moves to another Portico, paused, with the same ids; its secrets are entered again where the key is not there",
  async () => {
    const moved = join(root, "one.backup");
    const known = await everybody();
    const exported = await portico(after, ["connection", "export", NAME, moved, "--key-file", keyFile]);
    expect(exported).toMatchObject({ code: 0, err: expect.stringContaining("pause it and export it again") });
    const again = await portico(after, ["connection", "import", moved, "--key-file", keyFile]);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining("this connection exists here") });
    const person = await portico(after, ["person", "export", NAME, known[0]?.name]);
    expect(JSON.parse(person.out).people[0]).toMatchObject({ id: known[0]?.id, in: "connection" });
    const { simulatorPort } = saved(after);
    await start({ stateDir: join(root, "third") });
    const imported = ["connection", "import", moved, "--key-file", keyFile, "--name", "acme"];
    const third = join(root, "third");
    expect((await portico(third, imported)).err).toMatch(/sealed with the master key local-\w+, which is missing here/);
    const settings = JSON.stringify(simulators.keepnet?.demoSettings(`http://127.0.0.1:${simulatorPort}/${NAME}`));
    const done = await portico(third, [...imported, "--settings", "-"], { readStdin: async () => settings });
    expect(done).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^imported acme, \d+ rows .*portico mode acme live$/),
    });
    expect((await scim("GET", "/Users")).status).toBe(503);
    const listed = JSON.parse((await portico(third, ["connection", "show", "acme", "--json"])).out);
    expect(listed).toMatchObject({ mode: "paused", sealedSettings: ["clientSecret"] });
    const same = await portico(third, ["person", "export", "acme", known[0]?.id]);
    expect(JSON.parse(same.out).people).toMatchObject([
      { id: known[0]?.id, stored: { links: [{ name: known[0]?.name }] } },
    ]);
  },
  TIMEOUT_MS,
);
