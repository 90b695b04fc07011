// Portico beside the floor and the vendor itself: each operation over all connections, and one at a time.

import { type Seeded, withIds } from "./hosts.ts";
import { servedOf } from "./jobs.ts";
import { createRuns, type Parts } from "./parts.ts";
import { MEMBERS } from "./people.ts";
import { CONNECTIONS } from "./plan.ts";
import { processorOf } from "./processes.ts";
import { OPERATIONS, type OperationName, type Target } from "./requests.ts";

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
};

/** What is compared of one operation. */
export interface Compared {
  /** Requests served in a second over all connections. */
  rate: number;
  /** The share that was refused in the worst round. */
  refused: number;
  /** Milliseconds of the process that serves, for one request. */
  processor: number;
  /** Milliseconds, one at a time. */
  alone: number;
}

type Side = "vendor" | "floor" | "durable" | "portico";
export type Compares = Record<OperationName, Record<Side, Compared>>;

/** All sides in turn, round by round, so that what else the machine does meets all of them. */
export async function compareOperations({
  plan,
  vendor,
  floor,
  durable,
  portico,
  generator,
  say,
}: Parts): Promise<Compares> {
  const account = { users: plan.users, groups: Array<number>(plan.groups).fill(MEMBERS) };
  // Each has an account of its own, because each creates people.
  const seeded: Record<"direct" | "floor" | "durable", Seeded> = {
    direct: await vendor.seed("direct", account),
    floor: await vendor.seed("floor", account),
    durable: await vendor.seed("durable", account),
  };
  await vendor.seed("portico", account);
  const target = await withIds(await portico.connect("portico"));
  const sides: Record<Side, { target: Target; pid: number }> = {
    vendor: { target: vendor.target("direct", seeded.direct), pid: vendor.pid },
    floor: { target: floor.target(seeded.floor), pid: floor.pid },
    durable: { target: durable.target(seeded.durable), pid: durable.pid },
    portico: { target, pid: portico.pid },
  };
  const run = createRuns(generator);
  const samples = new Map<string, Compared[]>();
  // A first round warms everything up and counts for nothing.
  for (let round = 0; round <= plan.rounds; round++) {
    say(round === 0 ? "warming up" : `operations, round ${round} of ${plan.rounds}`);
    for (const operation of OPERATIONS) {
      for (const [side, { target: one, pid }] of Object.entries(sides)) {
        const before = processorOf(pid);
        const full = await run(one, operation, CONNECTIONS, { seconds: round === 0 ? 0.5 : plan.seconds });
        const served = servedOf(full);
        const processor = ((processorOf(pid) - before) * 1_000) / served;
        const alone = await run(one, operation, 1, { count: round === 0 ? 4 : plan.alone });
        if (round === 0) continue;
        const key = `${operation} ${side}`;
        const refused = 1 - served / full.requests;
        const sample = { rate: served / full.seconds, processor, alone: alone.p50, refused };
        samples.set(key, [...(samples.get(key) ?? []), sample]);
      }
    }
  }
  const of = (operation: OperationName, side: Side): Compared => {
    const all = samples.get(`${operation} ${side}`) ?? [];
    const middle = (name: keyof Compared) => median(all.map((one) => one[name]));
    return {
      ...{ rate: middle("rate"), processor: middle("processor"), alone: middle("alone") },
      refused: Math.max(...all.map(({ refused }) => refused)),
    };
  };
  // Each operation is there, because the list of them was gone through.
  return Object.fromEntries(
    OPERATIONS.map((operation) => [
      operation,
      {
        ...{ vendor: of(operation, "vendor"), floor: of(operation, "floor") },
        ...{ durable: of(operation, "durable"), portico: of(operation, "portico") },
      },
    ]),
  ) as Compares;
}
