// Digests of what records held when they were last seen or written, in a Connection object's SQLite [S12].

import { count, desc, eq, gte, isNotNull } from "drizzle-orm";
import { digests } from "./link-tables.ts";
import type { Store } from "./links.ts";
import { insertOf, prepared, question, slot, wholeRows } from "./prepared.ts";

export type DigestRow = typeof digests.$inferSelect;

const ofLink = question([digests], (store) => wholeRows(store, digests, eq(digests.linkId, slot("linkId"))));

export const findDigests = (store: Store, linkId: string): DigestRow | undefined => ofLink(store, { linkId })[0];

const upsert = insertOf(digests, digests.linkId);

export function upsertDigests(store: Store, row: DigestRow): void {
  ofLink.change(
    store,
    () => upsert(store, row),
    { linkId: row.linkId },
    () => [row],
  );
}

/** Says what is stored, for who has just read it with something else. */
export const noteDigests = (store: Store, linkId: string, row: DigestRow | undefined): void =>
  ofLink.note(store, { linkId }, row ? [row] : []);

const behindCount = prepared((store) =>
  store
    .select({ behind: count() })
    .from(digests)
    .where(gte(digests.behindAt, slot("since")))
    .prepare(),
);

/** Records that show former values, found since the given time. */
export const countBehind = (store: Store, since: number): number => behindCount(store).get({ since })?.behind ?? 0;

export function listBehind(store: Store, limit: number): string[] {
  const behind = store.select({ id: digests.linkId }).from(digests).where(isNotNull(digests.behindAt));
  return behind
    .orderBy(desc(digests.behindAt))
    .limit(limit)
    .all()
    .map(({ id }) => id);
}

/** What the vendor shows is what counts, though it is a former state. */
export function forgetBehind(store: Store): void {
  store.update(digests).set({ behind: {}, behindAt: null }).where(isNotNull(digests.behindAt)).run();
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
