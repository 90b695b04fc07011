// How administrator answers look in a terminal: tables of text, times in ISO 8601.

import Table from "cli-table3";
import { toPrintable } from "./terminal.ts";

/** In characters: a longer record is shown over several lines. */
const MAX_INLINE_JSON = 100;

/** A table with a head line; an empty one says so in words. `absent` stands where a cell has nothing. */
export function formatTable(
  head: string[],
  rows: readonly (readonly unknown[])[],
  empty: string,
  absent?: string,
): string {
  if (rows.length === 0) return empty;
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  const toCell = (value: unknown) => (value === "" && absent !== undefined ? absent : formatCell(value));
  for (const row of rows) table.push(row.map(toCell));
  return table.toString();
}

/** A record as two columns, name and value. */
export function formatRecord(record: Record<string, unknown>): string {
  const table = new Table({ style: { head: [], border: [], compact: true } });
  for (const [name, value] of Object.entries(record)) table.push([name, formatCell(value)]);
  return table.toString();
}

function formatCell(value: unknown): string {
  if (value === undefined || value === null || value === "") return "-";
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.map(formatCell).join(", ");
  if (typeof value === "object") {
    const short = JSON.stringify(value);
    const lines = short.length <= MAX_INLINE_JSON ? [short] : JSON.stringify(value, null, 2).split("\n");
    return lines.map(toPrintable).join("\n");
  }
  return toPrintable(String(value));
}

/** Until when a key or credential opens something, and when it last did. */
export const formatLife = (
  one: Record<"expiresAt" | "lastUsedAt" | "revokedAt", number | string | null | undefined>,
) => [
  one.revokedAt ? `revoked ${formatTime(one.revokedAt)}` : formatTime(one.expiresAt),
  one.lastUsedAt ? formatTime(one.lastUsedAt) : "never",
];

/** Epoch milliseconds or an ISO 8601 text as ISO 8601. */
export function formatTime(value: number | string | null | undefined): string {
  if (value === undefined || value === null) return "-";
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
}
