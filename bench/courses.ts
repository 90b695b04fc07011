// Whole courses: an identity provider's initial cycle, and many tenants at an even pace.

import { withIds } from "./hosts.ts";
import { type Result, requireSuccess } from "./jobs.ts";
import type { Parts } from "./parts.ts";
import { CONNECTIONS } from "./plan.ts";
import { processorOf } from "./processes.ts";
import type { Target } from "./requests.ts";

export interface Cycled {
  users: number;
  requests: number;
  seconds: number;
  /** Seconds. */
  portico: number;
  vendor: number;
}

export async function runInitialCycle({ plan, vendor, portico, generator, say }: Parts): Promise<Cycled> {
  const { users, groups } = plan.cycle;
  say(`an initial cycle of ${users} users and ${groups} groups`);
  await vendor.seed("cycle", { users: 0, groups: [] });
  const target = await portico.connect("cycle");
  const before = [processorOf(portico.pid), processorOf(vendor.pid)] as const;
  const result = requireSuccess(
    await generator.run({ job: "cycle", target, users, groups, connections: CONNECTIONS }),
    "the initial cycle",
  );
  return {
    ...{ users, requests: result.requests, seconds: result.seconds },
    portico: processorOf(portico.pid) - before[0],
    vendor: processorOf(vendor.pid) - before[1],
  };
}

export interface Tenants extends Pick<Result, "requests" | "seconds" | "p50" | "p99" | "longest" | "statuses"> {
  tenants: number;
  perSecond: number;
  /** Of one processor, while they asked. */
  share: number;
}

export async function runTenants({ plan, vendor, portico, generator, say }: Parts): Promise<Tenants> {
  const { count, users, perSecond, seconds } = plan.tenants;
  say(`${count} tenants, ${perSecond} requests a second each`);
  const targets: Target[] = [];
  for (let at = 0; at < count; at++) {
    const account = `tenant${at}`;
    await vendor.seed(account, { users, groups: [2] });
    targets.push(await withIds(await portico.connect(account), users));
  }
  const before = processorOf(portico.pid);
  const {
    requests,
    seconds: took,
    p50,
    p99,
    longest,
    statuses,
  } = await generator.run({
    ...{ job: "pace", targets, perSecond, seconds },
  });
  const share = (processorOf(portico.pid) - before) / took;
  return { ...{ requests, seconds: took, p50, p99, longest, statuses }, ...{ tenants: count, perSecond, share } };
}
