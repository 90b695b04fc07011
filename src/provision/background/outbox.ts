// The outbox: membership changes that a request left over are sent in order, within the vendor's limits.

import { Fault } from "../../adapter.ts";
import { findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import { deleteMembers, insertMembers } from "../../store/members.ts";
import {
  countOutbox,
  delayOutbox,
  deleteOutbox,
  deleteOutboxOf,
  findNextRetry,
  findRetrying,
  findSendable,
  listParked,
  listSendable,
  type OutboxRow,
  parkOutbox,
} from "../../store/outbox.ts";
import { listOwed, type Owed } from "../../store/owed.ts";
import { isEverybodys, isRefusal } from "../../upstream/refusal.ts";
import type { Job } from "../jobs/job.ts";
import { nextAttempt } from "../jobs/retry-delay.ts";
import { SLICE_MS } from "../jobs/slices.ts";
import { addNatively, addUnexplained, goneAtVendor, removeNatively } from "../membership/member-writes.ts";
import { createProtectionLookup, isProtected } from "../protection/protected-principals.ts";
import { hydrate } from "../resource/hydrate.ts";
import { isNotFound } from "../resource/not-found.ts";
import { updateSeatLater } from "../seats/seat-updates.ts";

const MAX_PARKED_SHOWN = 200;
/** A row that has failed so often in a row, which takes over an hour, while others went through is parked. */
const MAX_FAILURES = 10;

/** Sends what waits, for one slice. When there is more to send; undefined where nothing is left. */
export async function sendOutbox(job: Job): Promise<number | undefined> {
  const { connection } = job;
  const { store } = connection;
  const endsAt = job.now() + SLICE_MS;
  let hasSent = false;
  while (job.now() < endsAt) {
    const { groupId } = findSendable(store, job.now()) ?? {};
    if (groupId === undefined) break;
    await connection.object.locks.withLocks([`link:${groupId}`], job.deadlineAt, async () => {
      hasSent = (await sendRun(job, groupId, hasSent)) || hasSent;
    });
  }
  if (countOutbox(store, false) === 0) return undefined;
  return Math.max(job.now(), findNextRetry(store) ?? 0);
}

/**
 * Sends the oldest run of equal operations of one group. A failure that is no refusal, and would not hit every call,
 * delays this run alone: the order of different memberships does not matter. True where the vendor accepted something.
 */
async function sendRun(job: Job, groupId: string, hasSent: boolean): Promise<boolean> {
  const { store } = job.connection;
  const chunk = job.connection.adapter.group?.members.chunk ?? 1;
  const run = toRun(listSendable(store, job.now(), chunk, groupId));
  const group = findLiveLink(store, "Group", groupId);
  if (!group) {
    deleteOutboxOf(store, groupId);
    return false;
  }
  const callsBefore = job.trace.calls.length;
  try {
    return await sendOrSplit(job, group, run);
  } catch (error) {
    // Where nothing was sent, or every call would fail, the next run would fail in the same way.
    if (!(error instanceof Fault) || isEverybodys(error) || job.trace.calls.length === callsBefore) throw error;
    const failed = (run[0]?.failures ?? 0) + 1;
    const { dueAt } = nextAttempt(failed - 1, error, job.now());
    if (run[0] && run.length === 1 && failed >= MAX_FAILURES && hasSent) parkOutbox(store, run[0].id, error.message);
    else delayOutbox(store, idsOf(run), failed, dueAt);
    return false;
  }
}

/** The rows that go in one call: half as many after every failure, so that a row that fails is sent alone in the end. */
function toRun(waiting: readonly OutboxRow[]): readonly OutboxRow[] {
  const { op, failures = 0 } = waiting[0] ?? {};
  const differs = waiting.findIndex((row) => row.op !== op);
  const equal = differs < 0 ? waiting : waiting.slice(0, differs);
  return equal.slice(0, Math.max(1, Math.floor(equal.length / 2 ** failures)));
}

const idsOf = (rows: readonly OutboxRow[]) => rows.map((row) => row.id);

/**
 * Sends rows, and after a refusal each half of them, until a refused row stands alone and is parked. True where the
 * vendor accepted some.
 */
async function sendOrSplit(job: Job, group: LiveLink, rows: readonly OutboxRow[]): Promise<boolean> {
  const { store } = job.connection;
  try {
    return await send(job, group, rows);
  } catch (error) {
    if (!isRefusal(error) && !isNotFound(error)) throw error;
    if (isNotFound(error) && !(await hydrate(job, group))) {
      // The memberships are gone with the group; if the group returns, its list is read again.
      deleteOutboxOf(store, group.id);
      updateLink(store, group.id, { membersLoaded: false });
      return false;
    }
    const [first] = rows;
    if (first && rows.length === 1) {
      parkOutbox(store, first.id, error.message);
      return false;
    }
    const middle = Math.ceil(rows.length / 2);
    const before = await sendOrSplit(job, group, rows.slice(0, middle));
    return (await sendOrSplit(job, group, rows.slice(middle))) || before;
  }
}

async function send(job: Job, group: LiveLink, rows: readonly OutboxRow[]): Promise<boolean> {
  const { store } = job.connection;
  const users = rows.map((row) => findLiveLink(store, "User", row.userId));
  const links = users.filter((user) => user !== undefined);
  // A user who was deleted meanwhile has left every group.
  for (const [at, row] of rows.entries()) if (!users[at]) deleteOutbox(store, row.id);
  if (links.length === 0) return false;
  // With many users the call does not say which one is gone; sending fewer finds out.
  if (rows[0]?.op === "add") {
    if (links.length > 1) await addUnexplained(job, group, links);
    else if ((await addNatively(job, group, links)).length > 0) throw goneAtVendor(links);
    return true;
  }
  const leaving = withoutProtected(job, group, rows, links);
  if (leaving.length > 0) await removeNatively(job, group, leaving);
  return leaving.length > 0;
}

/** The users who may leave; removals of users who are protected by now, from a protected group, are parked. */
function withoutProtected(
  job: Job,
  group: LiveLink,
  rows: readonly OutboxRow[],
  links: readonly LiveLink[],
): readonly LiveLink[] {
  if (!isProtected(job, group)) return links;
  const protectionOf = createProtectionLookup(job, "User");
  return links.filter((user) => {
    const row = protectionOf(user) && rows.find((one) => one.userId === user.id);
    if (row) parkOutbox(job.connection.store, row.id, "group and user are protected on this connection");
    return !row;
  });
}

export interface OutboxStatus {
  /** Changes on their way. */
  pending: number;
  /** How many of them have failed so far, and are sent again later. */
  retrying: number;
  /** Epoch milliseconds: when the first of those is. */
  nextAttemptAt: number | null;
  /** Changes that the vendor refused. */
  refused: number;
  /** The first of them. */
  parked: { id: string; group: string; user: string; op: "add" | "remove"; reason: string }[];
  /** Values of users that wait, the first of them. */
  owed: Owed[];
}

export function outboxStatus({ connection }: Pick<Job, "connection">): OutboxStatus {
  const { store } = connection;
  const retrying = findRetrying(store);
  return {
    pending: countOutbox(store, false),
    retrying: retrying.rows,
    nextAttemptAt: retrying.nextAt,
    refused: countOutbox(store, true),
    parked: listParked(store, MAX_PARKED_SHOWN).map(({ id, groupId, userId, op, parked }) => ({
      id,
      group: groupId,
      user: userId,
      op,
      reason: parked ?? "",
    })),
    owed: listOwed(store, MAX_PARKED_SHOWN),
  };
}

export type ParkedDecision = "retry" | "drop";

/** Lets a parked change be sent again, or gives it up; every one where none is named. How many there were. */
export function decideParked(
  job: Pick<Job, "connection" | "now">,
  decision: ParkedDecision,
  id: string | undefined,
): number {
  const { connection } = job;
  const parked = listParked(connection.store, Number.MAX_SAFE_INTEGER).filter(
    (row) => id === undefined || row.id === id,
  );
  connection.object.atomically(() => {
    for (const row of parked) {
      if (decision === "drop") drop(job, row);
      else parkOutbox(connection.store, row.id, null);
    }
  });
  return parked.length;
}

/** Gives a change up: the rows show again what the vendor has, and the seat follows. */
function drop(job: Pick<Job, "connection" | "now">, { id, op, groupId, userId }: OutboxRow): void {
  const { store } = job.connection;
  if (op === "add") deleteMembers(store, groupId, [userId]);
  else insertMembers(store, groupId, [userId]);
  deleteOutbox(store, id);
  updateSeatLater(job, userId);
}
