// What a sweep found otherwise than Portico had left it, in a Connection object's SQLite.

import { asc, count, inArray } from "drizzle-orm";
import { drifts } from "./connection-tables.ts";
import type { Store } from "./links.ts";

export type Drift = typeof drifts.$inferSelect;

export function upsertDrift(store: Store, drift: Drift): void {
  store
    .insert(drifts)
    .values(drift)
    .onConflictDoUpdate({ target: [drifts.kind, drifts.linkId, drifts.otherId], set: drift })
    .run();
}

/** Forgets the findings of these kinds: a new sweep begins. */
export function deleteDrifts(store: Store, kinds: readonly Drift["kind"][]): void {
  store
    .delete(drifts)
    .where(inArray(drifts.kind, [...kinds]))
    .run();
}

export function listDrifts(store: Store, limit: number): Drift[] {
  return store.select().from(drifts).orderBy(asc(drifts.at), asc(drifts.linkId)).limit(limit).all();
}

export function countDrifts(store: Store): Record<string, number> {
  const rows = store.select({ kind: drifts.kind, found: count() }).from(drifts).groupBy(drifts.kind).all();
  return Object.fromEntries(rows.map(({ kind, found }) => [kind, found]));
}
