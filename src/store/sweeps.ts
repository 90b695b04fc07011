// How far the sweeps have come, in a Connection object's SQLite.

import { eq } from "drizzle-orm";
import { sweeps } from "./background-tables.ts";
import type { Store } from "./links.ts";
import { insertOf, question, slot } from "./prepared.ts";

export type SweepRow = typeof sweeps.$inferSelect;

const ofType = question([sweeps], (store) =>
  store
    .select()
    .from(sweeps)
    .where(eq(sweeps.type, slot("type")))
    .prepare(),
);

export const findSweep = (store: Store, type: SweepRow["type"]): SweepRow | undefined => ofType(store, { type })[0];

export const upsertSweep: (store: Store, sweep: SweepRow) => void = insertOf(sweeps, sweeps.type);
