// The call that changes a user's record at the vendor.

import { type Change, Fault, type Values } from "../../adapter.ts";
import type { Job } from "../jobs/job.ts";
import { carriesGroups, groupsLock } from "./groups-in-records.ts";
import { asVendorShows } from "./pending-addresses.ts";

/**
 * Writes changed values over a user's record.
 * @returns the record as it stands afterwards
 * @throws Fault unavailable where the vendor needs the whole record and does not show it yet
 */
export async function updateRecord(job: Job, nativeId: string, change: Change<Values, unknown>): Promise<unknown> {
  const { adapter, object } = job.connection;
  const { user } = adapter;
  if (change.native === undefined && user.updateNeeds === "wholeRecord") {
    throw new Fault("unavailable", {
      detail: "the product does not show this user yet; try again",
      retryAfterSeconds: 2,
    });
  }
  // An address that waits must not be sent again by a vendor's update that sends the whole record.
  const values = asVendorShows(job.connection, change.native, change.values, change.changed);
  if (!carriesGroups(user, change.changed)) return user.update(job.api, nativeId, { ...change, values });
  return object.locks.withLocks([groupsLock(nativeId)], job, async () => {
    const native = await user.read(job.api, nativeId);
    return user.update(job.api, nativeId, { ...change, values, native });
  });
}
