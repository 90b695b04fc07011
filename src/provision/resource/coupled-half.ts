// One half of userName and e-mail is enough for a new user, where the vendor has one value for both [S2].

import { strictRefusal } from "../../scim/strict.ts";
import type { Job } from "../jobs/job.ts";
import { isStrict } from "../jobs/read-notes.ts";
import type { Kind } from "../vendor/resource-types.ts";
import type { Held } from "./attribute-mapping.ts";
import { isAddress, isBlank } from "./value-checks.ts";

/**
 * Gives a new user the half of userName and e-mail that a request leaves out, where the vendor has one value for both and
 * requires it; in place. A userName that is no address is no e-mail.
 * @throws ScimError 400 where the connection is strict
 */
export function deriveHalf(job: Job, held: Held, { rows }: Pick<Kind, "rows">, twin: string): void {
  const row = rows.find(({ path }) => path === twin);
  const [missing, given] = isBlank(held.userName) ? ["userName", twin] : [twin, "userName"];
  const value = held[given];
  if (!row?.required || !isBlank(held[missing]) || isBlank(value)) return;
  if (missing === twin && row.isAddress && !isAddress(value)) return;
  if (isStrict(job)) throw strictRefusal("coupled-half", missing);
  held[missing] = value;
  job.trace.repairs.add("coupled-half");
}
