// The removals that the brake counts, in a Connection object's SQLite [S20].

import { and, count, eq, gt, lte, min, ne } from "drizzle-orm";
import type { Store } from "./links.ts";
import { removals } from "./safeguard-tables.ts";

export type RemovalKind = (typeof removals.$inferSelect)["kind"];

/** Counts a subject once per kind, however often it is taken away. True where it was not counted before. */
export function insertRemoval(store: Store, kind: RemovalKind, linkId: string, at: number): boolean {
  const inserted = store
    .insert(removals)
    .values({ kind, linkId, at })
    .onConflictDoNothing()
    .returning({ at: removals.at })
    .all();
  return inserted.length > 0;
}

export function deleteRemoval(store: Store, kind: RemovalKind, linkId: string): void {
  store
    .delete(removals)
    .where(and(eq(removals.kind, kind), eq(removals.linkId, linkId)))
    .run();
}

/** A subject that came back is not gone. */
export function deleteRemovals(store: Store, linkId: string): void {
  store.delete(removals).where(eq(removals.linkId, linkId)).run();
}

export function deleteRemovalsBefore(store: Store, at: number): void {
  store.delete(removals).where(lte(removals.at, at)).run();
}

export function deleteAllRemovals(store: Store): void {
  store.delete(removals).run();
}

/** How many others than this subject are gone since the given time. */
export function countRemovals(store: Store, kind: RemovalKind, since: number, except = ""): number {
  return (
    store
      .select({ removed: count() })
      .from(removals)
      .where(and(eq(removals.kind, kind), gt(removals.at, since), ne(removals.linkId, except)))
      .get()?.removed ?? 0
  );
}

/** When the first of those counted went. */
export function findFirstRemoval(store: Store): number | undefined {
  return (
    store
      .select({ at: min(removals.at) })
      .from(removals)
      .get()?.at ?? undefined
  );
}
