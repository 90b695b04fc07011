// What reading or applying a request has taken leniently: noted in its trace, or refused by a strict connection [S60].

import { requireStrict, type Taken } from "../../scim/strict.ts";
import type { Job } from "./job.ts";

/**
 * Notes what was repaired and dropped.
 * @throws ScimError 400 where the connection is strict and only the lenient profile takes the request so
 */
export function noteRead<T extends Taken>({ trace, connection }: Job, read: T): T {
  for (const name of read.repairs) trace.repairs.add(name);
  for (const path of read.dropped) trace.dropped.add(path);
  if (connection.rules.profile === "strict") requireStrict(read);
  return read;
}
