// Disables that the vendor is still to do [S19], and users who are active at the vendor again although they were disabled [S46].

import { upsertOverlay } from "../../store/journal.ts";
import type { Left } from "../../store/link-tables.ts";
import { findLink, isHiddenAccount, type Link, updateLink } from "../../store/links.ts";
import { upsertOwed } from "../../store/owed.ts";
import { isProductRestored } from "../alarms/product-restored.ts";
import { raiseAlarm } from "../alarms/raise-alarm.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { isProtected } from "../protection/protected-principals.ts";
import { toldLeft } from "./link-keys.ts";
import { type KnownRecord, noteDrift, type Shown } from "./record-drift.ts";

/** A pending disable ends when it is done or another change replaces it, never by age. */
const NEVER = Number.MAX_SAFE_INTEGER;
const DAY_MS = 86_400_000;

interface NewDisable {
  why: string;
  dueAt?: number;
  failures?: number;
  /** How the user left, where that is known already. */
  left?: Left;
}

/** Shows a user as inactive from now on; the alarm disables them at the vendor at the given time, or at once. */
export function oweDisable(
  job: Pick<Job, "connection" | "now">,
  linkId: string,
  { why, dueAt = job.now(), failures = 0, left }: NewDisable,
): void {
  const { store } = job.connection;
  upsertOverlay(store, { linkId, path: "active", reason: "deactivation", value: false, expiresAt: NEVER });
  const disable = { kind: "disable", linkId, key: "active", operation: { op: "replace", value: false } } as const;
  upsertOwed(store, { ...disable, why, since: job.now(), dueAt, failures });
  const link = findLink(store, "User", linkId);
  if (link) updateLink(store, linkId, { isActive: false, left: left ?? toldLeft(link, job.now()) });
  wakeOwed(job, "disable", dueAt);
}

/**
 * Disables a user once more who was disabled through Portico and whom the vendor shows as active: once a day, and the second
 * time an administrator is told to look. Reads go on showing the user as inactive.
 * @param before the link as it was when the vendor was asked
 * @returns whether an overlay shows them so from now on
 */
export function repairActivated(
  job: Job,
  before: Link,
  { overlaid }: Pick<KnownRecord, "overlaid">,
  shown: Shown,
): boolean {
  const { rules, object } = job.connection;
  if (before.type !== "User" || shown.isActive !== true || overlaid.has("active")) return false;
  const isTold = isHiddenAccount(before) || (!before.isActive && before.left?.isTold === true);
  if (!isTold) return false;
  if (rules.driftActivated === "report" || object.isShadow || isProductRestored(job) || isProtected(job, before))
    return false;
  const { repairedAt = Number.NEGATIVE_INFINITY } = before.left ?? {};
  const dueAt = Math.max(job.now(), repairedAt + DAY_MS);
  if (dueAt > job.now()) raiseAlarm(job, { kind: "undone", subject: before.id, ids: [before.id], count: 1 });
  noteDrift(job, "activated", before.id, "", true);
  const left = { ...toldLeft(before, job.now()), repairedAt: dueAt };
  oweDisable(job, before.id, { why: "the user was disabled, and is active at the product again", dueAt, left });
  return true;
}
