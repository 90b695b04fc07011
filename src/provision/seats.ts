// Paid licences that follow group membership (semantics 16 and 17).

import { Fault, type Seats } from "../adapter.ts";
import { createId } from "../store/identifier.ts";
import { deleteIntentsOf, findIntentsOf, insertIntent, seatKey } from "../store/journal.ts";
import { findDueJob, upsertDueJob } from "../store/later.ts";
import {
  findLiveLink,
  type Link,
  listSeatDue,
  markMembersSeatDue,
  markNotedSeatDue,
  updateLink,
} from "../store/links.ts";
import { findMemberIds, listGroupsOf, listMemberIds } from "../store/members.ts";
import { noteWrite } from "./drift.ts";
import type { Job } from "./job.ts";
import { isRefusal, type MemberChange } from "./members.ts";
import { ifPresent } from "./presence.ts";
import { isProtected } from "./principals.ts";
import { highest, lowersSeat, type SeatChange } from "./seat-rank.ts";

/** An inline request gives seats until this long before its deadline; the rest is done later. */
const RESERVE_MS = 10_000;
const DUE_BATCH = 100;
/** How often a vendor is asked again for a licence that waits for the person's consent. */
export const CONSENT_MS = 3_600_000;
const CONSENT_NOTE = "the person must confirm at the product first";
const PROTECTED_NOTE = "the user is protected on this connection, so the licence is not lowered";
/** Seats of a changed group that its own request still settles. */
const MAX_INLINE = 20;

/**
 * The change that a user's groups ask for; undefined where the user is left as found.
 * @param isUnsure whether the user may have another seat than the link says
 */
function toSeatChange(
  seats: Seats,
  user: Link,
  groups: readonly Pick<Link, "seat">[],
  isUnsure = false,
): SeatChange | undefined {
  if (!user.isActive) return undefined;
  const to = highest(
    seats,
    groups.map((group) => group.seat),
  );
  return to === user.seat && !isUnsure ? undefined : { user, from: user.seat, to };
}

/** What a change of a group's members means for their seats; `group` as it will be. */
export function planSeats(job: Job, group: Link, members: MemberChange): SeatChange[] {
  const { adapter, store } = job.connection;
  const { seats } = adapter;
  if (!seats) return [];
  const others = (user: Link) => listGroupsOf(store, user.id).filter((one) => one.id !== group.id);
  return [
    ...members.remove.flatMap((user) => toSeatChange(seats, user, others(user)) ?? []),
    ...members.add.flatMap((user) => toSeatChange(seats, user, [...others(user), group]) ?? []),
  ];
}

/** What it means for the seat of somebody who is switched off that they are restored. */
export function planRestore(job: Job, user: Link): SeatChange[] {
  const { adapter, store } = job.connection;
  if (!adapter.seats) return [];
  const change = toSeatChange(adapter.seats, { ...user, isActive: true }, listGroupsOf(store, user.id));
  return change ? [change] : [];
}

/** What a change of a group's own seat means for its members, or for those among the given users. */
export function* planGroupSeat(job: Job, group: Link, among?: readonly Link[]): Generator<SeatChange> {
  const { adapter, store } = job.connection;
  const { seats } = adapter;
  if (!seats) return;
  const ids = among?.map((user) => user.id);
  for (const id of ids ? findMemberIds(store, group.id, ids) : listMemberIds(store, group.id)) {
    const user = findLiveLink(store, "User", id);
    const groups = listGroupsOf(store, id).map((one) => (one.id === group.id ? group : one));
    const change = user && toSeatChange(seats, user, groups);
    if (change) yield change;
  }
}

/**
 * Asks the vendor whether there are seats enough, where it can tell; releases of the same request count.
 * @throws Fault noSeat before anything was written
 */
export async function requireSeats(job: Job, changes: Iterable<SeatChange>): Promise<void> {
  const { seats } = job.connection.adapter;
  if (!seats?.free) return;
  const wanted = new Map<string, number>();
  for (const { from, to } of changes) {
    if (to !== null) wanted.set(to, (wanted.get(to) ?? 0) + 1);
    if (from !== null) wanted.set(from, (wanted.get(from) ?? 0) - 1);
  }
  for (const [seat, count] of wanted) {
    if (count <= 0) continue;
    const free = await seats.free(job.api, seat);
    if (free !== undefined && free < count) {
      throw new Fault("noSeat", {
        detail: `this change needs ${count} ${seat} licences and the product has ${free} left; free or buy licences, then try again`,
      });
    }
  }
}

/** Gives one user one seat and remembers that it was Portico who gave it; a kill in between leaves an intent. */
async function setSeat(job: Job, seats: Seats, { user, to }: SeatChange): Promise<void> {
  const { store } = job.connection;
  const seat = to ?? seats.none?.(job.connection.settings);
  const linkId = seatKey(user.id);
  deleteIntentsOf(store, linkId);
  insertIntent(store, {
    id: createId(job.now()),
    kind: "user.seat",
    linkId,
    key: null,
    expected: null,
    externalId: null,
    tickets: [],
    state: "open",
    attemptedAt: job.now(),
  });
  noteWrite(job, user.id);
  try {
    const { nativeId } = user;
    // Whoever turns out to be gone needs no seat.
    if (seat !== undefined && nativeId !== null) {
      await ifPresent(job, user, () => seats.set(job.api, nativeId, seat));
    }
  } catch (error) {
    if (error instanceof Fault && !error.ambiguous) deleteIntentsOf(store, linkId);
    if (!(error instanceof Fault) || error.kind !== "pending") throw error;
    awaitConsent(job, user);
    return;
  }
  job.connection.atomically(() => {
    noteWrite(job, user.id);
    updateLink(store, user.id, { seat: to, isSeatDue: false, seatNote: null });
    deleteIntentsOf(store, linkId);
  });
}

/**
 * Brings a user's seat in line with the groups as they are at that moment, so that whoever comes last among parallel
 * changes of several groups leaves the right one.
 * @param mayBeGone whether the vendor may have taken the seat that the link says
 */
export async function settleSeat(job: Job, userId: string, mayBeGone = false): Promise<void> {
  const { adapter, store, locks } = job.connection;
  const { seats } = adapter;
  if (!seats) return;
  await locks.hold([`seat:${userId}`], job.deadlineAt, async () => {
    const user = findLiveLink(store, "User", userId);
    const isInterrupted = findIntentsOf(store, seatKey(userId)).length > 0;
    const change = user && toSeatChange(seats, user, listGroupsOf(store, userId), isInterrupted || mayBeGone);
    // A request is refused before; this is what nobody asked for, or asked before the user was protected.
    const isKept = change && isProtected(job, change.user) && (await lowersSeat(job, change));
    if (change && !isKept) return setSeat(job, seats, change);
    if (isInterrupted) deleteIntentsOf(store, seatKey(userId));
    const seatNote = isKept ? PROTECTED_NOTE : null;
    if (user?.isSeatDue || user?.seatNote !== seatNote) updateLink(store, userId, { isSeatDue: false, seatNote });
  });
}

/** The vendor has refused until the person confirms, so it is asked again from time to time. */
function awaitConsent(job: Job, user: Link): void {
  const { store } = job.connection;
  updateLink(store, user.id, { isSeatDue: false, seatNote: CONSENT_NOTE });
  job.trace.notes.add("a licence waits for the person's consent at the product");
  if (findDueJob(store, "consents")) return;
  upsertDueJob(store, { job: "consents", dueAt: job.now() + CONSENT_MS, failures: 0 });
  job.connection.schedule();
}

/** Asks again for every licence that waits for a consent. False where none does. */
export function retryConsents(job: Job): boolean {
  if (!markNotedSeatDue(job.connection.store, CONSENT_NOTE)) return false;
  scheduleSeats(job);
  return true;
}

/**
 * Settles the seats of users whose memberships have just changed, those who lose one first.
 * Throws the vendor's refusal; when time runs short the rest is left to later work.
 */
export async function settleSeats(job: Job, members: MemberChange): Promise<void> {
  if (!job.connection.adapter.seats) return;
  const users = [...members.remove, ...members.add];
  for (const [at, user] of users.entries()) {
    if (job.now() > job.deadlineAt - RESERVE_MS) return postpone(job, users.slice(at));
    await settleSeat(job, user.id);
  }
}

/** Leaves seats to the alarm. */
function postpone(job: Job, users: readonly Link[]): void {
  for (const user of users) updateLink(job.connection.store, user.id, { isSeatDue: true, seatNote: null });
  job.trace.notes.add(`${users.length} licences are worked out later`);
  scheduleSeats(job);
}

function scheduleSeats(job: Job): void {
  upsertDueJob(job.connection.store, { job: "seats", dueAt: job.now(), failures: 0 });
  job.connection.schedule();
}

/** The users whose seats hang on a write that was interrupted, and the group's members as its rows say. */
export function markInterrupted(job: Job, groupId: string, userIds: readonly string[]): void {
  const { adapter, store } = job.connection;
  if (!adapter.seats) return;
  for (const id of userIds) updateLink(store, id, { isSeatDue: true, seatNote: null });
  markMembersSeatDue(store, groupId);
}

/** Works out the seats of a whole group's members, at once where they are few; call it before rows go. */
export function markGroup(job: Job, groupId: string): void {
  if (job.connection.adapter.seats) markMembersSeatDue(job.connection.store, groupId);
}

/** Settles what `markGroup` marked: a few at once, many by alarm. */
export async function settleMarked(job: Job): Promise<void> {
  const { adapter, store } = job.connection;
  if (!adapter.seats) return;
  const due = listSeatDue(store, MAX_INLINE + 1);
  if (due.length > MAX_INLINE) return scheduleSeats(job);
  try {
    await settleDueSeats(job);
  } catch (error) {
    scheduleSeats(job);
    throw error;
  }
}

/** Seats that earlier requests left over. True when none is left; a refusal is parked with its reason. */
export async function settleDueSeats(job: Job): Promise<boolean> {
  const { store } = job.connection;
  for (const { id } of listSeatDue(store, DUE_BATCH)) {
    try {
      await settleSeat(job, id);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      updateLink(store, id, { isSeatDue: false, seatNote: error.detail ?? error.kind });
    }
  }
  return listSeatDue(store, 1).length === 0;
}
