// Updates the licences of many users after a group change: a few within the request, the rest is owed [S17].

import type { Fault } from "../../adapter.ts";
import { findLiveLinksByIds, type LiveLink } from "../../store/links.ts";
import { listMemberIds } from "../../store/members.ts";
import { listDueOwed } from "../../store/owed.ts";
import { isRefusal, isThrottled } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import type { RowKind } from "../jobs/owed-kind.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import type { MemberChange } from "../membership/member-rows.ts";
import { noteLicence, oweLicence, oweLicencesOfGroup } from "../resource/owed-licences.ts";
import { findUncertainSeats } from "./seat-changes.ts";
import { updateSeat } from "./seat-grant.ts";

/** A request gives seats until this long before its deadline; the alarm does the rest. */
const RESERVE_MS = 10_000;
/** So many seats of a changed group are updated within its own request. */
const MAX_INLINE = 20;

export const owedLicences: RowKind = {
  name: "licence",
  mode: "replay",
  says: {
    what: "the licence that a user's groups give, or the end of one that they gave",
    superseded: "a later change of the user's groups, which decides the licence again",
    shown: "nothing: SCIM does not show licences",
    dropped: "the user keeps the licence that they have at the product, until their groups change",
  },
  isParkedByRefusal: true,
  async work(job, rows) {
    for (const { linkId } of rows) await updateSeat(job, linkId);
  },
};

/**
 * Updates the seats of users whose memberships have just changed; users who lose a seat come first. Throws the vendor's
 * refusal; when time runs short the alarm does the rest.
 */
export async function updateSeats(job: Job, members: MemberChange): Promise<void> {
  if (!job.connection.adapter.seats) return;
  const users = findUncertainSeats(job, [...members.remove, ...members.add]);
  for (const [at, user] of users.entries()) {
    if (job.now() > job.deadlineAt - RESERVE_MS) return postponeSeats(job, users.slice(at));
    try {
      await updateSeat(job, user.id);
    } catch (error) {
      if (!isThrottled(error)) throw error;
      return postponeSeats(job, users.slice(at));
    }
  }
}

/** Leaves the seats of these users to the alarm. */
function postponeSeats(job: Job, users: readonly LiveLink[]): void {
  for (const { id } of users) oweLicence(job, id, "the request had no time left for it");
  job.trace.notes.add(`licences that are worked out later: ${users.length}`);
}

/** Owes the licences of users that depend on an interrupted write, and of all members of the group that its rows name. */
export function oweInterruptedLicences(job: Job, groupId: string, userIds: readonly string[]): void {
  for (const id of userIds) oweLicence(job, id, "a change of the user's groups was interrupted");
  oweLicencesOfGroup(job, groupId);
}

/**
 * Gives a group's members what its changed seat asks for: a few at once, many by alarm.
 * @throws Fault the vendor's refusal
 */
export async function updateGroupSeats(job: Job, groupId: string): Promise<void> {
  const { adapter, store } = job.connection;
  if (!adapter.seats) return;
  oweLicencesOfGroup(job, groupId);
  const ids = listMemberIds(store, groupId);
  if (ids.length > MAX_INLINE) return wakeOwed(job, "licence");
  await updateSeats(job, { remove: [], add: findLiveLinksByIds(store, "User", ids) });
}

/** Updates the licences that are owed since a group has changed: a few at once, many by alarm. */
export async function updateOwedSeats(job: Job): Promise<void> {
  const { adapter, store } = job.connection;
  if (!adapter.seats) return;
  const due = listDueOwed(store, "licence", job.now(), MAX_INLINE + 1);
  if (due.length > MAX_INLINE) return wakeOwed(job, "licence");
  try {
    for (const { linkId } of due) await updateSeatOrNote(job, linkId);
  } catch (error) {
    wakeOwed(job, "licence");
    if (!isThrottled(error)) throw error;
  }
}

/** Updates a seat; a refusal is noted with the user and not tried again. */
export async function updateSeatOrNote(job: Job, userId: string): Promise<void> {
  try {
    await updateSeat(job, userId);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    noteSeatRefusal(job, userId, error);
  }
}

export function noteSeatRefusal(job: Job, userId: string, refusal: Fault): void {
  noteLicence(job, userId, { why: refusal.detail ?? refusal.kind, dueAt: job.now(), isParked: true });
}
