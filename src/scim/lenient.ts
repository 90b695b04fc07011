// Lenient at the door: the repairs of what clients send that RFC 7643 and RFC 7644 do not foresee, by name, for everyone.

import type { Work } from "./work.ts";

/** Every repair, with the sentence that the docs print. */
export const REPAIRS = [
  { name: "missing-schemas", sentence: "A body without `schemas` is read as if it named the right ones." },
  { name: "unknown-schema", sentence: "An unknown or misspelled URN in `schemas` is ignored." },
  { name: "unlisted-extension", sentence: "An extension's attributes are read although `schemas` does not name it." },
  { name: "boolean-string", sentence: 'A boolean may be the text "True" or "false", in any case.' },
  { name: "boolean-for-text", sentence: 'A text that is "true" or "false" may be a boolean, or in any case.' },
  { name: "number-for-text", sentence: "A text may be a whole number." },
  { name: "json-text", sentence: "A complex value may be JSON inside a text." },
  { name: "required-kept", sentence: "What is required and not named in a PUT stays as it is." },
  {
    name: "coupled-half",
    sentence:
      "A new user may have only one of userName and e-mail where the product has one value for both; the other one is derived from it.",
  },
  { name: "number-string", sentence: "A number may be a text." },
  { name: "singular-array", sentence: "An attribute with one value may get it as an array of one." },
  { name: "scalar-for-complex", sentence: "A text in place of an object is the object's `value`." },
  { name: "manager-string", sentence: "The manager may be the bare id." },
  { name: "empty-string-clears", sentence: 'An empty text means unassigned, as null does; "add" of it clears too.' },
  {
    name: "manager-by-name",
    sentence: "The manager may be named by the externalId or userName of exactly one user.",
  },
  { name: "ref-for-value", sentence: "A manager or member may be named by `$ref` alone." },
  { name: "null-ref", sentence: "`$ref: null` is ignored." },
  { name: "dotted-key", sentence: "A name such as `name.givenName` inside a body is read as a path." },
  { name: "urn-key", sentence: "A name with a URN before it inside a body is read as a path." },
  {
    name: "urn-spelling",
    sentence:
      "A schema's URN may be spelled with `.` for `:`, in any case, of another version and without `urn`, `ietf`, `params`, the version or the resource type, and the core schema's URN may have an object under it.",
  },
  { name: "unprefixed-extension", sentence: "An enterprise attribute may stand without its URN." },
  { name: "json-string-role", sentence: "A role may be a JSON object inside a text." },
  { name: "role-displayName", sentence: "`displayName` of a role is its `display`." },
  { name: "second-primary", sentence: "Of several values marked primary the first stays so." },
  { name: "duplicate-element", sentence: "Values that are sent twice are kept once." },
  {
    name: "untyped-element",
    sentence: "A value without a type takes the only type that the vendor holds, unless another value has it.",
  },
  { name: "op-case", sentence: '"Add", "Replace" and "Remove" may be written in any case.' },
  { name: "operations-case", sentence: "`Operations`, `op`, `path` and `value` may be written in any case." },
  { name: "remove-by-value", sentence: '"remove" with values takes only those away, not all.' },
  { name: "created-element", sentence: "Writing to an element that does not exist creates it as the filter says." },
  { name: "null-for-absent", sentence: "Clearing a value that is not there is a success." },
  {
    name: "soft-delete-name",
    sentence: "The name that Entra gives to a user whom it has soft-deleted is kept, and never written to the product.",
  },
  { name: "add-null", sentence: '"add" of null does nothing.' },
] as const satisfies readonly { name: string; sentence: string }[];

export type RepairName = (typeof REPAIRS)[number]["name"];

/** What was taken leniently and is no repair: the strict profile refuses it [S60]. */
export type Reading =
  | "unlisted-core-schema"
  | "repeated-schema"
  | "operation-without-path"
  | "unknown-path"
  | "missing-required"
  | "absent-member"
  | "unknown-filter-attribute"
  | "filter-sub-attribute"
  | "filter-quoted-value";

/**
 * What reading one request left behind: paths that neither the vendor nor Portico holds, repairs that were made, and other
 * lenient readings. No values. And what the request pays from.
 */
export interface Notes {
  readonly dropped: Set<string>;
  readonly repairs: Set<RepairName>;
  readonly readings: Set<Reading>;
  /** At which path a repair or reading was first made, where it was made at one. */
  readonly places: Map<string, string>;
  readonly work: Work;
}

/** Dropped paths that are named; a body may have any number of unknown names. */
const MAX_DROPPED = 100;
const MAX_NAME_LENGTH = 200;

export function createNotes(work: Work): Notes {
  return { dropped: new Set(), repairs: new Set(), readings: new Set(), places: new Map(), work };
}

/** Runs what reads or writes at one path, and notes that the repairs and readings that it is the first to make are there. */
export function notingPlace<T>(notes: Notes, path: string, read: () => T): T {
  const sizes = [notes.repairs.size, notes.readings.size] as const;
  const result = read();
  const made = [...[...notes.repairs].slice(sizes[0]), ...[...notes.readings].slice(sizes[1])];
  for (const name of made) if (!notes.places.has(name)) notes.places.set(name, path.slice(0, MAX_NAME_LENGTH));
  return result;
}

/** Notes an attribute that is not held. */
export function noteDropped(notes: Notes, path: string): void {
  if (notes.dropped.size < MAX_DROPPED) notes.dropped.add(path.slice(0, MAX_NAME_LENGTH));
}
