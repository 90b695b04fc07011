// `npm run bench`: what Portico costs beside a bare translator in the same runtime. docs/performance.md says what is compared.
// `--quick` takes at most five minutes, all of it at most forty. `--json <file>` is where the figures go.

import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../cli/build.ts";
import { runInitialCycle, runTenants } from "./courses.ts";
import { compareGrowth } from "./growth.ts";
import { type Ends, runToEnd, startFloor, startGateway, startGenerator, startVendor } from "./hosts.ts";
import { countNativeCalls } from "./native-calls.ts";
import { compareOperations } from "./operations.ts";
import type { Parts } from "./parts.ts";
import { QUICK, WHOLE } from "./plan.ts";
import { type Measured, toReport } from "./report.ts";
import { measureStart } from "./start-up.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string", default: "test-results/bench.json" },
    port: { type: "string", default: "8780" },
  },
});
const port = Number(options.port);
const plan = options.quick ? QUICK : WHOLE;
const begun = performance.now();
const say = (line: string) =>
  void process.stderr.write(`${((performance.now() - begun) / 1_000).toFixed(0).padStart(5)} s  ${line}\n`);

async function run(ends: Ends): Promise<void> {
  say("building and starting");
  const load = loadavg()[0] ?? 0;
  const start = await measureStart(plan.profiles);
  const vendor = await startVendor(ends);
  const floor = await startFloor(port, vendor.url, "floor", ends);
  const durable = await startFloor(port + 3, vendor.url, "durable", ends);
  const portico = await startGateway(port + 1, vendor.url, ends);
  const counted = await startGateway(port + 2, vendor.url, ends, { entry: "bench/counted/worker.ts" });
  const generator = await startGenerator(ends);
  const parts: Parts = { plan, vendor, floor, durable, portico, counted, generator, say };

  const operations = await compareOperations(parts);
  const cycle = await runInitialCycle(parts);
  const tenants = await runTenants(parts);
  const growth = await compareGrowth(parts);
  const native = await countNativeCalls(parts, ends);
  const [small] = growth;
  if (!small) throw new Error("nothing was counted");
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  const about = [
    `${new Date().toISOString().slice(0, 10)}, ${options.quick ? "--quick" : "whole"}, ${minutes} minutes,`,
    `${availableParallelism()} processors, load ${load.toFixed(1)} before and ${(loadavg()[0] ?? 0).toFixed(1)} after,`,
    `Node ${process.version}.`,
  ].join(" ");
  const measured: Measured = { about, operations, counts: small.operations, cycle, tenants, growth, native, start };
  const file = resolve(ROOT, options.json);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
  process.stdout.write(`${toReport(measured)}\n`);
  say(`the figures are in ${options.json}`);
}

await runToEnd(run);
