// Drift of records: changes at the vendor that did not come through Portico, found by sweeps and reads; paths and
// kinds, never values.

import {
  type DigestRow,
  deleteDigests,
  findDigests,
  findDigestsOf,
  touchDigests,
  upsertDigests,
} from "../../store/digests.ts";
import { type Drift, deleteDrifts, MEMBERSHIPS, upsertDrift } from "../../store/drift.ts";
import { upsertDueJob } from "../../store/due-jobs.ts";
import { findBusyIds, findOverlaysOf } from "../../store/journal.ts";
import { type Link, updateLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { isProtected } from "../protection/protected-principals.ts";
import type { Digests } from "./value-digests.ts";

const RECORDS = ["removed", "renamed", "changed", "activated", "deactivated", "seat"] as const;

/** Forgets what the last sweep of this type has found; what reads have found since then stays until the next one. */
export function forgetLastFindings(
  { connection }: Pick<Job, "connection">,
  type: "User" | "Group" | "Members",
  lastCompletedAt: number,
): void {
  if (type === "Members") deleteDrifts(connection.store, MEMBERSHIPS, lastCompletedAt);
  else deleteDrifts(connection.store, RECORDS, lastCompletedAt, type);
}

export function noteDrift(job: Job, kind: Drift["kind"], linkId: string, otherId = "", isRepaired = false): void {
  // A shadow compares planned records, so a difference is no drift.
  if (job.connection.object.isShadow) return;
  upsertDrift(job.connection.store, { kind, linkId, otherId, at: job.now(), isRepaired });
}

/** What a record, or a row of a list, shows of a user or group. */
export interface Shown {
  digests: Digests;
  /** Undefined where it does not say. */
  isActive: boolean | undefined;
  seat: string | undefined;
  /** The path of the name by which the vendor knows the record. */
  naturalKey: string;
}

/** What Portico knows of a record that is about to be compared. */
export interface KnownRecord {
  digests: DigestRow | undefined;
  /** Portico has written the record since the vendor was asked for it. */
  isStale: boolean;
  /** The vendor may have answered before or during a write of Portico's own. */
  isBusy: boolean;
  /** Paths at which the vendor may still show something else than was written. */
  overlaid: ReadonlySet<string>;
}

export function findKnownRecords(
  { connection }: Job,
  linkIds: readonly string[],
  askedAt: number,
): (linkId: string) => KnownRecord {
  const { store } = connection;
  const digests = new Map(findDigestsOf(store, linkIds).map((row) => [row.linkId, row]));
  const busy = findBusyIds(store, linkIds);
  const overlays = findOverlaysOf(store, linkIds, askedAt);
  return (linkId) => {
    const isStale = (digests.get(linkId)?.writtenAt ?? 0) >= askedAt;
    return {
      digests: digests.get(linkId),
      isStale,
      isBusy: isStale || busy.has(linkId),
      overlaid: new Set(overlays.filter((one) => one.linkId === linkId).map((one) => one.path)),
    };
  };
}

/**
 * Compares what the vendor shows with what it last showed or Portico last wrote, and stores it as known. Call it only
 * for a record that is not busy.
 */
export function compareShown(job: Job, link: Link, { digests: known, overlaid }: KnownRecord, shown: Shown): void {
  const { store } = job.connection;
  const paths = { ...known?.paths };
  let isNew = false;
  for (const [path, digest] of Object.entries(shown.digests)) {
    if (overlaid.has(path) || paths[path] === digest) continue;
    if (paths[path] !== undefined) {
      if (path === shown.naturalKey) noteDrift(job, "renamed", link.id);
      else noteDrift(job, "changed", link.id, path);
    }
    paths[path] = digest;
    isNew = true;
  }
  if (isNew) upsertDigests(store, { linkId: link.id, paths, writtenAt: known?.writtenAt ?? 0 });
  // A user whose name was never read has nothing to compare.
  if (link.type !== "User" || link.name === null) return;
  if (shown.isActive !== undefined && shown.isActive !== link.isActive && !overlaid.has("active")) {
    noteDrift(job, shown.isActive ? "activated" : "deactivated", link.id);
  }
  if (shown.isActive !== false && link.isActive) compareSeat(job, link, shown.seat);
}

function compareSeat(job: Job, link: Link, seat: string | undefined): void {
  const { store, rules } = job.connection;
  if (seat === undefined || link.seat === null || seat === link.seat) return;
  // The repair could lower a protected user's seat, so there is none.
  const repairs = rules.drift === "repair" && !isProtected(job, link);
  noteDrift(job, "seat", link.id, "", repairs);
  if (!repairs) return;
  // Without its mark the seat is worked out and given again.
  updateLink(store, link.id, { seat: null, isSeatDue: true });
  upsertDueJob(store, { job: "seats", dueAt: job.now(), failures: 0 });
}

/** Stores what the vendor should show from now on: what Portico has written, or answered a client. */
export function rememberWritten(job: Job, linkId: string, paths: Digests): void {
  upsertDigests(job.connection.store, { linkId, paths, writtenAt: job.now() });
}

/**
 * Clears what is known of a record that Portico is about to write.
 * @returns what restores it if nothing was written
 */
export function clearDigests(job: Job, linkId: string): () => void {
  const { store } = job.connection;
  const known = findDigests(store, linkId);
  if (!known) return () => {};
  upsertDigests(store, { ...known, paths: {}, writtenAt: job.now() });
  return () => upsertDigests(store, { ...known, writtenAt: job.now() });
}

/** Notes a write that changes no digest: an activation or a seat. */
export function noteWrite(job: Job, linkId: string): void {
  touchDigests(job.connection.store, linkId, job.now());
}

/** Notes that a record is gone; that is drift unless Portico itself was removing it. */
export function noteLoss(job: Job, linkId: string): void {
  const { store } = job.connection;
  if (!findBusyIds(store, [linkId]).has(linkId)) noteDrift(job, "removed", linkId);
  deleteDigests(store, linkId);
}
