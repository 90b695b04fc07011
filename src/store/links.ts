// Links in a Connection object's SQLite: who is who [S6] to [S11].

import { and, asc, eq, gt, inArray, isNotNull, lt, ne, or, sql } from "drizzle-orm";
import { alarms } from "./alarm-tables.ts";
import { among } from "./among.ts";
import { links, members, sights } from "./link-tables.ts";
import {
  amongSlot,
  insertNewOf,
  insertOf,
  keySlot,
  prepared,
  question,
  type Store,
  slot,
  toList,
  updateOf,
  wholeRows,
} from "./prepared.ts";

export type { Store } from "./prepared.ts";
export type Link = typeof links.$inferSelect;
export type LinkType = Link["type"];
/** A link that knows its record at the vendor. */
export type NativeLink = Link & { nativeId: string };
/** A link that clients see. It is stored once the vendor has made the record, so it always knows it. */
export type LiveLink = NativeLink & { state: "live" };
/** A link whose record is still to be made; it is not stored. */
export type NewLink = Link & { state: "live"; nativeId: null };
/** The columns of a new link. */
export const NEW_LINK = {
  state: "live",
  nativeId: null,
  name: null,
  nameKey: null,
  nativeName: null,
  nativeNameKey: null,
  isAlias: false,
  emailKey: null,
  kept: null,
  pointers: null,
  deletedAt: null,
  isHidden: false,
  isActive: true,
  left: null,
  seat: null,
  page: null,
} as const satisfies Partial<Link>;

export const isLive = (link: Link): link is LiveLink => link.state === "live" && hasNative(link);
/** Whether the vendor still has the account of a deleted user, disabled. */
export const isHiddenAccount = (link: Link): link is NativeLink => link.isHidden && hasNative(link);
const hasNative = (link: Link): link is NativeLink => link.nativeId !== null;

export const insertLink: (store: Store, link: Link) => void = insertOf(links);

/** Inserts a link unless one has its id, its native id, or alive its name; whether it did. */
export const insertNewLink: (store: Store, link: Link) => boolean = insertNewOf(links);

const updateById = updateOf(links, eq(links.id, keySlot));

export function updateLink(store: Store, id: string, change: Partial<Omit<Link, "id" | "type">>): void {
  const changed = (known: Link[] | undefined) => known?.map((link) => ({ ...link, ...withoutUndefined(change) }));
  byId.change(store, () => updateById(store, id, change), { id }, changed);
}

/** What has no value stays as it is. */
const withoutUndefined = <T extends object>(change: T): Partial<T> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<T>;

/**
 * Stores the columns in which a link is another one than it was: SQLite then leaves the indexes of the others alone, and what
 * somebody else has changed of them meanwhile stays.
 */
export function storeChanges(store: Store, before: Link, after: Link): void {
  const isSame = (name: keyof Link) =>
    before[name] === after[name] || JSON.stringify(before[name]) === JSON.stringify(after[name]);
  const names = (Object.keys(after) as (keyof Link)[]).filter((name) => !isSame(name));
  updateLink(store, before.id, Object.fromEntries(names.map((name) => [name, after[name]])));
}

const byId = question([links], (store) => wholeRows(store, links, eq(links.id, slot("id"))));

/** Says what link has an id, for who has just read it with something else. */
export const noteLink = (store: Store, id: string, link: Link | undefined): void =>
  byId.note(store, { id }, link ? [link] : []);

/** In any state. */
export function findLink(store: Store, type: LinkType, id: string): Link | undefined {
  return byId(store, { id }).find((link) => link.type === type);
}

export function findLiveLink(store: Store, type: LinkType, id: string): LiveLink | undefined {
  const link = findLink(store, type, id);
  return link && isLive(link) ? link : undefined;
}

const byNativeId = question([links], (store) =>
  wholeRows(store, links, and(eq(links.type, slot("type")), eq(links.nativeId, slot("nativeId")))),
);

/** In any state: a native id belongs to one link at most. */
export function findLinkByNativeId(store: Store, type: LinkType, nativeId: string): NativeLink | undefined {
  return byNativeId(store, { type, nativeId }).find(hasNative);
}

/** Of some users, those who were deleted and whose accounts the vendor still has. */
export function findHiddenAccounts(store: Store, userIds: readonly string[]): NativeLink[] {
  return store
    .select()
    .from(links)
    .where(and(inArray(links.id, among(userIds)), eq(links.isHidden, true)))
    .all()
    .filter(isHiddenAccount);
}

const byNativeIds = prepared((store) =>
  wholeRows(store, links, and(eq(links.type, slot("type")), inArray(links.nativeId, amongSlot("nativeIds")))),
);

/** In any state; one bound parameter whatever their number. */
export function findLinksByNativeIds(store: Store, type: LinkType, nativeIds: readonly string[]): NativeLink[] {
  return byNativeIds(store)
    .all({ type, nativeIds: toList(nativeIds) })
    .filter(hasNative);
}

/** Takes a native id from the link that had it: the vendor has given the id to a new record, so the old one is gone. */
export function releaseNativeId(store: Store, type: LinkType, nativeId: string, newOwner: string, now: number): void {
  const former = findLinkByNativeId(store, type, nativeId);
  if (!former || former.id === newOwner) return;
  const gone = former.state === "live" ? { state: "lost" as const, deletedAt: now } : {};
  updateLink(store, former.id, { nativeId: null, isHidden: false, ...gone });
  store.run(sql`delete from digests where link_id = ${former.id}`);
  // A protected user or group that was found under this id is looked up by name again.
  store.run(sql`delete from principals where type = ${type} and native_id = ${nativeId} and name <> ''`);
}

/** The live links that keep a text in any letter case of A to Z among what the vendor cannot hold. */
export function findLiveLinksKeeping(store: Store, type: LinkType, text: string): LiveLink[] {
  // As the database's `lower` does it.
  const json = JSON.stringify(text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  return store
    .select()
    .from(links)
    .where(and(eq(links.type, type), eq(links.state, "live"), sql`instr(lower(${links.kept}), ${json}) > 0`))
    .orderBy(asc(links.createdAt), asc(links.id))
    .all()
    .filter(isLive);
}

const byIds = prepared((store) => wholeRows(store, links, inArray(links.id, amongSlot("ids"))));

/** The live links among the given ids, by the primary key: with type and state beside it SQLite would go through all links. */
export function findLiveLinksByIds(store: Store, type: LinkType, ids: readonly string[]): LiveLink[] {
  if (ids.length === 0) return [];
  if (ids.length === 1) return [findLiveLink(store, type, ids[0] ?? "")].filter((link) => link !== undefined);
  return byIds(store)
    .all({ ids: toList(ids) })
    .filter(isLive)
    .filter((link) => link.type === type);
}

/** The next user, in the order of ids, who has been inactive since before the given time. */
export function findNextInactive(
  store: Store,
  after: string,
  { before, withSeat }: { before: number; withSeat: boolean },
): LiveLink | undefined {
  const since = sql`json_extract(${links.left}, '$.at') <= ${before}`;
  const inactive = and(eq(links.type, "User"), eq(links.state, "live"), eq(links.isActive, false), since);
  const found = store
    .select()
    .from(links)
    .where(and(inactive, withSeat ? isNotNull(links.seat) : undefined, gt(links.id, after)))
    .orderBy(asc(links.id))
    .limit(1)
    .get();
  return found && isLive(found) ? found : undefined;
}

/**
 * Removes what is left of those deleted before the given time, also from those who point to them. Of an account that
 * the vendor still hides only its native id stays, so that it is never taken for a new user.
 */
export function deleteFormerLinks(store: Store, before: number): void {
  const former = and(ne(links.state, "live"), lt(links.deletedAt, before));
  const gone = and(former, eq(links.isHidden, false));
  const ids = store.select({ id: links.id }).from(links).where(gone);
  store
    .delete(members)
    .where(or(inArray(members.groupId, ids), inArray(members.userId, ids)))
    .run();
  const formerIds = store.select({ id: links.id }).from(links).where(former);
  store.delete(sights).where(inArray(sights.linkId, formerIds)).run();
  store.delete(alarms).where(inArray(alarms.subject, formerIds)).run();
  const isFormer = sql`json_extract(value, '$.id') in (select id from links where state <> 'live' and deleted_at < ${before})`;
  store.run(sql`
    update links set pointers = (select json_group_object(key, json(value)) from json_each(pointers) where not ${isFormer})
    where id in (select link_id from pointer_targets where target_id in ${formerIds})`);
  store.delete(links).where(gone).run();
  const nothing = {
    name: null,
    nameKey: null,
    nativeName: null,
    nativeNameKey: null,
    emailKey: null,
    externalId: null,
    left: null,
    kept: null,
    pointers: null,
  };
  store.update(links).set(nothing).where(former).run();
}
