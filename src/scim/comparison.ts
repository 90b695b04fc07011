// How two values of one attribute compare: by type and caseExact (RFC 7643 section 2.2, RFC 7644 section 3.4.2.2).

import { readAddress } from "./address.ts";
import type { Operator } from "./filter.ts";
import type { Attribute, Json } from "./schema.ts";
import { foldCase, foldName, toGroupKey, toInstant } from "./text.ts";

/** The text of a value as the attribute compares it. */
function toComparableText(attribute: Attribute, value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (isGroupName(attribute)) return toGroupKey(text);
  if (attribute.isName) return foldName(text);
  return attribute.caseExact || attribute.type === "binary" ? text.normalize("NFC") : foldCase(text);
}

/** Of all attributes of that name only a group's is unique. */
const isGroupName = ({ name, uniqueness }: Attribute) => name === "displayName" && uniqueness === "server";

/**
 * What a value is compared by, as `===` and `<` do it: a number for what has an order of its own, NaN where this value has
 * none, else a text. For an operator that looks through texts an address is one, too.
 */
export function toComparable(attribute: Attribute, value: Json, operator: Operator = "eq"): string | number {
  switch (attribute.type) {
    case "boolean":
      return typeof value === "boolean" ? Number(value) : Number.NaN;
    case "integer":
    case "decimal":
      return typeof value === "number" ? value : Number.NaN;
    case "dateTime":
      return instantOf(value);
    default: {
      const looksThrough = operator === "co" || operator === "sw" || operator === "ew";
      const isAddress = attribute.type === "reference" && !attribute.referenceTypes?.includes("external");
      return isAddress && !looksThrough ? toTarget(String(value)) : toComparableText(attribute, value);
    }
  }
}

/** The resource that a `$ref` names, under any host or base path; another text is itself. */
function toTarget(text: string): string {
  const target = readAddress(text);
  return target ? `${target.type}s/${target.id}` : text;
}

function instantOf(value: Json): number {
  return (typeof value === "string" ? toInstant(value) : undefined) ?? Number.NaN;
}
