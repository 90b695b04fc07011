// Which users and groups are protected on a connection, Portico's own account among them [S22].

import { foldCase } from "../../scim/text.ts";
import {
  findLinkByNativeId,
  findLiveLinksByKey,
  isLive,
  type Link,
  type LinkType,
  type LiveLink,
  type Store,
} from "../../store/links.ts";
import { listPrincipals, OWN_ACCOUNT } from "../../store/principals.ts";
import type { Job } from "../jobs/job.ts";

/** One protected user or group. */
export interface ProtectedPrincipal {
  /** The name or e-mail to match by, folded. */
  key: string | null;
  /** As the connection lists it: it may be a native id. */
  literal: string | null;
  /** The record that the name was found to mean. */
  nativeId: string | null;
  isOwn: boolean;
}

export function namesOf({ connection }: Pick<Job, "connection">, type: LinkType): readonly string[] {
  return type === "User" ? connection.rules.protected.users : connection.rules.protected.groups;
}

export function listProtectedPrincipals(job: Pick<Job, "connection">, type: LinkType): ProtectedPrincipal[] {
  const found = new Map(listPrincipals(job.connection.store, type).map((one) => [one.name, one]));
  const principals = namesOf(job, type).map((literal): ProtectedPrincipal => {
    const key = foldCase(literal);
    return { key, literal, nativeId: found.get(key)?.nativeId ?? null, isOwn: false };
  });
  const own = found.get(OWN_ACCOUNT);
  return own ? [...principals, { ...own, literal: null, isOwn: true }] : principals;
}

const hasName = (link: Link, { key, literal }: ProtectedPrincipal) =>
  (key !== null && (link.nameKey === key || link.emailKey === key)) || (literal !== null && link.nativeId === literal);

/** By native id once found; by name until then, and afterwards as long as no other record has taken the name. */
function covers(store: Store, link: Link, principal: ProtectedPrincipal): boolean {
  if (principal.nativeId !== null && link.nativeId === principal.nativeId) return true;
  if (!hasName(link, principal)) return false;
  if (principal.isOwn || principal.nativeId === null) return true;
  const holder = findLinkByNativeId(store, link.type, principal.nativeId);
  return holder?.state !== "live" || hasName(holder, principal);
}

/** Gives a function that says which protection, if any, a user or group has. */
export function createProtectionLookup(
  job: Pick<Job, "connection">,
  type: LinkType,
): (link: Link) => ProtectedPrincipal | undefined {
  const all = listProtectedPrincipals(job, type);
  return (link) => all.find((principal) => covers(job.connection.store, link, principal));
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
  const identified = literal === null ? undefined : findLinkByNativeId(store, type, literal);
  return [...named, ...addressed, ...(identified && isLive(identified) ? [identified] : [])];
}

// ---- Showing them ---------------------------------------------------------------------------------------------------

export interface ProtectionStatus {
  users: { name: string; id: string | null; nativeId: string | null }[];
  groups: { name: string; id: string | null; nativeId: string | null }[];
  /** null: the adapter cannot ask, or has not been asked yet; without ids the product does not tell. */
  account: { id: string | null; nativeId: string | null } | null;
}

export function protectionStatus(job: Pick<Job, "connection">): ProtectionStatus {
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
    account: own ? { id: idOf("User", own.nativeId), nativeId: own.nativeId } : null,
  };
}
