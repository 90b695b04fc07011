// Tables as CSV (RFC 4180) for a program that calculates: a text that such a program would take for a formula begins with a quote.

/** What makes a formula of a cell, in wide signs too, whatever blanks stand before it. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

const toCell = (text: string) => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

export const toLine = (cells: readonly string[]): string => `${cells.map(toCell).join(",")}\r\n`;
