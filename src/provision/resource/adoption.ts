// Gives a link to each native record that a list or search shows for the first time [S6] [S9] [S10].

import { createId } from "../../store/identifier.ts";
import type { Intent } from "../../store/journal.ts";
import { findLiveLinksByKey, toNameKey } from "../../store/link-names.ts";
import {
  findLink,
  findLinkByNativeId,
  findLiveLink,
  insertLink,
  isLive,
  type Link,
  type LinkType,
  type LiveLink,
  NEW_LINK,
  releaseNativeId,
  updateLink,
} from "../../store/links.ts";
import { isWaiting } from "../../store/waiting.ts";
import type { Job } from "../jobs/job.ts";
import { kindOf, naturalKeyPath, operationsOf } from "../vendor/user-or-group.ts";
import { storeAccount } from "./account-made.ts";
import { type Held, toResource } from "./attribute-mapping.ts";
import { openCreatesOf } from "./doubtful-create.ts";
import { readHeld } from "./held-values.ts";
import { keysOf } from "./link-keys.ts";
import { wakeReferences } from "./reference-lookup.ts";

/** The names of a record that has no link yet. */
function keysOfNewRecord(job: Job, type: LinkType, held: Held) {
  const { connection } = job;
  const twin = connection.adapter.userNameIs;
  const named = type === "User" && twin ? { ...held, userName: held[twin] } : held;
  return keysOf(connection, toResource(named, null, kindOf(connection, type)), named, type);
}

/** What a record without a link is called, and which live links have that name. */
function namesOfNewRecord(job: Job, type: LinkType, held: Held) {
  const keys = keysOfNewRecord(job, type, held);
  const { nameKey } = keys;
  return { keys, named: nameKey === null ? [] : findLiveLinksByKey(job.connection.store, type, "nameKey", nameKey) };
}

/** What a create whose answer was lost has promised to the record that it made: an id and its externalId [S46]. */
interface Promised {
  id?: string;
  externalId?: string | null;
}

/** Makes a live link for a native record; where the name is taken, the earlier link keeps it. */
export function createLink(
  job: Job,
  type: LinkType,
  nativeId: string,
  held: Held,
  more: Promised = {},
  { keys, named } = namesOfNewRecord(job, type, held),
): LiveLink {
  const { store } = job.connection;
  const now = job.now();
  const isTaken = named.length > 0;
  const link: LiveLink = {
    ...NEW_LINK,
    id: more.id ?? createId(now),
    type,
    nativeId,
    ...keys,
    nameKey: isTaken ? null : keys.nameKey,
    externalId: more.externalId ?? keys.externalId,
    version: 1,
    membersLoaded: false,
    createdAt: now,
    modifiedAt: now,
    sweep: null,
    seat: keys.seat ?? null,
  };
  // The intent of a lost attempt to bring back a deleted user or group has the id of the tombstone.
  const former = more.id === undefined ? undefined : findLink(store, type, more.id);
  const made = former ? { ...link, createdAt: former.createdAt } : link;
  if (former) updateLink(store, former.id, made);
  else insertLink(store, made);
  wakeReferences(job, made);
  return made;
}

/**
 * The link of a native record that a search or list showed.
 * @param openCreate of the creates whose outcome is unknown, the one of a name; a page of records asks for them once
 * @returns undefined for the hidden account of a deleted user, and for a group that Portico fills by itself
 */
export function adoptRecord(
  job: Job,
  type: LinkType,
  nativeId: string,
  held: Held,
  openCreate = openCreatesOf(job, type),
): LiveLink | undefined {
  const { store } = job.connection;
  const link = findLinkByNativeId(store, type, nativeId);
  if (!link) {
    const names = namesOfNewRecord(job, type, held);
    // An administrator may have made the account of a user who waits for one at the vendor [S56].
    const waiting = type === "User" ? names.named.find(isWaiting) : undefined;
    if (!waiting) return createLink(job, type, nativeId, held, promisedTo(job, type, held, openCreate), names);
    storeAccount(job, waiting, nativeId);
    return findLiveLink(store, type, waiting.id);
  }
  if (link.state === "own") return undefined;
  const keys = keysOfNewRecord(job, type, held);
  if (isAnothersNow(link, keys.name)) {
    // The vendor reuses ids of removed records, and this one is another user's or group's now.
    releaseNativeId(store, type, nativeId, "", job.now());
    return createLink(job, type, nativeId, held);
  }
  if (link.state === "tombstone") return undefined;
  if (isLive(link) && (link.name !== null || keys.name === null)) return link;
  const name = link.name ?? keys.name;
  const nameKey = name === null ? null : toNameKey(type, name);
  const isTaken = nameKey !== null && findLiveLinksByKey(store, type, "nameKey", nameKey).length > 0;
  const change = {
    state: "live" as const,
    deletedAt: null,
    name,
    nameKey: isTaken ? null : nameKey,
    emailKey: keys.emailKey ?? link.emailKey,
    externalId: keys.externalId ?? link.externalId,
  };
  updateLink(store, link.id, change);
  wakeReferences(job, { ...link, ...change });
  return { ...link, ...change };
}

function promisedTo(job: Job, type: LinkType, held: Held, openCreate: (name: string) => Intent | undefined): Promised {
  const name = held[naturalKeyPath(job.connection, type)];
  const intent = typeof name === "string" ? openCreate(name) : undefined;
  if (!intent || findLink(job.connection.store, type, intent.linkId)?.state === "live") return {};
  return { id: intent.linkId, externalId: intent.externalId };
}

/** Whether the vendor, which reuses ids of removed records, has given this one to another user or group. */
function isAnothersNow(link: Link, shown: string | null): boolean {
  if (link.state === "live" || link.isHidden || link.nameKey === null) return false;
  return shown !== null && link.name !== null && toNameKey(link.type, shown) !== toNameKey(link.type, link.name);
}

/** The values of a row of a list or search. */
export function heldInRow(job: Job, type: "User" | "Group", row: unknown) {
  const { connection } = job;
  const toScim =
    type === "User"
      ? (connection.adapter.user.rowToScim ?? connection.adapter.user.toScim)
      : operationsOf(connection, type).toScim;
  return readHeld(connection.store, undefined, toScim(row), kindOf(connection, type));
}
