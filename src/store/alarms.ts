// What waits for a person to look at, in a Connection object's SQLite.

import { and, asc, count, eq, isNotNull, isNull, lt, or } from "drizzle-orm";
import { alarms } from "./alarm-tables.ts";
import type { Store } from "./links.ts";
import { anyOf, insertOf, question } from "./prepared.ts";

export type Alarm = typeof alarms.$inferSelect;
export type AlarmKind = Alarm["kind"];

const isAny = anyOf(alarms);
const openCount = question([alarms], (store) =>
  store.select({ open: count() }).from(alarms).where(isNull(alarms.acknowledgedAt)).prepare(),
);

const isOne = (kind: AlarmKind, subject: string) => and(eq(alarms.kind, kind), eq(alarms.subject, subject));

export function findAlarm(store: Store, kind: AlarmKind, subject = ""): Alarm | undefined {
  return isAny(store) ? store.select().from(alarms).where(isOne(kind, subject)).get() : undefined;
}

export const upsertAlarm: (store: Store, alarm: Alarm) => void = insertOf(alarms, [alarms.kind, alarms.subject]);

/** True where there was such an alarm. */
export function deleteAlarm(store: Store, kind: AlarmKind, subject = ""): boolean {
  if (!isAny(store)) return false;
  return store.delete(alarms).where(isOne(kind, subject)).returning({ kind: alarms.kind }).all().length > 0;
}

/** Those that nobody has acknowledged come first, then the oldest. */
export function listAlarms(store: Store, limit: number): Alarm[] {
  return store
    .select()
    .from(alarms)
    .orderBy(asc(alarms.acknowledgedAt), asc(alarms.since), asc(alarms.kind), asc(alarms.subject))
    .limit(limit)
    .all();
}

/** What sweeps have found and no administrator has acknowledged; a sweep that has stopped is listed in any case. */
export function listSweepAlarms(store: Store): Alarm[] {
  if (!isAny(store)) return [];
  return store
    .select()
    .from(alarms)
    .where(and(isNotNull(alarms.pass), or(isNull(alarms.acknowledgedAt), eq(alarms.kind, "sweep-stopped"))))
    .orderBy(asc(alarms.since))
    .all();
}

export const countOpenAlarms = (store: Store): number => openCount(store)[0]?.open ?? 0;

/** Notes who acknowledged the open alarms of a kind, or the one about a subject. Gives those that were open. */
export function acknowledgeAlarms(
  store: Store,
  kind: AlarmKind,
  subject: string | undefined,
  by: { acknowledgedAt: number; acknowledgedBy: string },
): Alarm[] {
  const which = subject === undefined ? eq(alarms.kind, kind) : isOne(kind, subject);
  return store
    .update(alarms)
    .set(by)
    .where(and(which, isNull(alarms.acknowledgedAt)))
    .returning()
    .all();
}

/** Forgets what was acknowledged before the given time. */
export function deleteAcknowledgedAlarms(store: Store, before: number): void {
  store.delete(alarms).where(lt(alarms.acknowledgedAt, before)).run();
}
