// Many users' records in few calls, where the vendor has a read for many.

import type { Job } from "../jobs/job.ts";

/** Records by native id; none where the vendor has no such read. A record that is left out need not be gone. */
export async function readTogether(job: Job, nativeIds: readonly string[]): Promise<Map<string, unknown>> {
  const { user } = job.connection.adapter;
  const natives = new Map<string, unknown>();
  if (!user.readMany) return natives;
  const { max, read } = user.readMany;
  for (let at = 0; at < nativeIds.length; at += max) {
    for (const native of await read(job.api, nativeIds.slice(at, at + max))) natives.set(user.id(native), native);
  }
  return natives;
}
