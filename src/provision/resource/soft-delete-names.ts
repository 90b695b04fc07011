// Users who have a soft-delete name for clients and another name at the vendor: which name is shown, and which is written [S45].

import { nameBeforeSoftDelete } from "../../scim/soft-delete-name.ts";
import { foldName, isSameName } from "../../scim/text.ts";
import { findLiveLinksByKey } from "../../store/link-names.ts";
import type { Link, LiveLink, Store } from "../../store/links.ts";
import { listOwedOf } from "../../store/owed.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import { isSameAtVendor, toVendorKey } from "../vendor/vendor-names.ts";
import type { Held } from "./attribute-mapping.ts";
import { isEmailName } from "./email-coupling.ts";

type Named = Pick<OpenConnection, "adapter" | "rules">;

/** The paths at which clients see the userName: the coupled e-mail shows it too. */
export function namePaths(connection: Named): string[] {
  const { userNameIs } = connection.adapter;
  return userNameIs !== undefined && isEmailName(connection) ? ["userName", userNameIs] : ["userName"];
}

/** A name that nobody else has, under which a record makes room for another user; for the same record always the same. */
export function parkingName(why: "left" | "swap", id: string, name: string): string {
  const domain = name.includes("@") ? name.slice(name.lastIndexOf("@")) : "";
  return `${why}-${id.replaceAll("-", "").slice(-12)}${domain}`;
}

/** The name that the record of a user who has left gets, when another user needs the one that it has. */
export const nameOfLeaver = (id: string, name: string): string => parkingName("left", id, name);

/** Whether a record has the name that `nameOfLeaver` gives. */
export const isRenamedLeaver = ({ id }: Pick<Link, "id">, native: Held[string]): boolean =>
  typeof native === "string" && isSameName(native, nameOfLeaver(id, native));

/** Whether a record has the name that its user was left with, so that clients go on seeing the soft-delete name. */
export function showsSoftDeleteName({ adapter }: Pick<Named, "adapter">, link: Link, native: Held[string]): boolean {
  if (link.name === null || link.nativeName === null || typeof native !== "string") return false;
  // The vendor may also have another name because the user's new one waits for their confirmation [S59].
  if (nameBeforeSoftDelete(link.name) === undefined) return false;
  return isSameAtVendor(adapter, "User", native, link.nativeName) || isRenamedLeaver(link, native);
}

/** The values with the name that clients see in the place of the vendor's. */
export const withSoftDeleteName = (connection: Named, held: Held, name: string | undefined): Held =>
  name === undefined ? held : { ...held, ...Object.fromEntries(namePaths(connection).map((path) => [path, name])) };

/** The addresses that clients see of a user who has left, by path: the vendor has others, because a newcomer has these. */
export const listShownInstead = (store: Store, linkId: string): Held =>
  Object.fromEntries(listOwedOf(store, linkId, "renamed").map(({ key, operation }) => [key, String(operation.value)]));

/** The live users whom the vendor calls by this e-mail, whatever clients call them. */
export const findByEmail = (store: Store, email: string): LiveLink[] => [
  ...findLiveLinksByKey(store, "User", "nativeNameKey", foldName(email)),
  ...findLiveLinksByKey(store, "User", "emailKey", foldName(email)),
];

/** The name of a link's record at the vendor, as far as the link knows it. */
export const nativeNameOf = ({ adapter }: Pick<OpenConnection, "adapter">, link: Link): string | null => {
  if (link.nativeName !== null) return link.nativeName;
  if (link.type === "Group" || adapter.userNameIs === undefined || link.emailKey === null) return link.name;
  // As it was sent where it can be: the key is in lower case, under which not every vendor finds it.
  if (link.name !== null && foldName(link.name) === link.emailKey) return link.name;
  const isFound =
    toVendorKey(adapter, "User", link.emailKey.toUpperCase()) === toVendorKey(adapter, "User", link.emailKey);
  return isFound ? link.emailKey : null;
};

/**
 * The soft-delete name that a request gives to a user or leaves them with: the prefix, and a name or address that they have
 * or had. Undefined where the userName that the request asks for is any other.
 */
export function softDeleteNameIn(link: Link, before: Held, wanted: Held, paths: readonly string[]): string | undefined {
  const known = new Set([link.name, link.nativeName, ...Object.values(before)].flatMap(toKey));
  const had = link.name === null ? undefined : nameBeforeSoftDelete(link.name);
  if (link.nativeName !== null && had !== undefined) known.add(foldName(had));
  for (const path of paths) {
    const name = wanted[path];
    const former = typeof name === "string" ? nameBeforeSoftDelete(name) : undefined;
    if (typeof name === "string" && former !== undefined && known.has(foldName(former))) return name;
  }
  return undefined;
}

const toKey = (name: unknown): string[] => (typeof name === "string" ? [foldName(name)] : []);
