// Intents and overlays in a Connection object's SQLite [S12] [S23].

import { and, asc, count, eq, inArray, lt, lte, min, ne, or, sql } from "drizzle-orm";
import { among } from "./among.ts";
import { intents, overlays } from "./journal-tables.ts";
import type { Store } from "./links.ts";
import { deleteOwed } from "./owed.ts";
import {
  amongSlot,
  anyOf,
  insertOf,
  keySlot,
  prepared,
  question,
  slot,
  toList,
  updateOf,
  wholeRows,
} from "./prepared.ts";

export type Intent = typeof intents.$inferSelect;
export type Overlay = typeof overlays.$inferSelect;

/** In the words of the index of those that are open, which are few of all. */
const isOpen = sql`${intents.state} = 'open'`;

/** A seat's intent stands beside those of the user's own writes, which must not end it. */
export const seatKey = (userId: string) => `seat:${userId}`;

export const insertIntent: (store: Store, intent: Intent) => void = insertOf(intents);

const updateById = updateOf(intents, eq(intents.id, keySlot));

export function updateIntent(
  store: Store,
  id: string,
  change: Partial<Pick<Intent, "linkId" | "state" | "attemptedAt" | "actsUntil" | "tickets" | "expected">>,
): void {
  updateById(store, id, change);
}

const deleteById = prepared((store) =>
  store
    .delete(intents)
    .where(eq(intents.id, slot("id")))
    .prepare(),
);

export function deleteIntent(store: Store, id: string): void {
  deleteById(store).run({ id });
}

const deleteByLink = prepared((store) =>
  store
    .delete(intents)
    .where(eq(intents.linkId, slot("linkId")))
    .prepare(),
);

export function deleteIntentsOf(store: Store, linkId: string): void {
  deleteByLink(store).run({ linkId });
}

const deleteByLinkOrKey = prepared((store) =>
  store
    .delete(intents)
    .where(or(eq(intents.linkId, slot("linkId")), and(eq(intents.kind, slot("kind")), eq(intents.key, slot("key")))))
    .returning()
    .prepare(),
);

/** A write has ended: of a create, also the earlier attempts to create the same, which are answered. */
export function endIntents(store: Store, { kind, linkId, key }: Pick<Intent, "kind" | "linkId" | "key">): Intent[] {
  if (key !== null && kind.endsWith(".create")) return deleteByLinkOrKey(store).all({ linkId, kind, key });
  deleteIntentsOf(store, linkId);
  return [];
}

/** Of a link and of its seat, because who asks for one mostly asks for the other. */
const ofLinkAndSeat = question([intents], (store) =>
  wholeRows(store, intents, inArray(intents.linkId, amongSlot("linkIds"))),
);

export function findIntentsOf(store: Store, linkId: string): Intent[] {
  return findWithSeat(store, linkId).filter((intent) => intent.linkId === linkId);
}

/** Of a user's own writes, and of their seat's. */
export const findWithSeat = (store: Store, linkId: string): Intent[] =>
  ofLinkAndSeat(store, { linkIds: toList([linkId, seatKey(linkId)]) });

/** Says that there is none, for who has just looked. */
export const noteNoIntents = (store: Store, linkId: string): void =>
  ofLinkAndSeat.note(store, { linkIds: toList([linkId, seatKey(linkId)]) }, []);

const busyAmong = question([intents], (store) =>
  store
    .select({ linkId: intents.linkId })
    .from(intents)
    .where(inArray(intents.linkId, amongSlot("linkIds")))
    .prepare(),
);

/** Which of these links have a write under way, of their own or of their seat, or one whose outcome is unknown. */
export function findBusyIds(store: Store, linkIds: readonly string[]): Set<string> {
  const seats = new Map(linkIds.map((id) => [seatKey(id), id]));
  const [first, ...others] = linkIds;
  if (first === undefined) return new Set();
  const rows =
    others.length === 0
      ? findWithSeat(store, first)
      : busyAmong(store, { linkIds: toList([...linkIds, ...seats.keys()]) });
  return new Set(rows.map(({ linkId }) => seats.get(linkId) ?? linkId));
}

const byKindAndKey = question([intents], (store) =>
  wholeRows(store, intents, and(eq(intents.kind, slot("kind")), eq(intents.key, slot("key")))),
);

export const findIntentsByKey = (store: Store, kind: Intent["kind"], key: string): Intent[] =>
  byKindAndKey(store, { kind, key });

const openCreates = question([intents], (store) =>
  wholeRows(store, intents, and(eq(intents.kind, slot("kind")), isOpen), 1_000),
);

/** Creates of a type whose outcome is unknown. */
export const listOpenCreates = (store: Store, kind: "user.create" | "group.create"): Intent[] =>
  openCreates(store, { kind });

export const findIntentByKey = (store: Store, kind: Intent["kind"], key: string): Intent | undefined =>
  findIntentsByKey(store, kind, key)[0];

/** Open intents last attempted before the given time, the longest waiting first. */
export function listOpenIntents(store: Store, before: number): Intent[] {
  return store
    .select()
    .from(intents)
    .where(and(isOpen, lt(intents.attemptedAt, before)))
    .orderBy(asc(intents.attemptedAt), asc(intents.id))
    .limit(100)
    .all();
}

/** The groups whose unfinished writes name a user. */
export function listGroupsInDoubt(store: Store, userId: string): string[] {
  return store
    .select({ linkId: intents.linkId })
    .from(intents)
    .where(and(isOpen, sql`instr(${intents.expected}, ${userId}) > 0`))
    .all()
    .map(({ linkId }) => linkId);
}

const openIntents = prepared((store) =>
  store
    .select({ rows: count(), at: min(intents.attemptedAt) })
    .from(intents)
    .where(isOpen)
    .prepare(),
);

/** When the open intent that has waited longest was last tried. */
export const findLastAttempt = (store: Store): number | undefined => openIntents(store).get()?.at ?? undefined;

export const countOpenIntents = (store: Store): number => openIntents(store).get()?.rows ?? 0;

/** Results that the client never asked for again. */
export function deleteResolvedIntents(store: Store, before: number): void {
  store
    .delete(intents)
    .where(and(ne(intents.state, "open"), lt(intents.attemptedAt, before)))
    .run();
}

/** Creates of this name that did not happen, when another attempt takes their place. */
export function deleteAbsentIntents(store: Store, kind: Intent["kind"], key: string): void {
  const absent = findIntentsByKey(store, kind, key).filter(({ state }) => state === "absent");
  for (const { id } of absent) deleteIntent(store, id);
}

/** A disable is owed as long as reads show the user as inactive because of it; a later word on `active` ends both. */
function endOwedDisable(store: Store, { linkId, path }: Pick<Overlay, "linkId" | "path">): void {
  if (path === "active") deleteOwed(store, linkId, [path]);
}

const upsert = insertOf(overlays, [overlays.linkId, overlays.path]);

export function upsertOverlay(store: Store, overlay: typeof overlays.$inferInsert): void {
  upsert(store, { ...overlay, value: overlay.value ?? null });
  endOwedDisable(store, overlay);
}

const isAny = anyOf(overlays);
const ofLink = question([overlays], (store) => wholeRows(store, overlays, eq(overlays.linkId, slot("linkId"))));

const findAnyOverlays = (store: Store, linkId: string): Overlay[] => (isAny(store) ? ofLink(store, { linkId }) : []);

/** The overlay values of a link that are valid at the given time. */
export const findOverlays = (store: Store, linkId: string, now: number): Overlay[] =>
  findAnyOverlays(store, linkId).filter(({ expiresAt }) => expiresAt > now);

/** Whether a link has one for this reason, valid or not. */
export const hasOverlay = (store: Store, linkId: string, reason: Overlay["reason"]): boolean =>
  findAnyOverlays(store, linkId).some((overlay) => overlay.reason === reason);

/** The overlays of links, for copying; one bound parameter whatever their number. */
export function listOverlaysOf(store: Store, linkIds: readonly string[]): Overlay[] {
  return store
    .select()
    .from(overlays)
    .where(inArray(overlays.linkId, among(linkIds)))
    .all();
}

export function deleteOverlay(store: Store, linkId: string, path: string): void {
  if (!findAnyOverlays(store, linkId).some((overlay) => overlay.path === path)) return;
  store
    .delete(overlays)
    .where(and(eq(overlays.linkId, linkId), eq(overlays.path, path)))
    .run();
  endOwedDisable(store, { linkId, path });
}

/** Pending disables stay, because the account must be disabled also after its user was deleted. */
export function deleteShownOverlays(store: Store, linkId: string): void {
  if (!isAny(store)) return;
  store
    .delete(overlays)
    .where(and(eq(overlays.linkId, linkId), ne(overlays.reason, "deactivation")))
    .run();
}

/** The values that were told in a doubt are shown until the given time, as those of any write. */
export function lapseOverlays(store: Store, linkId: string, expiresAt: number): void {
  store
    .update(overlays)
    .set({ reason: "lag", expiresAt })
    .where(and(eq(overlays.linkId, linkId), eq(overlays.reason, "doubt")))
    .run();
}

export function deleteExpiredOverlays(store: Store, now: number): void {
  store.delete(overlays).where(lte(overlays.expiresAt, now)).run();
}
