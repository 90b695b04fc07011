// Updates the licences of many users after a group change: a few within the request, the rest by alarm [S17].

import type { Fault } from "../../adapter.ts";
import { upsertDueJob } from "../../store/due-jobs.ts";
import {
  findLiveLinksByIds,
  type LiveLink,
  listSeatDue,
  markMembersSeatDue,
  markNotedSeatDue,
  updateLink,
} from "../../store/links.ts";
import { listMemberIds } from "../../store/members.ts";
import { isRefusal, isThrottled } from "../../upstream/refusal.ts";
import type { Job } from "../jobs/job.ts";
import { workOneByOne } from "../jobs/slices.ts";
import type { MemberChange } from "../membership/member-rows.ts";
import { findUncertainSeats } from "./seat-changes.ts";
import { CONSENT_NOTE, updateSeat } from "./seat-grant.ts";

/** A request gives seats until this long before its deadline; the alarm does the rest. */
const RESERVE_MS = 10_000;
const RETRY_MS = 60_000;
const LAST_TRIED = "seats_last_tried";
/** So many seats of a changed group are updated within its own request. */
const MAX_INLINE = 20;

/** Asks again for every licence that waits for a consent. False where none does. */
export function retryConsents(job: Job): boolean {
  if (!markNotedSeatDue(job.connection.store, CONSENT_NOTE)) return false;
  scheduleSeats(job);
  return true;
}

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
  for (const user of users) updateLink(job.connection.store, user.id, { isSeatDue: true, seatNote: null });
  job.trace.notes.add(`licences that are worked out later: ${users.length}`);
  scheduleSeats(job);
}

function scheduleSeats({ connection, now }: Pick<Job, "connection" | "now">): void {
  upsertDueJob(connection.store, { job: "seats", dueAt: now(), failures: 0 });
  connection.object.setAlarm();
}

/** Leaves the seat of one user to the alarm. */
export function updateSeatLater(job: Pick<Job, "connection" | "now">, userId: string): void {
  if (!job.connection.adapter.seats) return;
  updateLink(job.connection.store, userId, { isSeatDue: true, seatNote: null });
  scheduleSeats(job);
}

/** Marks the users whose seats depend on an interrupted write, and all members of the group that its rows name. */
export function markInterruptedSeats(job: Job, groupId: string, userIds: readonly string[]): void {
  const { adapter, store } = job.connection;
  if (!adapter.seats) return;
  for (const id of userIds) updateLink(store, id, { isSeatDue: true, seatNote: null });
  markMembersSeatDue(store, groupId);
}

/** Marks the seats of all members of a group to be worked out again; call it before the member rows are deleted. */
export function markGroupSeats(job: Job, groupId: string): void {
  if (job.connection.adapter.seats) markMembersSeatDue(job.connection.store, groupId);
}

/**
 * Gives a group's members what its changed seat asks for: a few at once, many by alarm.
 * @throws Fault the vendor's refusal
 */
export async function updateGroupSeats(job: Job, groupId: string): Promise<void> {
  const { adapter, store } = job.connection;
  if (!adapter.seats) return;
  markGroupSeats(job, groupId);
  const ids = listMemberIds(store, groupId);
  if (ids.length > MAX_INLINE) return scheduleSeats(job);
  await updateSeats(job, { remove: [], add: findLiveLinksByIds(store, "User", ids) });
}

/** Updates the seats that `markGroupSeats` marked: a few at once, many by alarm. */
export async function updateMarkedSeats(job: Job): Promise<void> {
  const { adapter, store } = job.connection;
  if (!adapter.seats) return;
  const due = listSeatDue(store, "", MAX_INLINE + 1);
  if (due.length > MAX_INLINE) return scheduleSeats(job);
  try {
    for (const { id } of due) await updateSeatOrNote(job, id);
  } catch (error) {
    scheduleSeats(job);
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
  updateLink(job.connection.store, userId, { isSeatDue: false, seatNote: refusal.detail ?? refusal.kind });
}

/**
 * Updates, for one slice, the seats that requests left to the alarm.
 * @returns when to go on; undefined where none is left
 */
export async function updateDueSeats(job: Job): Promise<number | undefined> {
  const { store } = job.connection;
  return workOneByOne(job, {
    place: LAST_TRIED,
    next: (after) => listSeatDue(store, after, 1)[0]?.id,
    work: (id) => updateSeatOrNote(job, id),
    againMs: RETRY_MS,
  });
}
