// Rows of the D1 database as a backup has them: what belongs to a connection comes with it, the rest is the deployment's.

import { getTableColumns, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import * as administratorTables from "./administrator-tables.ts";
import * as controlTables from "./control-tables.ts";
import { PAGE_CHARACTERS, type Row, requireColumns, type TableRows, UnknownColumn } from "./rows.ts";

export const CONNECTIONS = getTableConfig(controlTables.connections).name;
const AUDIT = getTableConfig(administratorTables.audit).name;
/** Rollups are left out: after a restore each object writes its own again. */
const all = [...Object.values(controlTables), ...Object.values(administratorTables)]
  .filter((table) => is(table, SQLiteTable))
  .filter((table) => table !== controlTables.connections);
/** A row that may belong to none is the deployment's. */
const isOfConnection = (table: SQLiteTable) => {
  const { connectionId } = getTableColumns(table) as ReturnType<typeof getTableColumns<SQLiteTable>>;
  return connectionId?.notNull === true;
};
const nameOf = (table: SQLiteTable) => getTableConfig(table).name;

/** Every table of D1 by whose it is, so that a table that is added is in the backup. */
const OF_CONNECTION = all.filter(isOfConnection).map(nameOf);
const OF_DEPLOYMENT = all.filter((table) => !isOfConnection(table)).map(nameOf);

/** Connections come last: where they are, the rest is. */
export const OF_CONNECTIONS = [...OF_CONNECTION, CONNECTIONS];

/** Connections in one page, each with its secrets and credentials. */
const CONNECTIONS_AT_ONCE = 50;
const ROWS_AT_ONCE = 500;
/** Characters of one bound value: D1 takes two million bytes. */
const VALUE_CHARACTERS = 500_000;

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** The names of the migrations that the database has had. */
export async function listControlMigrations(database: D1Database): Promise<string[]> {
  const { results } = await database.prepare("select name from d1_migrations order by name").all<{ name: string }>();
  return results.map(({ name }) => name);
}

export async function hasConnections(database: D1Database): Promise<boolean> {
  return (await database.prepare(`select 1 from ${CONNECTIONS} limit 1`).first()) !== null;
}

/** A page of connections with what belongs to them, all of one moment. */
export async function readConnectionRows(database: D1Database, after: string) {
  const page = `select id from ${CONNECTIONS} where id > ?1 order by id limit ${CONNECTIONS_AT_ONCE}`;
  const tables = await readWith(database, page, after);
  const rows = tables[0]?.rows ?? [];
  return { tables, next: rows.length < CONNECTIONS_AT_ONCE ? null : String(rows.at(-1)?.id) };
}

/** One connection with what belongs to it. */
export async function readOneConnection(database: D1Database, id: string): Promise<TableRows[]> {
  return readWith(database, `select id from ${CONNECTIONS} where id = ?1`, id);
}

async function readWith(database: D1Database, ids: string, value: string): Promise<TableRows[]> {
  const names = [CONNECTIONS, ...OF_CONNECTION];
  const found = await database.batch<Row>(
    names.map((table) => {
      const column = table === CONNECTIONS ? "id" : "connection_id";
      return database
        .prepare(`select * from ${quoted(table)} where ${column} in (${ids}) order by ${column}`)
        .bind(value);
    }),
  );
  return names.map((table, index) => ({ table, rows: found[index]?.results ?? [] }));
}

/** A page of what belongs to no connection, in the order in which it was stored. */
export async function readDeploymentRows(database: D1Database, after: string) {
  const [atTable = OF_DEPLOYMENT[0] ?? "", atRow = "0"] = after === "" ? [] : after.split(":");
  const index = OF_DEPLOYMENT.indexOf(atTable);
  const table = OF_DEPLOYMENT[index];
  if (table === undefined) return { tables: [], next: null };
  const { results } = await database
    .prepare(`select rowid as backup_row, * from ${quoted(table)} where rowid > ? order by rowid limit ${ROWS_AT_ONCE}`)
    .bind(Number(atRow))
    .all<Row>();
  const rows: Row[] = [];
  let last = Number(atRow);
  let room = PAGE_CHARACTERS;
  for (const { backup_row: at = null, ...row } of results) {
    if (room <= 0) break;
    room -= JSON.stringify(row).length;
    last = Number(at);
    rows.push(row);
  }
  const isOver = rows.length === results.length && results.length < ROWS_AT_ONCE;
  const following = OF_DEPLOYMENT[index + 1];
  const next = !isOver ? `${table}:${last}` : following === undefined ? null : `${following}:0`;
  return { tables: [{ table, rows }], next };
}

/**
 * Stores rows in their order, all or none of them.
 * @param whose rows of the deployment that are there already stay; those of connections must be new
 * @param startsOver what is in these tables goes before
 * @throws UnknownColumn
 */
export async function insertControlRows(
  database: D1Database,
  whose: "deployment" | "connections",
  tables: readonly TableRows[],
  startsOver = false,
): Promise<void> {
  const names = whose === "deployment" ? OF_DEPLOYMENT : OF_CONNECTIONS;
  const unknown = tables.find(({ table }) => !names.includes(table));
  if (unknown) throw new UnknownColumn(`there is no table ${unknown.table} of this kind`);
  const statements: D1PreparedStatement[] = [];
  for (const name of names) {
    const rows = tables.filter(({ table }) => table === name).flatMap((each) => each.rows);
    if (rows.length === 0) continue;
    const { results } = await database
      .prepare("select name from pragma_table_info(?)")
      .bind(name)
      .all<{ name: string }>();
    requireColumns(
      name,
      results.map((column) => column.name),
      rows,
    );
    if (startsOver) statements.push(database.prepare(`delete from ${quoted(name)}`));
    const columns = Object.keys(rows[0] ?? {});
    // The audit's newest rows, which come first, are put behind the others: trimming goes by the order of storing.
    const verb = whose === "connections" ? "insert" : name === AUDIT ? "insert or replace" : "insert or ignore";
    const values = columns.map((column) => `json_extract(value, '$.${quoted(column)}')`);
    const text = `${verb} into ${quoted(name)} (${columns.map(quoted)}) select ${values} from json_each(?)`;
    for (const part of inParts(rows)) statements.push(database.prepare(text).bind(JSON.stringify(part)));
  }
  if (statements.length > 0) await database.batch(statements);
}

function inParts(rows: readonly Row[]): Row[][] {
  const parts: Row[][] = [[]];
  let room = VALUE_CHARACTERS;
  for (const row of rows) {
    const size = JSON.stringify(row).length;
    if (room < size && (parts.at(-1)?.length ?? 0) > 0) {
      parts.push([]);
      room = VALUE_CHARACTERS;
    }
    room -= size;
    parts.at(-1)?.push(row);
  }
  return parts;
}
