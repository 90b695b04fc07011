// Disables that the brake held: an administrator has them done without the client [S18].

import { deleteHeldDisable, listHeldDisables } from "../../store/brake-holds.ts";
import { findLiveLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { oweDisable } from "../resource/owed-disables.ts";
import { countFromZero } from "../safeguards/brake-releases.ts";

/**
 * Owes the product every disable that the brake holds, or that of one user, from now on; what was held of them is meant, so
 * the kind is counted from zero.
 * @returns how many
 */
export function applyHeldDisables(job: Pick<Job, "connection" | "now">, userId?: string): number {
  const { store, object } = job.connection;
  return object.atomically(() => {
    const held = listHeldDisables(store, userId);
    const users = new Set(held.map(({ subject }) => subject));
    let applied = 0;
    for (const id of users) {
      deleteHeldDisable(store, id);
      const link = findLiveLink(store, "User", id);
      if (!link?.isActive) continue;
      oweDisable(job, id, { why: "an administrator has applied what the brake held" });
      applied += 1;
    }
    if (userId === undefined && users.size > 0) countFromZero(job, "deactivation");
    return applied;
  });
}
