// The D1 rows of a backup on their way back: taken into a private database of the backup's schema, and brought up to date there by
// the same migrations as D1, so that an older backup fits.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Cell, TableRows } from "../../src/store/rows.ts";
import { ROOT } from "../build.ts";
import { CliFailure } from "../terminal.ts";

const FOLDER = join(ROOT, "migrations", "control");
const ROWS_AT_ONCE = 200;

export const ownMigrations = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".sql"))
    .sort();

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

export interface ControlRows {
  add(rows: TableRows): void;
  /** From now on the rows are those of the present schema. */
  update(): void;
  tables(): string[];
  read(table: string): Generator<TableRows>;
  /** The newest row of each chain of the audit. */
  endsOfAudit(): TableRows;
  close(): void;
}

/** @throws CliFailure where the backup is of a newer schema than this portico knows */
export function openControlRows(schema: readonly string[]): ControlRows {
  const own = ownMigrations();
  if (schema.some((name, index) => own[index] !== name)) {
    throw new CliFailure("the backup was made by a newer portico than this one; use that one or a later one");
  }
  // Without a name it is a file that nobody else sees, and that goes with the process.
  const database = new DatabaseSync("");
  const migrate = (names: readonly string[]) => {
    for (const name of names) database.exec(readFileSync(join(FOLDER, name), "utf8"));
  };
  migrate(schema);

  const tables = () =>
    database
      .prepare(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name",
      )
      .all()
      .map(({ name }) => String(name));

  return {
    add({ table, rows }) {
      const known = database.prepare("select name from pragma_table_info(?)").all(table);
      const columns = known.map(({ name }) => String(name));
      if (columns.length === 0) throw new CliFailure(`the backup has a table ${table}, which its schema does not have`);
      const marks = columns.map(() => "?").join(", ");
      const insert = database.prepare(
        `insert or replace into ${quoted(table)} (${columns.map(quoted).join(", ")}) values (${marks})`,
      );
      for (const row of rows) {
        const strange = Object.keys(row).find((column) => !columns.includes(column));
        if (strange)
          throw new CliFailure(`the backup has a column ${table}.${strange}, which its schema does not have`);
        insert.run(...columns.map((column) => row[column] ?? null));
      }
    },
    update: () => migrate(own.slice(schema.length)),
    tables,
    *read(table) {
      let last = 0;
      for (;;) {
        const found = database
          .prepare(
            `select rowid as backup_row, * from ${quoted(table)} where rowid > ? order by rowid limit ${ROWS_AT_ONCE}`,
          )
          .all(last);
        const rows = found.map(({ backup_row: at, ...row }) => {
          last = Number(at);
          return row as { [column: string]: Cell };
        });
        if (rows.length > 0) yield { table, rows };
        if (found.length < ROWS_AT_ONCE) return;
      }
    },
    endsOfAudit() {
      const newest = "select * from audit as one where seq = (select max(seq) from audit where chain = one.chain)";
      return { table: "audit", rows: database.prepare(newest).all() as { [column: string]: Cell }[] };
    },
    close: () => database.close(),
  };
}
