// What a value must be, in words for the administrator who reads a refusal.

import type { Row } from "./resource-types.ts";

/** What is known of a text without a limit. */
export const ANY_TEXT = "a text";

/** What a row's value is, for a sentence. */
export function valueKindOf({ path, attribute, type, reference, values, isAddress }: Row): string {
  if (reference) return "a user of this connection";
  if (values) return `one of ${values.join(", ")}`;
  if (type === "boolean" || path === "active") return "true or false";
  if (type === "integer") return "an integer";
  if (isAddress) return "an e-mail address";
  if (attribute === "phoneNumbers") return "a telephone number";
  return ANY_TEXT;
}

/** The same with the length that it may have. */
export function describeValue(row: Row): string {
  const { maxLength } = row;
  const longest = typeof maxLength === "object" ? maxLength.update : maxLength;
  return longest === undefined ? valueKindOf(row) : `${valueKindOf(row)} of at most ${counted(longest, "character")}`;
}

/** A count with its noun, which is plural where it has to be. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
