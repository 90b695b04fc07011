// Portico as `npm start` hosts it, with played vendors that outlive it: it can be killed and started again on its state.

import { createHash, randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { createSimulatorHost } from "../../adapters/simulation/host.ts";
import { serveSimulators } from "../../adapters/simulation/server.ts";
import type { Simulation } from "../../adapters/simulation.ts";
import { simulators } from "../../adapters/simulators.ts";
import { listWorkerds } from "../../bench/processes.ts";
import { takeWorker } from "../../cli/build-cache.ts";
import { type Host, startHost } from "../../cli/host.ts";
import { BRAKE_KINDS } from "../../src/store/safeguard-tables.ts";
import { passingTime } from "../suite/passing-time.ts";
import { type Subject, subjectOf } from "../suite/subject.ts";

/** One connection to a vendor account of its own. */
export interface Account {
  name: string;
  connectionId: string;
  token: string;
  /** The tenant URL that an identity provider has. */
  tenantUrl: string;
  subject: Subject;
  simulation: Simulation;
  /** Keys of users whom a fresh account has by itself, which the suite's view of the vendor leaves out. */
  residents: Set<string>;
}

export interface Portico {
  url: string;
  /** A connection whose index is complete within a time; `seed` is what the vendor has before. */
  open(vendor: string, seed?: object, indexMs?: number): Promise<Account>;
  api(method: string, path: string, body?: unknown): Promise<unknown>;
  /** SIGKILL to workerd. */
  kill(): Promise<void>;
  /** Starts it again on the same state. */
  restart(): Promise<void>;
  /** Turns the stored times of a stopped Portico back, as if so much time had passed while it was down. */
  passTime(ms: number): void;
  /** Rows of a connection's own database. */
  query(account: Account, sql: string): Record<string, unknown>[];
  close(): Promise<void>;
}

/** No run shall meet the brake by chance. */
const RELEASED_LINE = { share: 1, count: 1_000_000, minutes: 1 };
const UNLIMITED = { perSecond: 10_000, burst: 100_000 };
const RELEASED_BRAKE = {
  ...RELEASED_LINE,
  kinds: Object.fromEntries(BRAKE_KINDS.map((kind) => [kind, RELEASED_LINE])),
};
const INDEX_TIMEOUT_MS = 60_000;
const LOCK_TIMEOUT_MS = 5_000;

/** Below the ports that systems give to outgoing connections, so that no other process takes it while Portico is down. */
const PORTS = { from: 20_000, below: 32_000 };

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.below);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}

/** The same Worker, whose doubts about what vendors have not answered end after seconds [S46]. */
export const HASTY_WORKER = "test/faults/hasty/worker.ts";

/** Builds the bundle once and starts it on a folder of its own. */
export async function startPortico(options: { entry?: string } = {}): Promise<Portico> {
  const folder = mkdtempSync(join(tmpdir(), "portico-faults-"));
  // However the process ends.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const script = await takeWorker(join(folder, "build"), options);
  const stateDir = join(folder, "state");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const adminToken = randomBytes(32).toString("base64url");
  const bindings = {
    PUBLIC_URL: url,
    MASTER_KEY: `faults:${randomBytes(32).toString("base64")}`,
    ADMIN_TOKEN_SHA256: createHash("sha256").update(adminToken).digest("hex"),
    ALLOW_LOOPBACK_UPSTREAM: "true",
    SHOW_NATIVE_CALLS: "true",
  };
  const instances = new Map<string, Simulation>();
  const vendors = await serveSimulators(createSimulatorHost(instances), 0);
  const databases = new Map<string, string>();
  let host: Host | undefined;
  let pids: number[] = [];

  const start = async () => {
    const before = new Set(listWorkerds());
    host = await startHost({ script, stateDir, port, bindings });
    pids = listWorkerds().filter((pid) => !before.has(pid));
  };
  await start();

  const api: Portico["api"] = async (method, path, body) => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /api${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };

  const read = (file: string, sql: string) => {
    const database = new DatabaseSync(file, { readOnly: true, timeout: LOCK_TIMEOUT_MS });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  };
  /** The databases of objects; one that is just being made has no tables yet. */
  const objectFiles = () => {
    const objects = join(stateDir, "do", "portico-Connection");
    return readdirSync(objects)
      .filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite")
      .map((name) => join(objects, name))
      .filter((file) => read(file, "select name from sqlite_master where name in ('facts', 'intents')").length === 2);
  };

  const portico: Portico = {
    url,
    api,
    async open(vendor, seed, indexMs = INDEX_TIMEOUT_MS) {
      const simulation = simulators[vendor]?.create();
      if (!simulation) throw new Error(`no simulator of ${vendor}`);
      if (seed) simulation.seed(seed);
      const name = `${vendor}-${instances.size}`;
      instances.set(name, simulation);
      const settings = simulators[vendor]?.demoSettings(`${vendors.url}/${name}`);
      const created = await api("POST", "/connections", {
        name,
        vendor,
        settings,
        test: false,
        brake: RELEASED_BRAKE,
        requestRate: UNLIMITED,
      });
      const minted = await api("POST", `/connections/${name}/tokens`);
      // The administrator API's answers, whose shape its own tests hold.
      const { id } = created as { id: string };
      const { token, tenantUrl } = minted as { token: string; tenantUrl: string };
      const subject = subjectOf(vendor);
      const account: Account = {
        name,
        connectionId: id,
        token,
        tenantUrl,
        subject,
        simulation,
        residents: new Set(),
      };
      const endsAt = Date.now() + indexMs;
      for (;;) {
        const { sweeps } = (await api("GET", `/connections/${name}/sweep`)) as { sweeps: { state: string }[] };
        if (sweeps.every(({ state }) => state === "complete")) break;
        if (Date.now() > endsAt) throw new Error(`the index of ${name} did not become complete`);
        await sleep(50);
      }
      if (!seed && subject.native.residents) {
        const rows = portico.query(account, "select name_key as name from links where type = 'User'");
        for (const { name: key } of rows) account.residents.add(String(key));
      }
      return account;
    },
    async kill() {
      for (const pid of pids) process.kill(pid, "SIGKILL");
      await host?.close();
      host = undefined;
    },
    restart: start,
    passTime(ms) {
      if (host) throw new Error("time passes only while Portico is down");
      for (const file of objectFiles()) {
        const database = new DatabaseSync(file);
        database.exec(passingTime(ms));
        database.close();
      }
    },
    query(account, sql) {
      const known = databases.get(account.connectionId);
      const file =
        known ??
        objectFiles().find((one) =>
          read(one, "select value from facts where name = 'connection_id'").some(
            (row) => row.value === account.connectionId,
          ),
        );
      if (file === undefined) throw new Error(`no database of ${account.name}`);
      databases.set(account.connectionId, file);
      return read(file, sql);
    },
    async close() {
      await host?.close();
      await vendors.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return portico;
}
