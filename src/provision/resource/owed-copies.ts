// Vendors that copy a manager's name and address into the records of the direct reports: who is owed a new copy.

import { oweCopiesOf } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { kindOf } from "../vendor/user-or-group.ts";

/** Notes that what a vendor may have copied of a user has changed, or that the user was deleted. */
export function oweCopies(job: Job, managerId: string, changed?: ReadonlySet<string>): void {
  const { connection } = job;
  const isCopied = (path: string) => /^(userName|displayName|name\.|emails)/.test(path);
  if (changed && ![...changed].some(isCopied)) return;
  if (!kindOf(connection, "User").rows.some(({ reference }) => reference)) return;
  const why = `the record is to show what is new of the user ${managerId}, or that the user was deleted`;
  if (oweCopiesOf(connection.store, managerId, { why, now: job.now() })) wakeOwed(job, "copy");
}
