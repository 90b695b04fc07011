// A table that becomes a list of blocks where the screen is narrow.

import type { Child } from "hono/jsx";

export interface Column<Row> {
  head: string;
  cell: (row: Row) => Child;
  /** A number, which stands at the right. */
  isNumber?: true;
}

export function Table<Row>({
  caption,
  columns,
  rows,
  empty,
  first,
  narrow,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** What is said where there is no row. */
  empty: string;
  /** A row before the others that shows nothing. */
  first?: Child;
  /** How the rows stand on a narrow screen, where not as a name and a value in each line. */
  narrow?: "feed" | "meters" | "lines";
}) {
  if (rows.length === 0 && !first) return <p class="quiet">{empty}</p>;
  return (
    <>
      <table class={`stacked ${narrow ?? ""}`}>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head, isNumber }) => (
              <th scope="col" class={isNumber && "number"}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first}
          <Rows columns={columns} rows={rows} />
        </tbody>
      </table>
      {rows.length === 0 && <p class="quiet">{empty}</p>}
    </>
  );
}

export function Rows<Row>({
  columns,
  rows,
  isNew = false,
}: {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** They have come while the page was open. */
  isNew?: boolean;
}) {
  return (
    <>
      {rows.map((row) => (
        <tr class={isNew ? "new" : undefined}>
          {columns.map(({ head, cell, isNumber }) => (
            <td class={isNumber && "number"} data-head={head}>
              {cell(row)}
            </td>
          ))}
        </tr>
      ))}
    </>
  );
}
