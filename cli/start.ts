// `npm start`: the whole of Portico on this machine, with every vendor played, and what to enter in Entra.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSimulatorHost } from "../adapters/simulation/host.ts";
import { serveSimulators } from "../adapters/simulation/server.ts";
import type { Simulation } from "../adapters/simulation.ts";
import { simulators } from "../adapters/simulators.ts";
import { CONSOLE_ROUTES } from "../src/routes/api-console-routes.ts";
import { takeWorker } from "./build-cache.ts";
import type { Demo } from "./demo.ts";
import { awaitIndexes, ensureConnections, PLANS } from "./demo-connections.ts";
import { startHost } from "./host.ts";
import { ensureKey } from "./local-key.ts";
import { readSaved, type Saved, withNewMasterKey, writeSaved } from "./local-secrets.ts";
import { claimFolder, closeToOthers, rememberFolder, requireAlone } from "./state-folder.ts";
import { CliFailure, STATE_FOLDER } from "./terminal.ts";

const SAVE_EVERY_MS = 1_000;

export interface StartOptions {
  port: number;
  /** Default: `.portico` in the project's folder. */
  stateDir?: string;
  /** No demo connection is made. */
  isEmpty?: boolean;
  /** A new master key seals from now on. */
  newMasterKey?: boolean;
}

export interface Started {
  demo: Demo;
  /** Where the simulators' inspection endpoints are. */
  simulatorUrl: string;
  /** Signs in to the console, once. */
  consoleUrl: string;
  /** Where everything is kept. */
  folder: string;
  /** How far Portico's own index is, for the connections that cannot answer a match yet. */
  indexing: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** Starts, prints and stays until Ctrl-C. */
export async function start(options: StartOptions): Promise<void> {
  const started = await startAll(options, (line) => process.stdout.write(`${line}\n`));
  printConnections(started);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  process.stdout.write("\nstopping\n");
  await started.close();
  process.exit(0);
}

/** Everything that `start` starts, without waiting for the end. */
export async function startAll(options: StartOptions, say: (line: string) => void): Promise<Started> {
  const { port, stateDir } = options;
  const folder = stateDir ?? STATE_FOLDER;
  const url = `http://127.0.0.1:${port}`;
  const giveBack = claimFolder(folder, url);
  rememberFolder(STATE_FOLDER, folder);
  const ends: (() => Promise<void>)[] = [async () => giveBack()];
  try {
    const started = await startIn(folder, url, options, say, ends);
    return {
      ...started,
      async close() {
        await started.close();
        giveBack();
      },
    };
  } catch (error) {
    // Whatever was started would keep the process, its port and its folder.
    for (const end of ends.reverse()) await end();
    throw error;
  }
}

/** @param ends takes how to end what was started, in the order in which it was */
async function startIn(
  folder: string,
  url: string,
  { port, isEmpty = false, newMasterKey = false }: StartOptions,
  say: (line: string) => void,
  ends: (() => Promise<void>)[],
): Promise<Started> {
  const found = readSaved(folder);
  const known = { ...found, breakGlassToken: found.breakGlassToken ?? found.adminToken };
  const saved = newMasterKey ? withNewMasterKey(known) : known;
  await requireAlone(folder, saved);
  await requireFree(port);
  closeToOthers(folder);
  mkdirSync(join(folder, "simulators"), { recursive: true });
  const instances = restoreInstances(folder);
  const simulatorServer = await serveSimulators(createSimulatorHost(instances), await freePort(saved.simulatorPort));
  const saver = keepSaving(folder, instances);

  ends.push(
    async () => saver.stop(),
    () => simulatorServer.close(),
  );
  say("building the Worker");
  // Before anything is sealed with a key that nobody would know after a kill.
  writeSaved(folder, saved);
  const script = await takeWorker(join(folder, "build"), { withConsole: true });
  const host = await startHost({
    script,
    stateDir: join(folder, "state"),
    port,
    bindings: {
      PUBLIC_URL: url,
      MASTER_KEY: saved.masterKey,
      ...(saved.masterKeyPrevious === undefined ? {} : { MASTER_KEY_PREVIOUS: saved.masterKeyPrevious }),
      ADMIN_TOKEN_SHA256: createHash("sha256").update(saved.breakGlassToken).digest("hex"),
      ALLOW_LOOPBACK_UPSTREAM: "true",
      SHOW_NATIVE_CALLS: "true",
    },
  });
  ends.push(() => host.close());
  const keyed = { ...saved, adminToken: await ensureKey(url, saved) };
  // The key is shown once: nothing that fails later may lose it.
  writeSaved(folder, keyed);
  const connections = isEmpty ? saved.connections : await ensureConnections(url, keyed, simulatorServer.url);
  const demo: Saved = { ...keyed, url, connections, simulatorPort: simulatorServer.port };
  writeSaved(folder, demo);
  const indexing = isEmpty ? new Map<string, string>() : await awaitIndexes(demo);
  return {
    demo,
    simulatorUrl: simulatorServer.url,
    consoleUrl: await createConsoleLink(demo),
    folder,
    indexing,
    async close() {
      // Miniflare may end the process by itself when a signal comes.
      saver.save();
      await host.close();
      await simulatorServer.close();
      saver.stop();
    },
  };
}

async function createConsoleLink({ url, adminToken }: Demo): Promise<string> {
  const response = await fetch(`${url}/api/console/links`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}` },
  });
  if (response.status !== 201) throw new CliFailure(`POST /api/console/links answered ${response.status}`);
  return CONSOLE_ROUTES.createConsoleLink.answer.parse(await response.json()).url;
}

// ---- Simulators -----------------------------------------------------------------------------------------------------

const snapshotPath = (folder: string, instance: string) => join(folder, "simulators", `${instance}.json`);

function restoreInstances(folder: string): Map<string, Simulation> {
  const instances = new Map<string, Simulation>();
  for (const { name, vendor } of PLANS) {
    const simulation = simulators[vendor]?.create();
    if (!simulation) continue;
    const path = snapshotPath(folder, name);
    if (existsSync(path)) simulation.restore(readFileSync(path, "utf8"));
    instances.set(name, simulation);
  }
  return instances;
}

/** Saves what changed every second and once more at the end. */
function keepSaving(folder: string, instances: Map<string, Simulation>): { save(): void; stop(): void } {
  const written = new Map<string, string>();
  const save = () => {
    for (const [name, simulation] of instances) {
      const text = simulation.snapshot();
      if (written.get(name) === text) continue;
      writeFileSync(snapshotPath(folder, name), text, { mode: 0o600 });
      written.set(name, text);
    }
  };
  const timer = setInterval(save, SAVE_EVERY_MS);
  return {
    save,
    stop() {
      clearInterval(timer);
      save();
    },
  };
}

function printConnections({ demo, simulatorUrl, consoleUrl, folder, indexing }: Started): void {
  const lines = demo.connections.flatMap(({ name, tenantUrl, token }) => [
    "",
    name,
    `  Tenant URL    ${tenantUrl}`,
    `  Secret Token  ${token}`,
    `  vendor        ${simulatorUrl}/${name}/__simulator/state`,
    ...(indexing.has(name) ? [`  ${indexing.get(name)}; a match answers 503 until then`] : []),
  ]);
  process.stdout.write(
    [
      ...lines,
      "",
      `Console, signs in once within an hour: ${consoleUrl}`,
      `Portico answers at ${demo.url}. Everything is kept in ${relative(process.cwd(), folder) || "."}; Ctrl-C ends it.`,
      ...(demo.connections[0]
        ? [`Try: npm run portico -- simulate entra --connection ${demo.connections[0].name} --users 50`]
        : ["It is empty: npm run portico -- restore <file>"]),
      "",
    ].join("\n"),
  );
}

// ---- Ports ----------------------------------------------------------------------------------------------------------

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function requireFree(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new CliFailure(
    `port ${port} on 127.0.0.1 is taken, perhaps by another npm start; end that one, or choose another port: npm start -- --port ${port + 10}`,
  );
}

/** The port of last time if it is still free, so that addresses stay the same; else any. */
async function freePort(wanted: number): Promise<number> {
  for (let attempt = 0; wanted > 0 && attempt < 3; attempt++) {
    if (await isFree(wanted)) return wanted;
    await sleep(100);
  }
  return 0;
}
