// When clients last met which users, in a Connection object's SQLite [S57] [S58].

import { and, asc, count, eq, gte, lt, max, sql } from "drizzle-orm";
import { links, sights } from "./link-tables.ts";
import type { Store } from "./links.ts";
import { insertOf, prepared, question, slot, wholeRows } from "./prepared.ts";
import { readCount } from "./row-counts.ts";

export type Sight = typeof sights.$inferSelect;

const ofLink = question([sights], (store) => wholeRows(store, sights, eq(sights.linkId, slot("linkId"))));

/** When a client met a user; `matchedAt` is null where it did not find the user by a filter. */
export type Meeting = Pick<Sight, "linkId" | "seenAt" | "matchedAt">;

/** Meetings that are not written down yet: a read is not worth a commit of its own [S53]. */
const waiting = new WeakMap<Store, Map<string, Meeting>>();
/** So many wait at most: a bound value has a limit. */
const MAX_WAITING = 2_000;

export function findSight(store: Store, linkId: string): Sight | undefined {
  const written = ofLink(store, { linkId })[0];
  const met = waiting.get(store)?.get(linkId);
  if (!met) return written;
  return {
    linkId,
    seenAt: met.seenAt,
    matchedAt: met.matchedAt ?? written?.matchedAt ?? null,
    said: written?.said ?? null,
  };
}

/** Notes meetings; `writeMeetings` writes them down. */
export function noteMeetings(store: Store, meetings: readonly Meeting[]): void {
  const known = waiting.get(store) ?? new Map<string, Meeting>();
  waiting.set(store, known);
  for (const one of meetings) {
    const matchedAt = one.matchedAt ?? known.get(one.linkId)?.matchedAt ?? null;
    known.set(one.linkId, { ...one, matchedAt });
    if (known.size >= MAX_WAITING) writeMeetings(store);
  }
}

const insertMeetings = prepared((store) =>
  store
    .insert(sights)
    .select(
      sql`select value ->> 0, value ->> 1, value ->> 2, null from json_each(${slot("rows")})
        where exists (select 1 from ${links} where ${links.id} = value ->> 0)`,
    )
    .onConflictDoUpdate({
      target: sights.linkId,
      set: {
        seenAt: sql`excluded.seen_at`,
        matchedAt: sql`coalesce(excluded.matched_at, ${sights.matchedAt})`,
      },
    })
    .prepare(),
);

/** Writes down the meetings that wait, in one statement. */
export function writeMeetings(store: Store): void {
  const known = waiting.get(store);
  if (!known?.size) return;
  const rows = [...known.values()].map(({ linkId, seenAt, matchedAt }) => [linkId, seenAt, matchedAt]);
  insertMeetings(store).run({ rows: JSON.stringify(rows) });
  known.clear();
}

export const forgetMeetings = (store: Store): void => void waiting.delete(store);

const upsert = insertOf(sights, sights.linkId);

/** Writes down what `findSight` answers from now on. */
export function upsertSight(store: Store, sight: Sight): void {
  ofLink.change(
    store,
    () => upsert(store, sight),
    { linkId: sight.linkId },
    () => [sight],
  );
  waiting.get(store)?.delete(sight.linkId);
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
