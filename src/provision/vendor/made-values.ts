// Values that are made where a client gives none and the vendor requires one: the vendor gets them, and no client sees them.

import { type AttributeRow, ID_PLACE, problemOfOtherwise } from "../../adapter.ts";
import type { ResourceType } from "../../scim/schema.ts";
import { type Row, toRow, typeOf } from "./resource-types.ts";

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The value for the user or group with this id; undefined where the row has none to make. */
const makeValue = ({ otherwise }: Row, id: string): string | undefined => otherwise?.replace(ID_PLACE, id);

/** The same values, with one made wherever the vendor would else miss what it requires. */
export function withMade<T extends { [path: string]: unknown }>(values: T, rows: readonly Row[], id: string): T {
  const made = rows.flatMap((row) => (values[row.path] === undefined ? [[row.path, makeValue(row, id)]] : []));
  return { ...values, ...Object.fromEntries(made.filter(([, value]) => value !== undefined)) };
}

/**
 * Whether a value is a made one. The id may be another than the link's: of a link that was lost, or of a deleted user whose
 * account was reused.
 */
export function isMade({ otherwise }: Row, value: unknown): boolean {
  if (otherwise === undefined || typeof value !== "string") return false;
  const [before = "", after = ""] = otherwise.toLowerCase().split(ID_PLACE);
  const text = value.toLowerCase();
  const isOfForm = text.startsWith(before) && text.endsWith(after);
  return isOfForm && ID.test(text.slice(before.length, text.length - after.length));
}

/** What is wrong with the value that a row wants to be made. */
export function problemOfMade(declared: AttributeRow, known: ResourceType, userNameIs?: string): string | undefined {
  const row = toRow(declared, known);
  if (row.otherwise === undefined) return undefined;
  const isName = ["userName", "displayName", userNameIs].includes(row.path);
  const isText = typeOf(row, known) === "string" && !row.values && !row.reference && !row.element;
  if (isName || !isText) return "is for a text that is no name, address or reference and has no list of values";
  return problemOfOtherwise(row.otherwise, row.maxLength);
}
