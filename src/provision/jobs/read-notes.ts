// What reading or applying a request has taken leniently: noted in its trace, or refused by a strict connection [S60].

import { requireStrict, type Taken } from "../../scim/strict.ts";
import type { Job } from "./job.ts";

/** Whether only the RFCs' own wording is taken: from a client of a strict connection, not from what Portico itself goes on with. */
export const isStrict = ({ connection, credential }: Pick<Job, "connection" | "credential">): boolean =>
  connection.rules.profile === "strict" && credential !== "";

/**
 * Notes what was repaired and dropped.
 * @throws ScimError 400 where the connection is strict and only the lenient profile takes the request so
 */
export function noteRead<T extends Taken>(job: Job, read: T): T {
  for (const name of read.repairs) job.trace.repairs.add(name);
  for (const path of read.dropped) job.trace.dropped.add(path);
  if (isStrict(job)) requireStrict(read);
  return read;
}
