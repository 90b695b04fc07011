// Command lines for Commander whose values can never be more than one argument ([N2.2], read 2026-11-22).

import { Fault } from "../../src/adapter.ts";

/** In characters [N2.2]; counted as Service Mode stores a command, with HTML escapes, which is never less. */
const MAX_COMMAND = 4_096;

/** One argument, with the SCIM path to blame where it cannot be sent. */
export interface Argument {
  text: string;
  attribute?: string | undefined;
}

/** A value under a long option, in one argument: whatever it begins with, argparse takes it for the value. */
export function option(name: `--${string}`, value: string, attribute?: string): Argument {
  return { text: `${name}=${quote(value, attribute)}`, attribute };
}

/** A value in a place of its own. Throws fault `invalid` where argparse would take it for an option. */
export function operand(value: string, attribute?: string): Argument {
  if (value.startsWith("-") || value === "") {
    throw new Fault("invalid", {
      attribute,
      detail: "Keeper Commander cannot take a value here that is empty or begins with a hyphen.",
    });
  }
  return { text: quote(value, attribute), attribute };
}

/** Commander's words and quoted values, as one line. Throws fault `invalid` where it would be too long. */
export function toCommand(...parts: (string | Argument)[]): string {
  const command = parts.map((part) => (typeof part === "string" ? part : part.text)).join(" ");
  if (storedLength(command) <= MAX_COMMAND) return command;
  const values = parts.filter((part) => typeof part !== "string");
  const longest = values.toSorted((a, b) => b.text.length - a.text.length)[0];
  throw new Fault("invalid", {
    attribute: longest?.attribute,
    detail: `Keeper Commander takes commands of at most ${MAX_COMMAND} characters; shorten the value.`,
  });
}

/** Whether so many arguments still fit behind a command. */
export function fits(parts: readonly (string | Argument)[]): boolean {
  const length = parts.reduce((sum, part) => sum + storedLength(typeof part === "string" ? part : part.text) + 1, 0);
  return length <= MAX_COMMAND;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
const storedLength = (text: string) => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign).length;

const PLAIN = /^[A-Za-z0-9_@.+:/]+$/;
/** CR, LF and NUL are refused by Service Mode; other controls and line ends have no place in a name either. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSENDABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u;

/**
 * One shell word in single quotes. `${name}` is expanded before the line is split, quoted or not, so the quotes are
 * closed and opened again behind every sign that could begin an expansion, an HTML entity or an option.
 */
function quote(value: string, attribute: string | undefined): string {
  if (UNSENDABLE.test(value)) {
    throw new Fault("invalid", {
      attribute,
      detail: "Keeper Commander cannot take a value with line breaks or control characters.",
    });
  }
  if (PLAIN.test(value)) return value;
  const guarded = value.replace(/['$&-]/g, (sign) => (sign === "'" ? `'"'"'` : `${sign}''`));
  return `'${guarded}'`;
}
