// The columns of a link that follow from the record: names to match by, activity, and seats as the vendor shows them.

import type { Resource } from "../../scim/schema.ts";
import { foldCase, toGroupKey } from "../../scim/text.ts";
import { findLiveLinksByKey, type Link, type LinkType, updateLink } from "../../store/links.ts";
import type { Bound } from "../connection/job.ts";
import type { Held } from "./mapping.ts";

/** The path under which the vendor finds a record by its name. */
export function naturalKeyPath(connection: Bound, type: LinkType): string {
  return type === "Group" ? "displayName" : (connection.adapter.userNameIs ?? "userName");
}

/** What the name of a user or group is found and told apart by [S7]. */
export const toNameKey = (type: LinkType, name: string): string =>
  type === "Group" ? toGroupKey(name) : foldCase(name);

/** The columns of a link that follow from its resource. */
export function keysOf(
  connection: Bound,
  resource: Resource,
  held: Held,
  type: LinkType,
): Pick<Link, "name" | "nameKey" | "emailKey" | "externalId" | "isActive"> & { seat?: string | null } {
  const name = type === "User" ? held.userName : held.displayName;
  const emails = Array.isArray(resource.emails) ? resource.emails : [];
  const work = emails.find(
    (one) => typeof one === "object" && one !== null && !Array.isArray(one) && one.type === "work",
  );
  const email = typeof work === "object" && work !== null && !Array.isArray(work) ? work.value : undefined;
  return {
    name: typeof name === "string" ? name : null,
    nameKey: typeof name === "string" ? toNameKey(type, name) : null,
    emailKey: typeof email === "string" ? foldCase(email) : null,
    externalId: typeof resource.externalId === "string" ? resource.externalId : null,
    isActive: held.active !== false,
    ...(type === "Group" ? { seat: seatOfGroup(connection, held) } : {}),
  };
}

/** The seat that membership in a group gives, where the vendor has seats. */
function seatOfGroup({ adapter, settings }: Bound, held: Held): string | null {
  return adapter.seats?.of(held, settings) ?? null;
}

/** The seat that a record shows, where the vendor has seats and shows them. */
export const shownSeat = ({ adapter }: Bound, native: unknown): string | undefined =>
  native === undefined ? undefined : adapter.seats?.held?.(native);

/** What is left of the seat that Portico gave: some vendors free it when they switch somebody off, and some do not. */
export function remainingSeat(connection: Bound, { seat }: Pick<Link, "seat">, native: unknown): string | null {
  const shown = shownSeat(connection, native);
  return shown === undefined || shown === seat ? seat : null;
}

/** A link with the record that it stands for. */
interface Recorded {
  link: Link;
  native: unknown;
  held: Held;
  resource: Resource;
}

/** Follows a name, e-mail or native `externalId` that was changed at the vendor. */
export function refreshKeys(connection: Bound, { link, native, resource, held }: Recorded, isPartial = false): void {
  const shown = keysOf(connection, resource, held, link.type);
  const keys = isPartial ? { ...shown, ...unshown(shown, held, link) } : shown;
  const isUnchanged = (["nameKey", "emailKey", "externalId", "isActive"] as const).every(
    (key) => keys[key] === link[key],
  );
  if (isUnchanged && (keys.seat === undefined || keys.seat === link.seat)) return;
  const [taken] = keys.nameKey ? findLiveLinksByKey(connection.store, link.type, "nameKey", keys.nameKey) : [];
  // Two records with one name at the vendor: the first one seen answers for it.
  const named = taken && taken.id !== link.id ? { ...keys, nameKey: null } : keys;
  const isSwitched = link.type === "User" && link.isActive !== keys.isActive;
  const change = isSwitched ? { ...named, seat: remainingSeat(connection, link, native) } : named;
  updateLink(connection.store, link.id, change);
  Object.assign(link, change);
}

/** What a partial row does not say stays as it is known. */
function unshown(shown: ReturnType<typeof keysOf>, held: Held, link: Link): Partial<Link> {
  return {
    ...(shown.name === null ? { name: link.name, nameKey: link.nameKey } : {}),
    emailKey: shown.emailKey ?? link.emailKey,
    externalId: shown.externalId ?? link.externalId,
    ...(held.active === undefined ? { isActive: link.isActive } : {}),
  };
}
