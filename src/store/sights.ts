// When clients last met which users, in a Connection object's SQLite [S57] [S58].

import { and, asc, count, eq, gte, lt, max, sql } from "drizzle-orm";
import { links, sights } from "./link-tables.ts";
import type { Store } from "./links.ts";
import { insertOf, question, slot, wholeRows } from "./prepared.ts";
import { readCount } from "./row-counts.ts";

export type Sight = typeof sights.$inferSelect;

const ofLink = question([sights], (store) => wholeRows(store, sights, eq(sights.linkId, slot("linkId"))));

export const findSight = (store: Store, linkId: string): Sight | undefined => ofLink(store, { linkId })[0];

const upsert = insertOf(sights, sights.linkId);

export function upsertSight(store: Store, sight: Sight): void {
  ofLink.change(
    store,
    () => upsert(store, sight),
    { linkId: sight.linkId },
    () => [sight],
  );
}

/** No client has met a user whose id was just made. */
export const noteNoSight = (store: Store, linkId: string): void => ofLink.note(store, { linkId }, []);

/** How many users were matched since then, and when the last one was. */
export function countMatched(store: Store, since: number): { matched: number; last: number } {
  const row = store
    .select({ matched: count(), last: max(sights.matchedAt) })
    .from(sights)
    .where(gte(sights.matchedAt, since))
    .get();
  return { matched: row?.matched ?? 0, last: row?.last ?? 0 };
}

/** A time in which a client went through everybody. */
export interface Cycle {
  begun: number;
  over: number;
}

/** Active users who were here before it was over, and whom no client has met since it began. */
const isUnmet = ({ begun, over }: Cycle) =>
  and(
    eq(links.type, "User"),
    eq(links.state, "live"),
    eq(links.isActive, true),
    lt(links.createdAt, over),
    sql`not exists (select 1 from ${sights} where ${sights.linkId} = ${links.id} and ${sights.seenAt} >= ${begun})`,
  );

export function countUnmet(store: Store, cycle: Cycle): number {
  return store.select({ unmet: count() }).from(links).where(isUnmet(cycle)).get()?.unmet ?? 0;
}

export function listUnmet(store: Store, cycle: Cycle, limit: number): string[] {
  const rows = store.select({ id: links.id }).from(links).where(isUnmet(cycle));
  return rows
    .orderBy(asc(links.createdAt), asc(links.id))
    .limit(limit)
    .all()
    .map(({ id }) => id);
}

export const countActiveUsers = (store: Store): number => readCount(store, "ActiveUser");
