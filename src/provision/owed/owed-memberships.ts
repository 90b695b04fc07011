// Membership changes that a request left over: sent in order, in the vendor's chunks; what the vendor refuses is parked alone.

import { findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import { deleteMembers, insertMembers } from "../../store/members.ts";
import {
  countMembershipCalls,
  deleteOwedById,
  deleteOwedOf,
  listDueOwed,
  type Owed,
  parkOwed,
} from "../../store/owed.ts";
import { isNotFound, isRefusal } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import type { RowKind } from "../jobs/owed-kind.ts";
import { changingMembers } from "../membership/changes-in-doubt.ts";
import { addNatively, addUnexplained, goneAtVendor, removeNatively } from "../membership/member-writes.ts";
import { createProtectionLookup, isProtected } from "../protection/protected-principals.ts";
import { hydrate } from "../resource/hydrate.ts";
import { oweLicence } from "../resource/owed-licences.ts";

export const owedMemberships: RowKind = {
  name: "membership",
  mode: "replay",
  says: {
    what: "a user joins or leaves a group, which the request had no time or the product no room for",
    superseded: "a later change of the same membership; the end of the user or group",
    shown: "as if it were done",
    dropped: "reads show again what the product has",
  },
  // Takes over an hour.
  maxFailures: 10,
  together: toRun,
  async work(job, rows) {
    const groupId = rows[0]?.linkId ?? "";
    await job.connection.object.locks.withLocks([`link:${groupId}`], job, async () => {
      const group = findLiveLink(job.connection.store, "Group", groupId);
      if (!group) return deleteOwedOf(job.connection.store, groupId);
      // A request may have changed them while the lock was waited for.
      const still = new Map(
        listDueOwed(job.connection.store, "membership", job.now(), chunkOf(job), groupId).map((row) => [row.id, row]),
      );
      const due = rows.filter(({ id, operation }) => still.get(id)?.operation.op === operation.op);
      const having = (op: "add" | "remove") => due.flatMap((row) => (row.operation.op === op ? [row.key] : []));
      const users = { joining: having("add"), leaving: having("remove") };
      if (due.length > 0) await changingMembers(job, groupId, users, () => sendOrSplit(job, group, due));
    });
  },
  writes(job) {
    const add = chunkOf(job);
    // Where a membership is a row with an id of its own, each is removed alone.
    const remove = job.connection.adapter.deviations.removeMemberLooksUp ? 1 : add;
    return countMembershipCalls(job.connection.store, { add, remove });
  },
  drop(job, { linkId, key, operation }) {
    const { store } = job.connection;
    if (operation.op === "add") deleteMembers(store, linkId, [key]);
    else insertMembers(store, linkId, [key]);
    oweLicence(job, key, "a change of the user's groups was given up");
  },
};

const chunkOf = ({ connection }: Pick<Job, "connection">) => connection.adapter.group?.members.chunk ?? 1;

/**
 * The oldest run of equal operations of the group: half as many after every failure, so that a change that fails is sent
 * alone in the end.
 */
function toRun(job: Job, first: Owed): readonly Owed[] {
  const waiting = listDueOwed(job.connection.store, "membership", job.now(), chunkOf(job), first.linkId);
  const [oldest = first] = waiting;
  const differs = waiting.findIndex((row) => row.operation.op !== oldest.operation.op);
  const equal = differs < 0 ? waiting : waiting.slice(0, differs);
  return equal.slice(0, Math.max(1, Math.floor(equal.length / 2 ** oldest.failures)));
}

/** Sends changes, and after a refusal each half of them, until a refused one stands alone and is parked. */
async function sendOrSplit(job: Job, group: LiveLink, rows: readonly Owed[]): Promise<void> {
  const { store } = job.connection;
  const [first] = rows;
  if (!first) return;
  try {
    await send(job, group, rows);
  } catch (error) {
    if (!isRefusal(error) && !isNotFound(error)) throw error;
    if (isNotFound(error) && !(await hydrate(job, group))) {
      // The memberships are gone with the group; if the group returns, its list is read again.
      deleteOwedOf(store, group.id);
      updateLink(store, group.id, { membersLoaded: false });
      return;
    }
    if (rows.length === 1) return parkOwed(store, first.id, error.message);
    const middle = Math.ceil(rows.length / 2);
    await sendOrSplit(job, group, rows.slice(0, middle));
    await sendOrSplit(job, group, rows.slice(middle));
  }
}

async function send(job: Job, group: LiveLink, rows: readonly Owed[]): Promise<void> {
  const { store } = job.connection;
  const users = rows.map((row) => findLiveLink(store, "User", row.key));
  const links = users.filter((user) => user !== undefined);
  // A user who was deleted meanwhile has left every group.
  for (const [at, row] of rows.entries()) if (!users[at]) deleteOwedById(store, row.id);
  if (links.length === 0) return;
  // With many users the call does not say which one is gone; sending fewer finds out.
  if (rows[0]?.operation.op === "add") {
    if (links.length > 1) await addUnexplained(job, group, links);
    else if ((await addNatively(job, group, links)).length > 0) throw goneAtVendor(links);
    return;
  }
  const leaving = withoutProtected(job, group, rows, links);
  if (leaving.length > 0) await removeNatively(job, group, leaving);
}

/** The users who may leave; removals of users who are protected by now, from a protected group, are parked. */
function withoutProtected(
  job: Job,
  group: LiveLink,
  rows: readonly Owed[],
  links: readonly LiveLink[],
): readonly LiveLink[] {
  if (!isProtected(job, group)) return links;
  const protectionOf = createProtectionLookup(job, "User");
  return links.filter((user) => {
    const row = protectionOf(user) && rows.find((one) => one.key === user.id);
    if (row) parkOwed(job.connection.store, row.id, "group and user are protected on this connection");
    return !row;
  });
}
