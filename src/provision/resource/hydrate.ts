// From a link to the resource it stands for: the vendor's record, the overlay and what the link keeps.

import { Fault, type Values } from "../../adapter.ts";
import type { Resource } from "../../scim/schema.ts";
import { foldCase, isSameText } from "../../scim/text.ts";
import { findOverlays, upsertOverlay } from "../../store/journal.ts";
import {
  findLinkByNativeId,
  findLiveLink,
  findLiveLinksByKey,
  type Link,
  type LinkType,
  type LiveLink,
  updateLink,
} from "../../store/links.ts";
import { deleteUserMemberships, listGroupsOf } from "../../store/members.ts";
import type { Bound, Job } from "../connection/job.ts";
import { kindOf, operationsOf } from "../connection/kinds.ts";
import { holdsExternalId, type Kind } from "../vendor/profile.ts";
import { digestValues } from "./digest.ts";
import { compareShown, lookUp, noteLoss, rememberWritten, type Shown } from "./drift.ts";
import { confirmAbsence } from "./existence.ts";
import { naturalKeyPath, refreshKeys, shownSeat } from "./link-keys.ts";
import { type Held, toHeld, toResource } from "./mapping.ts";

/** A link with what the vendor holds for it. */
export interface Hydrated {
  link: LiveLink;
  /** The record read by id. */
  native: unknown;
  held: Held;
  /** Without id, schemas, meta and computed attributes. */
  resource: Resource;
}

/** The link of the user whom a vendor's pointer means. */
function resolvePointer(connection: Bound, link: Link, path: string, pointer: Values[string]): string | undefined {
  if (typeof pointer !== "object") return undefined;
  if ("id" in pointer) {
    const found = findLinkByNativeId(connection.store, "User", pointer.id);
    return found?.state === "live" ? found.id : undefined;
  }
  const key = foldCase(pointer.key);
  const written = link.pointers?.[path];
  if (written && foldCase(written.key) === key && findLiveLink(connection.store, "User", written.id)) return written.id;
  const [found] = [
    ...findLiveLinksByKey(connection.store, "User", "emailKey", key),
    ...findLiveLinksByKey(connection.store, "User", "nameKey", key),
  ];
  return found?.id;
}

/** The table's values in what an adapter read; "" and null count as unassigned. */
export function readHeld(connection: Bound, link: Link | undefined, values: Values, kind: Kind): Held {
  const held: Held = {};
  for (const row of kind.rows) {
    const value = values[row.path];
    if (value === undefined || value === null || value === "") continue;
    if (!row.reference) {
      if (typeof value !== "object") held[row.path] = value;
    } else if (link) {
      const id = resolvePointer(connection, link, row.path, value);
      if (id) held[row.path] = id;
    }
  }
  return held;
}

/** The userName as the client sent it, also where the adapter maps only the attribute that it is another spelling of. */
function nameHeld(connection: Bound, link: Link, held: Held): void {
  if (link.type !== "User") return;
  const twin = connection.adapter.userNameIs;
  const native = held[twin ?? "userName"];
  const linked = link.name ?? undefined;
  if (twin && connection.coupling === "separate") held.userName = linked ?? native;
  else if (typeof native !== "string") held.userName = linked;
  // As sent by the client, unless the value was changed at the vendor.
  else held.userName = isSameText(linked, native) ? linked : native;
}

/** Puts a record and what the link knows together. */
export function assemble(job: Job, link: LiveLink, native: unknown, values: Values): Hydrated {
  const { connection } = job;
  const kind = kindOf(connection, link.type);
  const held = readHeld(connection, link, values, kind);
  for (const overlay of findOverlays(connection.store, link.id, job.startedAt)) {
    if (overlay.value === null) delete held[overlay.path];
    else held[overlay.path] = overlay.value;
  }
  return hydrated(connection, link, native, held);
}

/** What a record, or a row of a list where it is partial, shows of somebody for comparison. */
export async function toShown(
  connection: Bound,
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
  };
}

/** What Portico has written, as it is answered: that is what the vendor shall show from now on. */
export async function answerWritten(job: Job, link: LiveLink, native: unknown, values: Values): Promise<Hydrated> {
  const present = assemble(job, link, native, values);
  const expected = { ...values };
  for (const { path, value } of findOverlays(job.connection.store, link.id, job.startedAt)) {
    // The vendor's own pointer to somebody is not known before it shows it.
    if (typeof expected[path] === "object") delete expected[path];
    else expected[path] = value ?? undefined;
  }
  const { digests } = await toShown(job.connection, link.type, native, expected, true);
  rememberWritten(job, link.id, digests);
  return present;
}

/** Puts values and what the link knows together, without asking the vendor. */
export function hydrated(connection: Bound, link: LiveLink, native: unknown, values: Held): Hydrated {
  const kind = kindOf(connection, link.type);
  const held = { ...values };
  nameHeld(connection, link, held);
  const resource = toResource(held, link.kept, kind);
  if (link.externalId !== null && !holdsExternalId(kind)) resource.externalId = link.externalId;
  return { link, native, held: toHeld(resource, kind), resource };
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
  const operations = operationsOf(connection, link.type);
  const askedAt = job.now();
  try {
    const native = await operations.read(job.api, link.nativeId);
    const values = operations.toScim(native);
    const shown = await toShown(connection, link.type, native, values);
    const known = lookUp(job, [link.id], askedAt)(link.id);
    if (!known.isBusy) compareShown(job, link, known, shown);
    const present = assemble(job, link, native, values);
    if (!known.isStale) refreshKeys(connection, present);
    return present;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
    // A record that was just created is whole in the overlay; one that was changed is not.
    const created = findOverlays(connection.store, link.id, job.startedAt).map((overlay) => overlay.path);
    if (created.includes(naturalKeyPath(connection, link.type))) return assemble(job, link, undefined, {});
    await confirmAbsence(job, link);
    noteLoss(job, link.id);
    updateLink(connection.store, link.id, { state: "lost", deletedAt: job.now() });
    leaveRows(connection, link.id);
    job.trace.notes.add("the vendor no longer has this record; its link is lost");
    return undefined;
  }
}

/** Whoever is gone is shown in no group; should they return, the groups' lists say where they are. */
function leaveRows({ store }: Bound, userId: string): void {
  for (const group of listGroupsOf(store, userId)) updateLink(store, group.id, { membersLoaded: false });
  deleteUserMemberships(store, userId);
}
