// The elements of multi-valued attributes: which are the same, and which one is primary (RFC 7643 section 2.4).

import { isJsonObject, own } from "./json.ts";
import { HELD } from "./preference.ts";
import type { Attribute, Json } from "./schema.ts";
import { findAttribute } from "./schema.ts";
import { foldCase, foldName } from "./text.ts";
import { toCanonicalJson } from "./version.ts";

/** Adds elements to a list; one that is there already takes the sub-attributes of its like. */
export function mergeElements(attribute: Attribute, existing: readonly Json[], added: readonly Json[]): Json[] {
  const byKey = new Map(existing.map((element, at) => [`${toKey(attribute, element)}`, { element, at }]));
  const merged = [...existing];
  for (const element of added) {
    const key = toKey(attribute, element);
    const same = byKey.get(key);
    const at = same?.at ?? merged.length;
    const both =
      same && isJsonObject(same.element) && isJsonObject(element) ? { ...same.element, ...element } : element;
    merged[at] = both;
    byKey.set(key, { element: both, at });
  }
  return merged;
}

/** Elements are never changed in place, and each is compared with many. */
const keys = new WeakMap<Attribute, WeakMap<object, string>>();

/** What makes two elements the same value: a member's id, else value and type, else all of it. */
export function toKey(attribute: Attribute, element: Json): string {
  if (!isJsonObject(element)) return toKeyPart(attribute, element);
  let known = keys.get(attribute);
  if (!known) {
    known = new WeakMap();
    keys.set(attribute, known);
  }
  const key = known.get(element) ?? keyOf(attribute, element);
  known.set(element, key);
  return key;
}

function keyOf(attribute: Attribute, element: { [name: string]: Json }): string {
  const value = own(element, "value");
  if (value === undefined) return toCanonicalJson(element);
  const valueKey = toKeyPart(findAttribute(attribute.subAttributes, "value"), value);
  if (attribute.name === "members") return valueKey;
  return `${toKeyPart(undefined, own(element, "type") ?? null)} ${valueKey}`;
}

function toKeyPart(attribute: Attribute | undefined, value: Json): string {
  if (typeof value !== "string" || attribute?.caseExact) return toCanonicalJson(value);
  return toCanonicalJson(attribute?.isName ? foldName(value) : foldCase(value));
}

/**
 * Leaves one primary: the first among `preferred` (an add of `primary: true` wins), else the first in the list. The
 * same list comes back where nothing had to change.
 */
export function setPrimary(elements: Json[], preferred: readonly Json[]): Json[] {
  const primaries = elements.filter(isPrimary);
  if (primaries.length < 2) return elements;
  const winner = primaries.find((element) => preferred.includes(element)) ?? primaries[0];
  return elements.map((element) =>
    element !== winner && isPrimary(element) && isJsonObject(element) ? { ...element, primary: false } : element,
  );
}

/** The one type of the elements that the vendor holds; undefined where it holds several types, or any. */
export function onlyTypeOf(subAttributes: readonly Attribute[] | undefined): string | undefined {
  const type = findAttribute(subAttributes, "type");
  const [only, ...others] = type?.canonicalValues ?? [];
  return others.length === 0 && type?.mutability === "readWrite" ? only : undefined;
}

function isPrimary(element: Json): boolean {
  return isJsonObject(element) && own(element, "primary") === true;
}

/** The element, undefined if nothing is left but what told it from others. */
export function pruneElement(element: Json): Json | undefined {
  if (!isJsonObject(element)) return element;
  return Object.keys(element).some((name) => name !== "type" && name !== "primary" && name !== HELD)
    ? element
    : undefined;
}

/** The elements with those that have become equal as one, in the place of the first. */
export function collapseElements(attribute: Attribute, elements: readonly Json[]): Json[] {
  const byKey = new Map<string, Json>();
  for (const element of elements) {
    const key = toKey(attribute, element);
    const same = byKey.get(key);
    const isBoth = same !== undefined && isJsonObject(same) && isJsonObject(element);
    const primary = isPrimary(element) ? { primary: true } : {};
    byKey.set(key, isBoth ? { ...element, ...same, ...primary } : element);
  }
  return [...byKey.values()];
}
