// Makes a resource of a link: the vendor's record, the overlay and the values that only the link stores.

import type { Values } from "../../adapter.ts";
import type { Resource } from "../../scim/schema.ts";
import { findOverlays, type Overlay, upsertOverlay } from "../../store/journal.ts";
import type { ShownGroup } from "../../store/known-records.ts";
import type { Link, LiveLink } from "../../store/links.ts";
import { membersAge } from "../../store/members.ts";
import type { Sight } from "../../store/sights.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { notePrivileges } from "../protection/privileged-accounts.ts";
import { holdsExternalId } from "../vendor/resource-types.ts";
import { kindOf, naturalKeyPath, operationsOf } from "../vendor/user-or-group.ts";
import { isSameAtVendor } from "../vendor/vendor-names.ts";
import { type Held, toHeld, toResource } from "./attribute-mapping.ts";
import { isNameOnLink } from "./email-coupling.ts";
import { readHeld, resolveTogether } from "./held-values.ts";
import { refreshKeys } from "./link-keys.ts";
import { readRecord } from "./not-found.ts";
import { repairActivated } from "./owed-disables.ts";
import { compareSeat, compareShown, findKnownRecords, formerAt, rememberWritten } from "./record-drift.ts";
import { digestWritten, showPart, showWholes } from "./shown-records.ts";
import {
  isRenamedLeaver,
  listShownInstead,
  namePaths,
  showsSoftDeleteName,
  withSoftDeleteName,
} from "./soft-delete-names.ts";
import { compareTold } from "./told-values.ts";
import type { Digested } from "./value-digests.ts";

/** A link with what the vendor holds for it. */
export interface Hydrated {
  link: LiveLink;
  /** The record read by id. */
  native: unknown;
  held: Held;
  /** The name that clients see, where it is a soft-delete name and `held` has the vendor's [S45]. */
  softDeleteName?: string | undefined;
  /** The addresses that clients see, where `held` has those that the vendor was given in their place [S45]. */
  shownInstead?: Held;
  /** Without id, schemas, meta and computed attributes. */
  resource: Resource;
  /** The groups that show a user; absent: not looked up yet. */
  groups?: readonly ShownGroup[];
  /** The age of the memberships when the groups were looked up. */
  groupsAt?: number | undefined;
  /** What the record that was read has shown. */
  seen?: Digested | undefined;
  /** When clients last met a user; null: never; absent: not looked up yet. */
  sight?: Sight | null;
}

/** The userName as the client sent it, also where the adapter maps only the attribute that it is another spelling of. */
function setUserName(connection: OpenConnection, link: Link, held: Held): void {
  if (link.type !== "User") return;
  const twin = connection.adapter.userNameIs;
  const native = held[twin ?? "userName"];
  const linked = link.name ?? undefined;
  if (typeof native !== "string" || (isNameOnLink(connection) && link.isAlias)) held.userName = linked ?? native;
  // As sent by the client, unless the value was changed at the vendor.
  else
    held.userName =
      linked !== undefined && isSameAtVendor(connection.adapter, "User", native, linked) ? linked : native;
}

/** Makes a resource of a record that was read, its overlay and its link. */
export function assemble(
  job: Job,
  link: LiveLink,
  native: unknown,
  values: Values,
  overlays = findOverlays(job.connection.store, link.id, job.startedAt),
  held = readHeld(job.connection.store, link, values, kindOf(job.connection, link.type)),
): Hydrated {
  if (native !== undefined) compareTold(job, link, held, overlays);
  applyOverlays(held, overlays);
  return toHydrated(job.connection, link, native, held);
}

/** Puts what the vendor does not show yet over what it shows, in place. */
export function applyOverlays(held: Held, overlays: Iterable<Overlay>): void {
  for (const { path, value } of overlays) {
    if (value === null) delete held[path];
    else held[path] = value;
  }
}

/**
 * The answer to a write; remembers its values, because the vendor should show them from now on.
 * @param before the same as it was read: what is still so is not worked out again
 */
export async function answerWritten(
  job: Job,
  link: LiveLink,
  native: unknown,
  values: Values,
  before?: Hydrated,
): Promise<Hydrated> {
  const { connection } = job;
  const overlays = findOverlays(connection.store, link.id, job.startedAt);
  const present = assemble(job, link, native, values, overlays);
  const expected = { ...values };
  for (const { path, value } of overlays) {
    // How the vendor points to a user is known only once it shows the pointer.
    if (typeof expected[path] === "object") delete expected[path];
    else expected[path] = value ?? undefined;
  }
  // The digests are of this record, also where another one has its id now.
  const known = before?.link.nativeId === link.nativeId ? before.seen : undefined;
  const { digests } = await showPart(connection, link.type, { native, values: expected }, known);
  const waiting = overlays.filter(({ reason }) => reason === "pending");
  const former = waiting.length > 0 ? (await showPart(connection, link.type, { native, values })).digests : {};
  for (const { path } of waiting) if (former[path]) digests[formerAt(path)] = former[path];
  const whole = overlays.length > 0 ? null : await digestWritten(connection, link.type, { native, values });
  rememberWritten(job, link.id, digests, whole);
  const { groups, groupsAt } = before ?? {};
  const isSame = groups !== undefined && groupsAt !== undefined && groupsAt === membersAge(connection.store);
  return isSame ? { ...present, groups, groupsAt } : present;
}

/** Makes a resource of values and a link, without asking the vendor. */
export function toHydrated(connection: OpenConnection, link: LiveLink, record: unknown, values: Held): Hydrated {
  const kind = kindOf(connection, link.type);
  const held = { ...values };
  setUserName(connection, link, held);
  const name = held[naturalKeyPath(connection, link.type)];
  const isSoftDeleted = link.type === "User" && showsSoftDeleteName(connection, link, name);
  const softDeleteName = isSoftDeleted ? (link.name ?? undefined) : undefined;
  const instead = isSoftDeleted && isRenamedLeaver(link, name) ? listShownInstead(connection.store, link.id) : {};
  const replaced = isSoftDeleted ? [...namePaths(connection), ...Object.keys(instead)] : [];
  const native = Object.fromEntries(replaced.map((path) => [path, held[path]]));
  const shown = { ...withSoftDeleteName(connection, held, softDeleteName), ...instead };
  const resource = toResource(shown, link.kept, kind);
  const preferred = kind.rows.flatMap(({ path, isPreferred }) => (isPreferred ? [[path, shown[path]]] : []));
  if (link.externalId !== null && !holdsExternalId(kind)) resource.externalId = link.externalId;
  return {
    link,
    native: record,
    held: { ...toHeld(resource, kind), ...Object.fromEntries(preferred), ...native },
    softDeleteName,
    shownInstead: instead,
    resource,
  };
}

/** Shows written values, those that `written` names in any case, while the vendor's reads may still lag. */
export function overlayLag(
  job: Job,
  linkId: string,
  before: Held,
  after: Held,
  written: ReadonlySet<string> = new Set(),
): void {
  const { connection } = job;
  const lagMs = connection.readLagMs;
  if (!lagMs) return;
  for (const path of new Set([...Object.keys(before), ...Object.keys(after), ...written])) {
    if (before[path] === after[path] && !written.has(path)) continue;
    const expiresAt = job.now() + lagMs;
    upsertOverlay(connection.store, { linkId, path, reason: "lag", value: after[path] ?? null, expiresAt });
  }
}

/**
 * Reads the vendor's record of a link.
 * @returns undefined where the record is gone; the link is then lost
 * @throws Fault where the vendor cannot tell
 */
export async function hydrate(job: Job, link: LiveLink): Promise<Hydrated | undefined> {
  const askedAt = job.now();
  const record = await readRecord(job, link);
  if (!record) return undefined;
  if (record.isInvisible) return assemble(job, link, undefined, {});
  const [hydrated] = await meet(job, [{ link, native: record.native }], askedAt);
  return hydrated;
}

/** A link, and its whole record as the vendor has just shown it. */
export interface Seen {
  link: LiveLink;
  native: unknown;
}

/**
 * Compares records of one type that were read with what is known of them, and makes resources of them.
 * @param askedAt when the vendor was asked
 */
export async function meet(job: Job, seen: readonly Seen[], askedAt: number): Promise<Hydrated[]> {
  const { connection } = job;
  const [first] = seen;
  if (!first) return [];
  const { type } = first.link;
  const operations = operationsOf(connection, type);
  const kind = kindOf(connection, type);
  if (type === "User") {
    notePrivileges(
      job,
      seen.map(({ native }) => native),
    );
  }
  const read = seen.map(({ link, native }) => ({ link, native, values: operations.toScim(native) }));
  const ids = seen.map(({ link }) => link.id);
  let groupsAt: number | undefined;
  const { recordOf, shown } = await showWholes(connection, type, read, () => {
    groupsAt = membersAge(connection.store);
    return findKnownRecords(job, ids, askedAt);
  });
  const resolve = resolveTogether(connection.store, read, kind);
  return read.map(({ link, native, values }, at) => {
    const known = recordOf(link.id);
    const shows = shown[at];
    let { overlays } = known;
    if (shows && !known.isBusy) {
      compareShown(job, link, known, shows);
      compareSeat(job, link, shows);
      const isRepaired = repairActivated(job, link, known, shows);
      // The comparison may have ended some, and the repair has begun one.
      if (isRepaired || overlays.length > 0) overlays = findOverlays(connection.store, link.id, job.startedAt);
    }
    const held = readHeld(connection.store, link, values, kind, resolve);
    const present = assemble(job, link, native, values, overlays, held);
    if (!known.isStale) refreshKeys(job, present);
    return { ...present, groups: known.groups, groupsAt, seen: shows, sight: known.sight ?? null };
  });
}
