// Makes a resource of a link: the vendor's record, the overlay and the values that only the link stores.

import type { Values } from "../../adapter.ts";
import type { Resource } from "../../scim/schema.ts";
import { foldName, isSameText } from "../../scim/text.ts";
import { findOverlays, type Overlay, upsertOverlay } from "../../store/journal.ts";
import { findLiveLinksByKey } from "../../store/link-names.ts";
import {
  findLinkByNativeId,
  findLiveLink,
  type Link,
  type LinkType,
  type LiveLink,
  type Store,
} from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { notePrivilege } from "../protection/privileged-accounts.ts";
import { isMade } from "../vendor/made-values.ts";
import { holdsExternalId, type Kind } from "../vendor/resource-types.ts";
import { kindOf, naturalKeyPath, operationsOf } from "../vendor/user-or-group.ts";
import { isSameAtVendor } from "../vendor/vendor-names.ts";
import { type Held, toHeld, toResource } from "./attribute-mapping.ts";
import { isNameOnLink } from "./email-coupling.ts";
import { refreshKeys, shownSeat } from "./link-keys.ts";
import { readRecord } from "./not-found.ts";
import { repairActivated } from "./owed-disables.ts";
import { compareSeat, compareShown, findKnownRecords, formerAt, rememberWritten, type Shown } from "./record-drift.ts";
import {
  findByEmail,
  isRenamedLeaver,
  listShownInstead,
  namePaths,
  showsSoftDeleteName,
  withSoftDeleteName,
} from "./soft-delete-names.ts";
import { compareTold } from "./told-values.ts";
import { digestValues } from "./value-digests.ts";

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
}

/** The SCIM id of the user that a vendor's pointer names. */
function resolvePointer(store: Store, link: Link, path: string, pointer: Values[string]): string | undefined {
  if (typeof pointer !== "object") return undefined;
  if ("id" in pointer) {
    const found = findLinkByNativeId(store, "User", pointer.id);
    return found?.state === "live" ? found.id : undefined;
  }
  const key = foldName(pointer.key);
  const written = link.pointers?.[path];
  if (written && foldName(written.key) === key && findLiveLink(store, "User", written.id)) return written.id;
  const [found] = [...findByEmail(store, key), ...findLiveLinksByKey(store, "User", "nameKey", key)];
  // Whom nobody is called by, the vendor may spell in its own way.
  const isRespelled = !found && written && isSameText(written.key, pointer.key);
  return isRespelled ? findLiveLink(store, "User", written.id)?.id : found?.id;
}

/** The table's values in what an adapter read; "", null and what Portico has made count as unassigned. */
export function readHeld(store: Store, link: Link | undefined, values: Values, kind: Kind): Held {
  const held: Held = {};
  for (const row of kind.rows) {
    const value = values[row.path];
    if (value === undefined || value === null || value === "" || isMade(row, value)) continue;
    if (!row.reference) {
      if (typeof value !== "object") held[row.path] = value;
    } else if (link) {
      const id = resolvePointer(store, link, row.path, value);
      if (id) held[row.path] = id;
    }
  }
  return held;
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
export function assemble(job: Job, link: LiveLink, native: unknown, values: Values): Hydrated {
  const { connection } = job;
  const kind = kindOf(connection, link.type);
  const held = readHeld(connection.store, link, values, kind);
  const overlays = findOverlays(connection.store, link.id, job.startedAt);
  if (native !== undefined) compareTold(job, link, held, overlays);
  applyOverlays(held, overlays);
  return toHydrated(connection, link, native, held);
}

/** Puts what the vendor does not show yet over what it shows, in place. */
export function applyOverlays(held: Held, overlays: Iterable<Overlay>): void {
  for (const { path, value } of overlays) {
    if (value === null) delete held[path];
    else held[path] = value;
  }
}

/** What a record, or a partial row of a list, shows of a user or group, for comparison. */
export async function toShown(
  connection: OpenConnection,
  type: LinkType,
  record: unknown,
  values: Values,
  isPartial = false,
): Promise<Shown> {
  const nativeId = operationsOf(connection, type).id(record);
  const kind = kindOf(connection, type);
  return {
    digests: await digestValues(connection, type, kind, nativeId, values, isPartial),
    isActive: typeof values.active === "boolean" ? values.active : undefined,
    seat: type === "User" ? shownSeat(connection, record) : undefined,
    naturalKey: naturalKeyPath(connection, type),
    values,
    waiting: type === "User" && !isPartial ? connection.adapter.user.confirms?.waiting?.(record) : undefined,
  };
}

/** The answer to a write; remembers its values, because the vendor should show them from now on. */
export async function answerWritten(job: Job, link: LiveLink, native: unknown, values: Values): Promise<Hydrated> {
  const present = assemble(job, link, native, values);
  const expected = { ...values };
  const overlays = findOverlays(job.connection.store, link.id, job.startedAt);
  for (const { path, value } of overlays) {
    // How the vendor points to a user is known only once it shows the pointer.
    if (typeof expected[path] === "object") delete expected[path];
    else expected[path] = value ?? undefined;
  }
  const { digests } = await toShown(job.connection, link.type, native, expected, true);
  const waiting = overlays.filter(({ reason }) => reason === "pending");
  const former = waiting.length > 0 ? (await toShown(job.connection, link.type, native, values, true)).digests : {};
  for (const { path } of waiting) if (former[path]) digests[formerAt(path)] = former[path];
  rememberWritten(job, link.id, digests);
  return present;
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
  const { connection } = job;
  const askedAt = job.now();
  const record = await readRecord(job, link);
  if (!record) return undefined;
  if (record.isInvisible) return assemble(job, link, undefined, {});
  if (link.type === "User") notePrivilege(job, record.native);
  const values = operationsOf(connection, link.type).toScim(record.native);
  const shown = await toShown(connection, link.type, record.native, values);
  const known = findKnownRecords(job, [link.id], askedAt)(link.id);
  if (!known.isBusy) {
    compareShown(job, link, known, shown);
    compareSeat(job, link, shown);
    repairActivated(job, link, known, shown);
  }
  const present = assemble(job, link, record.native, values);
  if (!known.isStale) refreshKeys(job, present);
  return present;
}
