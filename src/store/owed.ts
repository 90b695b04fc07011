// The owed changes of users in a Connection object's SQLite [S48] [S50].

import { and, asc, eq, gt, inArray, lt, ne, sql } from "drizzle-orm";
import type { Store } from "./links.ts";
import { owed } from "./owed-tables.ts";

export type Owed = typeof owed.$inferSelect;

export function upsertOwed(store: Store, row: Owed): void {
  const { linkId: _, path: __, ...change } = row;
  store
    .insert(owed)
    .values(row)
    .onConflictDoUpdate({ target: [owed.linkId, owed.path], set: change })
    .run();
}

/** Oldest first. */
export function listOwedOf(store: Store, linkId: string): Owed[] {
  return store.select().from(owed).where(eq(owed.linkId, linkId)).orderBy(asc(owed.since), asc(owed.path)).all();
}

/** Of all users, oldest first. */
export function listOwed(store: Store, limit: number): Owed[] {
  return store.select().from(owed).orderBy(asc(owed.since), asc(owed.linkId)).limit(limit).all();
}

export function deleteOwed(store: Store, linkId: string, paths: readonly string[]): void {
  if (paths.length === 0) return;
  store
    .delete(owed)
    .where(and(eq(owed.linkId, linkId), inArray(owed.path, [...paths])))
    .run();
}

/** Of a deleted user; what they have open in an account that stays is still to be ended. */
export function deleteOwedOf(store: Store, linkId: string, isHidden: boolean): void {
  const others = isHidden ? ne(owed.kind, "sessions") : undefined;
  store
    .delete(owed)
    .where(and(eq(owed.linkId, linkId), others))
    .run();
}

export function findOwed(store: Store, linkId: string, path: string): Owed | undefined {
  return store
    .select()
    .from(owed)
    .where(and(eq(owed.linkId, linkId), eq(owed.path, path)))
    .get();
}

/** Whether a reference waits for one of these, folded. */
export function isAwaited(store: Store, targets: readonly string[]): boolean {
  const found = store
    .select({ path: owed.path })
    .from(owed)
    .where(inArray(owed.target, [...targets]))
    .limit(1)
    .get();
  return found !== undefined;
}

/**
 * Owes every live user whose record points to a manager a new copy of what it shows of them; a value that is owed at
 * the path stays. False where there is nobody.
 */
export function oweCopiesOf(store: Store, managerId: string, why: string, since: number): boolean {
  const made = store.all(sql`
    insert into owed (link_id, path, kind, operation, why, since)
    select links.id, pointer.key, 'copy', '{"op":"replace"}', ${why}, ${since}
    from links, json_each(links.pointers) as pointer
    where links.type = 'User' and links.state = 'live' and links.pointers is not null
      and json_extract(pointer.value, '$.id') = ${managerId}
    on conflict (link_id, path) do update set kind = 'copy', why = excluded.why, since = excluded.since
      where kind in ('copy', 'dropped')
    returning link_id`);
  return made.length > 0;
}

/** The user who comes after the given one, by id, of those to whom something of these kinds is owed. */
export function findNextOwed(store: Store, kinds: readonly Owed["kind"][], after: string): string | undefined {
  return store
    .select({ linkId: owed.linkId })
    .from(owed)
    .where(and(inArray(owed.kind, [...kinds]), gt(owed.linkId, after)))
    .orderBy(asc(owed.linkId))
    .limit(1)
    .get()?.linkId;
}

/** Forgets what was given up before the given time. */
export function deleteDroppedOwed(store: Store, before: number): void {
  store
    .delete(owed)
    .where(and(eq(owed.kind, "dropped"), lt(owed.since, before)))
    .run();
}
