// Membership changes that no request waits for: in doubt as long as one of their calls may still act [S46].

import { Fault } from "../../adapter.ts";
import { deleteDoubt, findDoubt, findNextDoubt, openDoubt, updateDoubt } from "../../store/doubts.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";

/**
 * Changes memberships of a group outside of a request, under the group's lock. Nobody waits for an answer then, so there is no
 * intent; but a call that ends without one, or with this process, may still undo what a later request is told.
 * @param users the ids of those whom it adds, and of those whom it removes
 */
export async function changingMembers<T>(
  job: Job,
  groupId: string,
  users: { joining: string[]; leaving: string[] },
  change: () => Promise<T>,
): Promise<T> {
  const { store, lateMs } = job.connection;
  const before = findDoubt(store, groupId);
  const open = (from: number) => openDoubt(store, { linkId: groupId, endsAt: from + lateMs, paths: [], ...users });
  open(job.deadlineAt);
  const end = () => {
    if (before) updateDoubt(store, groupId, before);
    else deleteDoubt(store, groupId);
  };
  try {
    const result = await change();
    end();
    return result;
  } catch (error) {
    end();
    if (error instanceof Fault && error.ambiguous) open(job.now());
    throw error;
  } finally {
    const next = findNextDoubt(store);
    if (next !== undefined) wakeOwed(job, "doubt", next);
  }
}
