// How many rows there are, as triggers count them, in a Connection object's SQLite.

import { eq } from "drizzle-orm";
import { rowCounts } from "./link-tables.ts";
import { prepared, type Store, slot } from "./prepared.ts";

export type Counted = (typeof rowCounts.$inferSelect)["of"];

const sizeOf = prepared((store) =>
  store
    .select({ size: rowCounts.size })
    .from(rowCounts)
    .where(eq(rowCounts.of, slot("of")))
    .prepare(),
);

export const readCount = (store: Store, of: Counted): number => sizeOf(store).get({ of })?.size ?? 0;
