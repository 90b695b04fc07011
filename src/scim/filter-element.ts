// What a filter in a path says of the element that it asks for.

import { type Filter, termsOf } from "./filter.ts";
import type { Json } from "./schema.ts";

/** Whether one of the conditions is about one of these sub-attributes. */
export const asksFor = (filter: Filter, ...names: readonly string[]): boolean =>
  termsOf(filter).some((term) => term.kind === "compare" && names.includes(term.path.text));

/**
 * The element that a filter asks for by its equations; undefined if it asks for anything else. A replace makes one only
 * from `type` and `primary`: by its value it meant an element that was there (RFC 7644 section 3.5.2.3).
 */
export function toElement(filter: Filter | boolean, verb: string): { [name: string]: Json } | undefined {
  if (typeof filter === "boolean") return {};
  const entries: [string, Json][] = [];
  for (const term of termsOf(filter)) {
    if (isNotSecondary(term)) {
      entries.push(["primary", true]);
      continue;
    }
    const name = term.kind === "compare" && term.operator === "eq" && term.value !== null ? term.path.text : undefined;
    const isFit = name !== undefined && (verb === "add" || name === "type" || name === "primary");
    if (term.kind !== "compare" || !isFit) return undefined;
    entries.push([name, term.value]);
  }
  return Object.fromEntries(entries);
}

/** How the only element is asked for as the primary one. */
const isNotSecondary = (term: Filter): boolean =>
  term.kind === "compare" && term.operator === "ne" && term.path.text === "primary" && term.value === false;
