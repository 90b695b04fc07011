// Many records in few calls, where the vendor has a read for many.

import type { LinkType } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { operationsOf } from "../vendor/user-or-group.ts";

/**
 * Records by native id; none where the vendor has no such read. A record that is left out need not be gone.
 * @param spend called before each call
 */
export async function readTogether(
  job: Job,
  type: LinkType,
  nativeIds: readonly string[],
  spend: () => void = () => {},
): Promise<Map<string, unknown>> {
  const natives = new Map<string, unknown>();
  if (nativeIds.length === 0) return natives;
  const { id, readMany } = operationsOf(job.connection, type);
  if (!readMany) return natives;
  const { max, read } = readMany;
  for (let at = 0; at < nativeIds.length; at += max) {
    spend();
    for (const native of await read(job.api, nativeIds.slice(at, at + max))) natives.set(id(native), native);
  }
  return natives;
}
