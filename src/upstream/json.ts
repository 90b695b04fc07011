// JSON as vendors send it: parsed without trust, read by dotted paths, checked against a shape.

import type * as z from "zod";

/** What is wrong with an answer, in words that hold no value of it; the client turns it into fault `protocol`. */
export class Misread extends Error {
  constructor(what: string) {
    super(what);
    this.name = "Misread";
  }
}

export type Parsed = { ok: true; value: unknown } | { ok: false; what: string };

/** An empty text is a body that is not there: `undefined`. An integer that a number cannot hold is its digits. */
export function parseJson(text: string): Parsed {
  if (text.trim() === "") return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(keepDigits(text)) };
  } catch {
    return { ok: false, what: "is not JSON" };
  }
}

const STRING_OR_LONG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE])/g;

// 64-bit ids are integers in the JSON of some vendors; as numbers two of them could be one.
function keepDigits(text: string): string {
  if (!/\d{16}/.test(text)) return text;
  return text.replace(STRING_OR_LONG_INTEGER, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
  );
}

/** Whether the value is a JSON object, neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path of own properties (`data.rows`, `errors.0`); undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = Object.getOwnPropertyDescriptor(at, name)?.value;
  }
  return at;
}

const MAX_PATHS = 5;
const FIELD_NAME = /^[A-Za-z_][\w-]{0,39}$/;

/** The value in its shape. Throws `Misread` with the paths that differ. */
export function toShape<T>(shape: z.ZodType<T>, value: unknown): T {
  let paths: string[];
  try {
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data;
    paths = parsed.error.issues.slice(0, MAX_PATHS).map((issue) => toPath(issue.path));
  } catch {
    throw new Misread("could not be checked");
  }
  throw new Misread(value === undefined ? "is empty" : `has an unexpected shape at ${[...new Set(paths)].join(", ")}`);
}

// A record's key can be a person's address, so what does not look like a field's name is masked.
function toPath(path: readonly PropertyKey[]): string {
  const names = path.map((name) =>
    typeof name === "number" || (typeof name === "string" && FIELD_NAME.test(name)) ? String(name) : "*",
  );
  return names.length === 0 ? "its root" : names.join(".");
}
