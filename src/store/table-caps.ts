// How many rows each table of an object may have. Of reports the oldest go; what is owed, and what tells who is who, never
// goes: such a table takes nothing new when it is full.

import { and, asc, count, desc, eq, isNotNull, lt, ne, type SQL, sql } from "drizzle-orm";
import { deleteFact, readFact, writeFact } from "./facts.ts";
import { links } from "./link-tables.ts";
import type { Store } from "./links.ts";
import { traces } from "./report-tables.ts";
import { type Counted, readCount } from "./row-counts.ts";

/** Rows that are deleted in one go: some milliseconds. */
const BATCH = 1_000;

export type TableName = keyof typeof TABLE_CAPS;

/** `forgets`: the oldest rows make room. `grows`: new links are what fills it; else any change does. */
interface Cap {
  rows: number;
  /** Triggers count them: none of these tables is gone through. */
  counted?: readonly Counted[];
  forgets: boolean;
  grows?: "links";
  /** Only these rows of a table count. */
  where?: SQL;
  table?: string;
}

const TABLE_CAPS = {
  traces: { rows: 100_000, forgets: true },
  drifts: { rows: 100_000, forgets: true },
  planned_steps: { rows: 100_000, forgets: true },
  tombstones: { rows: 100_000, forgets: true, table: "links", where: sql`state <> 'live' and is_hidden = 0` },
  hidden_accounts: { rows: 200_000, forgets: false, grows: "links", table: "links", where: sql`is_hidden = 1` },
  links: { rows: 1_000_000, forgets: false, grows: "links", counted: ["User", "Group"] },
  waiting_accounts: { rows: 100_000, forgets: false, grows: "links" },
  members: { rows: 5_000_000, forgets: false, counted: ["Membership"] },
  intents: { rows: 20_000, forgets: false },
  overlays: { rows: 500_000, forgets: false },
  doubts: { rows: 100_000, forgets: false },
  owed: { rows: 500_000, forgets: false },
  exam_values: { rows: 500_000, forgets: false },
  brake_held: { rows: 100_000, forgets: false },
  brake_counts: { rows: 500_000, forgets: false },
} as const satisfies Record<string, Cap>;

export const capOf = (name: TableName): Cap => TABLE_CAPS[name];

export const TABLE_NAMES = Object.keys(TABLE_CAPS) as readonly TableName[];

export function countRows(store: Store, name: TableName): number {
  const { table = name, where, counted } = capOf(name);
  if (counted) return counted.reduce((rows, of) => rows + readCount(store, of), 0);
  const from = sql.identifier(table);
  const found = where
    ? store.get<{ n: number }>(sql`select count(*) as n from ${from} where ${where}`)
    : store.get<{ n: number }>(sql`select count(*) as n from ${from}`);
  return found.n;
}

/**
 * Deletes some traces: those before a time, and the oldest beyond a number.
 * @returns whether there are more
 */
export function trimTraces(store: Store, before: number, rows: number): boolean {
  const beyond = store
    .select({ at: traces.at })
    .from(traces)
    .orderBy(desc(traces.at), desc(traces.id))
    .limit(1)
    .offset(rows)
    .get()?.at;
  const until = Math.max(before, beyond === undefined ? 0 : beyond + 1);
  const some = store
    .select({ id: traces.id })
    .from(traces)
    .where(lt(traces.at, until))
    .orderBy(asc(traces.at))
    .limit(BATCH);
  return store.delete(traces).where(sql`${traces.id} in ${some}`).returning({ id: traces.id }).all().length === BATCH;
}

/** The same of what was found otherwise than Portico had left it. */
export function trimDrifts(store: Store, rows: number): boolean {
  return trimByAge(store, "drifts", countRows(store, "drifts") - rows);
}

/** The same of what plan mode did not send. */
export function trimSteps(store: Store, rows: number): boolean {
  return trimByAge(store, "planned_steps", countRows(store, "planned_steps") - rows);
}

function trimByAge(store: Store, table: "drifts" | "planned_steps", excess: number): boolean {
  if (excess <= 0) return false;
  const from = sql.identifier(table);
  store.run(
    sql`delete from ${from} where rowid in (select rowid from ${from} order by at limit ${Math.min(excess, BATCH)})`,
  );
  return excess > BATCH;
}

/**
 * Until when deleted users and groups are forgotten in one go: not more than some of them, those before a time and the oldest
 * beyond a number.
 */
export function tombstonesDue(store: Store, before: number, rows: number): { until: number; more: boolean } {
  const former = and(ne(links.state, "live"), isNotNull(links.deletedAt));
  const gone = and(former, eq(links.isHidden, false));
  const total = store.select({ n: count() }).from(links).where(gone).get()?.n ?? 0;
  const oldest = (offset: number) =>
    store
      .select({ at: links.deletedAt })
      .from(links)
      .where(gone)
      .orderBy(asc(links.deletedAt))
      .limit(1)
      .offset(offset)
      .get()?.at ?? undefined;
  const excess = Math.max(0, total - rows);
  const byNumber = excess > 0 ? oldest(excess - 1) : undefined;
  const until = Math.max(before, byNumber === undefined ? 0 : byNumber + 1);
  const batch = oldest(BATCH);
  const more = batch !== undefined && batch < until;
  // Those of the last moment of a batch go together.
  return { until: more ? batch + 1 : until, more };
}

const FULL_TABLES = "full_tables";

/** The tables that take nothing new, as they were last counted. */
export function listFullTables(store: Store): TableName[] {
  const names: unknown = JSON.parse(readFact(store, FULL_TABLES) ?? "[]");
  return TABLE_NAMES.filter((name) => Array.isArray(names) && names.includes(name));
}

export function noteFullTables(store: Store, names: readonly TableName[]): void {
  if (names.length === 0) deleteFact(store, FULL_TABLES);
  else writeFact(store, FULL_TABLES, JSON.stringify(names));
}
