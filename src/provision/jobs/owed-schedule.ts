// When the alarm tries what is owed.

import { findDueJob, upsertDueJob } from "../../store/due-jobs.ts";
import { findNextOwed, type OwedRowKind } from "../../store/owed.ts";
import type { Job } from "./job.ts";
import type { OwedName } from "./owed-kind.ts";

/** Lets the alarm work on a kind at a time, now where none is given, unless it does so earlier anyway. */
export function wakeOwed({ connection, now }: Pick<Job, "connection" | "now">, kind: OwedName, dueAt = now()): void {
  const known = findDueJob(connection.store, kind);
  if (!known || known.dueAt > dueAt) upsertDueJob(connection.store, { job: kind, dueAt, failures: 0 });
  connection.object.setAlarm();
}

/** What is tried every so often is tried together, because one read at the product may serve all. */
export function nextTogether(
  { connection, now }: Pick<Job, "connection" | "now">,
  kind: OwedRowKind,
  everyMs: number,
): number {
  const together = findNextOwed(connection.store, kind, now() + everyMs / 2);
  return Math.min(together ?? Number.POSITIVE_INFINITY, now() + everyMs);
}
