// Membership changes on their way to the vendor, in a Connection object's SQLite.

import { and, asc, count, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { outbox } from "./connection-tables.ts";
import type { Store } from "./links.ts";

export type OutboxRow = typeof outbox.$inferSelect;

/** The latest wish for a pair of group and user replaces an earlier one. */
export function upsertOutbox(store: Store, row: OutboxRow): void {
  store
    .insert(outbox)
    .values(row)
    .onConflictDoUpdate({ target: [outbox.groupId, outbox.userId], set: row })
    .run();
}

/** What waits, oldest first; of one group where one is named. */
export function listOutbox(store: Store, limit: number, groupId?: string): OutboxRow[] {
  return store
    .select()
    .from(outbox)
    .where(and(isNull(outbox.parked), groupId === undefined ? undefined : eq(outbox.groupId, groupId)))
    .orderBy(asc(outbox.id))
    .limit(limit)
    .all();
}

/** Which of the given users have a change waiting in a group. */
export function findWaitingIds(store: Store, groupId: string, userIds: readonly string[]): Set<string> {
  const among = sql`(select value from json_each(${JSON.stringify(userIds)}))`;
  const rows = store
    .select({ userId: outbox.userId })
    .from(outbox)
    .where(and(isNull(outbox.parked), eq(outbox.groupId, groupId), inArray(outbox.userId, among)))
    .all();
  return new Set(rows.map((row) => row.userId));
}

export function listParked(store: Store, limit: number): OutboxRow[] {
  return store.select().from(outbox).where(isNotNull(outbox.parked)).orderBy(asc(outbox.id)).limit(limit).all();
}

export function countOutbox(store: Store, isParked: boolean): number {
  const parked = isParked ? isNotNull(outbox.parked) : isNull(outbox.parked);
  return store.select({ rows: count() }).from(outbox).where(parked).get()?.rows ?? 0;
}

export function findOutbox(store: Store, id: string): OutboxRow | undefined {
  return store.select().from(outbox).where(eq(outbox.id, id)).get();
}

export function parkOutbox(store: Store, id: string, parked: string | null): void {
  store.update(outbox).set({ parked }).where(eq(outbox.id, id)).run();
}

export function deleteOutbox(store: Store, id: string): void {
  store.delete(outbox).where(eq(outbox.id, id)).run();
}

/** What a direct write, or the end of the group, has made superfluous. */
export function deleteOutboxPairs(store: Store, groupId: string, userIds: readonly string[]): void {
  store
    .delete(outbox)
    .where(
      and(
        eq(outbox.groupId, groupId),
        inArray(outbox.userId, sql`(select value from json_each(${JSON.stringify(userIds)}))`),
      ),
    )
    .run();
}

export function deleteOutboxOf(store: Store, linkId: string): void {
  store.run(sql`delete from outbox where group_id = ${linkId} or user_id = ${linkId}`);
}
