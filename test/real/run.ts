// `npm run test:real [-- name …]`: the real products, each with its simulator's truth, its probe, and Entra's cycle through the gateway.

import { playCycle } from "./cycle.ts";
import * as directus from "./directus.ts";
import { checkDirectus } from "./directus-checks.ts";
import { type Portico, startPortico } from "./portico.ts";
import { checkProbe } from "./probing.ts";
import type { Cycle, RealProduct, Sight } from "./product.ts";
import * as redmine from "./redmine.ts";
import { CYCLES, checkBehaviour, compare, inspect, toSight } from "./redmine-checks.ts";
import * as requestTracker from "./request-tracker.ts";
import { counts, say } from "./said.ts";
import * as zabbix from "./zabbix.ts";
import { checkBehaviour as checkZabbix } from "./zabbix-checks.ts";

/** What is asked of every product, and what only this one is asked. */
async function prove<Real extends RealProduct>(
  vendor: string,
  real: Real,
  sight: Sight,
  cycles: readonly Cycle[],
  more?: { before?(): Promise<void>; behind(portico: Portico): Promise<void> },
): Promise<void> {
  say(`${real.title} at ${real.url}`);
  try {
    await more?.before?.();
    await checkProbe(vendor, real);
    const portico = await startPortico();
    try {
      await more?.behind(portico);
      for (const cycle of cycles) await playCycle(portico, vendor, real, sight, cycle);
    } finally {
      await portico.close();
    }
  } finally {
    await real.close();
  }
}

const PRODUCTS = [
  {
    ...{ name: "redmine", isInstalled: redmine.isInstalled, missing: redmine.MISSING },
    async prove() {
      const real = await redmine.startRedmine();
      const inspector = inspect(real);
      await prove("redmine", real, toSight(inspector), CYCLES, {
        before: () => compare(real),
        behind: (portico) => checkBehaviour(portico, real, inspector),
      });
    },
  },
  {
    ...{ name: "request-tracker", isInstalled: requestTracker.isInstalled, missing: requestTracker.MISSING },
    async prove() {
      const real = await requestTracker.startRequestTracker();
      await prove("request-tracker", real, requestTracker.lookInto(real), requestTracker.CYCLES);
    },
  },
  {
    ...{ name: "directus", isInstalled: directus.isInstalled, missing: directus.MISSING },
    async prove() {
      const real = await directus.startDirectus();
      await prove("directus", real, directus.lookInto(real), directus.CYCLES, {
        behind: (portico) => checkDirectus(portico, real),
      });
    },
  },
  {
    ...{ name: "zabbix", isInstalled: zabbix.isInstalled, missing: zabbix.MISSING },
    async prove() {
      const real = await zabbix.startZabbix();
      await prove("zabbix", real, zabbix.lookInto(real), zabbix.CYCLES, {
        behind: (portico) => checkZabbix(portico, real),
      });
    },
  },
];

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const wanted = process.argv.slice(2);
for (const product of PRODUCTS) {
  const { name, missing } = product;
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = Date.now();
  try {
    if (!product.isInstalled()) throw new Error(missing);
    await product.prove();
  } catch (error) {
    counts.failed += 1;
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  say(`${name}: ${Math.round((Date.now() - started) / 1000)} s`);
}
say(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed > 0 ? 1 : 0);
