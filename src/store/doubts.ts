// Records that a call without an answer may still change, in a Connection object's SQLite [S46].

import { and, asc, count, eq, gt, lte, min, sql } from "drizzle-orm";
import { hasOverlay } from "./journal.ts";
import { doubts, overlays } from "./journal-tables.ts";
import type { Store } from "./links.ts";
import { anyOf, question, slot } from "./prepared.ts";

export type Doubt = typeof doubts.$inferSelect;

/** Each once. */
export const union = (some: readonly string[], more: readonly string[]): string[] => [...new Set([...some, ...more])];

/** Opens a doubt, or widens the one that the record is in already. */
export function openDoubt(
  store: Store,
  {
    linkId,
    endsAt,
    paths,
    joining = [],
    leaving = [],
    makes = false,
  }: Pick<Doubt, "linkId" | "endsAt" | "paths"> & Partial<Pick<Doubt, "joining" | "leaving" | "makes">>,
): void {
  const present = findDoubt(store, linkId);
  const change = {
    endsAt: Math.max(endsAt, present?.endsAt ?? 0),
    dueAt: Math.max(endsAt, present?.endsAt ?? 0),
    paths: paths === null || present?.paths === null ? null : union(paths, present?.paths ?? []),
    joining: union(joining, present?.joining ?? []),
    leaving: union(leaving, present?.leaving ?? []),
    makes: makes || present?.makes === true,
  };
  store
    .insert(doubts)
    .values({ linkId, ...change })
    .onConflictDoUpdate({ target: doubts.linkId, set: change })
    .run();
}

const isAny = anyOf(doubts);
const ofLink = question([doubts], (store) =>
  store
    .select()
    .from(doubts)
    .where(eq(doubts.linkId, slot("linkId")))
    .prepare(),
);

export const findDoubt = (store: Store, linkId: string): Doubt | undefined =>
  isAny(store) ? ofLink(store, { linkId })[0] : undefined;

/** The groups into which a call without an answer may still bring a user. */
export function listDoubtsJoining(store: Store, userId: string): string[] {
  if (!isAny(store)) return [];
  return store
    .select({ linkId: doubts.linkId })
    .from(doubts)
    .where(sql`exists (select 1 from json_each(${doubts.joining}) where value = ${userId})`)
    .all()
    .map(({ linkId }) => linkId);
}

export function updateDoubt(store: Store, linkId: string, change: Partial<Omit<Doubt, "linkId">>): void {
  store.update(doubts).set(change).where(eq(doubts.linkId, linkId)).run();
}

/** Compares a record now that was told before the given time. False where there is nothing to compare. */
export function wakeDoubt(store: Store, linkId: string, now: number, toldBefore: number): boolean {
  const due = and(eq(doubts.linkId, linkId), gt(doubts.dueAt, now), lte(doubts.toldAt, toldBefore));
  return store.update(doubts).set({ dueAt: now }).where(due).returning({ id: doubts.linkId }).all().length > 0;
}

export function listDueDoubts(store: Store, now: number, limit: number): Doubt[] {
  return store.select().from(doubts).where(lte(doubts.dueAt, now)).orderBy(asc(doubts.dueAt)).limit(limit).all();
}

export function findNextDoubt(store: Store): number | undefined {
  if (!isAny(store)) return undefined;
  return (
    store
      .select({ at: min(doubts.dueAt) })
      .from(doubts)
      .get()?.at ?? undefined
  );
}

/** Compares none before the given time. */
export function postponeDoubts(store: Store, dueAt: number): void {
  store.update(doubts).set({ dueAt }).where(lte(doubts.dueAt, dueAt)).run();
}

export function countDoubts(store: Store): number {
  if (!isAny(store)) return 0;
  return store.select({ rows: count() }).from(doubts).get()?.rows ?? 0;
}

/** Ends a doubt: from now on reads show what the vendor has. */
export function deleteDoubt(store: Store, linkId: string): void {
  if (!findDoubt(store, linkId) && !hasOverlay(store, linkId, "doubt")) return;
  store.delete(doubts).where(eq(doubts.linkId, linkId)).run();
  store
    .delete(overlays)
    .where(and(eq(overlays.linkId, linkId), eq(overlays.reason, "doubt")))
    .run();
}
