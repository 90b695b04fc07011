// Rows of any table as a backup has them: by column, as SQLite stores them.

export type Cell = string | number | null;
export type Row = Record<string, Cell>;

export interface TableRows {
  table: string;
  rows: Row[];
}

/** Characters of rows in one page of a backup; the last row may go beyond. */
export const PAGE_CHARACTERS = 1_000_000;

/** A table or column that this schema does not have. */
export class UnknownColumn extends Error {
  override readonly name = "UnknownColumn";
}

/** @throws UnknownColumn */
export function requireColumns(table: string, known: readonly string[], rows: readonly Row[]): void {
  for (const row of rows) {
    const unknown = Object.keys(row).find((column) => !known.includes(column));
    if (unknown !== undefined) throw new UnknownColumn(`the table ${table} has no column ${unknown}`);
  }
}
