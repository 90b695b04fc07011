// Drift of records: changes at the vendor that did not come through Portico, found by sweeps and reads; paths and
// kinds, never values.

import type { Values } from "../../adapter.ts";
import { type DigestRow, deleteDigests, findDigests, touchDigests, upsertDigests } from "../../store/digests.ts";
import { type Drift, deleteDrifts, MEMBERSHIPS, upsertDrift } from "../../store/drift.ts";
import { findBusyIds, type Overlay } from "../../store/journal.ts";
import { findKnownLinks, type KnownLink } from "../../store/known-records.ts";
import { findLiveLinksByKey, toNameKey } from "../../store/link-names.ts";
import { type Link, updateLink } from "../../store/links.ts";
import { isProductRestored } from "../alarms/product-restored.ts";
import type { Job } from "../jobs/job.ts";
import { isProtected } from "../protection/protected-principals.ts";
import { afterSeen, afterWritten, beforeWritten } from "./former-values.ts";
import { oweLicence } from "./owed-licences.ts";
import { endPending, outcomeOf, WAIT_MS } from "./pending-addresses.ts";
import type { Digests } from "./value-digests.ts";

const RECORDS = ["removed", "renamed", "changed", "activated", "deactivated", "seat", "duplicate"] as const;

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
  /** The digest of the whole record; undefined where it shows only a part. */
  whole: string | undefined;
  /** Undefined where it does not say. */
  isActive: boolean | undefined;
  seat: string | undefined;
  /** The path of the name by which the vendor knows the record. */
  naturalKey: string;
  values: Values;
  /** The addresses that the record says are waiting for the person; undefined where records do not say. */
  waiting: Values | undefined;
}

/** What Portico knows of a record that is about to be compared. */
export interface KnownRecord extends Pick<KnownLink, "digests" | "overlays" | "groups" | "sight"> {
  /** Portico has written the record since the vendor was asked for it. */
  isStale: boolean;
  /** The vendor may have answered before or during a write of Portico's own. */
  isBusy: boolean;
  /** By path, what the vendor may not show yet. */
  overlaid: Map<string, Overlay>;
}

const NOTHING = { digests: undefined, isBusy: false, overlays: [], groups: [], sight: undefined };

/** Of a record of which Portico knows nothing but what is said beside it. */
export const NOTHING_KNOWN: KnownRecord = { ...NOTHING, isStale: false, overlaid: new Map() };

/** What is known of links' records, in one look. `overlays` are those of when the job began, as its answer shows them. */
export function findKnownRecords(
  { connection, startedAt }: Job,
  linkIds: readonly string[],
  askedAt: number,
): (linkId: string) => KnownRecord {
  const found = findKnownLinks(connection.store, linkIds, Math.min(startedAt, askedAt));
  const known = new Map(found.map((one) => [one.linkId, one]));
  return (linkId) => {
    const { digests, isBusy, overlays, groups, sight } = known.get(linkId) ?? NOTHING;
    const isStale = (digests?.writtenAt ?? 0) >= askedAt;
    return {
      digests,
      isStale,
      isBusy: isStale || isBusy,
      overlays,
      overlaid: new Map(overlays.filter(({ expiresAt }) => expiresAt > askedAt).map((one) => [one.path, one])),
      groups,
      sight,
    };
  };
}

/** Whether a whole record shows just what is known of it. */
export const isAsKnown = ({ digests, overlays }: KnownRecord, whole: string): boolean =>
  digests?.whole === whole && overlays.length === 0;

/**
 * Compares what the vendor shows with what it last showed or Portico last wrote, and stores it as known. Call it only
 * for a record that is not busy.
 */
export function compareShown(job: Job, link: Link, { digests: known, overlaid }: KnownRecord, shown: Shown): void {
  const paths = { ...known?.paths };
  const digests: Digests = {};
  for (const [path, digest] of Object.entries(shown.digests)) {
    const overlay = overlaid.get(path);
    if (overlay?.reason === "pending") comparePending(job, link, overlay, overlaid, paths, digest, shown);
    if (overlay) continue;
    digests[path] = digest;
    if (paths[path] !== undefined && paths[path] !== digest) noteChange(job, link, path, shown);
  }
  const isSwitched = isSwitchedAtVendor(link, shown) && !overlaid.has("active");
  if (isSwitched) noteDrift(job, shown.isActive ? "activated" : "deactivated", link.id);
  const isAgain = isSwitched && shown.isActive && link.left !== null;
  const active = isAgain ? "again" : shown.isActive ? undefined : "not";
  const seen = afterSeen({ ...known, paths }, digests, active);
  // What overlays hide was not compared.
  const unchanged = known && isSameRecord(known.paths, seen.paths) ? known.whole : null;
  storeSeen(job, link.id, known, { ...seen, whole: (overlaid.size === 0 ? shown.whole : undefined) ?? unchanged });
}

const noteChange = (job: Job, link: Link, path: string, { naturalKey }: Shown): void =>
  path === naturalKey ? noteDrift(job, "renamed", link.id) : noteDrift(job, "changed", link.id, path);

/** Under which the digest of the former address is known, while another waits for the person. */
export const formerAt = (path: string) => `former ${path}`;

/**
 * Looks what became of an address that waits for the person: confirmed, still waiting beside the former one, or given up
 * for whatever the record shows now, which is drift.
 */
function comparePending(
  job: Job,
  link: Link,
  { path, value, expiresAt }: Overlay,
  overlaid: Map<string, Overlay>,
  paths: Digests,
  digest: string,
  shown: Shown,
): void {
  // Reads that lag do not say yet what waits.
  const lags = job.now() < expiresAt - WAIT_MS + job.connection.readLagMs;
  const told = lags ? undefined : shown.waiting;
  const outcome = outcomeOf(path, { wanted: value ?? null, shown: shown.values[path], told });
  const former = paths[formerAt(path)];
  if (outcome === "waiting" && (former === undefined || former === digest)) {
    paths[formerAt(path)] = digest;
    return;
  }
  if (outcome !== "confirmed") noteChange(job, link, path, shown);
  endPending(job, link, path);
  overlaid.delete(path);
  delete paths[formerAt(path)];
  paths[path] = digest;
}

/** A user whose name was never read has nothing to compare. */
const isKnownUser = (link: Link) => link.type === "User" && link.name !== null;

const isSwitchedAtVendor = (link: Link, { isActive }: Shown): boolean =>
  isKnownUser(link) && isActive !== undefined && isActive !== link.isActive;

type Seen = ReturnType<typeof afterSeen> & Pick<DigestRow, "whole">;

function storeSeen(job: Job, linkId: string, known: DigestRow | undefined, seen: Seen): void {
  const isSame =
    known !== undefined &&
    known.whole === seen.whole &&
    (["paths", "behind"] as const).every((part) => isSameRecord(known[part], seen[part]));
  const isBehind = Object.keys(seen.behind).length > 0;
  if (isSame || (known === undefined && Object.keys(seen.paths).length === 0 && !isBehind)) return;
  const behindAt = isBehind ? (known?.behindAt ?? job.now()) : null;
  upsertDigests(job.connection.store, { linkId, ...seen, behindAt, writtenAt: known?.writtenAt ?? 0 });
}

function isSameRecord(left: Record<string, string>, right: Record<string, string>): boolean {
  const names = Object.keys(right);
  return names.length === Object.keys(left).length && names.every((name) => left[name] === right[name]);
}

/** Compares the seat that the vendor shows with the one that Portico has given. */
export function compareSeat(job: Job, link: Link, shown: Shown): void {
  const { store, rules } = job.connection;
  const { seat } = shown;
  if (!isKnownUser(link) || shown.isActive === false || !link.isActive) return;
  if (seat === undefined || link.seat === null || seat === link.seat) return;
  // The repair could lower a protected user's seat, so there is none.
  const repairs = rules.drift === "repair" && !isProtected(job, link) && !isProductRestored(job);
  noteDrift(job, "seat", link.id, "", repairs);
  if (!repairs) return;
  // Without its mark the seat is worked out and given again.
  updateLink(store, link.id, { seat: null });
  oweLicence(job, link.id, "the product had given the user another licence");
}

/** Notes a second record of one name at the vendor: clients find the first one by it. */
export function compareName(job: Job, { id, type, name, nameKey }: Link): void {
  if (name === null || nameKey !== null) return;
  const [first] = findLiveLinksByKey(job.connection.store, type, "nameKey", toNameKey(type, name));
  if (first && first.id !== id) noteDrift(job, "duplicate", id, first.id);
}

/**
 * Stores what the vendor should show from now on: what Portico has written, or answered a client.
 * @param whole of the record that shows it; null: some paths are not known
 */
export function rememberWritten(job: Job, linkId: string, paths: Digests, whole: string | null): void {
  const { store } = job.connection;
  const known = findDigests(store, linkId);
  upsertDigests(store, { linkId, ...afterWritten(known, paths), whole, behindAt: null, writtenAt: job.now() });
}

/**
 * Clears what is known of a record that Portico is about to write.
 * @returns what restores it if nothing was written
 */
export function clearDigests(job: Job, linkId: string): () => void {
  const { store } = job.connection;
  const known = findDigests(store, linkId);
  if (!known) return () => {};
  upsertDigests(store, { linkId, ...beforeWritten(known), whole: null, behindAt: null, writtenAt: job.now() });
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
