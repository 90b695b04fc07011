// Licences that are worked out later, by the alarm.

import { findOwed, oweLicencesOf, upsertOwed } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";

type Working = Pick<Job, "connection" | "now">;

/** Under which a user's licence is owed: no path of an attribute. */
export const LICENCE = "licence";

/** Leaves the licence of one user to the alarm. */
export function oweLicence(job: Working, userId: string, why: string): void {
  if (!job.connection.adapter.seats) return;
  noteLicence(job, userId, { why, dueAt: job.now() });
  wakeOwed(job, "licence");
}

/** Leaves the licences of all members of a group to the alarm; call it before the member rows are deleted. */
export function oweLicencesOfGroup(job: Working, groupId: string): void {
  if (!job.connection.adapter.seats) return;
  oweLicencesOf(job.connection.store, groupId, { why: "the licence that the group gives has changed", now: job.now() });
}

/** Notes that a licence is owed, since it was first; parked where it is not tried again by itself. */
export function noteLicence(
  { connection, now }: Working,
  userId: string,
  state: { why: string; dueAt: number; isParked?: boolean },
): void {
  const { store } = connection;
  const since = findOwed(store, userId, LICENCE)?.since ?? now();
  const licence = { kind: "licence", linkId: userId, key: LICENCE, operation: { op: "set" } } as const;
  upsertOwed(store, { ...licence, since, ...state });
}
