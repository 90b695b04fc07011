// What every part of the benchmark is given, and how it has one operation sent.

import type { Floor, Gateway, Generator, Vendor } from "./hosts.ts";
import { type Result, requireSuccess } from "./jobs.ts";
import type { Plan } from "./plan.ts";
import type { OperationName, Target } from "./requests.ts";

export interface Parts {
  plan: Plan;
  vendor: Vendor;
  floor: Floor;
  /** The floor in an object that keeps the least that promises need. */
  durable: Floor;
  /** As built for production. */
  portico: Gateway;
  /** The same with counters. */
  counted: Gateway;
  generator: Generator;
  say(line: string): void;
}

/** Where a target's own run of requests has come to, so that no user is created twice. */
export function createRuns(generator: Generator) {
  const sent = new Map<string, number>();
  return async (
    target: Target,
    operation: OperationName,
    connections: number,
    until: { seconds?: number; count?: number },
  ): Promise<Result> => {
    const key = `${target.base} ${target.token}`;
    const from = sent.get(key) ?? 0;
    const result = await generator.run({ job: "load", operation, target, connections, from, ...until });
    // Even, so that the next run of memberships begins with somebody who joins.
    sent.set(key, from + 2 * Math.ceil(result.requests / 2) + 2 * connections);
    return requireSuccess(result, `${operation} at ${target.base}`);
  };
}

export type Run = ReturnType<typeof createRuns>;
