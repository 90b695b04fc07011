// Which users and groups are protected on a connection, Portico's own account among them [S22].

import { foldCase, isSameText } from "../../scim/text.ts";
import { findLiveLinksByKey, toNameKey } from "../../store/link-names.ts";
import { findLinkByNativeId, isLive, type Link, type LinkType, type LiveLink, type Store } from "../../store/links.ts";
import { listPrincipals, OWN_ACCOUNT, type Principal } from "../../store/principals.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { isSameAtVendor } from "../vendor/vendor-names.ts";
import { isPrivilegedName } from "./privileged-accounts.ts";

/** One protected user or group. */
export interface ProtectedPrincipal {
  /** The name or e-mail to match by, folded. */
  key: string | null;
  /** As the connection lists it: it may be a native id. */
  literal: string | null;
  /** The record that the name was found to mean. */
  nativeId: string | null;
  isOwn: boolean;
  /** The vendor shows it as an account with power over others. */
  isPrivileged?: true;
}

export function namesOf({ connection }: Pick<Job, "connection">, type: LinkType): readonly string[] {
  return type === "User" ? connection.rules.protected.users : connection.rules.protected.groups;
}

export function listProtectedPrincipals(job: Pick<Job, "connection">, type: LinkType): ProtectedPrincipal[] {
  const found = new Map(listPrincipals(job.connection.store, type).map((one) => [one.name, one]));
  const principals = namesOf(job, type).map((literal): ProtectedPrincipal => {
    const key = toNameKey(type, literal);
    const named = { key, literal, isOwn: false };
    const nativeId = (found.get(key) ?? found.get(foldCase(literal)))?.nativeId ?? null;
    return { ...named, nativeId: nativeId !== null && isAnothers(job, type, nativeId, named) ? null : nativeId };
  });
  const own = found.get(OWN_ACCOUNT);
  return [
    ...principals,
    ...(own ? [{ ...own, literal: null, isOwn: true }] : []),
    ...[...found.values()].filter(({ name }) => isPrivilegedName(name)).map(toPrivileged),
  ];
}

const toPrivileged = ({ nativeId }: Principal): ProtectedPrincipal => ({
  key: null,
  literal: null,
  nativeId,
  isOwn: false,
  isPrivileged: true,
});

/** Whether the connection leaves a privileged account to the identity provider, by userName, e-mail or native id. */
const isManaged = ({ connection }: Pick<Job, "connection">, link: Link): boolean =>
  (connection.rules.protected.managed ?? []).some((literal) =>
    hasName(link, { key: toNameKey("User", literal), literal }),
  );

type Named = Pick<ProtectedPrincipal, "key" | "literal">;

function hasName(link: Link, { key, literal }: Named): boolean {
  const nameKey = link.nameKey === null || link.name === null ? link.nameKey : toNameKey(link.type, link.name);
  return (
    (key !== null && (nameKey === key || link.emailKey === key)) || (literal !== null && link.nativeId === literal)
  );
}

/**
 * Whether a record that was found for a name has that of another protected one. An older version remembered what it had
 * found under keys that can be those of two names.
 */
function isAnothers(job: Pick<Job, "connection">, type: LinkType, nativeId: string, named: Named): boolean {
  const { key, literal } = named;
  const alike = namesOf(job, type).filter(
    (other) => toNameKey(type, other) !== key && isSameText(other, literal ?? ""),
  );
  if (alike.length === 0) return false;
  const holder = findLinkByNativeId(job.connection.store, type, nativeId);
  if (!holder || hasName(holder, named)) return false;
  return alike.some((other) => hasName(holder, { key: toNameKey(type, other), literal: other }));
}

/** The own account's name is what the vendor says, and compared as the vendor does. */
function isOwnAccount({ adapter }: OpenConnection, { name, nativeName, emailKey }: Link, key: string | null): boolean {
  const names = [nativeName ?? name, emailKey].filter((one) => one !== null);
  return key !== null && names.some((one) => isSameAtVendor(adapter, "User", one, key));
}

/** By native id once found; by name until then, and afterwards as long as no other record has taken the name. */
function covers({ connection }: Pick<Job, "connection">, link: Link, principal: ProtectedPrincipal): boolean {
  const { store } = connection;
  if (principal.nativeId !== null && link.nativeId === principal.nativeId) return true;
  if (principal.isOwn) return isOwnAccount(connection, link, principal.key);
  if (!hasName(link, principal)) return false;
  if (principal.nativeId === null) return true;
  const holder = findLinkByNativeId(store, link.type, principal.nativeId);
  return holder?.state !== "live" || hasName(holder, principal);
}

/** Gives a function that says which protection, if any, a user or group has. */
export function createProtectionLookup(
  job: Pick<Job, "connection">,
  type: LinkType,
): (link: Link) => ProtectedPrincipal | undefined {
  const all = listProtectedPrincipals(job, type);
  return (link) =>
    all.find((principal) => covers(job, link, principal) && !(principal.isPrivileged && isManaged(job, link)));
}

export function isProtected(job: Pick<Job, "connection">, link: Link): boolean {
  return createProtectionLookup(job, link.type)(link) !== undefined;
}

/** The live users whom the connection protects. */
export function listProtectedUsers(job: Pick<Job, "connection">): LiveLink[] {
  const { store } = job.connection;
  const protectionOf = createProtectionLookup(job, "User");
  const candidates = listProtectedPrincipals(job, "User").flatMap((principal) => {
    const found = principal.nativeId === null ? undefined : findLinkByNativeId(store, "User", principal.nativeId);
    return [...findLinksNamed(store, "User", principal), ...(found ? [found] : [])];
  });
  const live = candidates.filter(isLive).filter(protectionOf);
  return [...new Map(live.map((link) => [link.id, link])).values()];
}

export function findLinksNamed(
  store: Store,
  type: LinkType,
  { key, literal }: Pick<ProtectedPrincipal, "key" | "literal">,
): LiveLink[] {
  const named = key === null ? [] : findLiveLinksByKey(store, type, "nameKey", key);
  const addressed = key === null || type === "Group" ? [] : findLiveLinksByKey(store, type, "emailKey", key);
  const surely = addressed.filter((link) => link.emailKey === key);
  const identified = literal === null ? undefined : findLinkByNativeId(store, type, literal);
  return [...named, ...surely, ...(identified && isLive(identified) ? [identified] : [])];
}

// ---- Showing them ---------------------------------------------------------------------------------------------------

export function protectionStatus(job: Pick<Job, "connection">) {
  const { store } = job.connection;
  const idOf = (type: LinkType, nativeId: string | null) =>
    nativeId === null ? null : (findLinkByNativeId(store, type, nativeId)?.id ?? null);
  const show = (type: LinkType) =>
    listProtectedPrincipals(job, type).flatMap(({ literal, nativeId }) =>
      literal === null ? [] : { name: literal, id: idOf(type, nativeId), nativeId },
    );
  const own = listProtectedPrincipals(job, "User").find(({ isOwn }) => isOwn);
  return {
    users: show("User"),
    groups: show("Group"),
    privileged: listProtectedPrincipals(job, "User").flatMap(({ isPrivileged, nativeId }) => {
      const link = nativeId === null ? undefined : findLinkByNativeId(store, "User", nativeId);
      if (!isPrivileged || (link && isManaged(job, link))) return [];
      return { id: link?.id ?? null, nativeId };
    }),
    account: own ? { id: idOf("User", own.nativeId), nativeId: own.nativeId } : null,
  };
}
