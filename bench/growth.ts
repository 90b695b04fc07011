// What a request costs in counts, and whether that grows with the account.

import { setTimeout as sleep } from "node:timers/promises";
import type { Counts } from "./counted/counter.ts";
import { withIds } from "./hosts.ts";
import type { Result } from "./jobs.ts";
import { createRuns, type Parts, type Run } from "./parts.ts";
import { countFsyncs, memoryOf, processorOf } from "./processes.ts";
import { OPERATIONS, type OperationName, type Target } from "./requests.ts";

/** What one request costs, as counted; the native calls of the vendor of the benchmark. */
export interface Counted extends Counts {
  native: number;
  /** undefined where no strace is installed. */
  fsyncs: number | undefined;
}

const perRequest = (after: Counts, before: Counts, requests: number): Counts => ({
  statements: (after.statements - before.statements) / requests,
  rowsRead: (after.rowsRead - before.rowsRead) / requests,
  rowsWritten: (after.rowsWritten - before.rowsWritten) / requests,
  commits: (after.commits - before.commits) / requests,
});

/** A little longer than what is written in batches may wait. */
const SETTLE_MS = 400;

async function countOne(parts: Parts, run: Run, target: Target, operation: OperationName): Promise<Counted> {
  const { plan, counted } = parts;
  const count = plan.counted;
  const first = await run(target, operation, 1, { count: 2 });
  await sleep(SETTLE_MS);
  let result: Result | undefined;
  const fsyncs = await countFsyncs(counted.pid, async () => {
    result = await run(target, operation, 1, { count });
    await sleep(SETTLE_MS);
  });
  if (!first.counts || !result?.counts) throw new Error("the counting gateway has told no counts");
  // One more answer tells what was written after the last one; it is one request more.
  const last = await run(target, operation, 1, { count: 2 });
  if (!last.counts) throw new Error("the counting gateway has told no counts");
  return {
    ...perRequest(last.counts, first.counts, result.requests + last.requests),
    native: result.native / result.requests,
    fsyncs: fsyncs === undefined ? undefined : fsyncs / result.requests,
  };
}

/** Each operation, one request at a time. */
export async function countAll(parts: Parts, run: Run, target: Target): Promise<Record<OperationName, Counted>> {
  const counts: Partial<Record<OperationName, Counted>> = {};
  for (const operation of OPERATIONS) counts[operation] = await countOne(parts, run, target, operation);
  return counts as Record<OperationName, Counted>;
}

export interface Grown {
  users: number;
  members: number;
  /** Of the first sweep. */
  sweep: { seconds: number; processor: number; calls: number; memory: number };
  operations: Record<OperationName, Counted & { alone: number; processor: number }>;
}

/** The same operations in a small account and in a large one. */
export async function compareGrowth(parts: Parts): Promise<Grown[]> {
  const { plan, vendor, counted, generator, say } = parts;
  const run = createRuns(generator);
  const grown: Grown[] = [];
  for (const { users, members } of plan.growth) {
    say(`growth: ${users} users, a group of ${members}`);
    const account = `grown${users}`;
    await vendor.seed(account, { users, groups: [members] });
    const [begun, worked, calls] = [performance.now(), processorOf(counted.pid), await vendor.calls()];
    const connected = await counted.connect(account);
    const sweep = {
      seconds: (performance.now() - begun) / 1_000,
      processor: processorOf(counted.pid) - worked,
      calls: (await vendor.calls()) - calls,
      memory: memoryOf(counted.pid).peak,
    };
    const target = await withIds(connected, 200);
    // The group's list is loaded by the first change.
    await run(target, "member add, remove", 1, { count: 2 });
    const counts = await countAll(parts, run, target);
    const operations: Partial<Grown["operations"]> = {};
    for (const operation of OPERATIONS) {
      const before = processorOf(counted.pid);
      const { p50, requests } = await run(target, operation, 1, { count: plan.alone });
      const processor = ((processorOf(counted.pid) - before) * 1_000) / requests;
      operations[operation] = { ...counts[operation], alone: p50, processor };
    }
    grown.push({ users, members, sweep, operations: operations as Grown["operations"] });
  }
  return grown;
}
