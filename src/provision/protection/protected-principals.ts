// Protected principals: who the users and groups are that nobody may take away, Portico's own account among them [S22].

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
export interface Guarded {
  /** The name or e-mail to match by, folded. */
  key: string | null;
  /** As the connection lists it: it may be a native id. */
  literal: string | null;
  /** Whom it was found to be. */
  nativeId: string | null;
  isOwn: boolean;
}

export function namesOf({ connection }: Pick<Job, "connection">, type: LinkType): readonly string[] {
  return type === "User" ? connection.rules.protected.users : connection.rules.protected.groups;
}

export function listGuarded(job: Pick<Job, "connection">, type: LinkType): Guarded[] {
  const found = new Map(listPrincipals(job.connection.store, type).map((one) => [one.name, one]));
  const guarded = namesOf(job, type).map((literal): Guarded => {
    const key = foldCase(literal);
    return { key, literal, nativeId: found.get(key)?.nativeId ?? null, isOwn: false };
  });
  const own = found.get(OWN_ACCOUNT);
  return own ? [...guarded, { ...own, literal: null, isOwn: true }] : guarded;
}

const bears = (link: Link, { key, literal }: Guarded) =>
  (key !== null && (link.nameKey === key || link.emailKey === key)) || (literal !== null && link.nativeId === literal);

/** By native id once found; by name until then, and afterwards as long as nobody else has taken the name over. */
function covers(store: Store, link: Link, guarded: Guarded): boolean {
  if (guarded.nativeId !== null && link.nativeId === guarded.nativeId) return true;
  if (!bears(link, guarded)) return false;
  if (guarded.isOwn || guarded.nativeId === null) return true;
  const holder = findLinkByNativeId(store, link.type, guarded.nativeId);
  return holder?.state !== "live" || bears(holder, guarded);
}

/** Says of many users or groups whether they are protected. */
export function createGuard(job: Pick<Job, "connection">, type: LinkType): (link: Link) => Guarded | undefined {
  const all = listGuarded(job, type);
  return (link) => all.find((guarded) => covers(job.connection.store, link, guarded));
}

export function isProtected(job: Pick<Job, "connection">, link: Link): boolean {
  return createGuard(job, link.type)(link) !== undefined;
}

/** The live users whom the connection protects. */
export function listProtectedUsers(job: Pick<Job, "connection">): LiveLink[] {
  const { store } = job.connection;
  const guard = createGuard(job, "User");
  const candidates = listGuarded(job, "User").flatMap((guarded) => {
    const found = guarded.nativeId === null ? undefined : findLinkByNativeId(store, "User", guarded.nativeId);
    return [...findBearers(store, "User", guarded), ...(found ? [found] : [])];
  });
  const live = candidates.filter(isLive).filter(guard);
  return [...new Map(live.map((link) => [link.id, link])).values()];
}

export function findBearers(
  store: Store,
  type: LinkType,
  { key, literal }: Pick<Guarded, "key" | "literal">,
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
  /** null: the adapter cannot ask, or nobody has asked yet; without ids the product does not tell. */
  account: { id: string | null; nativeId: string | null } | null;
}

export function protectionStatus(job: Pick<Job, "connection">): ProtectionStatus {
  const { store } = job.connection;
  const idOf = (type: LinkType, nativeId: string | null) =>
    nativeId === null ? null : (findLinkByNativeId(store, type, nativeId)?.id ?? null);
  const show = (type: LinkType) =>
    listGuarded(job, type).flatMap(({ literal, nativeId }) =>
      literal === null ? [] : { name: literal, id: idOf(type, nativeId), nativeId },
    );
  const own = listGuarded(job, "User").find(({ isOwn }) => isOwn);
  return {
    users: show("User"),
    groups: show("Group"),
    account: own ? { id: idOf("User", own.nativeId), nativeId: own.nativeId } : null,
  };
}
