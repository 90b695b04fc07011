// What the brake counts, in a Connection object's SQLite [S20].

import { and, count, desc, eq, gt, inArray, isNull, lte, max, sql } from "drizzle-orm";
import { among } from "./among.ts";
import type { Store } from "./links.ts";
import { countMembers } from "./members.ts";
import { amongSlot, prepared, question, slot, statement, toList } from "./prepared.ts";
import { readCount } from "./row-counts.ts";
import { type BRAKE_KINDS, brakeBases, brakeCounts, brakeGroups } from "./safeguard-tables.ts";

export type BrakeKind = (typeof BRAKE_KINDS)[number];
export type Counted = typeof brakeCounts.$inferSelect;
/** What a share of the brake is a share of. */
export type Base = (typeof brakeBases.$inferSelect)["of"];

export interface NewCount {
  kind: BrakeKind;
  subjects: readonly string[];
  pattern: string | null;
  releaseId: string | null;
  at: number;
  /** A row from before this time counts no more, so its subject is new. */
  since: number;
}

/** Counts each subject once per kind, however often it comes. @returns those that were not counted before */
export function insertCounts(store: Store, { kind, subjects, pattern, releaseId, at, since }: NewCount): string[] {
  const inserted = store.all<Pick<Counted, "subject">>(sql`
    insert into brake_counts (kind, subject, user_id, pattern, at, release_id)
    select ${kind}, value, null, ${pattern}, ${at}, ${releaseId} from json_each(${JSON.stringify(subjects)}) where true
    on conflict (kind, subject) do update set pattern = excluded.pattern, at = excluded.at, release_id = excluded.release_id
      where brake_counts.at <= ${since}
    returning subject`);
  return inserted.map(({ subject }) => subject);
}

export interface NewMemberships {
  groupId: string;
  userIds: readonly string[];
  releaseId: string | null;
  at: number;
  since: number;
}

export interface MembershipCounts {
  /** The subjects that were not counted before. */
  inserted: string[];
  /** Rows of the opposite kind that these outweigh. */
  outweighed: Counted[];
}

/** A membership that a user loses counts unless they have gained another lately, which it takes away. */
export const insertLostMemberships = (store: Store, change: NewMemberships): MembershipCounts =>
  insertMemberships(store, "membership", "gained", change);

/** A membership that a user gains outweighs one that they have lost lately, or a later one. */
export const insertGainedMemberships = (store: Store, change: NewMemberships): MembershipCounts =>
  insertMemberships(store, "gained", "membership", change);

const insertMembershipRows = statement<{ subject: string }>(
  () => sql`
    insert into brake_counts (kind, subject, user_id, pattern, at, release_id)
    select ${slot("kind")}, ${slot("groupId")} || ' ' || value, value, null, ${slot("at")}, ${slot("releaseId")}
    from json_each(${slot("userIds")}) where true
    on conflict (kind, subject) do update set at = excluded.at, release_id = excluded.release_id
      where brake_counts.at <= ${slot("since")}
    returning subject`,
);

function insertMemberships(
  store: Store,
  kind: Counted["kind"],
  opposite: Counted["kind"],
  { groupId, userIds, releaseId, at, since }: NewMemberships,
): MembershipCounts {
  const outweighed = takeOutweighed(store, opposite, userIds, since);
  const settled = new Set(outweighed.map(({ userId }) => userId));
  const others = userIds.filter((id) => !settled.has(id));
  if (others.length === 0) return { inserted: [], outweighed };
  const kinds = kindsPresent(store);
  const inserted = insertMembershipRows(store, { kind, groupId, at, releaseId, userIds: toList(others), since });
  noteKinds(store, [...kinds, kind]);
  return { inserted: inserted.map(({ subject }) => subject), outweighed };
}

const takeRows = statement<Counted>(
  () => sql`
    delete from brake_counts where rowid in (
      select max(rowid) from brake_counts
      where kind = ${slot("opposite")} and user_id in ${amongSlot("userIds")} and at > ${slot("since")} and release_id is null
      group by user_id)
    returning kind, subject, user_id as userId, pattern, at, release_id as releaseId`,
);

function takeOutweighed(store: Store, opposite: Counted["kind"], userIds: readonly string[], since: number): Counted[] {
  const kinds = kindsPresent(store);
  if (!kinds.includes(opposite)) return [];
  const taken = takeRows(store, { opposite, userIds: toList(userIds), since });
  noteKinds(store, kinds);
  return taken;
}

const KINDS = JSON.stringify(["membership", "gained", "emptied"] satisfies Counted["kind"][]);

/** The kinds of rows about groups that there may be: mostly one of the three. */
const aboutGroups = question(
  [brakeCounts],
  (store) =>
    store
      .select({ kind: sql<Counted["kind"]>`value` })
      .from(sql`json_each(${KINDS})`)
      .where(sql`exists (select 1 from brake_counts where brake_counts.kind = value)`)
      .prepare(),
  true,
);

const kindsPresent = (store: Store): Counted["kind"][] => aboutGroups(store).map(({ kind }) => kind);

/** After a change that added none but these. */
const noteKinds = (store: Store, kinds: readonly Counted["kind"][]): void =>
  aboutGroups.note(
    store,
    {},
    [...new Set(kinds)].map((kind) => ({ kind })),
  );

/** Puts rows back that were taken away for a request that then failed. */
export function restoreCounts(store: Store, rows: readonly Counted[]): void {
  for (const row of rows) store.insert(brakeCounts).values(row).onConflictDoNothing().run();
}

/** One bound parameter whatever their number. */
export function deleteCounts(store: Store, kind: Counted["kind"], subjects: readonly string[]): void {
  if (subjects.length === 0 || (kind === "emptied" && !kindsPresent(store).includes(kind))) return;
  store
    .delete(brakeCounts)
    .where(and(eq(brakeCounts.kind, kind), inArray(brakeCounts.subject, among(subjects))))
    .run();
}

/** What a user has lost counts no more once they are inactive or gone; the gains of then outweigh nothing. */
export function deleteMembershipCounts(store: Store, userId: string): void {
  store.delete(brakeCounts).where(eq(brakeCounts.userId, userId)).run();
}

/** Of one kind: what was counted and was not let through. */
export function deleteCountsOf(store: Store, kind: BrakeKind): void {
  store
    .delete(brakeCounts)
    .where(and(eq(brakeCounts.kind, kind), isNull(brakeCounts.releaseId)))
    .run();
}

/** Renames of one pattern that were counted pass under a release. @returns how many */
export function releasePattern(store: Store, pattern: string, releaseId: string): number {
  const counted = and(eq(brakeCounts.kind, "rename"), eq(brakeCounts.pattern, pattern), isNull(brakeCounts.releaseId));
  return store.update(brakeCounts).set({ releaseId }).where(counted).returning({ subject: brakeCounts.subject }).all()
    .length;
}

export function countSince(store: Store, kind: BrakeKind, since: number): number {
  return (
    store
      .select({ counted: count() })
      .from(brakeCounts)
      .where(and(eq(brakeCounts.kind, kind), gt(brakeCounts.at, since), isNull(brakeCounts.releaseId)))
      .get()?.counted ?? 0
  );
}

/** Forgets what happened before the given time. */
export function deleteCountsBefore(store: Store, kind: Counted["kind"], at: number): void {
  store
    .delete(brakeCounts)
    .where(and(eq(brakeCounts.kind, kind), lte(brakeCounts.at, at)))
    .run();
}

// ---- What the shares are taken of -----------------------------------------------------------------------------------

const latestBase = question(
  [brakeBases],
  (store) =>
    store
      .select({ at: brakeBases.at })
      .from(brakeBases)
      .where(eq(brakeBases.of, slot("of")))
      .orderBy(desc(brakeBases.at))
      .limit(1)
      .prepare(),
  true,
);

export const findLatestBase = (store: Store, of: Base): number | undefined => latestBase(store, { of })[0]?.at;

/** Notes how many there are now. */
export function upsertBase(store: Store, of: Base, at: number): void {
  const size = readCount(store, of);
  store
    .insert(brakeBases)
    .values({ of, at, size })
    .onConflictDoUpdate({ target: [brakeBases.of, brakeBases.at], set: { size } })
    .run();
}

/** The most there were since the given time. */
export function findLargestBase(store: Store, of: Base, since: number): number {
  const row = store
    .select({ size: max(brakeBases.size) })
    .from(brakeBases)
    .where(and(eq(brakeBases.of, of), gt(brakeBases.at, since)));
  return row.get()?.size ?? 0;
}

export function deleteBasesBefore(store: Store, at: number): void {
  store.delete(brakeBases).where(lte(brakeBases.at, at)).run();
}

// ---- Groups that lose members ---------------------------------------------------------------------------------------

const noteSize = statement<{ most: number }>(() => {
  const isLess = sql`brake_groups.at <= ${slot("since")} or brake_groups.size < excluded.size`;
  return sql`
    insert into brake_groups (group_id, size, at)
    values (${slot("groupId")}, ${slot("now")}, ${slot("at")})
    on conflict (group_id) do update set size = case when ${isLess} then excluded.size else size end,
      at = case when ${isLess} then excluded.at else at end
    returning size as most`;
});

/** Notes how large a group is before it loses members. @returns the most it had since the given time, and how many it has now */
export function noteGroupSize(store: Store, groupId: string, at: number, since: number): { most: number; now: number } {
  const now = countMembers(store, groupId);
  return { most: noteSize(store, { groupId, at, since, now })[0]?.most ?? 0, now };
}

const groupSizes = prepared((store) =>
  store
    .select({ most: brakeGroups.size })
    .from(brakeGroups)
    .where(and(eq(brakeGroups.groupId, slot("groupId")), gt(brakeGroups.at, slot("since"))))
    .prepare(),
);

/** The most members that a group had since the given time, and how many it has now, where it has lost some. */
export const findGroupSizes = (
  store: Store,
  groupId: string,
  since: number,
): { most: number; now: number } | undefined => {
  const known = groupSizes(store).get({ groupId, since });
  return known && { ...known, now: countMembers(store, groupId) };
};

export function deleteGroupSizesBefore(store: Store, at: number): void {
  store.delete(brakeGroups).where(lte(brakeGroups.at, at)).run();
}
