// Disables that the brake held: an administrator has them done without the client [S18].

import { deleteHeldDisable, listHeldDisables } from "../../store/brake-holds.ts";
import { findLiveLink, type LiveLink } from "../../store/links.ts";
import { isProductRestored } from "../alarms/product-restored.ts";
import type { Job } from "../jobs/job.ts";
import { oweDisable } from "../resource/owed-disables.ts";
import { countFromZero } from "../safeguards/brake-releases.ts";
import { findSharedAccount, whyShared } from "../safeguards/two-identities.ts";

type Work = Pick<Job, "connection" | "now">;

/** A disable that stays held, because an alarm about the user waits for an administrator. */
export interface RefusedDisable {
  userId: string;
  alarm: string;
  why: string;
}

export interface AppliedDisables {
  disables: number;
  refused: RefusedDisable[];
}

/**
 * Owes the product every disable that the brake holds, or that of one user, from now on; what was held of them is meant, so
 * the kind is counted from zero. What an open alarm forbids stays held [S57] [S58].
 */
export function applyHeldDisables(job: Work, userId?: string): AppliedDisables {
  const { store, object } = job.connection;
  return object.atomically(() => {
    const users = new Set(listHeldDisables(store, userId).map(({ subject }) => subject));
    const refused: RefusedDisable[] = [];
    let disables = 0;
    for (const id of users) {
      const link = findLiveLink(store, "User", id);
      const refusal = link?.isActive ? whyRefused(job, link) : undefined;
      if (refusal) {
        refused.push(refusal);
        continue;
      }
      deleteHeldDisable(store, id);
      if (!link?.isActive) continue;
      oweDisable(job, id, { why: "an administrator has applied what the brake held" });
      disables += 1;
    }
    if (userId === undefined && users.size > refused.length) countFromZero(job, "deactivation");
    return { disables, refused };
  });
}

/** Why the disable that the brake holds of a user must not be done now; undefined where it may, or where there is none. */
export function whyHeldDisableWaits(job: Work, userId: string): RefusedDisable | undefined {
  const link = findLiveLink(job.connection.store, "User", userId);
  if (!link?.isActive || listHeldDisables(job.connection.store, userId).length === 0) return undefined;
  return whyRefused(job, link);
}

function whyRefused(job: Work, link: LiveLink): RefusedDisable | undefined {
  const shared = findSharedAccount(job, link);
  if (shared) return refusalOf(job, link, `two-identities:${link.id}`, whyShared(shared));
  if (!isProductRestored(job)) return undefined;
  const why = "the product seems to have been restored from a backup, and nobody has chosen yet what shall stay";
  return refusalOf(job, link, "product-restored", why);
}

const refusalOf = ({ connection }: Work, { id }: LiveLink, alarm: string, why: string): RefusedDisable => ({
  userId: id,
  alarm,
  why:
    `the user was not disabled, because the alarm ${alarm} is open: ${why}. The disable stays noted. If it is intended, ` +
    `acknowledge the alarm (“portico connection acknowledge ${connection.name} ${alarm}”) and try again`,
});
