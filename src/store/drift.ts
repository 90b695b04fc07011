// What sweeps and reads found otherwise than Portico had left it, in a Connection object's SQLite.

import { and, asc, count, inArray, lte, sql } from "drizzle-orm";
import { drifts } from "./connection-tables.ts";
import type { LinkType, Store } from "./links.ts";

export type Drift = typeof drifts.$inferSelect;

export function upsertDrift(store: Store, drift: Drift): void {
  store
    .insert(drifts)
    .values(drift)
    .onConflictDoUpdate({ target: [drifts.kind, drifts.linkId, drifts.otherId], set: drift })
    .run();
}

/** Forgets findings of these kinds, up to the given time; where a type is given, only those about links of this type. */
export function deleteDrifts(store: Store, kinds: readonly Drift["kind"][], until: number, type?: LinkType): void {
  const isOfType = sql`${drifts.linkId} not in (select id from links where type <> ${type})`;
  store
    .delete(drifts)
    .where(and(inArray(drifts.kind, [...kinds]), lte(drifts.at, until), type === undefined ? undefined : isOfType))
    .run();
}

export function listDrifts(store: Store, limit: number): Drift[] {
  return store.select().from(drifts).orderBy(asc(drifts.at), asc(drifts.linkId)).limit(limit).all();
}

export function countDrifts(store: Store): Record<string, number> {
  const rows = store.select({ kind: drifts.kind, found: count() }).from(drifts).groupBy(drifts.kind).all();
  return Object.fromEntries(rows.map(({ kind, found }) => [kind, found]));
}
