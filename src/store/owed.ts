// The owed changes of users in a Connection object's SQLite [S48].

import { and, asc, eq, inArray } from "drizzle-orm";
import type { Store } from "./links.ts";
import { owed } from "./owed-tables.ts";

export type Owed = typeof owed.$inferSelect;

export function upsertOwed(store: Store, row: Owed): void {
  const { linkId: _, path: __, ...change } = row;
  store
    .insert(owed)
    .values(row)
    .onConflictDoUpdate({ target: [owed.linkId, owed.path], set: change })
    .run();
}

/** Oldest first. */
export function listOwedOf(store: Store, linkId: string): Owed[] {
  return store.select().from(owed).where(eq(owed.linkId, linkId)).orderBy(asc(owed.since), asc(owed.path)).all();
}

/** Of all users, oldest first. */
export function listOwed(store: Store, limit: number): Owed[] {
  return store.select().from(owed).orderBy(asc(owed.since), asc(owed.linkId)).limit(limit).all();
}

export function deleteOwed(store: Store, linkId: string, paths: readonly string[]): void {
  if (paths.length === 0) return;
  store
    .delete(owed)
    .where(and(eq(owed.linkId, linkId), inArray(owed.path, [...paths])))
    .run();
}

export function deleteOwedOf(store: Store, linkId: string): void {
  store.delete(owed).where(eq(owed.linkId, linkId)).run();
}
