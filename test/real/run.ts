// `npm run test:real [-- name …]`: the real products, each with its simulator's truth, its probe, and Entra's cycle through the gateway.

import { playCycle } from "./cycle.ts";
import { startPortico } from "./portico.ts";
import { checkProbe } from "./probing.ts";
import { isInstalled, MISSING, startRedmine } from "./redmine.ts";
import { CYCLES, checkBehaviour, compare, inspect, toSight } from "./redmine-checks.ts";
import { counts, say } from "./said.ts";

async function proveRedmine(): Promise<void> {
  const real = await startRedmine();
  say(`${real.title} at ${real.url}`);
  try {
    await compare(real);
    await checkProbe("redmine", real);
    const portico = await startPortico();
    try {
      const redmine = inspect(real);
      await checkBehaviour(portico, real, redmine);
      for (const cycle of CYCLES) await playCycle(portico, "redmine", real, toSight(redmine), cycle);
    } finally {
      await portico.close();
    }
  } finally {
    await real.close();
  }
}

const PRODUCTS = [{ name: "redmine", isInstalled, missing: MISSING, prove: proveRedmine }];

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const wanted = process.argv.slice(2);
for (const { name, isInstalled: isThere, missing, prove } of PRODUCTS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = Date.now();
  try {
    if (!isThere()) throw new Error(missing);
    await prove();
  } catch (error) {
    counts.failed += 1;
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  say(`${name}: ${Math.round((Date.now() - started) / 1000)} s`);
}
say(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed > 0 ? 1 : 0);
