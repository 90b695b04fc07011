// The journal: an intent is stored before a write's first native call, so that a lost answer is looked up and the write
// never repeated blindly [S23].

import { Fault } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { createId } from "../../store/identifier.ts";
import {
  deleteAbsentIntents,
  deleteIntent,
  endIntents,
  findIntentsOf,
  findWithSeat,
  type Intent,
  insertIntent,
  updateIntent,
} from "../../store/journal.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { countEffects } from "../jobs/trace.ts";
import { clearDigests } from "../resource/record-drift.ts";
import { holdsGroups } from "../vendor/user-or-group.ts";
import { noteOtherCreates } from "./doubt.ts";
import { resolveIntent } from "./intent-resolution.ts";

/** An attempt younger than this may still be on its way. */
export const IN_FLIGHT_MS = 30_000;

export type NewIntent = Pick<Intent, "kind" | "linkId"> & Partial<Pick<Intent, "key" | "expected" | "externalId">>;

/**
 * Runs native steps under an intent. A definite refusal deletes the intent, and the commit deletes it in the
 * transaction that stores the result; it stays only where the outcome is unknown.
 */
export async function withIntent<T>(
  job: Job,
  intent: NewIntent,
  steps: () => Promise<T>,
  commit: (result: T) => void,
): Promise<T> {
  job.permit.check();
  const { connection } = job;
  const { store } = connection;
  const id = createId(job.now());
  // Of a write to a group that Portico holds no call can take effect later.
  const callsVendor = !(intent.kind.startsWith("group.") && holdsGroups(connection));
  // Reads show the last effect only when they have caught up with it.
  const lateMs = connection.lateMs + connection.readLagMs;
  if (intent.key != null) deleteAbsentIntents(store, intent.kind, intent.key);
  insertIntent(store, {
    key: null,
    expected: null,
    externalId: null,
    ...intent,
    id,
    tickets: [],
    state: "open",
    attemptedAt: job.now(),
    actsUntil: callsVendor ? job.deadlineAt + lateMs : 0,
  });
  // Of what is still to be made nothing is known.
  const isKnown = intent.kind !== "group.members" && !intent.kind.endsWith(".create");
  const restoreDigests = isKnown ? clearDigests(job, intent.linkId) : () => {};
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
    const isOpen = !isRefusedCreate(error, intent) && leavesOpen(error, countEffects(job.trace) > effectsBefore);
    if (isOpen) {
      // A call whose end is known acts no more.
      const isKnown = !callsVendor || (error instanceof Fault && !error.ambiguous);
      updateIntent(store, id, { attemptedAt: job.now(), actsUntil: isKnown ? 0 : job.now() + lateMs });
      wakeOwed(job, "write", job.now() + IN_FLIGHT_MS);
    } else {
      deleteIntent(store, id);
      restoreDigests();
    }
    throw error;
  } finally {
    job.onTicket = undefined;
  }
  connection.object.atomically(() => {
    commit(result);
    const attempts = endIntents(store, { ...intent, key: intent.key ?? null });
    const others = attempts.filter((one) => one.id !== id && one.kind === intent.kind && one.key === intent.key);
    noteOtherCreates(job, intent.linkId, others);
  });
  return result;
}

/** A definite conflict is no create of Portico's, although an asynchronous vendor had accepted the request. */
function isRefusedCreate(error: unknown, { kind }: NewIntent): boolean {
  const isConflict = error instanceof Fault ? error.kind === "conflict" && !error.ambiguous : isUniqueness(error);
  return isConflict && (kind.endsWith(".create") || kind === "user.activate");
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
    .filter(({ attemptedAt }) => now() < attemptedAt + IN_FLIGHT_MS + lagMs)
    .flatMap(({ expected }) => expected?.paths ?? []);
}

/** Resolves the open intents of a link, before a new write to it. */
export async function resolveIntentsOf(job: Job, linkId: string): Promise<void> {
  const { store } = job.connection;
  for (const intent of findWithSeat(store, linkId)) {
    if (intent.state === "open") await resolveIntent(job, intent);
  }
}
