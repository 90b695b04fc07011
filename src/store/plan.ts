// The plan in the SQLite of a connection's shadow: what would be, and the writes that were not sent [S21].

import { and, count, desc, eq, getTableColumns } from "drizzle-orm";
import { links } from "./link-tables.ts";
import type { LinkType, Store } from "./links.ts";
import { type PlannedValues, plannedMembers, plannedRecords, plannedSteps } from "./plan-tables.ts";

export type PlannedRecord = typeof plannedRecords.$inferSelect;
export type PlannedStep = typeof plannedSteps.$inferSelect;
export type { PlannedValues };

export function upsertPlanned(store: Store, record: PlannedRecord): void {
  store
    .insert(plannedRecords)
    .values(record)
    .onConflictDoUpdate({ target: [plannedRecords.type, plannedRecords.nativeId], set: record })
    .run();
}

export function findPlanned(store: Store, type: LinkType, nativeId: string): PlannedRecord | undefined {
  return store
    .select()
    .from(plannedRecords)
    .where(and(eq(plannedRecords.type, type), eq(plannedRecords.nativeId, nativeId)))
    .get();
}

export function listPlanned(store: Store, type: LinkType): PlannedRecord[] {
  return store.select().from(plannedRecords).where(eq(plannedRecords.type, type)).all();
}

export function upsertPlannedMember(store: Store, groupId: string, userId: string, op: "add" | "remove"): void {
  store
    .insert(plannedMembers)
    .values({ groupId, userId, op })
    .onConflictDoUpdate({ target: [plannedMembers.groupId, plannedMembers.userId], set: { op } })
    .run();
}

export function listPlannedMembers(store: Store, groupId: string): { userId: string; op: "add" | "remove" }[] {
  return store
    .select({ userId: plannedMembers.userId, op: plannedMembers.op })
    .from(plannedMembers)
    .where(eq(plannedMembers.groupId, groupId))
    .all();
}

export function insertStep(store: Store, step: PlannedStep): void {
  store.insert(plannedSteps).values(step).run();
}

/** A step with the userName or displayName of whom it is about, where that is known. */
export type NamedStep = PlannedStep & { name: string | null };

/** Newest first. */
export function listSteps(store: Store, limit: number): NamedStep[] {
  const isOfStep = and(eq(links.type, plannedSteps.type), eq(links.nativeId, plannedSteps.nativeId));
  return store
    .select({ ...getTableColumns(plannedSteps), name: links.name })
    .from(plannedSteps)
    .leftJoin(links, isOfStep)
    .orderBy(desc(plannedSteps.id))
    .limit(limit)
    .all();
}

export function countSteps(store: Store): { writes: number; deactivations: number } {
  const total = (where?: ReturnType<typeof eq>) =>
    store.select({ steps: count() }).from(plannedSteps).where(where).get()?.steps ?? 0;
  return { writes: total(), deactivations: total(eq(plannedSteps.isDeactivation, true)) };
}
