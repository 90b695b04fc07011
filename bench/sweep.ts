// What a pass costs over 50,000 users: how long it takes, and how much memory workerd has while it runs.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { simulators } from "../adapters/simulators.ts";
import { startAll } from "../cli/start.ts";

const USERS = 50_000;
/** Of them, who is disabled at the product between two passes, and who vanishes. */
const DISABLED = 500;
const VANISHED = 200;
const MAX_WAIT_MS = 20 * 60_000;
const ACCOUNT = "kpifire-demo";

const folder = mkdtempSync(join(tmpdir(), "portico-sweep-"));
const started = await startAll({ port: Number(process.env.PORT ?? 8_799), stateDir: folder }, () => {});
const say = (line: string) => process.stdout.write(`${line}\n`);

async function call(method: string, url: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${started.demo.adminToken}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text.slice(0, 300)}`);
  return text === "" ? undefined : JSON.parse(text);
}
const api = (method: string, path: string, body?: unknown) => call(method, `${started.demo.url}/api${path}`, body);
const vendor = (method: string, path: string, body?: unknown) =>
  call(method, `${started.simulatorUrl}/${ACCOUNT}/__simulator${path}`, body);

/** Mebibytes of the workerd processes that this one has started. */
function memory(): number {
  const pids = execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" })
    .trim()
    .split("\n");
  const pages = pids.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0));
  return Math.round(pages.reduce((sum, kib) => sum + kib, 0) / 1024);
}

async function pass(what: string): Promise<void> {
  const begun = Date.now();
  let most = 0;
  for (;;) {
    await sleep(1_000);
    most = Math.max(most, memory());
    const { sweeps } = (await api("GET", "/connections/sweep/sweep")) as { sweeps: { state: string; seen: number }[] };
    if (sweeps.every(({ state }) => state === "complete")) break;
    if (Date.now() - begun > MAX_WAIT_MS) throw new Error(`the pass is not complete: ${JSON.stringify(sweeps)}`);
  }
  say(`${what}: ${((Date.now() - begun) / 1_000).toFixed(0)} s, workerd at most ${most} MiB`);
}

try {
  const person = (at: number) => ({
    id: at + 1,
    login: `person${at}@example.com`,
    firstName: "Ada",
    lastName: `Nr ${at}`,
    isActive: 1,
    licenseType: 1,
  });
  const people = Array.from({ length: USERS }, (_, at) => person(at));
  const asState = (some: typeof people) => ({
    users: Object.fromEntries(some.map((one) => [String(one.id), one])),
    nextId: USERS + 1,
  });
  await vendor("PATCH", "/state", asState(people));
  say(`before: workerd ${memory()} MiB`);
  const settings = simulators.kpifire?.demoSettings(`${started.simulatorUrl}/${ACCOUNT}`);
  await api("POST", "/connections", { name: "sweep", vendor: "kpifire", settings });
  await pass(`first pass over ${USERS} users`);

  const changed = people.slice(VANISHED).map((one, at) => (at < DISABLED ? { ...one, isActive: 0 } : one));
  await vendor("PATCH", "/state", asState(changed));
  await api("POST", "/connections/sweep/sweep");
  await pass(`second pass, ${DISABLED} disabled and ${VANISHED} gone`);
  const { counts } = (await api("GET", "/connections/sweep/drift")) as { counts: Record<string, number> };
  say(`found: ${JSON.stringify(counts)}`);
  if (counts.deactivated !== DISABLED || counts.removed !== VANISHED) process.exitCode = 1;
} finally {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}
