// One account of Harbour: its records as JSON, by id.

import * as z from "zod";
import type { Fields } from "./documented.ts";

const records = z.record(z.string(), z.record(z.string(), z.unknown()));

/** A seed may leave out any part. Who is in a group stands in the group's `memberIds`, wherever the API shows it. */
export const harbourState = z.strictObject({
  nextId: z.int().default(10_001),
  users: records.default({}),
  groups: records.default({}),
});
export type State = z.output<typeof harbourState>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const valueAt = (value: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>((at, name) => (isFields(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);

/** An object with the value at a dotted place. */
export const placed = (path: string, value: unknown): Fields =>
  // The innermost value gets an object around it at least once.
  path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Fields;

export function merged(before: Fields, change: Fields): Fields {
  const after: Fields = { ...before };
  for (const [name, value] of Object.entries(change)) {
    const old = after[name];
    after[name] = isFields(old) && isFields(value) ? merged(old, value) : value;
  }
  return after;
}

export const idsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
