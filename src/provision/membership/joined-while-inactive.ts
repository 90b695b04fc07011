// Users who are put into a group while they are inactive: what was told then is not of their former time, and outlives a return
// under another externalId [S14].

import { findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";

/** So many groups of a user are remembered, those that they joined last. */
const MAX_JOINED = 1_000;

/** Call it in the commit of the request that was told so. @param users whom it wants in the group, active or not */
export function noteJoinedWhileInactive({ connection }: Job, groupId: string, users: readonly LiveLink[]): void {
  const { store } = connection;
  for (const { id } of users.filter((user) => user.left !== null)) {
    const left = findLiveLink(store, "User", id)?.left ?? null;
    // They may have come back meanwhile.
    if (left === null || left.joined?.includes(groupId)) continue;
    updateLink(store, id, { left: { ...left, joined: [...(left.joined ?? []), groupId].slice(-MAX_JOINED) } });
  }
}

/** The groups that a user who is inactive has joined since they are. */
export const joinedWhileInactive = ({ connection }: Pick<Job, "connection">, userId: string): ReadonlySet<string> =>
  new Set(findLiveLink(connection.store, "User", userId)?.left?.joined);
