// What the brake holds and what an administrator lets through, in a Connection object's SQLite [S18] [S20].

import { and, asc, count, eq, gt, inArray, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { BrakeKind } from "./brake-counts.ts";
import type { Store } from "./links.ts";
import { anyOf } from "./prepared.ts";
import { brakeHeld, brakeReleases } from "./safeguard-tables.ts";

export type Held = typeof brakeHeld.$inferSelect;
export type Release = typeof brakeReleases.$inferSelect;

const isAnyHeld = anyOf(brakeHeld);
const isAnyReleased = anyOf(brakeReleases);

// ---- Held requests --------------------------------------------------------------------------------------------------

/** Lists a request that was refused; one that comes again is the same one. */
export function upsertHeld(store: Store, held: Omit<Held, "since" | "times">): void {
  const { subject, kind, ...again } = held;
  store
    .insert(brakeHeld)
    .values({ ...held, since: held.lastAt, times: 1 })
    .onConflictDoUpdate({
      target: [brakeHeld.subject, brakeHeld.kind],
      set: { ...again, times: sql`${brakeHeld.times} + 1` },
    })
    .run();
}

/** Those that have waited longest come first. */
export function listHeld(store: Store, limit: number): Held[] {
  return store.select().from(brakeHeld).orderBy(asc(brakeHeld.since), asc(brakeHeld.subject)).limit(limit).all();
}

/** The requests about one user or group that are held. */
export const listHeldAbout = (store: Store, subject: string): Held[] =>
  store.select().from(brakeHeld).where(eq(brakeHeld.subject, subject)).orderBy(asc(brakeHeld.since)).all();

/** Whether any request of a kind is held. */
export function isHeld(store: Store, kind: BrakeKind): boolean {
  if (!isAnyHeld(store)) return false;
  const ofKind = eq(brakeHeld.kind, kind);
  return store.select({ kind: brakeHeld.kind }).from(brakeHeld).where(ofKind).limit(1).get() !== undefined;
}

/** How many are held, by kind. */
export function countHeld(store: Store): Map<BrakeKind, number> {
  if (!isAnyHeld(store)) return new Map();
  const rows = store.select({ kind: brakeHeld.kind, held: count() }).from(brakeHeld).groupBy(brakeHeld.kind).all();
  return new Map(rows.map(({ kind, held }) => [kind, held]));
}

/** Renames that are held, by what they do to the domain; those without a pattern are left out. */
export function countHeldPatterns(store: Store, limit: number): { pattern: string; held: number }[] {
  const rows = store
    .select({ pattern: brakeHeld.pattern, held: count() })
    .from(brakeHeld)
    .where(sql`${brakeHeld.pattern} is not null`)
    .groupBy(brakeHeld.pattern)
    .orderBy(sql`count(*) desc`)
    .limit(limit)
    .all();
  return rows.flatMap(({ pattern, held }) => (pattern === null ? [] : [{ pattern, held }]));
}

/** A request about the subject was accepted: what it did is held no more, and the disable that it did is asked for no more. */
export function deleteHeld(store: Store, subject: string, kinds: readonly BrakeKind[], isDisable: boolean): void {
  if (!isAnyHeld(store)) return;
  const done: (SQL | undefined)[] = [inArray(brakeHeld.kind, [...kinds]), isDisable ? isDisableRow : undefined];
  store
    .delete(brakeHeld)
    .where(and(eq(brakeHeld.subject, subject), or(...done)))
    .run();
}

const isDisableRow = eq(brakeHeld.isDisable, true);

/** Disables that were asked for and held, longest first. */
export function listHeldDisables(store: Store, userId?: string): Held[] {
  if (!isAnyHeld(store)) return [];
  const ofUser = userId === undefined ? undefined : eq(brakeHeld.subject, userId);
  return store.select().from(brakeHeld).where(and(isDisableRow, ofUser)).orderBy(asc(brakeHeld.since)).all();
}

export function countHeldDisables(store: Store): number {
  if (!isAnyHeld(store)) return 0;
  return store.select({ held: count() }).from(brakeHeld).where(isDisableRow).get()?.held ?? 0;
}

/** A later word on `active` takes the place of a disable that was held. */
export function deleteHeldDisable(store: Store, userId: string): void {
  if (!isAnyHeld(store)) return;
  store
    .delete(brakeHeld)
    .where(and(eq(brakeHeld.subject, userId), isDisableRow))
    .run();
}

export function deleteHeldBefore(store: Store, at: number): void {
  store.delete(brakeHeld).where(lte(brakeHeld.lastAt, at)).run();
}

// ---- Releases -------------------------------------------------------------------------------------------------------

export function insertRelease(store: Store, release: Release): void {
  store.insert(brakeReleases).values(release).run();
}

/** The release under which so many objects of a kind pass: the user's own first, then the pattern's, then the kind's. */
export function findRelease(
  store: Store,
  { kind, user, pattern, objects }: { kind: BrakeKind; user: string; pattern: string | null; objects: number },
  now: number,
): Release | undefined {
  if (!isAnyReleased(store)) return undefined;
  const { userId, count: most, used } = brakeReleases;
  const whom = or(
    eq(userId, user),
    pattern === null || kind !== "rename" ? undefined : eq(brakeReleases.pattern, pattern),
    and(eq(brakeReleases.kind, kind), isNull(brakeReleases.pattern)),
  );
  return store
    .select()
    .from(brakeReleases)
    .where(and(gt(brakeReleases.until, now), whom, or(isNull(most), sql`${used} + ${objects} <= ${most}`)))
    .orderBy(sql`${userId} is null`, sql`${brakeReleases.pattern} is null`, asc(brakeReleases.at))
    .limit(1)
    .get();
}

/** @param objects negative where they did not happen after all */
export function useRelease(store: Store, id: string, objects: number): void {
  store
    .update(brakeReleases)
    .set({ used: sql`max(0, ${brakeReleases.used} + ${objects})` })
    .where(eq(brakeReleases.id, id))
    .run();
}

/** Those that have not ended, oldest first. */
export function listReleases(store: Store, now: number): Release[] {
  const { until, count: most, used } = brakeReleases;
  return store
    .select()
    .from(brakeReleases)
    .where(and(gt(until, now), or(isNull(most), sql`${used} < ${most}`)))
    .orderBy(asc(brakeReleases.at))
    .all();
}

export function deleteRelease(store: Store, id: string): boolean {
  const deleted = store.delete(brakeReleases).where(eq(brakeReleases.id, id)).returning({ id: brakeReleases.id });
  return deleted.all().length > 0;
}

export function deleteReleasesBefore(store: Store, at: number): void {
  store.delete(brakeReleases).where(lte(brakeReleases.until, at)).run();
}

export function deleteAllReleases(store: Store): void {
  store.delete(brakeReleases).run();
}
