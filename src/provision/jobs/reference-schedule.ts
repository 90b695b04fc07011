// When the references that wait for a user are tried: hourly, and at once when the user comes [S50].

import { findDueJob, upsertDueJob } from "../../store/due-jobs.ts";
import type { OpenConnection } from "../connection/open-connection.ts";

/** In milliseconds: between two tries of references for which nobody came. */
export const REFERENCE_PAUSE_MS = 3_600_000;

/** Lets the job run at a time, unless it runs earlier anyway. */
export function scheduleReferences({ store, object }: Pick<OpenConnection, "store" | "object">, dueAt: number): void {
  const known = findDueJob(store, "references");
  if (known && known.dueAt <= dueAt) return;
  upsertDueJob(store, { job: "references", dueAt, failures: 0 });
  object.setAlarm();
}
