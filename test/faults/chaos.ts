// `npm run test:chaos`: random operations, faults and kills on each vendor in a process of its own, then what clients were told, Portico shows and vendors hold.

import { type ChildProcess, fork } from "node:child_process";
import { parseArgs } from "node:util";
import { simulators } from "../../adapters/simulators.ts";
import { type Outcome, runVendor } from "./chaos-run.ts";

const USAGE = "usage: npm run test:chaos -- [--minutes 5] [--seed 1] [--vendor keepnet,klaxoon] [--parallel 1]";
/** In the environment of a process that plays one vendor. */
const CHILD = "PORTICO_CHAOS_CHILD";

interface Options {
  minutes: number;
  seed: number;
  vendors: string[];
  parallel: number;
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "5" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      vendor: { type: "string", default: Object.keys(simulators).join(",") },
      parallel: { type: "string", default: "1" },
    },
  });
  const options = {
    minutes: Number(values.minutes),
    seed: Number(values.seed),
    vendors: values.vendor.split(","),
    parallel: Number(values.parallel),
  };
  const isKnown = options.vendors.every((vendor) => Object.hasOwn(simulators, vendor));
  const isSound = options.minutes > 0 && Number.isInteger(options.seed) && options.parallel >= 1;
  return isKnown && isSound ? options : undefined;
}

// ---- One vendor -----------------------------------------------------------------------------------------------------

/** Plays one vendor and sends the outcome to the process that asked for it. Whatever ends it says why. */
async function playOne({ vendors: [vendor = ""], minutes, seed }: Options): Promise<void> {
  let isDone = false;
  const end = (why: string, code: number) => {
    console.error(`${vendor} seed ${seed}: ended before its comparison: ${why}`);
    isDone = true;
    process.exit(code);
  };
  // Miniflare has handlers of its own, which end the process without a word.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.prependListener(signal, () => end(signal, 130));
  process.on("disconnect", () => end("the process that had started it is gone", 1));
  process.on("uncaughtException", (error) => end(`uncaught ${error.stack}`, 1));
  process.on("unhandledRejection", (error) => end(`unhandled ${error instanceof Error ? error.stack : error}`, 1));
  process.on("exit", (code) => {
    if (!isDone) console.error(`${vendor} seed ${seed}: ended before its comparison with code ${code}`);
  });
  try {
    const outcome = await runVendor(vendor, minutes, seed);
    await new Promise<void>((resolve) => process.send?.(outcome, undefined, undefined, () => resolve()));
    isDone = true;
    process.exit(0);
  } catch (error) {
    end(error instanceof Error ? String(error.stack) : String(error), 1);
  }
}

// ---- All of them ----------------------------------------------------------------------------------------------------

const running = new Set<ChildProcess>();

/** The outcome of a vendor's own process, or how that ended. */
function startOne(vendor: string, { minutes, seed }: Options): Promise<Outcome | string> {
  const child = fork(import.meta.filename, ["--vendor", vendor, "--minutes", String(minutes), "--seed", String(seed)], {
    env: { ...process.env, [CHILD]: "1" },
  });
  running.add(child);
  return new Promise((resolve) => {
    let outcome: Outcome | undefined;
    // Sent by `playOne`.
    child.once("message", (message) => {
      outcome = message as Outcome;
    });
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve(outcome ?? `its process ended with ${signal ?? `code ${code}`}`);
    });
  });
}

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0);
const listed = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");

function print({ vendor, seed, count, differences }: Outcome): void {
  console.log(
    `${vendor} seed ${seed}: ${count.operations} operations in ${count.requests} requests ` +
      `(${count.givenUp} given up, ${count.refused} refused), ${count.looks} reads compared\n` +
      `  faults: ${listed(count.faults)}\n  kills: ${listed(count.kills)}\n  orders: ${listed(count.orders)}; ` +
      `at most ${count.outbox} memberships owed\n  differences: ${differences.length}`,
  );
  for (const difference of differences) console.log(`    ${difference}`);
}

/** The last runs in the form of `docs/reliability.md`. */
function toTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ vendor, minutes, seed, count, differences }) =>
    [
      vendor,
      seed,
      minutes,
      count.operations,
      count.requests,
      total(count.faults),
      total(count.kills),
      count.outbox,
      differences.length,
    ].join(" | "),
  );
  return [
    "| vendor | seed | minutes | operations | requests | faults met | kills survived | most owed | differences |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}

async function playAll(options: Options): Promise<void> {
  const { minutes, seed, vendors, parallel } = options;
  console.log(`chaos: ${minutes} minutes on each of ${vendors.join(", ")}, seed ${seed}`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      console.error(`chaos: ended by ${signal}`);
      for (const child of running) child.kill(signal);
      process.exitCode = 130;
    });
  }
  const outcomes: Outcome[] = [];
  const failed: string[] = [];
  const waiting = [...vendors];
  const lane = async () => {
    for (let vendor = waiting.shift(); vendor !== undefined; vendor = waiting.shift()) {
      if (process.exitCode !== undefined) return;
      const outcome = await startOne(vendor, options);
      if (typeof outcome === "string") {
        console.error(`${vendor} seed ${seed}: no comparison: ${outcome}`);
        failed.push(vendor);
        continue;
      }
      print(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  const byVendor = (outcome: Outcome) => vendors.indexOf(outcome.vendor);
  outcomes.sort((left, right) => byVendor(left) - byVendor(right));
  console.log(`\n${toTable(outcomes)}\n`);
  const differing = outcomes.filter(({ differences }) => differences.length > 0).map(({ vendor }) => vendor);
  for (const vendor of [...differing, ...failed]) {
    console.log(`again with: npm run test:chaos -- --minutes ${minutes} --seed ${seed} --vendor ${vendor}`);
  }
  if (differing.length + failed.length > 0) process.exitCode = 1;
}

const options = readOptions();
if (!options) {
  console.error(USAGE);
  process.exitCode = 2;
} else await (process.env[CHILD] ? playOne(options) : playAll(options));
