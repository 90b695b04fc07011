// A snapshot of a Connection object's SQLite: every table as it was at one moment, read page by page while work goes on. What was
// under way then is in it as a kill would leave it, and the journal finishes it after a restore.

import { sql } from "drizzle-orm";
import { deleteFact, readFact, writeFact } from "./facts.ts";
import type { Store } from "./links.ts";
import { type Cell, PAGE_CHARACTERS, type Row, type TableRows } from "./rows.ts";

const COPY = "snapshot_";
const FACT = "snapshot";
/** Rows that never change after they were stored: they are read where they are, up to the last one of that moment. */
const UNCHANGING = ["traces"];
/** Rows that are read in one go; one may have 64 KiB. */
const READ_AT_ONCE = 100;
/** A backup that broke off leaves its copy no longer than this. */
const KEPT_MS = 6 * 3_600_000;

interface Noted {
  id: string;
  at: number;
  /** By table, the last row of those that are not copied. */
  until: Record<string, number>;
}

/** The tables that hold the object's data, in the order of a backup. */
export function listTables(store: Store): string[] {
  return store
    .all<{ name: string }>(
      sql`select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'
        and name not like '\\_%' escape '\\' and name not like ${`${COPY.replace("_", "\\_")}%`} escape '\\' order by name`,
    )
    .map(({ name }) => name);
}

const copyOf = (table: string) => sql.identifier(`${COPY}${table}`);

/** Takes a snapshot in one go, in the place of an earlier one. Called within a transaction. */
export function takeSnapshot(store: Store, id: string, now: number): void {
  dropSnapshot(store);
  const noted: Noted = { id, at: now, until: {} };
  for (const table of listTables(store)) {
    const own = sql.identifier(table);
    if (UNCHANGING.includes(table)) {
      noted.until[table] = store.get<{ n: number }>(sql`select coalesce(max(rowid), 0) as n from ${own}`).n;
    } else store.run(sql`create table ${copyOf(table)} as select * from ${own}`);
  }
  writeFact(store, FACT, JSON.stringify(noted));
}

const readNoted = (store: Store): Noted | undefined => {
  const text = readFact(store, FACT);
  return text === undefined ? undefined : JSON.parse(text);
};

export function dropSnapshot(store: Store): void {
  deleteFact(store, FACT);
  const copies = store.all<{ name: string }>(
    sql`select name from sqlite_master where type = 'table' and name like ${`${COPY.replace("_", "\\_")}%`} escape '\\'`,
  );
  for (const { name } of copies) store.run(sql`drop table ${sql.identifier(name)}`);
}

/** Drops what a backup that broke off has left. */
export function dropOldSnapshot(store: Store, now: number): void {
  const noted = readNoted(store);
  if (noted && Math.abs(now - noted.at) > KEPT_MS) dropSnapshot(store);
}

export interface SnapshotPage {
  tables: TableRows[];
  /** Where the next page begins; null: this was the last. */
  next: string | null;
}

/** @returns undefined where another snapshot has taken the place of this one, or it was dropped */
export function readSnapshot(store: Store, id: string, after: string): SnapshotPage | undefined {
  const noted = readNoted(store);
  if (noted?.id !== id) return undefined;
  const [atTable = "", atRow = "0"] = after.split(":");
  const tables: TableRows[] = [];
  let room = PAGE_CHARACTERS;
  for (const table of listTables(store).filter((name) => name >= atTable)) {
    const page: TableRows = { table, rows: [] };
    let last = table === atTable ? Number(atRow) : 0;
    for (;;) {
      const found = readRows(store, table, last, noted.until[table]);
      for (const { snapshot_row: at, ...row } of found) {
        page.rows.push(row);
        last = Number(at);
        room -= JSON.stringify(row).length;
        if (room <= 0) return { tables: [...tables, page], next: `${table}:${last}` };
      }
      if (found.length < READ_AT_ONCE) break;
    }
    if (page.rows.length > 0) tables.push(page);
  }
  return { tables, next: null };
}

function readRows(store: Store, table: string, after: number, until: number | undefined): Row[] {
  const from = until === undefined ? copyOf(table) : sql.identifier(table);
  const bound = until === undefined ? sql`` : sql` and rowid <= ${until}`;
  return store.all<Record<string, Cell>>(
    sql`select rowid as snapshot_row, * from ${from} where rowid > ${after}${bound} order by rowid limit ${READ_AT_ONCE}`,
  );
}
