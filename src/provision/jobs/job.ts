// One piece of work on a connection: a request or a slice of background work.

import type { Api } from "../../adapter.ts";
import { createWork, type Work } from "../../scim/work.ts";
import type { Lane } from "../../upstream/budget.ts";
import type { Permit } from "../../upstream/fence.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import { toReadOnly } from "../plan/planned-adapter.ts";
import { countEffects, noteCall, type Trace } from "./trace.ts";

/**
 * Calls to the vendor and waiting end within this time, so that with admission before and the answer after it everything
 * is over in 45 s; an identity provider gives up after 60 s [A1].
 */
export const DEADLINE_MS = 43_000;

export interface Job {
  connection: OpenConnection;
  api: Api;
  trace: Trace;
  /** The id of the credential that a request came with; empty: no request asked for the work. */
  credential: string;
  /** Epoch milliseconds. The work may have read values that lagged at this time. */
  startedAt: number;
  /** Epoch milliseconds. */
  deadlineAt: number;
  now(): number;
  /** What the work may still do where the connection is paused meanwhile [S47]; `end` says that it is over. */
  permit: Permit;
  /** What the request may still ask to be compared; background work is bounded by its slices. */
  work: Work;
  /** How many steps had been done when others last had the processor. */
  breathedAt: number;
  /** Takes the tickets of asynchronous requests while a write is under way. */
  onTicket?: ((ticket: string) => void) | undefined;
}

/** So many steps are done without letting others have the processor. */
const STEPS_AT_ONCE = 25_000;

/**
 * Lets others have the processor while a long plan is made. Only before the first effect: from then on a request goes
 * straight on, so that nothing comes between its writes.
 */
export async function breathe(job: Job): Promise<void> {
  const spent = job.work.spent();
  if (spent - job.breathedAt < STEPS_AT_ONCE || countEffects(job.trace) > 0) return;
  job.breathedAt = spent;
  await pause();
}

/** So many users can be looked up in one go. */
export const MANY = 1_000;

/** The same between the steps of a plan that concerns many users. */
export const breatheAfter = async (count: number): Promise<void> => (count > MANY ? pause() : undefined);

/** Lets others have the processor. */
export const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

export function createJob(
  connection: OpenConnection,
  trace: Trace,
  lane: Lane,
  deadlineAt: number,
  credential = "",
  work: Work = createWork(lane === "interactive" ? undefined : Number.POSITIVE_INFINITY),
): Job {
  const permit = connection.object.fence.begin(lane, deadlineAt);
  const api = connection.createApi({
    enter: permit.enter,
    lane,
    deadline: () => deadlineAt,
    record: (call) => noteCall(trace, call),
    submitted: (ticket) => job.onTicket?.(ticket),
  });
  const job: Job = {
    connection,
    api: connection.object.isShadow ? toReadOnly(api, (what) => trace.notes.add(what)) : api,
    trace,
    credential,
    permit,
    startedAt: Date.now(),
    deadlineAt,
    now: Date.now,
    breathedAt: work.spent(),
    work,
  };
  return job;
}
