// Users who wait for an account at a vendor that invites, in a Connection object's SQLite [S56].

import { asc, eq, gt, inArray, sql } from "drizzle-orm";
import { among } from "./among.ts";
import { createId } from "./identifier.ts";
import { waitingAccounts } from "./link-tables.ts";
import type { Link, Store } from "./links.ts";
import { anyOf } from "./prepared.ts";

export type WaitingAccount = typeof waitingAccounts.$inferSelect;

/** The prefix of ids that stand for the native id of an account that is still to be made. */
const WAITING = "waiting:";

export const isWaitingId = (nativeId: string): boolean => nativeId.startsWith(WAITING);

/** Whether a user has no account at the vendor before they are activated. */
export const isWaiting = ({ nativeId }: Pick<Link, "nativeId">): boolean => nativeId !== null && isWaitingId(nativeId);

export const createWaitingId = (): string => `${WAITING}${createId()}`;

export function upsertWaiting(store: Store, account: WaitingAccount): void {
  store
    .insert(waitingAccounts)
    .values(account)
    .onConflictDoUpdate({ target: waitingAccounts.nativeId, set: account })
    .run();
}

export function deleteWaiting(store: Store, nativeId: string): void {
  store.delete(waitingAccounts).where(eq(waitingAccounts.nativeId, nativeId)).run();
}

export function findWaiting(store: Store, nativeId: string): WaitingAccount | undefined {
  return store.select().from(waitingAccounts).where(eq(waitingAccounts.nativeId, nativeId)).get();
}

/** In the order of their ids, after the given one. */
export function listWaiting(store: Store, after: string, limit: number): WaitingAccount[] {
  return store
    .select()
    .from(waitingAccounts)
    .where(gt(waitingAccounts.nativeId, after))
    .orderBy(asc(waitingAccounts.nativeId))
    .limit(limit)
    .all();
}

export const hasWaiting: (store: Store) => boolean = anyOf(waitingAccounts);

export function findWaitingAmong(store: Store, nativeIds: readonly string[]): WaitingAccount[] {
  return store
    .select()
    .from(waitingAccounts)
    .where(inArray(waitingAccounts.nativeId, among(nativeIds)))
    .all();
}

/** The users who wait and are members of the group with this native id; the native ids that stand for them. */
export function listWaitingMembers(store: Store, groupNativeId: string): string[] {
  const rows = store.all<{ id: string }>(sql`
    select waiting.native_id as id from waiting_accounts as waiting
    join links as user on user.type = 'User' and user.native_id = waiting.native_id
    join members on members.user_id = user.id
    where members.group_id = (select id from links where type = 'Group' and native_id = ${groupNativeId})
    order by waiting.native_id`);
  return rows.map(({ id }) => id);
}
