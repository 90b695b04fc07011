// A record that was written without a read before it: the answer is compared as a read would be [S54].

import type { DigestRow } from "../../store/digests.ts";
import type { LiveLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { compareSeat, compareShown, NOTHING_KNOWN } from "./record-drift.ts";
import { showWhole } from "./shown-records.ts";
import type { Digested } from "./value-digests.ts";

/**
 * Compares what the answer to a write shows beside the written values with what was known of the record before.
 * @returns what it shows
 */
export async function compareRest(
  job: Job,
  link: LiveLink,
  native: unknown,
  known: DigestRow,
  written: ReadonlySet<string>,
): Promise<Digested> {
  const { connection } = job;
  const values = connection.adapter.user.toScim(native);
  const shown = await showWhole(connection, "User", { native, values });
  const digests = Object.fromEntries(Object.entries(shown.digests).filter(([path]) => !written.has(path)));
  const isAsBefore = Object.entries(digests).every(([path, digest]) => known.paths[path] === digest);
  if (!isAsBefore || shown.isActive === false)
    compareShown(job, link, { ...NOTHING_KNOWN, digests: known }, { ...shown, digests });
  compareSeat(job, link, shown);
  return shown;
}
