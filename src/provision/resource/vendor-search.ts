// What the vendor's own search says of a value.

import { type Api, Fault } from "../../adapter.ts";
import type { Job } from "../jobs/job.ts";

/** The rows that a search shows; none for a value that cannot even be sent to the vendor. */
export async function findRows(
  job: Job,
  search: (api: Api, value: string) => Promise<unknown[]>,
  value: string,
): Promise<unknown[]> {
  const callsBefore = job.trace.calls.length;
  try {
    return await search(job.api, value);
  } catch (error) {
    const isUnsent = job.trace.calls.length === callsBefore;
    if (error instanceof Fault && error.kind === "invalid" && isUnsent) return [];
    throw error;
  }
}
