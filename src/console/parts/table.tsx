// A table that becomes a list of blocks where the screen is narrow.

import type { Child } from "hono/jsx";

export interface Column<Row> {
  /** Empty: the column needs no heading to the eye. */
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
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** What is said where there is no row. */
  empty: string;
}) {
  if (rows.length === 0) return <p class="quiet">{empty}</p>;
  return (
    <table class="stacked">
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
        {rows.map((row) => (
          <tr>
            {columns.map(({ head, cell, isNumber }) => (
              <td class={isNumber && "number"} data-head={head}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
