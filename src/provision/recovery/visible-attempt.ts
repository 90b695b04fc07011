// A look-up of what an attempt has done says nothing while the vendor's reads may still lag behind it [S23].

import { ScimError } from "../../scim/messages.ts";
import type { Intent } from "../../store/journal.ts";
import type { Job } from "../jobs/job.ts";

/** @throws ScimError 503 until then */
export function requireVisible(job: Job, { attemptedAt }: Pick<Intent, "attemptedAt">): void {
  const visibleAt = attemptedAt + job.connection.readLagMs;
  if (job.now() >= visibleAt) return;
  throw new ScimError(503, "the outcome of an earlier attempt is not visible at the product yet; try again", {
    retryAfterSeconds: Math.ceil((visibleAt - job.now()) / 1000),
  });
}
