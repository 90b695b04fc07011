// Deactivations that arrive while the vendor cannot even be read: kept like those that it could not take [S19].

import { ScimError } from "../../scim/messages.ts";
import type { Resource } from "../../scim/schema.ts";
import { findLiveLink } from "../../store/links.ts";
import type { Job } from "../connection/job.ts";
import { kindOf } from "../connection/kinds.ts";
import { braked } from "../guard/brake.ts";
import { requireUnprotected } from "../guard/protection.ts";
import { resourceOf } from "../resource/values.ts";
import { isOutage, keepDeactivation } from "../settlement/deactivation.ts";

/**
 * Runs what must be read before a user is changed. Where an outage prevents it and the request would disable them, that is
 * kept, so that their access ends although the client may never come back.
 * @throws what `work` throws; ScimError 403 or 503 where protection or the brake forbids it
 */
export async function readOrKeep<T>(
  job: Job,
  id: string,
  disables: (job: Job) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const link = findLiveLink(job.connection.store, "User", id);
    const canDisable = kindOf(job.connection, "User").rows.some((row) => row.path === "active");
    if (!isOutage(error) || !link?.isActive || !canDisable || !disables(job)) throw error;
    await requireUnprotected(job, link, "the user was not disabled");
    return braked(job, "deactivation", id, async () => {
      keepDeactivation(job, id, error);
      throw error;
    });
  }
}

/** Whether a change would disable an active user of whom no more is known than the link says; a version is not known. */
export function disablesUnread(
  id: string,
  ifMatch: string | undefined,
  change: (present: Resource) => Resource,
): (job: Job) => boolean {
  return (job) => {
    if (ifMatch !== undefined) return false;
    const { store } = job.connection;
    const link = findLiveLink(store, "User", id);
    if (!link) return false;
    const known = { userName: link.name ?? undefined, active: true };
    try {
      return change(resourceOf(link, known, kindOf(job.connection, "User"))).active === false;
    } catch (error) {
      // What the request asks besides does not fit what is known.
      if (error instanceof ScimError) return false;
      throw error;
    }
  };
}
