// Gives one user a paid licence at the vendor, under an intent of its own [S16] [S23].

import { Fault, type Seats } from "../../adapter.ts";
import { createId } from "../../store/identifier.ts";
import { deleteIntentsOf, findIntentsOf, insertIntent, seatKey, updateIntent } from "../../store/journal.ts";
import { findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import { listGroupsOf } from "../../store/members.ts";
import { deleteOwed } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { isProtected } from "../protection/protected-principals.ts";
import { writeIfPresent } from "../resource/not-found.ts";
import { LICENCE, noteLicence } from "../resource/owed-licences.ts";
import { noteWrite } from "../resource/record-drift.ts";
import { withPartTold } from "../resource/told-refusals.ts";
import { toSeatChange } from "./seat-changes.ts";
import { lowersSeat, type SeatChange } from "./seat-rank.ts";

/** How often a vendor is asked again for a licence that waits for the person's consent. */
const CONSENT_MS = 3_600_000;
const PROTECTED_NOTE = "the user is protected on this connection, so the licence is not lowered";

/**
 * Gives one user one seat and remembers that it was Portico who gave it. A kill in between leaves an intent, and so does a
 * call without an answer until it can no longer act: then the seat is given once more.
 */
async function setSeat(job: Job, seats: Seats, { user, to }: SeatChange): Promise<void> {
  const { store, lateMs, readLagMs } = job.connection;
  const seat = to ?? seats.none?.(job.connection.settings);
  const linkId = seatKey(user.id);
  const id = createId(job.now());
  // An earlier call without an answer may set another licence behind this one [S46].
  const earlierActsUntil = Math.max(0, ...findIntentsOf(store, linkId).map(({ actsUntil }) => actsUntil));
  const close = () => {
    if (earlierActsUntil <= job.now()) return deleteIntentsOf(store, linkId);
    updateIntent(store, id, { attemptedAt: job.now(), actsUntil: earlierActsUntil });
    wakeOwed(job, "write", earlierActsUntil);
  };
  deleteIntentsOf(store, linkId);
  insertIntent(store, {
    id,
    kind: "user.seat",
    linkId,
    key: null,
    expected: null,
    externalId: null,
    tickets: [],
    state: "open",
    attemptedAt: job.now(),
    actsUntil: Math.max(earlierActsUntil, job.deadlineAt + lateMs),
  });
  noteWrite(job, user.id);
  try {
    // A user who is gone at the vendor needs no seat.
    if (seat !== undefined)
      await writeIfPresent(job, user, () =>
        withPartTold(job, "the licence", () => seats.set(job.api, user.nativeId, seat)),
      );
  } catch (error) {
    if (error instanceof Fault && !error.ambiguous) close();
    else updateIntent(store, id, { actsUntil: job.now() + lateMs + readLagMs });
    if (!(error instanceof Fault) || error.kind !== "pending") throw error;
    awaitConsent(job, user);
    return;
  }
  job.connection.object.atomically(() => {
    noteWrite(job, user.id);
    updateLink(store, user.id, { seat: to });
    deleteOwed(store, user.id, [LICENCE]);
    close();
  });
}

/**
 * Gives a user the seat that their groups give at that moment. So the last one of parallel group changes leaves the
 * right seat.
 * @param mayBeGone whether the vendor may have taken the seat that the link says
 */
export async function updateSeat(job: Job, userId: string, mayBeGone = false): Promise<void> {
  const { adapter, store, object } = job.connection;
  const { seats } = adapter;
  if (!seats) return;
  await object.locks.withLocks([`seat:${userId}`], job, async () => {
    const user = findLiveLink(store, "User", userId);
    const isInterrupted = findIntentsOf(store, seatKey(userId)).length > 0;
    const change = user && toSeatChange(seats, user, listGroupsOf(store, userId), isInterrupted || mayBeGone);
    // Requests are refused earlier; this change follows from a change outside Portico, or the protection came later.
    const isProtectedLoss = change && isProtected(job, change.user) && (await lowersSeat(job, change));
    if (change && !isProtectedLoss) return setSeat(job, seats, change);
    if (isInterrupted) deleteIntentsOf(store, seatKey(userId));
    if (isProtectedLoss) noteLicence(job, userId, { why: PROTECTED_NOTE, dueAt: job.now(), isParked: true });
    else deleteOwed(store, userId, [LICENCE]);
  });
}

/** Takes back the seat that Portico gave to a user who is inactive; a restore gives them one again. */
export async function takeSeatBack(job: Job, userId: string): Promise<void> {
  const { adapter, store, object } = job.connection;
  const { seats } = adapter;
  if (!seats) return;
  await object.locks.withLocks([`seat:${userId}`], job, async () => {
    const user = findLiveLink(store, "User", userId);
    if (user && !user.isActive && user.seat !== null) await setSeat(job, seats, { user, from: user.seat, to: null });
  });
}

/** The vendor refuses until the person confirms, so the vendor is asked again every hour. */
function awaitConsent(job: Job, user: LiveLink): void {
  const dueAt = job.now() + CONSENT_MS;
  noteLicence(job, user.id, { why: "the person must confirm at the product first", dueAt });
  job.trace.notes.add("a licence waits for the person's consent at the product");
  wakeOwed(job, "licence", dueAt);
}
