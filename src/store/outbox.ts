// Membership changes on their way to the vendor, in a Connection object's SQLite.

import { and, asc, count, eq, gt, inArray, isNotNull, isNull, lte, min, sql } from "drizzle-orm";
import { createId } from "./identifier.ts";
import { outbox } from "./journal-tables.ts";
import type { Store } from "./links.ts";

export type OutboxRow = typeof outbox.$inferSelect;

const among = (ids: readonly string[]) => sql`(select value from json_each(${JSON.stringify(ids)}))`;

/** The latest wish for a pair of group and user replaces an earlier one. */
export function insertOutbox(
  store: Store,
  groupId: string,
  op: OutboxRow["op"],
  userIds: readonly string[],
  now: number,
): void {
  const rows = JSON.stringify(userIds.map((userId) => [createId(now), userId]));
  // Without "where true" the parser takes "on conflict" for a join.
  store.run(sql`
    insert into outbox (id, group_id, user_id, op, created_at)
    select value ->> 0, ${groupId}, value ->> 1, ${op}, ${now} from json_each(${rows}) where true
    on conflict (group_id, user_id) do update set
      id = excluded.id, op = excluded.op, created_at = excluded.created_at, parked = null, failures = 0, retry_at = 0
  `);
}

/** The oldest row that may be sent now. */
export function findSendable(store: Store, now: number): OutboxRow | undefined {
  return listSendable(store, now, 1)[0];
}

/** What may be sent now, oldest first; of one group where one is named. */
export function listSendable(store: Store, now: number, limit: number, groupId?: string): OutboxRow[] {
  const ofGroup = groupId === undefined ? undefined : eq(outbox.groupId, groupId);
  return store
    .select()
    .from(outbox)
    .where(and(isNull(outbox.parked), lte(outbox.retryAt, now), ofGroup))
    .orderBy(asc(outbox.id))
    .limit(limit)
    .all();
}

/** Which of the given users have a change waiting in a group. */
export function findWaitingIds(store: Store, groupId: string, userIds: readonly string[]): Set<string> {
  const rows = store
    .select({ userId: outbox.userId })
    .from(outbox)
    .where(and(isNull(outbox.parked), eq(outbox.groupId, groupId), inArray(outbox.userId, among(userIds))))
    .all();
  return new Set(rows.map((row) => row.userId));
}

/** Everything of a group, parked or waiting. */
export function listOutboxOf(store: Store, groupId: string): OutboxRow[] {
  return store.select().from(outbox).where(eq(outbox.groupId, groupId)).orderBy(asc(outbox.id)).all();
}

/** When the next row that waits for another attempt may be sent. */
export function findNextRetry(store: Store): number | undefined {
  const next = store
    .select({ at: min(outbox.retryAt) })
    .from(outbox)
    .where(isNull(outbox.parked))
    .get()?.at;
  return next ?? undefined;
}

/** The groups to which changes of a user's membership are on their way, or parked. */
export function listGroupsWithOutbox(store: Store, userId: string): string[] {
  return store
    .select({ groupId: outbox.groupId })
    .from(outbox)
    .where(eq(outbox.userId, userId))
    .all()
    .map((row) => row.groupId);
}

/** The users whose change of membership the vendor had refused. */
export function listParkedOf(store: Store, groupId: string): string[] {
  return store
    .select({ userId: outbox.userId })
    .from(outbox)
    .where(and(eq(outbox.groupId, groupId), isNotNull(outbox.parked)))
    .all()
    .map((row) => row.userId);
}

/** An attempt has failed; the rows that it left are sent again later. */
export function delayOutbox(store: Store, ids: readonly string[], failures: number, retryAt: number): void {
  store
    .update(outbox)
    .set({ failures, retryAt })
    .where(inArray(outbox.id, among(ids)))
    .run();
}

export function listParked(store: Store, limit: number): OutboxRow[] {
  return store.select().from(outbox).where(isNotNull(outbox.parked)).orderBy(asc(outbox.id)).limit(limit).all();
}

export function countOutbox(store: Store, isParked: boolean): number {
  const parked = isParked ? isNotNull(outbox.parked) : isNull(outbox.parked);
  return store.select({ rows: count() }).from(outbox).where(parked).get()?.rows ?? 0;
}

/** Waiting rows whose last attempt failed, and when the first of them is sent again. */
export function findRetrying(store: Store): { rows: number; nextAt: number | null } {
  const failed = and(isNull(outbox.parked), gt(outbox.failures, 0));
  const found = store
    .select({ rows: count(), nextAt: min(outbox.retryAt) })
    .from(outbox)
    .where(failed)
    .get();
  return found ?? { rows: 0, nextAt: null };
}

export function parkOutbox(store: Store, id: string, parked: string | null): void {
  store.update(outbox).set({ parked, failures: 0, retryAt: 0 }).where(eq(outbox.id, id)).run();
}

export function deleteOutbox(store: Store, id: string): void {
  store.delete(outbox).where(eq(outbox.id, id)).run();
}

/** What a direct write, or the end of the group, has made superfluous. */
export function deleteOutboxPairs(store: Store, groupId: string, userIds: readonly string[]): void {
  store
    .delete(outbox)
    .where(and(eq(outbox.groupId, groupId), inArray(outbox.userId, among(userIds))))
    .run();
}

export function deleteOutboxOf(store: Store, linkId: string): void {
  store.run(sql`delete from outbox where group_id = ${linkId} or user_id = ${linkId}`);
}
