// The journal: a write is promised before its first native call and looked up, never repeated blindly [S23].

import { Fault } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { createId } from "../../store/identifier.ts";
import {
  deleteIntent,
  deleteIntentsOf,
  findIntentsOf,
  type Intent,
  insertIntent,
  listOpenIntents,
  seatKey,
  updateIntent,
} from "../../store/journal.ts";
import { upsertDueJob } from "../../store/later.ts";
import { isEverybodys } from "../../upstream/refusal.ts";
import type { Job } from "../connection/job.ts";
import { countEffects } from "../connection/trace.ts";
import { suspendDigests } from "../resource/drift.ts";
import { resolveIntent } from "./resolution.ts";

/** An attempt younger than this may still be on its way. */
const SETTLE_MS = 30_000;

export type Promised = Pick<Intent, "kind" | "linkId"> & Partial<Pick<Intent, "key" | "expected" | "externalId">>;

/**
 * Runs native steps under an intent. A definite refusal deletes it, a commit deletes it together with what it promised,
 * and only an end that leaves the outcome open lets it stay.
 */
export async function journaled<T>(
  job: Job,
  promise: Promised,
  steps: () => Promise<T>,
  commit: (result: T) => void,
): Promise<T> {
  const { connection } = job;
  const { store } = connection;
  const id = createId(job.now());
  insertIntent(store, {
    key: null,
    expected: null,
    externalId: null,
    ...promise,
    id,
    tickets: [],
    state: "open",
    attemptedAt: job.now(),
  });
  const restoreDigests = promise.kind === "group.members" ? () => {} : suspendDigests(job, promise.linkId);
  const effectsBefore = countEffects(job.trace);
  const tickets: string[] = [];
  job.onTicket = (ticket) => {
    tickets.push(ticket);
    updateIntent(store, id, { tickets });
  };
  let result: T;
  try {
    result = await steps();
  } catch (error) {
    const isOpen = !isRefusedCreate(error, promise) && leavesOpen(error, countEffects(job.trace) > effectsBefore);
    if (isOpen) {
      updateIntent(store, id, { attemptedAt: job.now() });
      upsertDueJob(store, { job: "journal", dueAt: job.now() + SETTLE_MS, failures: 0 });
      connection.schedule();
    } else {
      deleteIntent(store, id);
      restoreDigests();
    }
    throw error;
  } finally {
    job.onTicket = undefined;
  }
  connection.atomically(() => {
    commit(result);
    deleteIntentsOf(store, promise.linkId);
  });
  return result;
}

/** After a definite conflict nothing is adopted, although an asynchronous vendor had taken the request. */
function isRefusedCreate(error: unknown, { kind }: Promised): boolean {
  const isConflict = error instanceof Fault ? error.kind === "conflict" && !error.ambiguous : isUniqueness(error);
  return isConflict && kind.endsWith(".create");
}

const isUniqueness = (error: unknown) => error instanceof ScimError && error.scimType === "uniqueness";

/** Whether the outcome is unknown: the call's own, or that of the steps before it. */
const leavesOpen = (error: unknown, hadEffects: boolean) =>
  error instanceof Fault ? error.ambiguous || hadEffects : true;

/** What unanswered writes have changed, as long as the vendor's reads may lag behind them. */
export function pathsInDoubt({ connection, now }: Job, linkId: string): string[] {
  const lagMs = connection.readLagMs;
  if (!lagMs) return [];
  return findIntentsOf(connection.store, linkId)
    .filter(({ kind, state }) => kind === "user.update" && state === "open")
    .filter(({ attemptedAt }) => now() < attemptedAt + SETTLE_MS + lagMs)
    .flatMap(({ expected }) => expected?.paths ?? []);
}

/** Settles what earlier attempts left open on a link, before a new write to it. */
export async function settle(job: Job, linkId: string): Promise<void> {
  const { store } = job.connection;
  for (const intent of [...findIntentsOf(store, linkId), ...findIntentsOf(store, seatKey(linkId))]) {
    if (intent.state === "open") await resolveIntent(job, intent);
  }
}

/** Settles attempts that nobody came back for; one that cannot be settled yet goes behind the others. */
export async function settleAbandoned(job: Job): Promise<void> {
  const { connection } = job;
  for (const intent of listOpenIntents(connection.store, job.now() - SETTLE_MS + 1)) {
    const names = intent.kind === "group.create" ? "group" : "name";
    const keys = [`link:${intent.linkId}`, ...(intent.key ? [`${names}:${intent.key}`] : [])];
    try {
      await connection.locks.hold(keys, job.deadlineAt, async () => {
        const [still] = findIntentsOf(connection.store, intent.linkId).filter((one) => one.id === intent.id);
        if (still?.state === "open") await resolveIntent(job, still);
      });
    } catch (error) {
      if (error instanceof Fault && isEverybodys(error)) throw error;
      updateIntent(connection.store, intent.id, { attemptedAt: job.now() });
    }
  }
}
