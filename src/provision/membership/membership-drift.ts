// Memberships that differ at the vendor: found by a sweep, a page at a time, and repaired where the connection says so
// [S13].

import {
  deleteDriftsOf,
  insertMissingMembers,
  listUnrepaired,
  MEMBERSHIPS,
  markRepaired,
  type Pair,
} from "../../store/drift.ts";
import { findBusyIds } from "../../store/journal.ts";
import { listLinksAfter } from "../../store/link-lists.ts";
import { findLiveLink, findLiveLinksByIds, isLive, type LiveLink } from "../../store/links.ts";
import { findMemberIds, markMembersSeen } from "../../store/members.ts";
import { findOwedKeys } from "../../store/owed.ts";
import { isRefusal } from "../../upstream/fault-classes.ts";
import { isProductRestored } from "../alarms/product-restored.ts";
import type { Job } from "../jobs/job.ts";
import { createProtectionLookup, isProtected } from "../protection/protected-principals.ts";
import { noteDrift } from "../resource/record-drift.ts";
import { changingMembers } from "./changes-in-doubt.ts";
import { hidesDisabled, listMemberPage, type MemberChange, resolveMembers } from "./member-rows.ts";
import { writeMembers } from "./member-writes.ts";

/** Where the comparison goes on. */
type Place =
  | { step: "next"; after: string; isGivenUp?: true }
  | { step: "page"; group: string; page: string; restarts: number }
  | { step: "repair"; after: Pair };

/** So often a group is read again whose members change meanwhile; then it is left for the next sweep. */
const MAX_RESTARTS = 3;
const REPAIRED_TOGETHER = 20;

const lockOf = (groupId: string) => `link:${groupId}`;

export interface Compared {
  /** Where to go on; undefined when all is done. */
  cursor: string | undefined;
  /** Groups that are done with. */
  groups: number;
  /** A group was given up for this time. */
  isIncomplete: boolean;
}

/** Does one step: a page of one group's members, or some repairs. */
export async function compareMemberships(job: Job, cursor: string | null, generation: number): Promise<Compared> {
  // A shadow's planned memberships differ from the vendor's on purpose.
  const next = job.connection.object.isShadow ? undefined : await compareStep(job, readPlace(cursor), generation);
  const isDone = next?.step === "next";
  return {
    cursor: next && JSON.stringify(next),
    groups: isDone ? 1 : 0,
    isIncomplete: isDone && next.isGivenUp === true,
  };
}

function readPlace(cursor: string | null): Place {
  // Only compareMemberships writes the cursor; one without JSON, in an older database, is the last group's id.
  if (cursor?.startsWith("{")) return JSON.parse(cursor) as Place;
  return { step: "next", after: cursor ?? "" };
}

async function compareStep(job: Job, place: Place, generation: number): Promise<Place | undefined> {
  switch (place.step) {
    case "next": {
      const group = findNextGroup(job, place.after);
      if (group) return beginGroup(job, group.id, generation, 0);
      return repairsNow(job) ? { step: "repair", after: ["", "", ""] } : undefined;
    }
    case "page":
      return compareNextPage(job, place, generation);
    case "repair":
      return repairsNow(job) ? repairFindings(job, place.after) : undefined;
  }
}

const repairsNow = (job: Job) => job.connection.rules.drift === "repair" && !isProductRestored(job);

function findNextGroup({ connection }: Job, after: string): LiveLink | undefined {
  for (let from = after; ; ) {
    const links = listLinksAfter(connection.store, from, 100);
    const group = links.filter(isLive).find((link) => link.type === "Group" && link.membersLoaded);
    const last = links.at(-1);
    if (group || !last) return group;
    from = last.id;
  }
}

/**
 * Reads the first page under the group's lock, so that no write is under way; a list of one page is compared at once.
 */
function beginGroup(job: Job, groupId: string, generation: number, restarts: number): Promise<Place> {
  const { store, object } = job.connection;
  return object.locks.withLocks([lockOf(groupId)], job, async () => {
    const group = findComparable(job, groupId);
    if (!group) return { step: "next", after: groupId };
    object.locks.watch(lockOf(groupId));
    if (restarts > 0) deleteDriftsOf(store, groupId, MEMBERSHIPS);
    return comparePage(job, group, undefined, generation, restarts, async () => endGroup(job, group, generation));
  });
}

/**
 * Further pages are read without the lock; a request that takes the lock meanwhile may change pages that were read
 * already.
 */
async function compareNextPage(job: Job, place: Place & { step: "page" }, generation: number): Promise<Place> {
  const { object } = job.connection;
  const key = lockOf(place.group);
  const again = () => restartGroup(job, place, generation);
  const group = findComparable(job, place.group);
  if (!group || object.locks.turns(key) !== 0) return again();
  return comparePage(job, group, place.page, generation, place.restarts, () =>
    object.locks.withLocks([key], job, async () =>
      object.locks.turns(key) === 1 ? endGroup(job, group, generation) : undefined,
    ),
  ).then((next) => next ?? again());
}

async function restartGroup(
  job: Job,
  { group, restarts }: Place & { step: "page" },
  generation: number,
): Promise<Place> {
  if (restarts < MAX_RESTARTS) return beginGroup(job, group, generation, restarts + 1);
  job.connection.object.locks.unwatch(lockOf(group));
  deleteDriftsOf(job.connection.store, group, MEMBERSHIPS);
  return { step: "next", after: group, isGivenUp: true };
}

/** The group, unless it is gone or a write of it is in doubt. */
function findComparable({ connection }: Job, groupId: string): LiveLink | undefined {
  const group = findLiveLink(connection.store, "Group", groupId);
  return group?.membersLoaded && !findBusyIds(connection.store, [groupId]).has(groupId) ? group : undefined;
}

/** @param last what follows the last page */
async function comparePage<T>(
  job: Job,
  group: LiveLink,
  cursor: string | undefined,
  generation: number,
  restarts: number,
  last: () => Promise<T>,
): Promise<Place | T> {
  const page = await listMemberPage(job, group, cursor);
  const ids = await resolveMembers(job, page.items);
  const { store } = job.connection;
  job.connection.object.atomically(() => {
    markMembersSeen(store, group.id, ids, generation);
    const known = findMemberIds(store, group.id, ids);
    const waiting = findOwedKeys(store, group.id, ids, false);
    const busy = findBusyIds(store, ids);
    for (const id of ids) {
      if (!known.has(id) && !waiting.has(id) && !busy.has(id)) noteDrift(job, "memberExtra", group.id, id);
    }
  });
  if (page.next === undefined) return last();
  return { step: "page", group: group.id, page: page.next, restarts };
}

/** After the last page: finds the members that the vendor did not show. */
function endGroup(job: Job, group: LiveLink, generation: number): Place {
  const { store, object } = job.connection;
  object.locks.unwatch(lockOf(group.id));
  insertMissingMembers(store, group.id, { sweep: generation, at: job.now(), hidesDisabled: hidesDisabled(job) });
  return { step: "next", after: group.id };
}

// ---- Repairing ------------------------------------------------------------------------------------------------------

async function repairFindings(job: Job, after: Pair): Promise<Place | undefined> {
  const { store, object } = job.connection;
  const found = listUnrepaired(store, after, REPAIRED_TOGETHER);
  const [first] = found;
  if (!first) return undefined;
  const together = found.filter((drift) => drift.linkId === first.linkId);
  await object.locks.withLocks([lockOf(first.linkId)], job, async () => {
    const group = findComparable(job, first.linkId);
    if (!group) return;
    const isMissing = new Set(together.flatMap((drift) => (drift.kind === "memberMissing" ? drift.otherId : [])));
    await repair(
      job,
      group,
      stillDiffering(
        job,
        group,
        together.map((drift) => drift.otherId),
        isMissing,
      ),
    );
  });
  const last = together.at(-1) ?? first;
  return { step: "repair", after: [last.linkId, last.otherId, last.kind] };
}

/** The findings that still differ; a request may have changed the others meanwhile. */
function stillDiffering(
  job: Job,
  group: LiveLink,
  ids: readonly string[],
  isMissing: ReadonlySet<string>,
): MemberChange {
  const { store } = job.connection;
  const wanted = findMemberIds(store, group.id, ids);
  const waiting = findOwedKeys(store, group.id, ids, false);
  const protectionOf = isProtected(job, group) ? createProtectionLookup(job, "User") : () => undefined;
  const users = findLiveLinksByIds(store, "User", ids).filter((user) => !waiting.has(user.id));
  const isShown = (user: LiveLink) => user.isActive || !hidesDisabled(job);
  return {
    // A user who was disabled meanwhile is hidden and not missing.
    add: users.filter((user) => isMissing.has(user.id) && wanted.has(user.id) && isShown(user)),
    // A protected user who was added at the product stays in a protected group.
    remove: users.filter((user) => !isMissing.has(user.id) && !wanted.has(user.id) && !protectionOf(user)),
  };
}

/** Repairs all together, or one by one where the vendor refuses; a repair that is refused stays a finding. */
async function repair(job: Job, group: LiveLink, change: MemberChange): Promise<void> {
  const { store } = job.connection;
  const users = [...change.add, ...change.remove];
  if (users.length === 0) return;
  try {
    await changingMembers(
      job,
      group.id,
      { joining: change.add.map(({ id }) => id), leaving: change.remove.map(({ id }) => id) },
      () => writeMembers(job, group, change),
    );
    markRepaired(
      store,
      group.id,
      users.map((user) => user.id),
    );
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (users.length === 1) return;
    for (const user of change.add) await repair(job, group, { add: [user], remove: [] });
    for (const user of change.remove) await repair(job, group, { add: [], remove: [user] });
  }
}
