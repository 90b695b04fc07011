// What sweeps and reads found otherwise than Portico had left it, in a Connection object's SQLite.

import { and, asc, count, eq, inArray, lte, or, sql } from "drizzle-orm";
import { among } from "./among.ts";
import type { LinkType, Store } from "./links.ts";
import { disabledUsers } from "./members.ts";
import { anyOf } from "./prepared.ts";
import { drifts } from "./report-tables.ts";

export type Drift = typeof drifts.$inferSelect;

const isAny = anyOf(drifts);

export function upsertDrift(store: Store, drift: Drift): void {
  store
    .insert(drifts)
    .values(drift)
    .onConflictDoUpdate({ target: [drifts.kind, drifts.linkId, drifts.otherId], set: drift })
    .run();
}

/** Forgets findings of these kinds, up to the given time; where a type is given, only those about links of this type. */
export function deleteDrifts(store: Store, kinds: readonly Drift["kind"][], until: number, type?: LinkType): void {
  if (!isAny(store)) return;
  const isOfType = sql`${drifts.linkId} not in (select id from links where type <> ${type})`;
  store
    .delete(drifts)
    .where(and(inArray(drifts.kind, [...kinds]), lte(drifts.at, until), type === undefined ? undefined : isOfType))
    .run();
}

/** The kinds that compare memberships. */
export const MEMBERSHIPS = ["memberMissing", "memberExtra"] as const;
/** Where a list of findings goes on: the link, the other id and the kind of the last one. */
export type Pair = readonly [linkId: string, otherId: string, kind: string];

export function deleteDriftsOf(store: Store, linkId: string, kinds: readonly Drift["kind"][]): void {
  store
    .delete(drifts)
    .where(and(eq(drifts.linkId, linkId), inArray(drifts.kind, [...kinds])))
    .run();
}

/**
 * Finds the members of a group that the given sweep did not see, except those with a change under way. Where the vendor's
 * lists hide disabled members, these are not missing.
 */
export function insertMissingMembers(
  store: Store,
  groupId: string,
  { sweep, at, hidesDisabled }: { sweep: number; at: number; hidesDisabled: boolean },
): void {
  store.run(
    sql`insert into drifts (kind, link_id, other_id, at, is_repaired)
      select 'memberMissing', m.group_id, m.user_id, ${at}, 0 from members m
      where m.group_id = ${groupId} and (m.sweep is null or m.sweep <> ${sweep})
        and not exists (select 1 from owed o where o.link_id = m.group_id and o.key = m.user_id and not o.is_parked)
        and not exists (select 1 from intents i where i.link_id = m.user_id)
        and (${hidesDisabled ? 0 : 1} or m.user_id not in ${disabledUsers})
      on conflict do update set at = excluded.at, is_repaired = 0`,
  );
}

/** Memberships that differ and were not repaired, in a stable order after the given one. */
export function listUnrepaired(store: Store, [linkId, otherId, kind]: Pair, limit: number): Drift[] {
  return store
    .select()
    .from(drifts)
    .where(
      and(
        eq(drifts.isRepaired, false),
        inArray(drifts.kind, [...MEMBERSHIPS]),
        sql`(${drifts.linkId}, ${drifts.otherId}, ${drifts.kind}) > (${linkId}, ${otherId}, ${kind})`,
      ),
    )
    .orderBy(asc(drifts.linkId), asc(drifts.otherId), asc(drifts.kind))
    .limit(limit)
    .all();
}

export function markRepaired(store: Store, linkId: string, otherIds: readonly string[]): void {
  store
    .update(drifts)
    .set({ isRepaired: true })
    .where(
      and(eq(drifts.linkId, linkId), inArray(drifts.kind, [...MEMBERSHIPS]), inArray(drifts.otherId, among(otherIds))),
    )
    .run();
}

export function listDrifts(store: Store, limit: number): Drift[] {
  return store.select().from(drifts).orderBy(asc(drifts.at), asc(drifts.linkId)).limit(limit).all();
}

/** What was found of one user or group. */
export function listDriftsOf(store: Store, linkId: string, limit: number): Drift[] {
  const isAbout = or(eq(drifts.linkId, linkId), eq(drifts.otherId, linkId));
  return store.select().from(drifts).where(isAbout).orderBy(asc(drifts.at)).limit(limit).all();
}

export function countDrifts(store: Store): Record<string, number> {
  const rows = store.select({ kind: drifts.kind, found: count() }).from(drifts).groupBy(drifts.kind).all();
  return Object.fromEntries(rows.map(({ kind, found }) => [kind, found]));
}
