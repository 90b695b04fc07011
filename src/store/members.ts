// Memberships in a Connection object's SQLite: rows keyed by (group, user), so that concurrent changes commute.

import { and, asc, count, eq, getTableName, inArray, sql } from "drizzle-orm";
import { among } from "./among.ts";
import { ageOf } from "./database.ts";
import { links, members } from "./link-tables.ts";
import { isLive, type Link, type LinkType, type LiveLink, noteLink, type Store } from "./links.ts";
import { amongSlot, prepared, question, slot, statement, toList } from "./prepared.ts";

/** A user who is gone at the vendor is shown nowhere; where Portico holds the groups, their rows wait for them [S10] [S52]. */
const isOfLiveUser = sql`exists (select 1 from links where links.id = ${members.userId} and links.state = 'live')`;

/** In the order of their ids. */
export function listMemberIds(store: Store, groupId: string): string[] {
  return store
    .select({ userId: members.userId })
    .from(members)
    .where(eq(members.groupId, groupId))
    .orderBy(asc(members.userId))
    .all()
    .map((row) => row.userId);
}

/** Those who are not disabled. */
export function listActiveMemberIds(store: Store, groupId: string): string[] {
  const rows = store
    .select({ userId: members.userId })
    .from(members)
    .innerJoin(links, eq(links.id, members.userId))
    .where(and(eq(members.groupId, groupId), eq(links.state, "live"), eq(links.isActive, true)))
    .all();
  return rows.map((row) => row.userId);
}

/** Counting goes through all members of a group, so what a change of some of them leaves is known without it. */
const memberCount = question(
  [members],
  (store) =>
    store
      .select({ members: count() })
      .from(members)
      .where(eq(members.groupId, slot("groupId")))
      .prepare(),
  true,
);

/** @param change of memberships of this group alone; answers how many more there are */
function counting(store: Store, groupId: string, change: () => number): void {
  let more = 0;
  const run = () => {
    more = change();
  };
  const next = (known?: { members: number }[]) => known?.map((one) => ({ members: one.members + more }));
  memberCount.change(store, run, { groupId }, next);
}

export const countMembers = (store: Store, groupId: string): number => memberCount(store, { groupId })[0]?.members ?? 0;

/** A member as their link says now. */
export interface NamedMember {
  id: string;
  name: string | null;
  isActive: boolean;
}

/** A part of the members, in the order of their names. */
export function listMembersPage(
  store: Store,
  groupId: string,
  { offset, limit }: { offset: number; limit: number },
): NamedMember[] {
  return store
    .select({ id: links.id, name: links.name, isActive: links.isActive })
    .from(members)
    .innerJoin(links, eq(links.id, members.userId))
    .where(eq(members.groupId, groupId))
    .orderBy(asc(links.nameKey), asc(links.id))
    .limit(limit)
    .offset(offset)
    .all();
}

/** The native ids of the members of the group with this native id. */
export function listMemberNativeIds(store: Store, groupNativeId: string): string[] {
  const group = store
    .select({ id: links.id })
    .from(links)
    .where(and(eq(links.type, "Group"), eq(links.nativeId, groupNativeId)));
  return store
    .select({ nativeId: links.nativeId })
    .from(members)
    .innerJoin(links, eq(links.id, members.userId))
    .where(and(inArray(members.groupId, group), eq(links.state, "live")))
    .orderBy(asc(members.userId))
    .all()
    .flatMap(({ nativeId }) => nativeId ?? []);
}

/** The rows of users who are gone at the vendor: of everybody, or of the given users. */
export function listLostMemberIds(store: Store, groupId: string, userIds?: readonly string[]): string[] {
  const isAsked = userIds === undefined ? undefined : inArray(members.userId, among(userIds));
  return store
    .select({ userId: members.userId })
    .from(members)
    .where(and(eq(members.groupId, groupId), isAsked, sql`not ${isOfLiveUser}`))
    .all()
    .map((row) => row.userId);
}

const membersAmong = question([members], (store) =>
  store
    .select({ userId: members.userId })
    .from(members)
    .where(and(eq(members.groupId, slot("groupId")), inArray(members.userId, amongSlot("userIds"))))
    .prepare(),
);

const oneOfMembers = prepared((store) =>
  store
    .select({ link: links, memberId: members.userId })
    .from(links)
    .leftJoin(members, and(eq(members.userId, links.id), eq(members.groupId, slot("groupId"))))
    .where(eq(links.id, slot("userId")))
    .prepare(),
);

/** Which of the given users are members. */
export function findMemberIds(store: Store, groupId: string, userIds: readonly string[]): Set<string> {
  const [first, ...others] = userIds;
  if (first === undefined) return new Set();
  if (others.length > 0) {
    return new Set(membersAmong(store, { groupId, userIds: toList(userIds) }).map(({ userId }) => userId));
  }
  // Who changes one membership needs the user, too.
  const [found] = oneOfMembers(store).all({ groupId, userId: first });
  noteLink(store, first, found?.link);
  return new Set(found && found.memberId !== null ? [first] : []);
}

const namesOf = prepared((store) =>
  store
    .select({ id: links.id, type: links.type, name: links.name })
    .from(links)
    // By the primary key: with the type beside it SQLite would go through all users.
    .where(inArray(links.id, amongSlot("ids")))
    .prepare(),
);

/** A user or group as the link says now; a name that is not known is null. */
export interface Named {
  id: string;
  type: LinkType;
  name: string | null;
}

export const findNamesOf = (store: Store, ids: readonly string[]): Named[] => namesOf(store).all({ ids: toList(ids) });

const toNames = (named: readonly Named[]): Map<string, string> =>
  new Map(named.flatMap(({ id, name }) => (name === null ? [] : [[id, name]])));

/** The names of users and groups by id; what has none yet is left out. */
export const findNames = (store: Store, ids: readonly string[]): Map<string, string> =>
  toNames(findNamesOf(store, ids));

/** The names of users by id; who has none yet is left out. */
export const findUserNames = (store: Store, userIds: readonly string[]): Map<string, string> =>
  toNames(findNamesOf(store, userIds).filter(({ type }) => type === "User"));

const insertRows = statement(
  () =>
    sql`insert or ignore into members (group_id, user_id) select ${slot("groupId")}, value from json_each(${slot("userIds")})
      returning 1`,
);

export function insertMembers(store: Store, groupId: string, userIds: readonly string[]): void {
  if (userIds.length === 0) return;
  counting(store, groupId, () => insertRows(store, { groupId, userIds: toList(userIds) }).length);
}

/** Notes that the vendor has these memberships, as far as there are rows for them. */
export function markMembersSeen(store: Store, groupId: string, userIds: readonly string[], sweep: number): void {
  store
    .update(members)
    .set({ sweep })
    .where(and(eq(members.groupId, groupId), inArray(members.userId, among(userIds))))
    .run();
}

const deleteRows = statement(
  () => sql`delete from members where group_id = ${slot("groupId")} and user_id in ${amongSlot("userIds")} returning 1`,
);

export function deleteMembers(store: Store, groupId: string, userIds: readonly string[]): void {
  if (userIds.length === 0) return;
  counting(store, groupId, () => -deleteRows(store, { groupId, userIds: toList(userIds) }).length);
}

export function deleteGroupMembers(store: Store, groupId: string): void {
  store.delete(members).where(eq(members.groupId, groupId)).run();
}

/** A subquery: the ids of the users whom the vendor last showed as inactive. */
export const disabledUsers = sql`(select id from links where type = 'User' and is_active = 0)`;

/** Deletes the rows of a group, except those of disabled users. */
export function deleteActiveMembers(store: Store, groupId: string): void {
  store
    .delete(members)
    .where(and(eq(members.groupId, groupId), sql`${members.userId} not in ${disabledUsers}`))
    .run();
}

/** @param staying the groups in which the user stays */
export function deleteUserMemberships(store: Store, userId: string, staying: readonly string[] = []): void {
  store
    .delete(members)
    .where(and(eq(members.userId, userId), sql`${members.groupId} not in ${among(staying)}`))
    .run();
}

/** The seats that the live groups of each of many users give; users without groups are left out. */
export function listGivenSeats(store: Store, userIds: readonly string[]): Map<string, GroupSeat[]> {
  const rows = store
    .select({ userId: members.userId, groupId: links.id, seat: links.seat })
    .from(members)
    .innerJoin(links, eq(links.id, members.groupId))
    .where(and(inArray(members.userId, among(userIds)), eq(links.state, "live")))
    .all();
  return Map.groupBy(rows, (row) => row.userId);
}

export type GroupSeat = { groupId: string } & Pick<Link, "seat">;

const groupsOf = question([members, links], (store) =>
  store
    .select({ link: links })
    .from(members)
    .innerJoin(links, eq(links.id, members.groupId))
    .where(and(eq(members.userId, slot("userId")), eq(links.state, "live")))
    .orderBy(asc(links.createdAt), asc(links.id))
    .prepare(),
);

/** The live groups of a user, oldest first. */
export const listGroupsOf = (store: Store, userId: string): LiveLink[] =>
  groupsOf(store, { userId })
    .map(({ link }) => link)
    .filter(isLive);

/** Another number after every change of any membership. */
export const membersAge = (store: Store): number | undefined => ageOf(store, [getTableName(members)], true);

/** Who was just made is in no group. */
export const noteNoGroups = (store: Store, userId: string): void => groupsOf.note(store, { userId }, []);
