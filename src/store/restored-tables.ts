// A Connection object that is filled from a backup: its tables are made as the backup has them, take the rows, and are then
// migrated as those of any older object.

import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import { atomically, execute } from "./database.ts";
import { deleteFact, readFact, writeFact } from "./facts.ts";
import type { Store } from "./links.ts";
import { migrations } from "./migrations.ts";
import { type Row, requireColumns, type TableRows, UnknownColumn } from "./rows.ts";
import { listTables } from "./snapshot.ts";
import { tables } from "./tables.ts";

/** While the object is being filled: the triggers of its tables, which are made again at the end. */
const FACT = "restoring";
interface Trigger {
  name: string;
  sql: string;
}

const { entries } = migrations.journal;

/** The schema of an object, by the name of its last migration. */
export const OBJECT_SCHEMA = entries.at(-1)?.tag ?? "";

export const isKnownSchema = (schema: string): boolean => entries.some(({ tag }) => tag === schema);

/** Also of an object that has no tables, because it was just erased. */
export function hasFact(store: Store, name: string): boolean {
  return listTables(store).includes("facts") && readFact(store, name) !== undefined;
}

export const isRestoring = (store: Store): boolean => hasFact(store, FACT);

/** Makes a new object's tables, and brings an older one's up to date, but for one that is being filled with the rows of an older schema. */
export async function updateTables(store: Store): Promise<void> {
  if (isRestoring(store)) return;
  if (listTables(store).length > 0) await migrate(store, migrations);
  // One statement: the whole history took a hundred, and a tenth of a second of the processor.
  else atomically(store, () => execute(store, tables, []));
}

/** In an object without tables: those of the schema, empty. */
export async function makeTables(store: Store, schema: string): Promise<void> {
  const last = entries.findIndex(({ tag }) => tag === schema);
  await migrate(store, { ...migrations, journal: { ...migrations.journal, entries: entries.slice(0, last + 1) } });
  // A migration can leave rows of its own.
  for (const table of listTables(store)) store.run(sql`delete from ${sql.identifier(table)}`);
  // What triggers keep comes with the rows of the backup.
  const triggers = store.all<Trigger>(sql`select name, sql from sqlite_master where type = 'trigger'`);
  for (const { name } of triggers) store.run(sql`drop trigger ${sql.identifier(name)}`);
  writeFact(store, FACT, JSON.stringify(triggers));
}

/** Called within a transaction; a page that comes twice is there once. @throws UnknownColumn */
export function insertRows(store: Store, { table, rows }: TableRows): void {
  if (!listTables(store).includes(table)) throw new UnknownColumn(`there is no table ${table}`);
  const known = store.all<{ name: string }>(sql`select name from pragma_table_info(${table})`);
  requireColumns(
    table,
    known.map(({ name }) => name),
    rows,
  );
  for (const row of rows) insertRow(store, table, row);
}

function insertRow(store: Store, table: string, row: Row): void {
  const columns = Object.keys(row);
  const names = sql.join(
    columns.map((name) => sql.identifier(name)),
    sql`, `,
  );
  const values = sql.join(
    columns.map((name) => sql`${row[name]}`),
    sql`, `,
  );
  store.run(sql`insert or replace into ${sql.identifier(table)} (${names}) values (${values})`);
}

/** How many rows each table has that has any. */
export function countRestored(store: Store): Record<string, number> {
  const counts = listTables(store).map((table) => {
    const { n } = store.get<{ n: number }>(sql`select count(*) as n from ${sql.identifier(table)}`);
    return [table, table === "facts" ? n - 1 : n] as const;
  });
  return Object.fromEntries(counts.filter(([, n]) => n > 0));
}

/** Ends filling: from now on the object is one as any other. */
export async function finishTables(store: Store): Promise<void> {
  const triggers: Trigger[] = JSON.parse(readFact(store, FACT) ?? "[]");
  atomically(store, () => {
    for (const trigger of triggers) store.run(sql.raw(trigger.sql));
    deleteFact(store, FACT);
  });
  await migrate(store, migrations);
}
