// Traces in a Connection object's SQLite.

import { desc, eq, gte } from "drizzle-orm";
import type { Store } from "./links.ts";
import { traces } from "./report-tables.ts";

export type TraceRow = typeof traces.$inferSelect;

export function insertTrace(store: Store, trace: TraceRow): void {
  store.insert(traces).values(trace).onConflictDoNothing().run();
}

export function findTrace(store: Store, id: string): TraceRow | undefined {
  return store.select().from(traces).where(eq(traces.id, id)).get();
}

/** Newest first; with `minStatus`, only those that answered so or worse. */
export function listTraces(store: Store, limit: number, minStatus: number | undefined): TraceRow[] {
  return store
    .select()
    .from(traces)
    .where(minStatus === undefined ? undefined : gte(traces.status, minStatus))
    .orderBy(desc(traces.at), desc(traces.id))
    .limit(limit)
    .all();
}
