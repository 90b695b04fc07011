// Under which master keys values are sealed, in D1: what a rotation of the master key counts [S38].

import { and, asc, eq, getTableColumns, gt, is, ne, type SQL, sql } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import * as administratorTables from "./administrator-tables.ts";
import type { ConnectionRow, Control } from "./control.ts";
import * as tables from "./control-tables.ts";

const { connections, credentials } = tables;

/** The id of the key stands before the first dot. */
const keyIdIn = (column: SQL) => sql<string>`substr(${column}, 1, instr(${column}, '.') - 1)`;
const ofCredential = keyIdIn(sql`${credentials.sealed}`);

/** The tables with a column of that name, which is how sealed values are stored. */
const SEALED = [...Object.values(tables), ...Object.values(administratorTables)]
  .filter((table) => is(table, SQLiteTable))
  .filter((table) => "sealed" in getTableColumns(table))
  .map((table) => getTableConfig(table).name);

/** How many values of D1 are sealed under each key. */
export async function countSealedValues(control: Control): Promise<{ key: string; values: number }[]> {
  const all = sql.join(
    SEALED.map((table) => sql`select ${keyIdIn(sql`sealed`)} as key from ${sql.identifier(table)}`),
    sql` union all `,
  );
  return control.all(sql`select key, count(*) as "values" from (${all}) group by key order by key`);
}

/** How many connections have said under which key their objects have sealed what they store; null: they have not. */
export async function countSealedObjects(control: Control): Promise<{ key: string | null; connections: number }[]> {
  return control
    .select({ key: connections.sealedBy, connections: sql<number>`count(*)` })
    .from(connections)
    .where(ne(connections.state, "erased"))
    .groupBy(connections.sealedBy);
}

/** The names of connections of which something is sealed under another key, or not told. */
export async function listSealedOtherwise(control: Control, key: string, limit: number): Promise<string[]> {
  const isOther = sql`(${connections.sealedBy} is not ${key} or exists (select 1 from ${credentials}
    where ${credentials.connectionId} = ${connections.id} and ${ofCredential} <> ${key}))`;
  const rows = await control
    .select({ name: connections.name })
    .from(connections)
    .where(and(ne(connections.state, "erased"), isOther))
    .orderBy(asc(connections.name))
    .limit(limit);
  return rows.map(({ name }) => name);
}

export async function countSealedOtherwise(control: Control, connectionId: string, key: string): Promise<number> {
  const [found] = await control
    .select({ n: sql<number>`count(*)` })
    .from(credentials)
    .where(and(eq(credentials.connectionId, connectionId), ne(ofCredential, key)));
  return found?.n ?? 0;
}

/** No change of the connection, so its version stays. */
export async function setSealedBy(control: Control, id: string, sealedBy: string): Promise<void> {
  await control.update(connections).set({ sealedBy }).where(eq(connections.id, id));
}

/** Connections in the order of their ids. */
export async function listConnectionsAfter(
  control: Control,
  after: string,
  limit: number,
): Promise<Pick<ConnectionRow, "id" | "name" | "jurisdiction">[]> {
  const { id, name, jurisdiction } = connections;
  return control
    .select({ id, name, jurisdiction })
    .from(connections)
    .where(and(gt(id, after), ne(connections.state, "erased")))
    .orderBy(asc(id))
    .limit(limit);
}
