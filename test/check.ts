// The check: `node test/check.ts fast | check | full` runs its parts and prints what each took.

import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");
const isWindows = process.platform === "win32";

interface Part {
  name: string;
  command: readonly string[];
  env?: Record<string, string>;
}

/** In minutes. A part that hangs fails by then, and says so, before a build server gives up on the whole. */
const LIMITS: Record<string, number> = { fast: 10, check: 30, full: 90 };

const vitest = (...args: string[]) => ["vitest", "run", ...args];

const TYPES: Part[] = [
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "lint", command: ["biome", "check", "."] },
  { name: "unused", command: ["knip"] },
];
/** What is read, not run. */
const STATIC: Part[] = [
  ...TYPES,
  { name: "worker types", command: ["wrangler", "types", "--include-runtime=false", "--check"] },
  { name: "rules", command: ["node", "cli/portico.mjs", "verify"] },
];

/** Products that `PORTICO_REAL` names, such as `redmine`. */
const NAMED = process.env.PORTICO_REAL?.split(",") ?? [];
/** Beside all the rest of `check`: a product and its gateway mostly wait for each other. */
const BESIDE: Part | undefined =
  NAMED.length === 0 ? undefined : { name: "real products", command: ["node", "test/real/run.ts", ...NAMED] };

/** Parts in their order; those of one list run at the same time. */
const PLANS: Record<string, Part[][]> = {
  // Types, lint, and what needs no Worker.
  fast: [
    [
      ...TYPES,
      {
        name: "units",
        command: vitest("test/scim", "test/upstream", "test/provision", "adapters", "--project", "node"),
      },
    ],
  ],
  // Every kind of test, and of some kinds a sample.
  check: [STATIC, [{ name: "tests", command: vitest() }]],
  // Every combination, and the real products.
  full: [
    STATIC,
    [{ name: "real products", command: ["node", "test/real/run.ts"] }],
    [{ name: "fuzz", command: ["node", "test/fuzz/fuzz.ts", "--seed", "1"] }],
    [{ name: "tests", command: vitest(), env: { PORTICO_FULL: "1" } }],
  ],
};

/** A command with all that it has started. */
function endAll({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (isWindows) spawn("taskkill", ["/pid", String(pid), "/t", "/f"]);
  else process.kill(-pid, "SIGKILL");
}

interface Outcome {
  isPassed: boolean;
  line: string;
  output: Buffer;
}

/** Runs one part; its output is shown as it comes where it runs alone. */
async function run({ name, command, env = {} }: Part, isAlone: boolean): Promise<Outcome> {
  const begunAt = performance.now();
  const child = spawn("npx", ["--no-install", ...command], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: isAlone ? "inherit" : ["ignore", "pipe", "pipe"],
    shell: isWindows,
    // A process group of its own, so that all of it can be ended.
    detached: !isWindows,
  });
  const stop = () => endAll(child);
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => output.push(chunk));
  const timer = setTimeout(() => {
    process.stdout.write(`${name}: not finished after ${limit} minutes, so it was ended\n`);
    stop();
  }, limit * 60_000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearTimeout(timer);
  process.off("SIGINT", stop).off("SIGTERM", stop);
  const seconds = ((performance.now() - begunAt) / 1_000).toFixed(1);
  const isPassed = code === 0;
  return { isPassed, line: `${isPassed ? "ok  " : "FAIL"}  ${name} (${seconds} s)\n`, output: Buffer.concat(output) };
}

/** What a part has written is shown only where it failed. */
function tell({ isPassed, line, output }: Outcome): void {
  if (!isPassed) process.stdout.write(output);
  process.stdout.write(line);
}

async function runStages(stages: readonly Part[][]): Promise<boolean> {
  for (const parts of stages) {
    const isAlone = parts.length === 1;
    // The test runner's own summary stays the last word.
    const isLast = isAlone && parts === stages.at(-1);
    const passed = await Promise.all(
      parts.map(async (part) => {
        const outcome = await run(part, isAlone);
        if (!isLast) tell(outcome);
        return outcome.isPassed;
      }),
    );
    if (!passed.every(Boolean)) return false;
  }
  return true;
}

const [plan = "check"] = process.argv.slice(2);
const stages = PLANS[plan];
const limit = LIMITS[plan] ?? 0;
if (!stages) throw new Error(`no plan ${JSON.stringify(plan)}; there are ${Object.keys(PLANS).join(", ")}`);
const beside = plan === "check" && BESIDE ? run(BESIDE, false) : undefined;
let isOver = false;
void beside?.then((outcome) => {
  if (outcome.isPassed && !isOver) tell(outcome);
});
const isPassed = await runStages(stages);
isOver = true;
const real = await beside;
if (real && !real.isPassed) tell(real);
if (!isPassed || real?.isPassed === false) process.exitCode = 1;
