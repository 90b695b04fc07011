// The plan in the SQLite of a connection's shadow: what would be, and the writes that were not sent [S21].

import { and, asc, count, countDistinct, desc, eq, getTableColumns, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { links } from "./link-tables.ts";
import type { LinkType, Store } from "./links.ts";
import {
  PLAN_KINDS,
  type PlannedValues,
  plannedMembers,
  plannedRecords,
  plannedSteps,
  RECORD_KINDS,
} from "./plan-tables.ts";

export type PlannedRecord = typeof plannedRecords.$inferSelect;
export type PlannedStep = typeof plannedSteps.$inferSelect;
export type { PlannedValues };
export type RecordKind = (typeof RECORD_KINDS)[number];
export type PlanKind = (typeof PLAN_KINDS)[number];

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

// ---- What the plan changes, one by one ------------------------------------------------------------------------------

/** One change. Of a membership `group` is where somebody comes or goes. */
export interface PlanChange {
  kind: PlanKind;
  type: LinkType;
  /** null: no link has it any more. */
  id: string | null;
  nativeId: string;
  name: string | null;
  before: PlannedValues | null;
  after: PlannedValues | null;
  group: { id: string | null; name: string | null } | null;
  /** Of a licence, which. */
  licence: string | null;
}

const isRecordKind = (kind: PlanKind): kind is RecordKind => RECORD_KINDS.some((one) => one === kind);
const STEPS = { licence: "set licence", sessions: "end sessions" } as const;
const OPS = { joins: "add", leaves: "remove" } as const;

/** How many there are of each kind that there is. */
export function countPlanChanges(store: Store): { kind: PlanKind; count: number }[] {
  const records = store.all<{ kind: RecordKind; count: number }>(
    sql`select value as kind, count(*) as count from planned_records, json_each(planned_records.kinds) group by value`,
  );
  const counts = new Map<PlanKind, number>(records.map(({ kind, count: found }) => [kind, found]));
  for (const [kind, op] of Object.entries(OPS)) {
    const found = store.select({ rows: count() }).from(plannedMembers).where(eq(plannedMembers.op, op)).get();
    counts.set(kind as keyof typeof OPS, found?.rows ?? 0);
  }
  for (const [kind, step] of Object.entries(STEPS)) {
    const found = store
      .select({ rows: countDistinct(plannedSteps.nativeId) })
      .from(plannedSteps)
      .where(eq(plannedSteps.step, step))
      .get();
    counts.set(kind as keyof typeof STEPS, found?.rows ?? 0);
  }
  return PLAN_KINDS.flatMap((kind) => {
    const found = counts.get(kind) ?? 0;
    return found > 0 ? [{ kind, count: found }] : [];
  });
}

/** Those of one kind, by name. */
export function listPlanChanges(store: Store, kind: PlanKind, offset: number, limit: number): PlanChange[] {
  if (isRecordKind(kind)) return listChangedRecords(store, kind, offset, limit);
  if (kind === "joins" || kind === "leaves") return listMoves(store, kind, offset, limit);
  return listStepsOf(store, kind, offset, limit);
}

function listChangedRecords(store: Store, kind: RecordKind, offset: number, limit: number): PlanChange[] {
  const isOfKind = sql`exists (select 1 from json_each(${plannedRecords.kinds}) where value = ${kind})`;
  return store
    .select({ ...getTableColumns(plannedRecords), id: links.id, name: links.name })
    .from(plannedRecords)
    .leftJoin(links, and(eq(links.type, plannedRecords.type), eq(links.nativeId, plannedRecords.nativeId)))
    .where(isOfKind)
    .orderBy(asc(links.nameKey), asc(plannedRecords.nativeId))
    .limit(limit)
    .offset(offset)
    .all()
    .map(({ type, nativeId, values, before, id, name }) => {
      // A deleted one has no name any more where the retention has ended; the record as it was has.
      const former = before?.userName ?? before?.displayName;
      const called = name ?? (typeof former === "string" ? former : null);
      return { kind, type, id, nativeId, name: called, before, after: values, group: null, licence: null };
    });
}

function listMoves(store: Store, kind: "joins" | "leaves", offset: number, limit: number): PlanChange[] {
  const users = alias(links, "users");
  const groups = alias(links, "groups");
  // Where groups name their members by e-mail, the planned membership does, too.
  const isUser = or(eq(users.nativeId, plannedMembers.userId), eq(users.emailKey, plannedMembers.userId));
  return store
    .select({
      nativeId: plannedMembers.userId,
      id: users.id,
      name: users.name,
      groupId: groups.id,
      groupName: groups.name,
    })
    .from(plannedMembers)
    .leftJoin(users, and(eq(users.type, "User"), isUser))
    .leftJoin(groups, and(eq(groups.type, "Group"), eq(groups.nativeId, plannedMembers.groupId)))
    .where(eq(plannedMembers.op, OPS[kind]))
    .orderBy(asc(groups.nameKey), asc(users.nameKey), asc(plannedMembers.userId))
    .limit(limit)
    .offset(offset)
    .all()
    .map(({ groupId, groupName, ...user }) => ({
      ...user,
      kind,
      type: "User",
      before: null,
      after: null,
      group: { id: groupId, name: groupName },
      licence: null,
    }));
}

/** The last step of each user. */
function listStepsOf(store: Store, kind: keyof typeof STEPS, offset: number, limit: number): PlanChange[] {
  return store
    .select({ nativeId: plannedSteps.nativeId, what: plannedSteps.what, id: links.id, name: links.name })
    .from(plannedSteps)
    .leftJoin(links, and(eq(links.type, "User"), eq(links.nativeId, plannedSteps.nativeId)))
    .where(eq(plannedSteps.step, STEPS[kind]))
    .groupBy(plannedSteps.nativeId)
    .having(sql`max(${plannedSteps.id}) is not null`)
    .orderBy(asc(links.nameKey), asc(plannedSteps.nativeId))
    .limit(limit)
    .offset(offset)
    .all()
    .map(({ what, ...user }) => ({
      ...user,
      kind,
      type: "User",
      before: null,
      after: null,
      group: null,
      licence: kind === "licence" ? (what[0] ?? null) : null,
    }));
}
