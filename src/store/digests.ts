// Digests of what records held when they were last seen or written, in a Connection object's SQLite [S12].

import { eq, inArray, sql } from "drizzle-orm";
import { digests } from "./link-tables.ts";
import type { Store } from "./links.ts";

export type DigestRow = typeof digests.$inferSelect;

export function findDigests(store: Store, linkId: string): DigestRow | undefined {
  return store.select().from(digests).where(eq(digests.linkId, linkId)).get();
}

/** One bound parameter whatever their number. */
export function findDigestsOf(store: Store, linkIds: readonly string[]): DigestRow[] {
  const among = sql`(select value from json_each(${JSON.stringify(linkIds)}))`;
  return store.select().from(digests).where(inArray(digests.linkId, among)).all();
}

export function upsertDigests(store: Store, row: DigestRow): void {
  store.insert(digests).values(row).onConflictDoUpdate({ target: digests.linkId, set: row }).run();
}

/** Notes that Portico is writing, or has just written, what the link stands for. */
export function touchDigests(store: Store, linkId: string, writtenAt: number): void {
  store
    .insert(digests)
    .values({ linkId, paths: {}, writtenAt })
    .onConflictDoUpdate({ target: digests.linkId, set: { writtenAt } })
    .run();
}

export function deleteDigests(store: Store, linkId: string): void {
  store.delete(digests).where(eq(digests.linkId, linkId)).run();
}

export function deleteAllDigests(store: Store): void {
  store.delete(digests).run();
}
