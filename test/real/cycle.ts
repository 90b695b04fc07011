// Entra's cycle through the gateway at a real product, and what the product itself says afterwards.

import { simulateEntra } from "../../cli/simulate/entra/cycle.ts";
import { silentProgress } from "../../cli/simulate/progress.ts";
import type { Portico } from "./portico.ts";
import type { Cycle, RealProduct, Sight } from "./product.ts";
import { check, say } from "./said.ts";

export async function playCycle(
  portico: Portico,
  vendor: string,
  real: RealProduct,
  sight: Sight,
  { name, users, groups, flag, settings, profile, leaves }: Cycle,
): Promise<void> {
  const { tenantUrl, token } = await portico.connect(name, vendor, { ...real.settings, ...settings }, profile);
  await check(`${name}: Entra's cycle, ${users} users, ${groups} groups, flag ${flag ? "on" : "off"}`, async () => {
    const before = new Set((await sight.users()).map(({ id }) => id));
    const report = await simulateEntra({
      ...{ tenantUrl: new URL(tenantUrl), users, groups, flag, seed: 1, concurrency: 4 },
      token: async () => token,
      ...{ keep: false, fetch, progress: silentProgress },
    });
    if (report.deviationCount > 0) throw new Error(JSON.stringify(report.deviations, null, 2));
    say(`      ${report.requests} requests in ${report.seconds} s, 0 deviations`);
    const left = (await sight.users()).filter(({ id }) => !before.has(id));
    const active = left.filter(({ isActive }) => isActive).length;
    const asExpected = leaves === "disabled" ? left.length >= users && active === 0 : left.length === 0;
    if (!asExpected) throw new Error(`${left.length} users are left, ${active} of them active`);
    const teams = (await sight.groups()).filter((group) => group.name.includes(report.prefix));
    if (teams.length > 0) throw new Error(`${teams.length} groups are left`);
  });
}
