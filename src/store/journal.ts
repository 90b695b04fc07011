// Intents and overlays in a Connection object's SQLite [S12] [S23].

import { and, asc, count, eq, gt, inArray, lt, lte, min, ne, sql } from "drizzle-orm";
import { among } from "./among.ts";
import { intents, overlays } from "./journal-tables.ts";
import type { Store } from "./links.ts";
import { deleteOwed } from "./owed.ts";

export type Intent = typeof intents.$inferSelect;
export type Overlay = typeof overlays.$inferSelect;

/** A seat's intent stands beside those of the user's own writes, which must not end it. */
export const seatKey = (userId: string) => `seat:${userId}`;

export function insertIntent(store: Store, intent: Intent): void {
  store.insert(intents).values(intent).run();
}

export function updateIntent(
  store: Store,
  id: string,
  change: Partial<Pick<Intent, "linkId" | "state" | "attemptedAt" | "actsUntil" | "tickets" | "expected">>,
): void {
  store.update(intents).set(change).where(eq(intents.id, id)).run();
}

export function deleteIntent(store: Store, id: string): void {
  store.delete(intents).where(eq(intents.id, id)).run();
}

export function deleteIntentsOf(store: Store, linkId: string): void {
  store.delete(intents).where(eq(intents.linkId, linkId)).run();
}

export function findIntentsOf(store: Store, linkId: string): Intent[] {
  return store.select().from(intents).where(eq(intents.linkId, linkId)).all();
}

/** Which of these links have a write under way, of their own or of their seat, or one whose outcome is unknown. */
export function findBusyIds(store: Store, linkIds: readonly string[]): Set<string> {
  const seats = new Map(linkIds.map((id) => [seatKey(id), id]));
  const rows = store
    .select({ linkId: intents.linkId })
    .from(intents)
    .where(inArray(intents.linkId, among([...linkIds, ...seats.keys()])))
    .all();
  return new Set(rows.map(({ linkId }) => seats.get(linkId) ?? linkId));
}

export function findIntentsByKey(store: Store, kind: Intent["kind"], key: string): Intent[] {
  return store
    .select()
    .from(intents)
    .where(and(eq(intents.kind, kind), eq(intents.key, key)))
    .all();
}

/** Creates of a type whose outcome is unknown. */
export function listOpenCreates(store: Store, kind: "user.create" | "group.create"): Intent[] {
  return store
    .select()
    .from(intents)
    .where(and(eq(intents.kind, kind), eq(intents.state, "open")))
    .limit(1_000)
    .all();
}

/** Earlier attempts to create what has been created now. */
export function deleteCreatesOf(store: Store, kind: Intent["kind"], key: string): void {
  store
    .delete(intents)
    .where(and(eq(intents.kind, kind), eq(intents.key, key)))
    .run();
}
export const findIntentByKey = (store: Store, kind: Intent["kind"], key: string): Intent | undefined =>
  findIntentsByKey(store, kind, key)[0];

/** Open intents last attempted before the given time, the longest waiting first. */
export function listOpenIntents(store: Store, before: number): Intent[] {
  return store
    .select()
    .from(intents)
    .where(and(eq(intents.state, "open"), lt(intents.attemptedAt, before)))
    .orderBy(asc(intents.attemptedAt), asc(intents.id))
    .limit(100)
    .all();
}

/** The groups whose unfinished writes name a user. */
export function listGroupsInDoubt(store: Store, userId: string): string[] {
  return store
    .select({ linkId: intents.linkId })
    .from(intents)
    .where(and(eq(intents.state, "open"), sql`instr(${intents.expected}, ${userId}) > 0`))
    .all()
    .map(({ linkId }) => linkId);
}

/** When the open intent that has waited longest was last tried. */
export function findLastAttempt(store: Store): number | undefined {
  const open = store
    .select({ at: min(intents.attemptedAt) })
    .from(intents)
    .where(eq(intents.state, "open"));
  return open.get()?.at ?? undefined;
}

export function countOpenIntents(store: Store): number {
  return store.select({ rows: count() }).from(intents).where(eq(intents.state, "open")).get()?.rows ?? 0;
}

/** Results that the client never asked for again. */
export function deleteResolvedIntents(store: Store, before: number): void {
  store
    .delete(intents)
    .where(and(ne(intents.state, "open"), lt(intents.attemptedAt, before)))
    .run();
}

/** Creates of this name that did not happen, when another attempt takes their place. */
export function deleteAbsentIntents(store: Store, kind: Intent["kind"], key: string): void {
  store
    .delete(intents)
    .where(and(eq(intents.kind, kind), eq(intents.key, key), eq(intents.state, "absent")))
    .run();
}

/** A disable is owed as long as reads show the user as inactive because of it; a later word on `active` ends both. */
function endOwedDisable(store: Store, { linkId, path }: Pick<Overlay, "linkId" | "path">): void {
  if (path === "active") deleteOwed(store, linkId, [path]);
}

export function upsertOverlay(store: Store, overlay: typeof overlays.$inferInsert): void {
  store
    .insert(overlays)
    .values(overlay)
    .onConflictDoUpdate({ target: [overlays.linkId, overlays.path], set: overlay })
    .run();
  endOwedDisable(store, overlay);
}

/** The overlay values of a link that are valid at the given time. */
export function findOverlays(store: Store, linkId: string, now: number): Overlay[] {
  return store
    .select()
    .from(overlays)
    .where(and(eq(overlays.linkId, linkId), gt(overlays.expiresAt, now)))
    .all();
}

/** The overlays of links, for copying; one bound parameter whatever their number. */
export function listOverlaysOf(store: Store, linkIds: readonly string[]): Overlay[] {
  return store
    .select()
    .from(overlays)
    .where(inArray(overlays.linkId, among(linkIds)))
    .all();
}

export function deleteOverlay(store: Store, linkId: string, path: string): void {
  const deleted = store
    .delete(overlays)
    .where(and(eq(overlays.linkId, linkId), eq(overlays.path, path)))
    .returning({ path: overlays.path })
    .all();
  if (deleted.length > 0) endOwedDisable(store, { linkId, path });
}

/** Pending disables stay, because the account must be disabled also after its user was deleted. */
export function deleteShownOverlays(store: Store, linkId: string): void {
  store
    .delete(overlays)
    .where(and(eq(overlays.linkId, linkId), ne(overlays.reason, "deactivation")))
    .run();
}

export function deleteExpiredOverlays(store: Store, now: number): void {
  store.delete(overlays).where(lte(overlays.expiresAt, now)).run();
}
