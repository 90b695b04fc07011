// When calls were sent to the vendor, by the second, in a Connection object's SQLite.

import { asc, gte, lt, sql } from "drizzle-orm";
import { turns } from "./background-tables.ts";
import type { Store } from "./links.ts";
import { prepared, slot } from "./prepared.ts";

export interface SentCalls {
  /** Epoch seconds. */
  second: number;
  calls: number;
}

const addRows = prepared((store) =>
  store
    .insert(turns)
    .select(sql`select value ->> 0, value ->> 1 from json_each(${slot("rows")}) where true`)
    .onConflictDoUpdate({ target: turns.second, set: { calls: sql`${turns.calls} + ${sql.raw("excluded.calls")}` } })
    .prepare(),
);

/** Adds to the calls of some seconds; a negative number takes away. */
export function addSentCalls(store: Store, rows: readonly SentCalls[]): void {
  addRows(store).run({ rows: JSON.stringify(rows.map(({ second, calls }) => [second, calls])) });
}

/** Oldest first. */
export function listSentCalls(store: Store, since: number): SentCalls[] {
  return store.select().from(turns).where(gte(turns.second, since)).orderBy(asc(turns.second)).all();
}

export function deleteSentCalls(store: Store, before: number): void {
  store.delete(turns).where(lt(turns.second, before)).run();
}
