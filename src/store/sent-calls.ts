// When calls were sent to the vendor, by the second, in a Connection object's SQLite.

import { asc, gte, lt, sql } from "drizzle-orm";
import { turns } from "./background-tables.ts";
import type { Store } from "./links.ts";

export function addSentCall(store: Store, second: number): void {
  store
    .insert(turns)
    .values({ second, calls: 1 })
    .onConflictDoUpdate({ target: turns.second, set: { calls: sql`${turns.calls} + 1` } })
    .run();
}

/** Oldest first. */
export function listSentCalls(store: Store, since: number): { second: number; calls: number }[] {
  return store.select().from(turns).where(gte(turns.second, since)).orderBy(asc(turns.second)).all();
}

export function deleteSentCalls(store: Store, before: number): void {
  store.delete(turns).where(lt(turns.second, before)).run();
}
