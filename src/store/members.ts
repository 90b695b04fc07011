// Memberships in a Connection object's SQLite: rows keyed by (group, user), so that concurrent changes commute.

import { and, asc, count, eq, inArray, sql } from "drizzle-orm";
import { among } from "./among.ts";
import { links, members } from "./link-tables.ts";
import { isLive, type Link, type LiveLink, type Store } from "./links.ts";

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

export function countMembers(store: Store, groupId: string): number {
  return store.select({ members: count() }).from(members).where(eq(members.groupId, groupId)).get()?.members ?? 0;
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

/** Which of the given users are members. */
export function findMemberIds(store: Store, groupId: string, userIds: readonly string[]): Set<string> {
  const rows = store
    .select({ userId: members.userId })
    .from(members)
    .where(and(eq(members.groupId, groupId), inArray(members.userId, among(userIds))))
    .all();
  return new Set(rows.map((row) => row.userId));
}

/** The names of users by id; who has none yet is left out. */
export function findUserNames(store: Store, userIds: readonly string[]): Map<string, string> {
  const rows = store
    .select({ id: links.id, name: links.name })
    .from(links)
    .where(and(eq(links.type, "User"), inArray(links.id, among(userIds))))
    .all();
  return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name]])));
}

export function insertMembers(store: Store, groupId: string, userIds: readonly string[]): void {
  store.run(
    sql`insert or ignore into members (group_id, user_id) select ${groupId}, value from json_each(${JSON.stringify(userIds)})`,
  );
}

/** Notes that the vendor has these memberships, as far as there are rows for them. */
export function markMembersSeen(store: Store, groupId: string, userIds: readonly string[], sweep: number): void {
  store
    .update(members)
    .set({ sweep })
    .where(and(eq(members.groupId, groupId), inArray(members.userId, among(userIds))))
    .run();
}

export function deleteMembers(store: Store, groupId: string, userIds: readonly string[]): void {
  store
    .delete(members)
    .where(and(eq(members.groupId, groupId), inArray(members.userId, among(userIds))))
    .run();
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

export function deleteUserMemberships(store: Store, userId: string): void {
  store.delete(members).where(eq(members.userId, userId)).run();
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

/** The live groups of a user, oldest first. */
export function listGroupsOf(store: Store, userId: string): LiveLink[] {
  return store
    .select({ link: links })
    .from(members)
    .innerJoin(links, eq(links.id, members.groupId))
    .where(and(eq(members.userId, userId), eq(links.state, "live")))
    .orderBy(asc(links.createdAt), asc(links.id))
    .all()
    .map((row) => row.link)
    .filter(isLive);
}
