// What an object can still store: where a table of what is owed is full, requests wait that would add to it. A request that
// disables somebody never does, and nothing that is stored goes.

import { ScimError } from "../../scim/messages.ts";
import { capOf, listFullTables } from "../../store/table-caps.ts";
import type { Job } from "../jobs/job.ts";

/** The alarm that counts the rows again comes every quarter of an hour. */
const RETRY_AFTER_SECONDS = 900;

/** @throws ScimError 503 where a table is full that the request would add to */
export function requireRoom({ connection, trace }: Job, what: "create" | "change"): void {
  const full = listFullTables(connection.store).filter((table) => what === "create" || capOf(table).grows !== "links");
  if (full.length === 0) return;
  trace.notes.add(`refused: no room in ${full.join(", ")}`);
  throw new ScimError(
    503,
    "this connection has stored as much as it may, and an administrator of the gateway has been told; requests that disable a user are taken all the same",
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}
