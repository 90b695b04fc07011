// Everything that is measured, each in a process of its own: the vendor, the floor, Portico, and the load generator.

import { type ChildProcess, fork } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import example from "../adapters/rest/example.json" with { type: "json" };
import { buildWorker } from "../cli/build.ts";
import { startHost } from "../cli/host.ts";
import { BRAKE_KINDS } from "../src/store/safeguard-tables.ts";
import { type Administrator, createAdministrator } from "./administrator.ts";
import type { Job, Result } from "./jobs.ts";
import type { Account } from "./people.ts";
import { listWorkerds } from "./processes.ts";
import type { Target } from "./requests.ts";

const COMPATIBILITY_DATE = "2026-10-20";
const SWEEP_TIMEOUT_MS = 30 * 60_000;
/** More than any machine asks itself: the connection's own limit is not what is measured. */
const RATE = { perSecond: 10_000, burst: 100_000 };
const LINE = { share: 1, count: 1_000_000, minutes: 60 };
const BRAKE = { ...LINE, kinds: Object.fromEntries(BRAKE_KINDS.map((kind) => [kind, LINE])) };

export interface Generator {
  run(job: Job): Promise<Result>;
}

/** Who is in an account, by the vendor's ids. */
export type Seeded = Pick<Target, "size" | "userIds" | "groupIds">;

export interface Vendor {
  url: string;
  pid: number;
  seed(account: string, what: Account): Promise<Seeded>;
  /** The account as its own API answers. */
  target(account: string, seeded: Seeded): Target;
  /** From now on each call takes so much longer. */
  delay(delayMs: number): Promise<void>;
  calls(): Promise<number>;
}

export interface Floor {
  pid: number;
  target(seeded: Seeded): Target;
}

export interface Gateway {
  pid: number;
  url: string;
  /** The bundle's path. */
  script: string;
  api: Administrator;
  /** A connection to the vendor's account, which has been read through. */
  connect(account: string): Promise<Target>;
  /** The same for any vendor and settings. */
  connectTo(name: string, vendor: string, settings: object): Promise<Target>;
  /** Waits until the product has been read through. */
  settle(name: string): Promise<void>;
}

/** What is to be ended, in the order in which it was begun. */
export type Ends = (() => unknown)[];

/** Runs a command of the bench, ends everything that it has started, and then the process. */
export async function runToEnd(run: (ends: Ends) => Promise<void>): Promise<never> {
  const ends: Ends = [];
  try {
    await run(ends);
  } catch (error) {
    // The exit below would swallow it.
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    for (const end of ends.reverse()) await end();
    process.exit();
  }
}

async function forked<T>(file: string, ends: Ends): Promise<{ child: ChildProcess; first: T }> {
  const child = fork(join(import.meta.dirname, file), { stdio: "inherit" });
  ends.push(() => void child.kill());
  const first = await new Promise<T>((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return { child, first };
}

export async function startGenerator(ends: Ends): Promise<Generator> {
  const { child } = await forked("generator.ts", ends);
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        child.once("message", (message: { result?: Result; error?: string }) =>
          message.result ? resolve(message.result) : reject(new Error(message.error)),
        );
        child.send(job);
      }),
  };
}

export async function startVendor(ends: Ends): Promise<Vendor> {
  const { child, first } = await forked<{ url: string }>("vendor.ts", ends);
  const { url } = first;
  const control = async (path: string, body?: object) => {
    const response = await fetch(`${url}${path}`, body ? { method: "POST", body: JSON.stringify(body) } : {});
    return response.json();
  };
  return {
    url,
    pid: child.pid ?? 0,
    // What the vendor's process answers is written in this folder.
    seed: (account, what) => control(`/${account}/__bench`, what) as ReturnType<Vendor["seed"]>,
    target: (account, seeded) => ({ kind: "native", base: `${url}/${account}`, token: "bench", ...seeded }),
    delay: async (delayMs) => void (await control("/__bench", { delayMs })),
    calls: async () => ((await control("/__bench")) as { calls: number }).calls,
  };
}

/** The process that this start has begun. */
async function newWorkerd<T>(start: () => Promise<T>): Promise<{ started: T; pid: number }> {
  const before = new Set(listWorkerds());
  const started = await start();
  const pid = listWorkerds().find((one) => !before.has(one));
  if (pid === undefined) throw new Error("no workerd was started");
  return { started, pid };
}

const newFolder = (ends: Ends): string => {
  const folder = mkdtempSync(join(tmpdir(), "portico-bench-"));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** @param kind `durable`: with an object that keeps its promises, in a folder of its own */
export async function startFloor(
  port: number,
  vendorUrl: string,
  kind: "floor" | "durable",
  ends: Ends,
): Promise<Floor> {
  const script = await buildWorker(newFolder(ends), { config: `bench/${kind}/wrangler.toml` });
  const { started, pid } = await newWorkerd(async () => {
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        host: "127.0.0.1",
        cf: false,
        logRequests: false,
        resourcePersistencePath: newFolder(ends),
        workers: [
          {
            name: kind,
            modules: true,
            modulesRoot: join(script, ".."),
            scriptPath: script,
            compatibilityDate: COMPATIBILITY_DATE,
            bindings: { VENDOR: `${vendorUrl}/${kind}` },
            ...(kind === "durable" ? { durableObjects: { OBJECT: { className: "Durable", useSQLite: true } } } : {}),
            unsafeDirectSockets: [{ host: "127.0.0.1", port }],
          },
        ],
      }),
    );
    await miniflare.ready;
    return miniflare;
  });
  ends.push(() => started.dispose());
  return { pid, target: (seeded) => ({ kind: "scim", base: `http://127.0.0.1:${port}`, token: "", ...seeded }) };
}

interface GatewayOptions {
  /** Another entry module than the deployment's. */
  entry?: string;
  /** Where V8's inspector listens. */
  inspectorPort?: number;
}

export async function startGateway(
  port: number,
  vendorUrl: string,
  ends: Ends,
  { entry, inspectorPort }: GatewayOptions = {},
): Promise<Gateway> {
  const folder = newFolder(ends);
  const script = await buildWorker(join(folder, "build"), entry === undefined ? {} : { entry });
  const adminToken = randomBytes(32).toString("base64url");
  const url = `http://127.0.0.1:${port}`;
  const { started, pid } = await newWorkerd(() =>
    startHost({
      ...{ script, stateDir: join(folder, "state"), port },
      ...(inspectorPort === undefined ? {} : { inspectorPort }),
      bindings: {
        PUBLIC_URL: url,
        MASTER_KEY: `bench:${randomBytes(32).toString("base64")}`,
        ADMIN_TOKEN_SHA256: createHash("sha256").update(adminToken).digest("hex"),
        ALLOW_LOOPBACK_UPSTREAM: "true",
        SHOW_NATIVE_CALLS: "true",
      },
    }),
  );
  ends.push(() => started.close());
  const gateway: Gateway = {
    pid,
    url,
    script,
    api: createAdministrator(url, adminToken),
    connect(account) {
      // The limits of the invented product are not what is measured.
      const { limits: _, ...description } = example;
      return gateway.connectTo(account, "rest", {
        description,
        baseUrl: `${vendorUrl}/${account}`,
        credential: "bench",
      });
    },
    async connectTo(name, vendor, settings) {
      await gateway.api("POST", "/connections", {
        name,
        vendor,
        settings,
        test: false,
        requestRate: RATE,
        brake: BRAKE,
      });
      const { token } = await gateway.api<{ token: string }>("POST", `/connections/${name}/tokens`);
      await gateway.settle(name);
      return { kind: "scim", base: `${url}/scim/v2`, token, size: 0, userIds: [], groupIds: [] };
    },
    async settle(name) {
      const endsAt = Date.now() + SWEEP_TIMEOUT_MS;
      for (;;) {
        const { sweeps } = await gateway.api<{ sweeps: { state: string }[] }>("GET", `/connections/${name}/sweep`);
        if (sweeps.every(({ state }) => state === "complete")) return;
        if (Date.now() > endsAt) throw new Error(`the sweep of ${name} did not end`);
        await sleep(50);
      }
    },
  };
  return gateway;
}

/** The same target with the ids of at most so many people and groups, in the order of their names. */
export async function withIds(target: Target, most = 1_000): Promise<Target> {
  const all = async (path: string, nameOf: string) => {
    const found: { id: string; name: string }[] = [];
    for (;;) {
      const query = `startIndex=${found.length + 1}&count=100&excludedAttributes=members`;
      const response = await fetch(`${target.base}${path}?${query}`, {
        headers: { authorization: `Bearer ${target.token}` },
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      const { Resources, totalResults } = (await response.json()) as {
        Resources: Record<string, string>[];
        totalResults: number;
      };
      found.push(...Resources.map((one) => ({ id: one.id ?? "", name: one[nameOf] ?? "" })));
      if (found.length >= Math.min(most, totalResults) || Resources.length === 0) {
        const number = ({ name }: { name: string }) => Number(/\d+/.exec(name)?.[0]);
        const ids = found.sort((left, right) => number(left) - number(right)).map(({ id }) => id);
        return { ids, total: totalResults };
      }
    }
  };
  const users = await all("/Users", "userName");
  const groups = await all("/Groups", "displayName");
  return { ...target, size: users.total, userIds: users.ids, groupIds: groups.ids };
}
