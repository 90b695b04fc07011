// Deactivations that arrive while the vendor cannot even be read: kept like those that it could not take [S19].

import type { Edit } from "../../scim/edit.ts";
import { findLiveLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { isOutage, rememberDisable } from "../recovery/pending-disable.ts";
import { withBrake } from "../safeguards/brake.ts";
import { requireUnprotected } from "../safeguards/protected-changes.ts";
import { kindOf } from "../vendor/user-or-group.ts";

/**
 * Runs what must be read before a user is changed. Where an outage prevents it and the request would disable them, that is
 * kept, so that their access ends although the client may never come back.
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
    await requireUnprotected(job, link, "the user was not disabled");
    return withBrake(job, "deactivation", id, async () => {
      rememberDisable(job, id, error);
      throw error;
    });
  }
}

/**
 * Whether an edit disables whoever cannot be read now. The request alone says so: the last word on `active` counts, and
 * nothing is kept of a request that sends an unfit value or takes the userName away. A version cannot be compared.
 */
export const canDisableUnread = (ifMatch: string | undefined, edit: Edit) => (): boolean =>
  ifMatch === undefined && edit.disables();
