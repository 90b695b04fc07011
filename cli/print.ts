// How administrator answers look in a terminal: tables of text, times in ISO 8601, colours where the terminal has them.

import process from "node:process";
import { styleText } from "node:util";
import Table from "cli-table3";
import { toPrintable } from "./terminal.ts";

/** In characters: a longer value of a record stands below its table. */
const MAX_CELL = 100;

class Marked {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** A cell that stands out where the terminal has colours; the text alone says the same. */
export const bad = (value: unknown) => new Marked(value);
/** Stands out where it is more than nothing. */
export const badIfAny = (value: unknown) => (value === 0 || value === "" || value === null ? value : bad(value));

/** Red where stdout is a terminal with colours, and `NO_COLOR` is not set. */
const paint = (text: string) => styleText("red", text, { stream: process.stdout });

/** A table with a head line; an empty one says so in words. `absent` stands where a cell has nothing. */
export function formatTable(
  head: string[],
  rows: readonly (readonly unknown[])[],
  empty: string,
  absent?: string,
): string {
  if (rows.length === 0) return empty;
  const bold = (text: string) => styleText("bold", text, { stream: process.stdout });
  const table = new Table({ head: head.map(bold), style: { head: [], border: [], compact: true } });
  const toCell = (value: unknown) => (value === "" && absent !== undefined ? absent : formatCell(value));
  for (const row of rows) table.push(row.map(toCell));
  return table.toString();
}

/** A record as two columns, name and value; long values follow, because a table takes minutes for a cell of many lines. */
export function formatRecord(record: Record<string, unknown>): string {
  const table = new Table({ style: { head: [], border: [], compact: true } });
  const long: string[] = [];
  for (const [name, value] of Object.entries(record)) {
    const cell = formatCell(value);
    if (cell.length <= MAX_CELL) table.push([name, cell]);
    else long.push(`${name}:\n${indent(formatLong(value))}`);
  }
  return [...(table.length > 0 ? [table.toString()] : []), ...long].join("\n");
}

const indent = (text: string) => text.replace(/^/gm, "  ");

const formatLong = (value: unknown) =>
  (typeof value === "object" ? JSON.stringify(value, null, 2) : String(value)).split("\n").map(toPrintable).join("\n");

/** One line. */
function formatCell(value: unknown): string {
  if (value instanceof Marked) return paint(formatCell(value.value));
  if (value === undefined || value === null || value === "") return "-";
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.map(formatCell).join(", ");
  return toPrintable(typeof value === "object" ? JSON.stringify(value) : String(value));
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

/** The same to the second, without the year: `11-29 16:02:33`, in UTC. */
export const formatShortTime = (value: number | string) => formatTime(value).slice(5, 19).replace("T", " ");

/** The beginning of an id, which is enough to find it again. */
export const shortId = (id: string) => id.slice(0, SHORT_ID);
const SHORT_ID = 8;

/** As much of a trace's id as tells it from those of the same minute: the first eight digits are those of a minute. */
export const shortTraceId = (id: string) => id.slice(0, SHORT_TRACE_ID);
const SHORT_TRACE_ID = 13;

/** At most so many characters, the last one a sign that there are more. */
export const cutTo = (text: string, length: number) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);
