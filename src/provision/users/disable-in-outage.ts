// Requests to disable a user that arrive while the vendor cannot be read: the disable is remembered and done later
// [S19].

import type { Edit } from "../../scim/edit.ts";
import { findLiveLink } from "../../store/links.ts";
import { isOutage } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import { rememberDisable } from "../recovery/pending-disable.ts";
import { withBrake } from "../safeguards/brake.ts";
import { deactivationOf } from "../safeguards/brake-effects.ts";
import { requireUnprotected } from "../safeguards/protected-changes.ts";
import { requireOneIdentity } from "../safeguards/two-identities.ts";
import { kindOf } from "../vendor/user-or-group.ts";

/**
 * Runs what must be read before a user is changed. Where an outage prevents it and the request would disable the user,
 * the disable is remembered, so that the access ends although the client may never send the request again.
 * @throws what `work` throws; ScimError 403 or 503 where protection or the brake forbids it
 */
export async function readOrDisableLater<T>(
  job: Job,
  id: string,
  disables: () => boolean,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const link = findLiveLink(job.connection.store, "User", id);
    const canDisable = kindOf(job.connection, "User").rows.some((row) => row.path === "active");
    if (!isOutage(error) || !link?.isActive || !canDisable || !disables()) throw error;
    await requireUnprotected(job, link, "the user was not disabled", "failed");
    requireOneIdentity(job, link);
    return withBrake(job, { about: id, effects: [deactivationOf(job, id)] }, async () => {
      rememberDisable(job, id, error);
      throw error;
    });
  }
}

/**
 * Whether an edit disables a user who cannot be read now. Only the request can say so: its last value for `active`
 * counts. A request that sends a wrong value or removes the userName disables no user. A version cannot be compared
 * without a read.
 */
export const canDisableUnread = (ifMatch: string | undefined, edit: Edit) => (): boolean =>
  ifMatch === undefined && edit.disables();
