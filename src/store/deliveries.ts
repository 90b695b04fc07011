// Queries on what the deployment's object delivers, in its own SQLite.

import { and, asc, count, eq, getTableColumns, inArray, lt, min, notInArray, or, sql } from "drizzle-orm";
import { among } from "./among.ts";
import type { Store } from "./database.ts";
import { deliveries, droppedCounts, told } from "./delivery-tables.ts";

export type Delivery = typeof deliveries.$inferSelect;
export type DeliveryState = Delivery["state"];

const DAY_MS = 86_400_000;
/** The log is kept for so long, and so many rows of it. */
const LOG_DAYS = 30;
const MOST_LOGGED = 10_000;
/** Events that wait for one webhook at once. */
export const MOST_WAITING = 500;
/** Longer than from the first warning of a credential to its end. */
const TOLD_DAYS = 100;

const isWaiting = eq(deliveries.state, "waiting");
const isOne = ({ webhookId, eventId }: Pick<Delivery, "webhookId" | "eventId">) =>
  and(eq(deliveries.webhookId, webhookId), eq(deliveries.eventId, eventId));

// ---- Writing --------------------------------------------------------------------------------------------------------

/** Due now, whatever becomes of the clock. */
const AT_ONCE = 0;

/** Has an event wait for a webhook; one that was handed over already stays as it is. False for that. */
export function insertDelivery(
  store: Store,
  event: Pick<Delivery, "webhookId" | "eventId" | "type" | "at" | "body">,
): boolean {
  const row: Delivery = {
    ...{ ...event, state: "waiting", dueAt: AT_ONCE, attempts: 0 },
    ...{ lastAt: null, lastMs: null, lastStatus: null, why: null },
  };
  return (
    store.insert(deliveries).values(row).onConflictDoNothing().returning({ id: deliveries.eventId }).all().length > 0
  );
}

/** Gives the oldest ones up where too many wait for a webhook, and counts them. */
export function dropBeyond(store: Store, webhookId: string, most: number, now: number): void {
  const ofIt = and(eq(deliveries.webhookId, webhookId), isWaiting);
  const waiting = store.select({ n: count() }).from(deliveries).where(ofIt).get()?.n ?? 0;
  if (waiting <= most) return;
  const oldest = store
    .select({ id: deliveries.eventId })
    .from(deliveries)
    .where(ofIt)
    .orderBy(asc(deliveries.at), asc(deliveries.eventId))
    .limit(waiting - most);
  const why = `${most} others waited, so this one made room`;
  store
    .update(deliveries)
    .set({ state: "given-up", why })
    .where(and(ofIt, inArray(deliveries.eventId, oldest)))
    .run();
  addDropped(store, webhookId, waiting - most, now);
}

function addDropped(store: Store, webhookId: string, more: number, now: number): void {
  store
    .insert(droppedCounts)
    .values({ webhookId, count: more, lastAt: now })
    .onConflictDoUpdate({
      target: droppedCounts.webhookId,
      set: { count: sql`${droppedCounts.count} + ${more}`, lastAt: now },
    })
    .run();
}

/** How an attempt has ended. */
export function updateDelivery(
  store: Store,
  delivery: Pick<Delivery, "webhookId" | "eventId">,
  change: Partial<Delivery>,
): void {
  store.update(deliveries).set(change).where(isOne(delivery)).run();
}

/** Has what was given up sent again from the beginning: one event, or all of the webhook. How many there were. */
export function retryDeliveries(store: Store, webhookId: string, eventId: string | undefined): number {
  const which =
    eventId === undefined
      ? and(eq(deliveries.webhookId, webhookId), eq(deliveries.state, "given-up"))
      : and(isOne({ webhookId, eventId }), inArray(deliveries.state, ["waiting", "given-up"]));
  return store
    .update(deliveries)
    .set({ state: "waiting", attempts: 0, dueAt: AT_ONCE })
    .where(which)
    .returning({ id: deliveries.eventId })
    .all().length;
}

/** Forgets what belongs to webhooks that are not there any more. */
export function keepOnly(store: Store, webhookIds: readonly string[]): void {
  store
    .delete(deliveries)
    .where(notInArray(deliveries.webhookId, among(webhookIds)))
    .run();
  store
    .delete(droppedCounts)
    .where(notInArray(droppedCounts.webhookId, among(webhookIds)))
    .run();
}

/** Deletes what is too old or too much. What waits is too old only while its webhook is paused, and is counted then. */
export function trimDeliveries(store: Store, now: number, most = MOST_LOGGED): void {
  const isOld = lt(deliveries.at, now - LOG_DAYS * DAY_MS);
  const isLogged = notInArray(deliveries.state, ["waiting"]);
  const lost = store
    .select({ webhookId: deliveries.webhookId, n: count() })
    .from(deliveries)
    .where(and(isOld, isWaiting))
    .groupBy(deliveries.webhookId)
    .all();
  for (const { webhookId, n } of lost) addDropped(store, webhookId, n, now);
  const beyond = sql`rowid in (select rowid from ${deliveries} where ${isLogged} order by rowid desc limit -1 offset ${most})`;
  store.delete(deliveries).where(or(isOld, beyond)).run();
  store
    .delete(told)
    .where(lt(told.at, now - TOLD_DAYS * DAY_MS))
    .run();
}

/** Notes that an event was told; false where it was already. */
export function noteTold(store: Store, id: string, at: number): boolean {
  return store.insert(told).values({ id, at }).onConflictDoNothing().returning({ id: told.id }).all().length > 0;
}

// ---- Reading --------------------------------------------------------------------------------------------------------

/** What is due for these webhooks; what was not tried before comes first, so that a receiver that is down holds up no other. */
export function listDueDeliveries(store: Store, webhookIds: readonly string[], now: number, limit: number): Delivery[] {
  return store
    .select()
    .from(deliveries)
    .where(and(isWaiting, sql`${deliveries.dueAt} <= ${now}`, inArray(deliveries.webhookId, among(webhookIds))))
    .orderBy(asc(deliveries.attempts), asc(deliveries.dueAt), asc(deliveries.eventId))
    .limit(limit)
    .all();
}

/** When the next of these webhooks' deliveries is due. */
export function findNextDelivery(store: Store, webhookIds: readonly string[]): number | undefined {
  return (
    store
      .select({ at: min(deliveries.dueAt) })
      .from(deliveries)
      .where(and(isWaiting, inArray(deliveries.webhookId, among(webhookIds))))
      .get()?.at ?? undefined
  );
}

/** A page of a webhook's deliveries, those that were handed over last first. @param before where the page before has ended */
export function listDeliveries(
  store: Store,
  webhookId: string,
  { state, before, limit }: { state?: DeliveryState | undefined; before?: number | undefined; limit: number },
): (Delivery & { row: number })[] {
  return store
    .select({ ...getTableColumns(deliveries), row: sql<number>`rowid` })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.webhookId, webhookId),
        state === undefined ? undefined : eq(deliveries.state, state),
        before === undefined ? undefined : sql`rowid < ${before}`,
      ),
    )
    .orderBy(sql`rowid desc`)
    .limit(limit)
    .all();
}

/** How many deliveries of each webhook are in each state. */
export function countStates(store: Store): { webhookId: string; state: DeliveryState; n: number }[] {
  const { webhookId, state } = deliveries;
  return store.select({ webhookId, state, n: count() }).from(deliveries).groupBy(webhookId, state).all();
}

export const listDropped = (store: Store): (typeof droppedCounts.$inferSelect)[] =>
  store.select().from(droppedCounts).all();
