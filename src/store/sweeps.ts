// How far the sweeps have come, in a Connection object's SQLite.

import { eq } from "drizzle-orm";
import { sweeps } from "./background-tables.ts";
import type { Store } from "./links.ts";

export type SweepRow = typeof sweeps.$inferSelect;

export function findSweep(store: Store, type: SweepRow["type"]): SweepRow | undefined {
  return store.select().from(sweeps).where(eq(sweeps.type, type)).get();
}

export function upsertSweep(store: Store, sweep: SweepRow): void {
  store.insert(sweeps).values(sweep).onConflictDoUpdate({ target: sweeps.type, set: sweep }).run();
}
