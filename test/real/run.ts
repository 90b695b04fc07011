// `npm run test:real`: Portico's built Worker against a real Redmine, and the simulator against the same.

import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRedmineSimulation, redmineDemoSettings } from "../../adapters/redmine/simulator.ts";
import { redmineChecks } from "../../adapters/redmine/test/checks.ts";
import type { Inspector, NativeUser, Reply } from "../../adapters/redmine/test/world.ts";
import { createSimulatorHost } from "../../adapters/simulation/host.ts";
import { serveSimulators } from "../../adapters/simulation/server.ts";
import { buildWorker } from "../../cli/build.ts";
import { startHost } from "../../cli/host.ts";
import { simulateEntra } from "../../cli/simulate/entra/cycle.ts";
import { silentProgress } from "../../cli/simulate/progress.ts";
import { EXCHANGES, play } from "./exchanges.ts";
import { freePort, isInstalled, MISSING, type RealRedmine, startRedmine } from "./redmine.ts";

const USERS = 30;
const GROUPS = 4;
/** Redmine's pages, at most. */
const PAGE = 100;
const INDEXED_WITHIN_MS = 60_000;

const counts = { passed: 0, failed: 0 };

async function check(name: string, run: () => Promise<void>): Promise<void> {
  const started = Date.now();
  if (await checkQuietly(name, run)) say(`ok    ${name} (${Date.now() - started} ms)`);
}

async function checkQuietly(name: string, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    counts.passed += 1;
    return true;
  } catch (error) {
    counts.failed += 1;
    say(`FAIL  ${name}\n      ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function toReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, body: isJson && text !== "" ? JSON.parse(text) : text };
}

// ---- The simulator tells the truth ----------------------------------------------------------------------------------

async function compare(real: RealRedmine): Promise<void> {
  const simulation = createRedmineSimulation();
  const simulated = await serveSimulators(createSimulatorHost(new Map([["redmine", simulation]])), 0);
  const url = `${simulated.url}/redmine`;
  const key = String(redmineDemoSettings(url).apiKey);
  const failedBefore = counts.failed;
  try {
    for (const [index, exchange] of EXCHANGES.entries()) {
      const { method, path } = exchange;
      await checkQuietly(`exchange ${index + 1}: ${method} ${path}`, async () => {
        const [expected, got] = [await play(real.url, real.apiKey, exchange), await play(url, key, exchange)];
        if (JSON.stringify(expected) === JSON.stringify(got)) return;
        throw new Error(
          `${JSON.stringify(exchange.body)}\n      real      ${JSON.stringify(expected)}\n      simulator ${JSON.stringify(got)}`,
        );
      });
    }
    const unlike = counts.failed - failedBefore;
    if (unlike === 0) say(`ok    ${EXCHANGES.length} native exchanges: the simulator answers as Redmine does`);
  } finally {
    await simulated.close();
  }
}

// ---- The product's own view -----------------------------------------------------------------------------------------

function inspect({ url, apiKey }: RealRedmine): Inspector {
  const call: Inspector["call"] = async (method, path, body) =>
    toReply(
      await fetch(`${url}${path}`, {
        method,
        headers: { "x-redmine-api-key": apiKey, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  return {
    call,
    async users() {
      const users: NativeUser[] = [];
      // Rows do not show the status, so each status is asked for.
      for (const status of [1, 2, 3]) {
        for (let offset = 0, total = 1; offset < total; offset += PAGE) {
          const { body } = await call("GET", `/users.json?status=${status}&limit=${PAGE}&offset=${offset}`);
          total = body.total_count;
          users.push(...body.users.map((row: NativeUser) => ({ ...row, status })));
        }
      }
      return users;
    },
    async groups() {
      const { body } = await call("GET", "/groups.json");
      return Promise.all(
        body.groups.map(async ({ id, name }: { id: number; name: string }) => {
          const { body: read } = await call("GET", `/groups/${id}.json?include=users`);
          return { id, name, users: read.group.users.map((user: { id: number }) => user.id) };
        }),
      );
    },
  };
}

// ---- Portico --------------------------------------------------------------------------------------------------------

interface Portico {
  /** A connection to the Redmine, its index complete, and the token for it. */
  connect(name: string, settings: object, profile?: object): Promise<{ tenantUrl: string; token: string }>;
  close(): Promise<void>;
}

async function startPortico(real: RealRedmine): Promise<Portico> {
  const folder = mkdtempSync(join(tmpdir(), "portico-real-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const adminToken = `portico_admin_${randomBytes(32).toString("base64url")}`;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const host = await startHost({
    script: await buildWorker(join(folder, "build")),
    stateDir: join(folder, "state"),
    port,
    bindings: {
      PUBLIC_URL: url,
      MASTER_KEY: `real:${randomBytes(32).toString("base64")}`,
      ADMIN_TOKEN_SHA256: createHash("sha256").update(adminToken).digest("hex"),
      ALLOW_LOOPBACK_UPSTREAM: "true",
      SHOW_NATIVE_CALLS: "true",
    },
  });
  const api = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
    const reply = await toReply(
      await fetch(`${url}/api${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    if (reply.status > 299) throw new Error(`${method} /api${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  return {
    async connect(name, settings, profile = {}) {
      const account = { baseUrl: real.url, apiKey: real.apiKey, ...settings };
      // The checks disable and remove more than the brake lets pass.
      const brake = { share: 1, count: 10_000, minutes: 60 };
      await api("POST", "/connections", { name, vendor: "redmine", settings: account, brake, ...profile });
      for (const started = Date.now(); Date.now() - started < INDEXED_WITHIN_MS; await sleep(200)) {
        const { sweeps } = await api("GET", `/connections/${name}/sweep`);
        if (sweeps.length > 0 && sweeps.every(({ state }: { state: string }) => state === "complete")) {
          const { token } = await api("POST", `/connections/${name}/tokens`);
          return { tenantUrl: `${url}/scim/v2`, token };
        }
      }
      throw new Error(`the index of ${name} was not complete in ${INDEXED_WITHIN_MS} ms`);
    },
    async close() {
      await host.close();
      remove();
    },
  };
}

async function checkBehaviour(portico: Portico, redmine: Inspector): Promise<void> {
  for (const onDelete of ["lock", "remove"] as const) {
    const { tenantUrl, token } = await portico.connect(`checks-${onDelete}`, { onDelete });
    const scim = async (method: string, path: string, body?: unknown) =>
      toReply(
        await fetch(`${tenantUrl}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
    for (const [index, one] of redmineChecks.entries()) {
      if (one.onDelete !== undefined && one.onDelete !== onDelete) continue;
      const tag = `${onDelete[0]}${index.toString(36)}`;
      await check(`${onDelete}: ${one.name}`, () => one.run({ scim, redmine, onDelete, tag }));
    }
  }
}

/** One connection deletes by locking and takes Entra's old shapes, the other removes, holds everything and takes the new. */
const CYCLES = [
  { name: "entra-lock", flag: false, settings: { onDelete: "lock" }, profile: {} },
  {
    name: "entra-remove",
    flag: true,
    settings: { onDelete: "remove" },
    profile: { unmapped: "keep", coupling: "separate" },
  },
];

async function playEntra(portico: Portico, redmine: Inspector): Promise<void> {
  for (const { name, flag, settings, profile } of CYCLES) {
    const { tenantUrl, token } = await portico.connect(name, settings, profile);
    await check(`${name}: Entra's cycle, ${USERS} users, ${GROUPS} groups, flag ${flag ? "on" : "off"}`, async () => {
      const before = new Set((await redmine.users()).map(({ id }) => id));
      const report = await simulateEntra({
        ...{ tenantUrl: new URL(tenantUrl), users: USERS, groups: GROUPS, flag, seed: 1, concurrency: 4 },
        token: async () => token,
        ...{ keep: false, fetch, progress: silentProgress },
      });
      if (report.deviationCount > 0) throw new Error(JSON.stringify(report.deviations, null, 2));
      say(`      ${report.requests} requests in ${report.seconds} s, 0 deviations`);
      const left = (await redmine.users()).filter(({ id }) => !before.has(id));
      const unlocked = left.filter(({ status }) => status !== 3).length;
      const asExpected = settings.onDelete === "lock" ? left.length >= USERS && unlocked === 0 : left.length === 0;
      if (!asExpected) throw new Error(`${left.length} users are left in Redmine, ${unlocked} of them not locked`);
      const groups = (await redmine.groups()).filter((group) => group.name.includes(report.prefix));
      if (groups.length > 0) throw new Error(`${groups.length} groups are left in Redmine`);
    });
  }
}

// ---- The run --------------------------------------------------------------------------------------------------------

async function run(): Promise<void> {
  const real = await startRedmine();
  say(`Redmine ${real.version} at ${real.url}`);
  try {
    await compare(real);
    const portico = await startPortico(real);
    try {
      const redmine = inspect(real);
      await checkBehaviour(portico, redmine);
      await playEntra(portico, redmine);
    } finally {
      await portico.close();
    }
  } finally {
    await real.close();
  }
}

if (!isInstalled()) {
  say(MISSING);
  process.exit(1);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const started = Date.now();
try {
  await run();
} catch (error) {
  counts.failed += 1;
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
say(`${Math.round((Date.now() - started) / 1000)} s`);
say(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed > 0 ? 1 : 0);
