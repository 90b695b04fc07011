// Whether an attribute can be compared with a value in this way, and the value as its type has it (RFC 7644 section 3.4.2.2).

import type { Literal, Operator, Path } from "./filter.ts";
import { badRequest, type ScimError } from "./messages.ts";
import { type Attribute, findAttribute } from "./schema.ts";
import { foldCase, isBase64, toInstant } from "./text.ts";

export interface Operand {
  path: Path;
  operator: Operator;
  value: Literal;
}

/** Throws 400 `invalidFilter` where attribute, operator and value do not go together. */
export function readOperand(target: Path, operator: Operator, value: Literal): Operand {
  if (isSubstring(operator) && typeof value !== "string") throw unfit(target, operator, "a quoted text");
  if (isOrder(operator) && (typeof value === "boolean" || value === null)) {
    throw unfit(target, operator, "a text or a number");
  }
  if (!target.held || value === null) return { path: target, operator, value };
  const path = toSimple(target);
  const attribute = path?.sub ?? path?.attribute;
  if (!path || !attribute) {
    throw badRequest(
      "invalidFilter",
      `${target.text} is complex, and only a part of it can be compared`,
      "name one of its sub-attributes in the filter",
    );
  }
  return { path, operator, value: toTyped(path, attribute, operator, value) };
}

/** A complex attribute without a sub-attribute stands for its `value` (Entra: `manager eq "…"`, `members eq "…"`). */
function toSimple(path: Path): Path | undefined {
  const { attribute, sub } = path;
  if (sub) return sub.type === "complex" ? undefined : path;
  if (attribute?.type !== "complex") return attribute ? path : undefined;
  const value = findAttribute(attribute.subAttributes, "value");
  return value ? { ...path, sub: value, text: `${path.text}.${value.name}` } : undefined;
}

function toTyped(path: Path, attribute: Attribute, operator: Operator, value: string | number | boolean): Literal {
  switch (attribute.type) {
    case "boolean": {
      const truth = typeof value === "string" ? value.toLowerCase() : String(value);
      if (isOrder(operator) || isSubstring(operator)) throw unfit(path, operator, 'another operator ("eq" or "ne")');
      if (typeof value === "number" || (truth !== "true" && truth !== "false")) {
        throw unfit(path, operator, "true or false");
      }
      return truth === "true";
    }
    case "integer":
    case "decimal": {
      const number = typeof value === "string" && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : value;
      if (isSubstring(operator) || typeof number !== "number") throw unfit(path, operator, "a number");
      return number;
    }
    case "dateTime":
      if (isSubstring(operator) || typeof value !== "string" || toInstant(value) === undefined) {
        throw unfit(path, operator, "a dateTime such as 2026-01-31T09:30:00Z");
      }
      return value;
    case "binary":
      if (isSubstring(operator) || isOrder(operator)) throw unfit(path, operator, 'another operator ("eq" or "ne")');
      if (typeof value !== "string" || !isBase64(value)) throw unfit(path, operator, "a base64 text");
      return value;
    default:
      if (typeof value !== "string") throw unfit(path, operator, "a quoted text");
      return toCanonicalValue(attribute, operator, value);
  }
}

/** So that `[type eq "Work"]` finds what is known as `[type eq "work"]`. */
function toCanonicalValue(attribute: Attribute, operator: Operator, value: string): string {
  if (attribute.caseExact || operator !== "eq" || !attribute.canonicalValues) return value;
  const folded = foldCase(value);
  return attribute.canonicalValues.find((candidate) => foldCase(candidate) === folded) ?? value;
}

function isOrder(operator: Operator): boolean {
  return operator === "gt" || operator === "ge" || operator === "lt" || operator === "le";
}

function isSubstring(operator: Operator): boolean {
  return operator === "co" || operator === "sw" || operator === "ew";
}

function unfit(path: Path, operator: Operator, expected: string): ScimError {
  return badRequest(
    "invalidFilter",
    `${path.text} ${operator}: expected ${expected}`,
    "correct the filter or the matching attribute",
  );
}
