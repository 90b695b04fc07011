// Removes a user from every group, or those of their former time, and takes their seat back, at the vendor and in the rows.

import { listDoubtsJoining } from "../../store/doubts.ts";
import { listGroupsInDoubt } from "../../store/journal.ts";
import { findLiveLink, type LiveLink } from "../../store/links.ts";
import { deleteUserMemberships, listGroupsOf } from "../../store/members.ts";
import { listGroupsOwing } from "../../store/owed.ts";
import { findOwnGroup, listOwnGroupsOf } from "../../store/own-groups.ts";
import type { Job } from "../jobs/job.ts";
import { joinedWhileInactive } from "../membership/joined-while-inactive.ts";
import { removeNatively } from "../membership/member-writes.ts";
import { resolveIntentsOf } from "../recovery/journal.ts";
import { writeIfPresent } from "../resource/not-found.ts";
import { withPartTold } from "../resource/told-refusals.ts";
import { noteToldMembers } from "../resource/told-values.ts";

const none = (): ReadonlySet<string> => new Set();

export const leaveAllGroups = (job: Job, link: LiveLink): Promise<void> => leaveGroups(job, link, none);

/** Leaves the groups that an inactive user was in when they left; those into which clients have put them since stay. */
export const leaveFormerGroups = (job: Job, link: LiveLink): Promise<void> =>
  leaveGroups(job, link, () => joinedWhileInactive(job, link.id));

/**
 * Groups are locked under a user's lock, and never the other way round; names in use and seats come after both.
 * @param staying the groups that the user does not leave, asked again under each group's lock
 */
async function leaveGroups(job: Job, link: LiveLink, staying: () => ReadonlySet<string>): Promise<void> {
  const { store, object } = job.connection;
  for (const groupId of listGroupsInDoubt(store, link.id)) {
    // An interrupted write may have added the user to the group; the rows show it once the write is resolved.
    await object.locks.withLocks([`link:${groupId}`], job, () => resolveIntentsOf(job, groupId));
  }
  const isLeft = (groupId: string) => !staying().has(groupId);
  const groupIds = [...listGroupsOf(store, link.id), ...listOwnGroupsOf(store, link.id)].map((group) => group.id);
  // A late addition would bring the account that stays into the group.
  for (const groupId of new Set([...groupIds, ...listDoubtsJoining(store, link.id)].filter(isLeft))) {
    noteToldMembers(job, groupId, [link]);
  }
  // A removal that is owed would be lost with the user's rows.
  for (const groupId of new Set([...groupIds, ...listGroupsOwing(store, link.id)].filter(isLeft))) {
    await object.locks.withLocks([`link:${groupId}`], job, async () => {
      // The group may have been deleted while its lock was waited for, or at the product.
      const present = findLiveLink(store, "Group", groupId) ?? findOwnGroup(store, groupId);
      if (present && isLeft(groupId)) await writeIfPresent(job, present, () => removeNatively(job, present, [link]));
    });
  }
  deleteUserMemberships(store, link.id, [...staying()]);
}

/** Takes back at the vendor the seat that Portico gave, where the vendor knows one that stands for none. */
export async function releaseSeat(job: Job, link: LiveLink): Promise<void> {
  const { adapter, settings } = job.connection;
  const { seats } = adapter;
  const none = seats?.none?.(settings);
  if (!seats || link.seat === null || none === undefined) return;
  await writeIfPresent(job, link, () =>
    withPartTold(job, "the licence", () => seats.set(job.api, link.nativeId, none)),
  );
}
