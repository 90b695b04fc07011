// The columns of a link that follow from the record: names to match by, activity, and seats as the vendor shows them.

import { isJsonObject } from "../../scim/json.ts";
import type { Resource } from "../../scim/schema.ts";
import { foldName } from "../../scim/text.ts";
import { findLiveLinksByKey, toNameKey } from "../../store/link-names.ts";
import type { Left } from "../../store/link-tables.ts";
import { type Link, type LinkType, updateLink } from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { kindOf, naturalKeyPath } from "../vendor/user-or-group.ts";
import type { Held } from "./attribute-mapping.ts";
import { isNamePending } from "./pending-addresses.ts";
import { wakeReferences } from "./reference-lookup.ts";

/**
 * The columns of a link that follow from its resource.
 * @param softDeleteName the name that only clients see, where `held` has another one
 */
export function keysOf(
  connection: Pick<OpenConnection, "adapter" | "profile" | "settings">,
  resource: Resource,
  held: Held,
  type: LinkType,
  softDeleteName?: string,
): LinkKeys {
  const name = type === "User" ? resource.userName : resource.displayName;
  const native = softDeleteName === undefined ? undefined : held[naturalKeyPath(connection, type)];
  const nativeName = typeof native === "string" ? native : null;
  const email = type === "User" ? emailIn(connection, resource, held, softDeleteName) : undefined;
  return {
    name: typeof name === "string" ? name : null,
    nameKey: typeof name === "string" ? toNameKey(type, name) : null,
    nativeName,
    nativeNameKey: nativeName === null ? null : foldName(nativeName),
    emailKey: email === undefined ? null : foldName(email),
    externalId: typeof resource.externalId === "string" ? resource.externalId : null,
    isActive: held.active !== false,
    ...(type === "Group" ? { seat: seatOfGroup(connection, held) } : {}),
  };
}

/** The path of the e-mail that the vendor holds, where that may be of any type. */
export const preferredEmail = (connection: Pick<OpenConnection, "adapter" | "profile">): string | undefined =>
  kindOf(connection, "User").rows.find(({ attribute, isPreferred }) => attribute === "emails" && isPreferred)?.path;

/** The e-mail that clients see of what the vendor holds, whatever its type; else the one for work [S49]. */
function emailIn(
  connection: Pick<OpenConnection, "adapter" | "profile">,
  resource: Resource,
  held: Held,
  softDeleteName: string | undefined,
): string | undefined {
  const emails = (Array.isArray(resource.emails) ? resource.emails : []).filter(isJsonObject);
  const path = preferredEmail(connection);
  const shown = emails.map(({ value }) => value).filter((value) => typeof value === "string");
  if (path) return [held[path], softDeleteName].flatMap((email) => shown.find((one) => one === email) ?? [])[0];
  const work = emails.find(({ type }) => type === "work")?.value;
  return typeof work === "string" ? work : undefined;
}

type LinkKeys = Pick<
  Link,
  "name" | "nameKey" | "nativeName" | "nativeNameKey" | "emailKey" | "externalId" | "isActive"
> & { seat?: string | null };

/** The seat that membership in a group gives, where the vendor has seats. */
function seatOfGroup({ adapter, settings }: Pick<OpenConnection, "adapter" | "settings">, held: Held): string | null {
  return adapter.seats?.of(held, settings) ?? null;
}

/** The seat that a record shows, where the vendor has seats and shows them. */
export const shownSeat = ({ adapter }: Pick<OpenConnection, "adapter">, native: unknown): string | undefined =>
  native === undefined ? undefined : adapter.seats?.held?.(native);

/** What is left of the seat that Portico gave: some vendors free it when they disable a user, and some do not. */
export function remainingSeat(
  connection: Pick<OpenConnection, "adapter">,
  { seat }: Pick<Link, "seat">,
  native: unknown,
): string | null {
  const shown = shownSeat(connection, native);
  return shown === undefined || shown === seat ? seat : null;
}

/** A link with the record that it stands for. */
interface Recorded {
  link: Link;
  native: unknown;
  held: Held;
  softDeleteName?: string | undefined;
  resource: Resource;
}

/** Follows a name, e-mail or native `externalId` that was changed at the vendor. */
export function refreshKeys(
  { connection, now }: Pick<Job, "connection" | "now">,
  { link, native, resource, held, softDeleteName }: Recorded,
  isPartial = false,
): void {
  const shown = keysOf(connection, resource, held, link.type, softDeleteName);
  const keys = isPartial ? { ...shown, ...unshown(shown, held, link) } : shown;
  const isUnchanged = (["nameKey", "emailKey", "externalId", "isActive"] as const).every(
    (key) => keys[key] === link[key],
  );
  if (isUnchanged && (keys.seat === undefined || keys.seat === link.seat)) return;
  const [taken] = keys.nameKey ? findLiveLinksByKey(connection.store, link.type, "nameKey", keys.nameKey) : [];
  // Where two records at the vendor have one name, the first link keeps it.
  const { nativeName, nativeNameKey } = link;
  const kept = isNamePending({ connection, now }, link.id) ? { nativeName, nativeNameKey } : {};
  const named = { ...keys, ...kept, ...(taken && taken.id !== link.id ? { nameKey: null } : {}) };
  const isSwitched = link.type === "User" && link.isActive !== keys.isActive;
  const left = leftAt(keys.isActive, link, now());
  const change = isSwitched ? { ...named, left, seat: remainingSeat(connection, link, native) } : named;
  updateLink(connection.store, link.id, change);
  Object.assign(link, change);
  wakeReferences({ connection, now }, link);
}

/** Since when a user is inactive, for the link: from now on, unless they were before. */
function leftAt(isActive: boolean, { left, externalId }: Pick<Link, "left" | "externalId">, now: number) {
  return isActive ? null : (left ?? { at: now, externalId });
}

/** The same for a user whom a request or an administrator has disabled. */
export function toldLeft(link: Pick<Link, "left" | "externalId">, now: number): Left {
  return { at: now, externalId: link.externalId, ...link.left, isTold: true };
}

/** What a partial row does not say stays as it is known. */
function unshown(shown: ReturnType<typeof keysOf>, held: Held, link: Link): Partial<Link> {
  return {
    ...(shown.name === null ? { name: link.name, nameKey: link.nameKey } : {}),
    // A name that the row does not say cannot have become another one.
    ...(shown.nativeName === null && shown.name === link.name
      ? { nativeName: link.nativeName, nativeNameKey: link.nativeNameKey }
      : {}),
    emailKey: shown.emailKey ?? link.emailKey,
    externalId: shown.externalId ?? link.externalId,
    ...(held.active === undefined ? { isActive: link.isActive } : {}),
  };
}
