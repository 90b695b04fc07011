// Memberships that differ at the vendor: found by a sweep, and repaired where the connection says so.

import { findLiveLink, listLinksAfter } from "../store/links.ts";
import { listMemberIds } from "../store/members.ts";
import { listOutbox } from "../store/outbox.ts";
import { noteDrift } from "./drift.ts";
import type { Job } from "./job.ts";
import { addNatively, isRefusal, listNativeMembers, removeNatively } from "./members.ts";

/** More than any group can have waiting. */
const MAX_WAITING = 100_000;

/** Compares the member list of the next group. The id to go on after; undefined after the last group. */
export async function compareNextGroup(job: Job, after: string): Promise<string | undefined> {
  const { connection } = job;
  for (let from = after; ; ) {
    const links = listLinksAfter(connection.store, from, 100);
    const group = links.find((link) => link.type === "Group" && link.state === "live" && link.membersLoaded);
    if (group) {
      await connection.locks.hold([`link:${group.id}`], job.deadlineAt, () => compareMembers(job, group.id));
      return group.id;
    }
    const last = links.at(-1);
    if (!last) return undefined;
    from = last.id;
  }
}

async function compareMembers(job: Job, groupId: string): Promise<void> {
  const { store, drift } = job.connection;
  const group = findLiveLink(store, "Group", groupId);
  if (!group?.nativeId || !group.membersLoaded) return;
  const native = await listNativeMembers(job, group);
  const waiting = new Set(listOutbox(store, MAX_WAITING, groupId).map((row) => row.userId));
  const wanted = new Set(listMemberIds(store, groupId));
  const held = new Set(native.map((link) => link.id));
  const missing = [...wanted].filter((id) => !held.has(id) && !waiting.has(id));
  const extra = native.filter((link) => !wanted.has(link.id) && !waiting.has(link.id));
  const repairs = drift === "repair";
  for (const id of missing) {
    const user = findLiveLink(store, "User", id);
    const done = repairs && user ? await attempt(() => addNatively(job, group, [user])) : false;
    noteDrift(job, "memberMissing", groupId, id, done);
  }
  for (const user of extra) {
    const done = repairs ? await attempt(() => removeNatively(job, group, [user])) : false;
    noteDrift(job, "memberExtra", groupId, user.id, done);
  }
}

/** A repair that the vendor refuses stays a finding. */
async function attempt(repair: () => Promise<void>): Promise<boolean> {
  try {
    await repair();
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}
