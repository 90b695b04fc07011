// What the benchmark asks of the load generator, and what comes back.

import type { IncomingHttpHeaders } from "node:http";
import type { Counts } from "./counted/counter.ts";
import type { OperationName, Sent, Target } from "./requests.ts";

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export type Send = (target: Target, sent: Sent) => Promise<Answered>;

export type Job =
  | {
      job: "load";
      operation: OperationName;
      target: Target;
      connections: number;
      /** How many were sent before, so that no user is created twice. */
      from: number;
      seconds?: number;
      count?: number;
    }
  | { job: "pace"; targets: readonly Target[]; perSecond: number; seconds: number }
  | { job: "cycle"; target: Target; users: number; groups: number; connections: number };

export interface Result {
  requests: number;
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  longest: number;
  /** How many were answered with which status; 0: no answer. */
  statuses: Readonly<Record<string, number>>;
  /** The first answer that was no success. */
  sample: string;
  /** Calls to the vendor, where Portico shows them. */
  native: number;
  /** What the object has asked of its SQLite since it was loaded, where it tells. */
  counts?: Counts;
}

/** What an overloaded gateway may answer. */
const REFUSALS = [429, 503];

/** How many were served. */
export const servedOf = ({ statuses }: Pick<Result, "statuses">): number =>
  Object.entries(statuses).reduce((sum, [status, times]) => (isSuccess(status) ? sum + times : sum), 0);

const isSuccess = (status: string) => Number(status) >= 200 && Number(status) < 300;

/** @throws where something failed that is not refused for want of time, or nothing was served */
export function requireSuccess(result: Result, what: string): Result {
  const failed = Object.keys(result.statuses).filter((one) => !isSuccess(one) && !REFUSALS.includes(Number(one)));
  if (servedOf(result) === 0) failed.push("nothing served");
  if (failed.length > 0) throw new Error(`${what}: ${JSON.stringify(result.statuses)} ${result.sample}`);
  return result;
}
