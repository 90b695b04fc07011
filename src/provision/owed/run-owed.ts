// The one runner of what is owed: slices, back-off and parking are the same for every kind [S55].

import { Fault } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { findNextOwed, findOwedById, listDueOwed, type Owed, parkOwed, postponeOwed } from "../../store/owed.ts";
import { isEverybodys, isOutage, isRefusal } from "../../upstream/fault-classes.ts";
import { FAULTS } from "../../upstream/faults.ts";
import type { Job } from "../jobs/job.ts";
import { hasRows, type OwedKind, type RowKind } from "../jobs/owed-kind.ts";
import { nextTogether } from "../jobs/owed-schedule.ts";
import { nextAttempt } from "../jobs/retry-delay.ts";
import { SLICE_MS } from "../jobs/slices.ts";

const BATCH = 100;
const DAY_MS = 86_400_000;

/**
 * Tries, for one slice, what is due of a kind.
 * @returns when the next is due; undefined where nothing waits for the alarm
 * @throws Fault where every call would fail in the same way
 */
export async function workOwed(job: Job, kind: OwedKind): Promise<number | undefined> {
  const endsAt = job.now() + SLICE_MS;
  if (!hasRows(kind)) {
    await kind.run(job, endsAt);
    return kind.nextDue(job.connection.store);
  }
  await workRows(job, kind, endsAt);
  return findNextOwed(job.connection.store, kind.name);
}

async function workRows(job: Job, kind: RowKind, endsAt: number): Promise<void> {
  const { store } = job.connection;
  let hasDone = false;
  for (;;) {
    const due = listDueOwed(store, kind.name, job.now(), BATCH);
    if (due.length === 0 || !kind.work) return;
    const prepared = await kind.prepare?.(job, due);
    for (const { id } of due) {
      if (job.now() >= endsAt) return;
      const row = findOwedById(store, id);
      // Another call has done it together with its own, or a request has taken its place.
      if (!row || row.isParked || row.dueAt === null || row.dueAt > job.now()) continue;
      const rows = kind.together?.(job, row) ?? [row];
      hasDone = (await tryRows(job, kind, rows, { prepared, hasDone })) || hasDone;
    }
  }
}

/** True where it did not fail. A failure of one thing does not stop the others. */
async function tryRows(
  job: Job,
  kind: RowKind,
  rows: readonly Owed[],
  { prepared, hasDone }: { prepared: unknown; hasDone: boolean },
): Promise<boolean> {
  const callsBefore = job.trace.calls.length;
  try {
    await kind.work?.(job, rows, prepared);
  } catch (error) {
    // Where nothing was sent, the next call would not be sent either.
    const isNotSent = isOutage(error) && job.trace.calls.length === callsBefore;
    if (error instanceof Fault && (isEverybodys(error) || isNotSent)) throw error;
    putOff(job, kind, rows, error, hasDone);
    // The others are tried although this one meets an error of Portico's own.
    if (!(error instanceof Fault || error instanceof ScimError)) throw error;
    return false;
  }
  const { store } = job.connection;
  // What stays as it was could not be done yet.
  const waiting = rows.filter(({ id, dueAt }) => findOwedById(store, id)?.dueAt === dueAt && dueAt !== null);
  if (waiting.length > 0)
    postponeOwed(store, idsOf(waiting), { failures: 0, dueAt: nextTime(job, kind, 0, undefined) });
  return true;
}

function putOff(job: Job, kind: RowKind, rows: readonly Owed[], error: unknown, othersGoThrough: boolean): void {
  const { store } = job.connection;
  const [row] = rows;
  if (!row) return;
  const failures = row.failures + 1;
  const isOld = kind.maxDays !== undefined && job.now() - row.since >= kind.maxDays * DAY_MS;
  const isHopeless = kind.maxFailures !== undefined && failures >= kind.maxFailures && othersGoThrough;
  const isRefused = kind.isParkedByRefusal === true && isFinal(error);
  const why = whyOf(error);
  if (rows.length === 1 && (isOld || isHopeless || isRefused)) {
    parkOwed(store, row.id, isOld ? `given up after ${kind.maxDays} days: ${why}` : why);
  } else {
    postponeOwed(store, idsOf(rows), { failures, dueAt: nextTime(job, kind, row.failures, error), why });
  }
}

/** Whether the same attempt would fail again. */
const isFinal = (error: unknown) => isRefusal(error) || (error instanceof ScimError && error.status < 500);

function whyOf(error: unknown): string {
  if (error instanceof Fault) return error.detail ?? FAULTS[error.kind].sentence;
  return error instanceof ScimError ? error.message : "the gateway met an error of its own";
}

const idsOf = (rows: readonly Owed[]) => rows.map(({ id }) => id);

function nextTime(job: Job, kind: RowKind, failures: number, error: unknown): number {
  const everyMs = kind.everyMs?.(error);
  return everyMs === undefined ? nextAttempt(failures, error, job.now()).dueAt : nextTogether(job, kind.name, everyMs);
}
