// What nine tenants notice of a tenth that floods: `node bench/flood.ts --seconds 60`, first without the flood, then with it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import Table from "cli-table3";
import { startAll } from "../cli/start.ts";
import { createAdministrator } from "./administrator.ts";
import type { Tenants, Waited } from "./tenant.ts";

const { values: options } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, flood: { type: "string", default: "300" } },
});
const SECONDS = Number(options.seconds);
const FLOOD_PER_SECOND = Number(options.flood);
const PER_SECOND = 2;
const NEIGHBOURS = 9;

const folder = mkdtempSync(join(tmpdir(), "portico-flood-"));
const started = await startAll({ port: Number(process.env.PORT ?? 8_795), stateDir: folder }, () => {});

function run(workerData: Tenants): Promise<Waited> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, "tenant.ts"), { workerData });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

function show({ times, statuses }: Waited): string[] {
  const sorted = [...times].sort((left, right) => left - right);
  const at = (share: number) => `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)}`;
  const counts = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  return [at(0.5), at(0.99), at(1), counts.join(", ")];
}

try {
  // Ten connections to accounts of the same product, each with a token of its own and the default rate.
  const api = createAdministrator(started.demo.url, started.demo.adminToken);
  const { simulators } = await import("../adapters/simulators.ts");
  const settings = simulators.keepnet?.demoSettings(`${started.simulatorUrl}/keepnet-demo`) ?? {};
  const tenants: { url: string; token: string }[] = [];
  for (let at = 0; at <= NEIGHBOURS; at++) {
    await api("POST", "/connections", { name: `tenant-${at}`, vendor: "keepnet", settings });
    const minted = await api<Record<string, string>>("POST", `/connections/tenant-${at}/tokens`);
    tenants.push({ url: minted.tenantUrl ?? "", token: minted.token ?? "" });
  }
  const [flooder, ...nine] = tenants;
  if (!flooder) throw new Error("no tenants");
  const even = { tenants: nine, perSecond: PER_SECOND };
  await run({ ...even, seconds: 3 });
  const quiet = await run({ ...even, seconds: SECONDS });
  const flood = run({ tenants: [flooder], perSecond: FLOOD_PER_SECOND, seconds: SECONDS });
  const [flooded, floods] = await Promise.all([run({ ...even, seconds: SECONDS }), flood]);
  const table = new Table({
    head: ["who", "p50 ms", "p99 ms", "longest ms", "answers"],
    style: { head: [], border: [] },
  });
  table.push(
    ["nine, without the flood", ...show(quiet)],
    ["nine, with it", ...show(flooded)],
    ["the flood", ...show(floods)],
  );
  process.stdout.write(`${table.toString()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}
