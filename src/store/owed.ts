// What was accepted and is still to be done at the vendor, in a Connection object's SQLite [S55].

import { and, asc, count, eq, inArray, isNotNull, lt, lte, min, notInArray, or, type SQL, sql } from "drizzle-orm";
import { among } from "./among.ts";
import { createId } from "./identifier.ts";
import type { Store } from "./links.ts";
import { owed } from "./owed-tables.ts";
import { anyOf, change, prepared, question, slot } from "./prepared.ts";

export type Owed = typeof owed.$inferSelect;
export type OwedRowKind = Owed["kind"];
export type NewOwed = Pick<Owed, "kind" | "linkId" | "key" | "operation" | "why" | "since" | "dueAt"> &
  Partial<Pick<Owed, "target" | "failures" | "isParked">>;

const replacing = (...columns: string[]) =>
  sql.raw(columns.map((column) => `${column} = excluded.${column}`).join(", "));
const staysSince = replacing("id", "kind", "operation", "target", "why", "due_at", "failures", "is_parked");
const takesItsPlace = sql`${staysSince}, ${replacing("since")}`;

const isWaiting = eq(owed.isParked, false);
const isAny = anyOf(owed);
const isAnyWaiting = anyOf(owed, isNotNull(owed.target));

// ---- Writing --------------------------------------------------------------------------------------------------------

/** Owes one thing; what was owed of it before is forgotten. */
export function upsertOwed(store: Store, row: NewOwed): void {
  const whole = { target: null, failures: 0, isParked: false, ...row, id: createId(row.since) };
  store
    .insert(owed)
    .values(whole)
    .onConflictDoUpdate({ target: [owed.linkId, owed.key], set: whole })
    .run();
}

/** Owes a group's memberships of many users; one statement whatever their number. */
export function oweMemberships(
  store: Store,
  groupId: string,
  op: "add" | "remove",
  userIds: readonly string[],
  { why, now }: { why: string; now: number },
): void {
  const rows = JSON.stringify(userIds.map((userId) => [createId(now), userId]));
  // Without "where true" the parser takes "on conflict" for a join.
  store.run(sql`
    insert into owed (id, kind, link_id, key, operation, why, since, due_at)
    select value ->> 0, 'membership', ${groupId}, value ->> 1, ${JSON.stringify({ op })}, ${why}, ${now}, ${now}
    from json_each(${rows}) where true
    on conflict (link_id, key) do update set ${takesItsPlace}`);
}

/** Owes the licence of every live user who is in a group, since it was first owed. */
export function oweLicencesOf(store: Store, groupId: string, { why, now }: { why: string; now: number }): void {
  store.run(sql`
    insert into owed (id, kind, link_id, key, operation, why, since, due_at)
    select lower(hex(randomblob(16))), 'licence', links.id, 'licence', '{"op":"set"}', ${why}, ${now}, ${now}
    from members join links on links.id = members.user_id
    where members.group_id = ${groupId} and links.state = 'live'
    on conflict (link_id, key) do update set ${staysSince}`);
}

const oweCopyRows = change(
  () => sql`
    insert into owed (id, kind, link_id, key, operation, why, since, due_at)
    select lower(hex(randomblob(16))), 'copy', links.id, pointer.path, '{"op":"replace"}', ${slot("why")}, ${slot("now")},
      ${slot("now")}
    from pointer_targets as pointer join links on links.id = pointer.link_id
    where pointer.target_id = ${slot("managerId")} and links.type = 'User' and links.state = 'live'
    on conflict (link_id, key) do update set ${takesItsPlace} where kind = 'copy' or is_parked`,
);

/**
 * Owes every live user whose record points to a manager a new copy of what it shows of them; a value that is owed at
 * the path stays. False where there is nobody.
 */
export function oweCopiesOf(store: Store, managerId: string, { why, now }: { why: string; now: number }): boolean {
  return oweCopyRows(store, { managerId, why, now }) > 0;
}

/** An attempt has failed, or it is not time yet. */
export function postponeOwed(
  store: Store,
  ids: readonly string[],
  next: Pick<Owed, "failures" | "dueAt"> & Partial<Pick<Owed, "why">>,
): void {
  store
    .update(owed)
    .set(next)
    .where(inArray(owed.id, among(ids)))
    .run();
}

export function parkOwed(store: Store, id: string, why: string): void {
  store.update(owed).set({ isParked: true, why }).where(eq(owed.id, id)).run();
}

/** Tries these at once, parked or not. */
export function wakeOwedRows(store: Store, ids: readonly string[], now: number): void {
  store
    .update(owed)
    .set({ isParked: false, failures: 0, dueAt: now })
    .where(inArray(owed.id, among(ids)))
    .run();
}

/** Tries the references that wait for one of these, folded. False where none does. */
export function wakeReferencesTo(store: Store, targets: readonly string[], now: number): boolean {
  if (!isAnyWaiting(store)) return false;
  const waiting = and(isWaiting, inArray(owed.target, [...targets]));
  return store.update(owed).set({ dueAt: now }).where(waiting).returning({ id: owed.id }).all().length > 0;
}

// ---- Reading --------------------------------------------------------------------------------------------------------

const first = (store: Store, where: SQL | undefined) => store.select().from(owed).where(where).limit(1).get();

export const findOwed = (store: Store, linkId: string, key: string): Owed | undefined =>
  isAny(store) ? first(store, and(eq(owed.linkId, linkId), eq(owed.key, key))) : undefined;

export const findOwedById = (store: Store, id: string): Owed | undefined => first(store, eq(owed.id, id));

const ofLink = question([owed], (store) =>
  store
    .select()
    .from(owed)
    .where(eq(owed.linkId, slot("linkId")))
    .orderBy(asc(owed.since), asc(owed.id))
    .prepare(),
);

/** What is owed of one user or group, of these kinds, oldest first. */
export const listOwedOf = (store: Store, linkId: string, ...kinds: OwedRowKind[]): Owed[] =>
  isAny(store) ? ofLink(store, { linkId }).filter(({ kind }) => kinds.includes(kind)) : [];

/** Of the given keys of a link, those that are owed. */
export function findOwedKeys(store: Store, linkId: string, keys: readonly string[], isParked: boolean): Set<string> {
  if (!isAny(store)) return new Set();
  const rows = store
    .select({ key: owed.key })
    .from(owed)
    .where(and(eq(owed.linkId, linkId), eq(owed.isParked, isParked), inArray(owed.key, among(keys))))
    .all();
  return new Set(rows.map(({ key }) => key));
}

/** Of the given users, those whose licence is owed, parked or not. */
export function findOwedLicences(store: Store, userIds: readonly string[]): Set<string> {
  if (!isAny(store)) return new Set();
  const rows = store
    .select({ id: owed.linkId })
    .from(owed)
    .where(and(eq(owed.kind, "licence"), inArray(owed.linkId, among(userIds))))
    .all();
  return new Set(rows.map(({ id }) => id));
}

/** The groups whose membership of a user is owed or parked. */
export function listGroupsOwing(store: Store, userId: string): string[] {
  if (!isAny(store)) return [];
  return store
    .select({ groupId: owed.linkId })
    .from(owed)
    .where(and(eq(owed.kind, "membership"), eq(owed.key, userId)))
    .all()
    .map(({ groupId }) => groupId);
}

/** What may be tried now, longest due first; of one link where one is named. */
export function listDueOwed(store: Store, kind: OwedRowKind, now: number, limit: number, linkId?: string): Owed[] {
  const ofLink = linkId === undefined ? undefined : eq(owed.linkId, linkId);
  return store
    .select()
    .from(owed)
    .where(and(eq(owed.kind, kind), isWaiting, lte(owed.dueAt, now), ofLink))
    .orderBy(asc(owed.dueAt), asc(owed.id))
    .limit(limit)
    .all();
}

const nextOwed = prepared((store) =>
  store
    .select({ at: min(owed.dueAt) })
    .from(owed)
    .where(and(eq(owed.kind, slot("kind")), isWaiting, sql`${owed.dueAt} >= ${slot("from")}`))
    .prepare(),
);

/** When the next of a kind is tried, not before the given time. */
export const findNextOwed = (store: Store, kind: OwedRowKind, from = 0): number | undefined =>
  isAny(store) ? (nextOwed(store).get({ kind, from })?.at ?? undefined) : undefined;

/** How much of a kind waits, how much of that has failed, how much is parked, and when the next is tried. */
export interface OwedSum {
  kind: OwedRowKind;
  waiting: number;
  failing: number;
  parked: number;
  nextAt: number | null;
}

const sums = question([owed], (store) => {
  const { kind, isParked, failures, dueAt } = owed;
  const waits = sql<number>`sum(not ${isParked})`;
  const failing = sql<number>`sum(not ${isParked} and ${failures} > 0)`;
  const nextAt = sql<number | null>`min(case when not ${isParked} then ${dueAt} end)`;
  const columns = { kind, waiting: waits, failing, parked: sql<number>`sum(${isParked})`, nextAt };
  return store.select(columns).from(owed).groupBy(kind).prepare();
});

/** For each kind of which anything is owed. */
export const sumOwed = (store: Store): OwedSum[] => (isAny(store) ? sums(store) : []);

export interface OwedFilter {
  kind?: OwedRowKind | undefined;
  isParked?: boolean | undefined;
}

const matching = ({ kind, isParked }: OwedFilter) =>
  and(
    kind === undefined ? undefined : eq(owed.kind, kind),
    isParked === undefined ? undefined : eq(owed.isParked, isParked),
  );

/** Oldest first. */
export function listOwed(store: Store, filter: OwedFilter, limit: number): Owed[] {
  return store.select().from(owed).where(matching(filter)).orderBy(asc(owed.since), asc(owed.id)).limit(limit).all();
}

/** What is owed of one user or group, their memberships among it, the oldest first. */
export function listOwedAbout(store: Store, linkId: string, limit: number): Owed[] {
  if (!isAny(store)) return [];
  const isAbout = or(eq(owed.linkId, linkId), and(eq(owed.kind, "membership"), eq(owed.key, linkId)));
  return store.select().from(owed).where(isAbout).orderBy(asc(owed.since), asc(owed.id)).limit(limit).all();
}

export function countOwed(store: Store, filter: OwedFilter): number {
  return store.select({ rows: count() }).from(owed).where(matching(filter)).get()?.rows ?? 0;
}

/**
 * In how many calls the owed memberships go, if all are due at once: the vendor takes so many of one group and one direction in
 * a call, and what comes between them begins another one.
 */
export function countMembershipCalls(store: Store, chunk: { add: number; remove: number }): number {
  const { add, remove } = chunk;
  const row = store.get<{ calls: number }>(sql`
    with moves as (select link_id, operation ->> '$.op' as op, id from owed where kind = 'membership'),
      runs as (
        select link_id, op, row_number() over (partition by link_id order by id)
          - row_number() over (partition by link_id, op order by id) as run
        from moves)
    select coalesce(sum((members + size - 1) / size), 0) as calls
    from (
      select count(*) as members, case op when 'add' then ${add} else ${remove} end as size
      from runs group by link_id, op, run)`);
  return row?.calls ?? 0;
}

// ---- Deleting -------------------------------------------------------------------------------------------------------

export function deleteOwedById(store: Store, id: string): void {
  store.delete(owed).where(eq(owed.id, id)).run();
}

/** What another write has made superfluous. */
export function deleteOwed(store: Store, linkId: string, keys: readonly string[]): void {
  if (keys.length === 0 || !isAny(store)) return;
  store
    .delete(owed)
    .where(and(eq(owed.linkId, linkId), inArray(owed.key, among(keys))))
    .run();
}

/** Everything about a user or group who is deleted, apart from these kinds. */
export function deleteOwedOf(store: Store, linkId: string, except: readonly OwedRowKind[] = []): void {
  if (!isAny(store)) return;
  const others = except.length === 0 ? undefined : notInArray(owed.kind, [...except]);
  store
    .delete(owed)
    .where(and(eq(owed.linkId, linkId), others))
    .run();
  store
    .delete(owed)
    .where(and(eq(owed.kind, "membership"), eq(owed.key, linkId)))
    .run();
}

/** Forgets what of these kinds was parked before the given time. */
export function deleteParkedBefore(store: Store, kinds: readonly OwedRowKind[], before: number): void {
  store
    .delete(owed)
    .where(and(inArray(owed.kind, [...kinds]), eq(owed.isParked, true), lt(owed.since, before)))
    .run();
}
