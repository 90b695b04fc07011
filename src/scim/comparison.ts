// How two values of one attribute compare: by type and caseExact (RFC 7643 section 2.2, RFC 7644 section 3.4.2.2).

import { readAddress } from "./address.ts";
import type { Attribute, Json } from "./schema.ts";
import { foldCase, foldName, toGroupKey, toInstant } from "./text.ts";

/** The text of a value as the attribute compares it. */
export function toComparableText(attribute: Attribute, value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (isGroupName(attribute)) return toGroupKey(text);
  if (attribute.isName) return foldName(text);
  return attribute.caseExact || attribute.type === "binary" ? text.normalize("NFC") : foldCase(text);
}

/** Of all attributes of that name only a group's is unique. */
const isGroupName = ({ name, uniqueness }: Attribute) => name === "displayName" && uniqueness === "server";

/** Negative, zero or positive; NaN where the two have no order, which equals nothing. */
export function compareValues(attribute: Attribute, left: Json, right: Json): number {
  switch (attribute.type) {
    case "boolean":
    case "integer":
    case "decimal":
      return typeof left === typeof right ? Number(left) - Number(right) : Number.NaN;
    case "dateTime":
      return instantOf(left) - instantOf(right);
    default: {
      const isAddress = attribute.type === "reference" && !attribute.referenceTypes?.includes("external");
      const [a, b] = isAddress
        ? [toTarget(String(left)), toTarget(String(right))]
        : [toComparableText(attribute, left), toComparableText(attribute, right)];
      return a === b ? 0 : a < b ? -1 : 1;
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
