// Between a SCIM resource and the values of an adapter's table: compose on reading, split on writing.

import type { Value } from "../../adapter.ts";
import { copyJson } from "../../scim/json.ts";
import { HELD, isMarked } from "../../scim/preference.ts";
import type { Json, Resource } from "../../scim/schema.ts";
import { isSameText } from "../../scim/text.ts";
import type { Kind, Row } from "../vendor/resource-types.ts";

/** The table's values by path; a reference is the SCIM id of the user it points to. */
export type Held = { [path: string]: Value | undefined };

export type Complex = { [name: string]: Json };
const isComplex = (value: Json | undefined): value is Complex =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object in which a row's attribute lives: the resource or its extension. */
function home(resource: Resource, row: Row): Complex | undefined {
  if (!row.urn) return resource;
  const extension = resource[row.urn];
  return isComplex(extension) ? extension : undefined;
}

/** The elements of a row's attribute. */
export function elementsAt(resource: Resource, row: Row): Complex[] {
  const elements = home(resource, row)?.[row.attribute];
  return Array.isArray(elements) ? elements.filter(isComplex) : [];
}

/** Puts elements in the place of those of a row's attribute. */
export function setElements(resource: Resource, row: Row, elements: readonly Complex[]): void {
  if (row.urn && elements.length > 0) resource[row.urn] ??= {};
  const at = home(resource, row);
  if (!at) return;
  if (elements.length > 0) at[row.attribute] = [...elements];
  else delete at[row.attribute];
}

/** The element that a row means in a resource where the preferred values are marked. */
function heldElement(value: Json | undefined, row: Row): Complex | undefined {
  if (row.isPreferred) return Array.isArray(value) ? value.filter(isComplex).find(isMarked) : undefined;
  return row.element ? elementOf(value, row.element) : isComplex(value) ? value : undefined;
}

function elementOf(value: Json | undefined, type: string): Complex | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter(isComplex).find((one) => typeof one.type === "string" && isSameText(one.type, type));
}

/** The object that holds a row's value under `sub`, or the value itself where there is no sub-attribute. */
function read(resource: Resource, row: Row): Value | undefined {
  const value = home(resource, row)?.[row.attribute];
  if (!row.sub) return isValue(value) ? value : undefined;
  const sub = heldElement(value, row)?.[row.sub];
  return isValue(sub) ? sub : undefined;
}

const isValue = (value: Json | undefined): value is Value =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** The table's values in a resource; preferred values are those of the marked elements. */
export function toHeld(resource: Resource, kind: Kind): Held {
  return Object.fromEntries(kind.rows.map((row) => [row.path, read(resource, row)]));
}

/**
 * What is left of a resource when the table's values are taken out: an element whose value the vendor holds leaves its
 * place and its other sub-attributes behind.
 */
export function toKept(resource: Resource, kind: Kind): Resource {
  const kept = copyJson(resource);
  for (const row of kind.rows) {
    const at = home(kept, row);
    if (!at) continue;
    if (!row.sub) {
      delete at[row.attribute];
      continue;
    }
    const complex = heldElement(at[row.attribute], row);
    if (!complex) continue;
    delete complex[HELD];
    delete complex[row.sub];
    if (row.reference) delete complex.$ref;
    if (!row.element && Object.keys(complex).length === 0) delete at[row.attribute];
  }
  for (const [name, value] of Object.entries(kept)) {
    if (isComplex(value) && Object.keys(value).length === 0) delete kept[name];
  }
  return kept;
}

function write(resource: Resource, row: Row, value: Value): void {
  if (row.urn) resource[row.urn] ??= {};
  const at = home(resource, row);
  if (!at) return;
  if (!row.sub) {
    at[row.attribute] = value;
    return;
  }
  if (!row.element) {
    const complex = at[row.attribute];
    at[row.attribute] = { ...(isComplex(complex) ? complex : {}), [row.sub]: value };
    return;
  }
  const elements = at[row.attribute];
  if (row.isPreferred) {
    writePreferred(resource, row, value);
    return;
  }
  const found = elementOf(elements, row.element);
  if (found) found[row.sub] = value;
  else at[row.attribute] = [...(Array.isArray(elements) ? elements : []), { [row.sub]: value, type: row.element }];
}

/** A preferred value goes to the place that its element left; the first that a client did not send is primary. */
function writePreferred(resource: Resource, row: Row, value: Value): void {
  const elements = elementsAt(resource, row);
  const places = elements.filter((element) => element.value === undefined);
  const place = places.find(({ type }) => type === row.element) ?? places[0];
  if (place) {
    place.value = value;
    return;
  }
  const isPrimary = !elements.some(({ primary }) => primary === true);
  const made = { value, type: row.element ?? null, ...(isPrimary ? { primary: true } : {}) };
  setElements(resource, row, [...elements, made]);
}

const isBare = (element: Json) =>
  isComplex(element) &&
  Object.keys(element).every((name) => name === "type" || name === "primary" || name === "display");

/** The resource that the vendor's values and the kept attributes make together. */
export function toResource(held: Held, kept: Resource | null, kind: Kind): Resource {
  const resource: Resource = kept === null ? {} : copyJson(kept);
  for (const row of kind.rows) {
    const value = held[row.path];
    if (value !== undefined && value !== "") write(resource, row, value);
  }
  // A place that was left for a value which the vendor no longer holds is no element.
  for (const row of kind.rows) {
    const at = row.element ? home(resource, row) : undefined;
    const elements = at?.[row.attribute];
    if (!at || !Array.isArray(elements)) continue;
    const full = elements.filter((element) => !isBare(element));
    if (full.length > 0) at[row.attribute] = full;
    else delete at[row.attribute];
  }
  return resource;
}

/** Gives the only element without a type the one type that the vendor holds. True where it did. */
export function assumeTypes(resource: Resource, kind: Kind): boolean {
  let assumed = false;
  for (const row of kind.rows) {
    const elements = row.element ? home(resource, row)?.[row.attribute] : undefined;
    if (!row.element || row.isPreferred || !Array.isArray(elements) || elementOf(elements, row.element)) continue;
    const siblings = kind.rows.filter((other) => other.urn === row.urn && other.attribute === row.attribute);
    if (siblings.some((other) => other.element !== row.element)) continue;
    const untyped = elements.filter((one) => isComplex(one) && one.type === undefined);
    const [only] = untyped;
    if (untyped.length !== 1 || !isComplex(only)) continue;
    only.type = row.element;
    assumed = true;
  }
  return assumed;
}

/** The paths whose values differ for the vendor. */
export function changedPaths(before: Held, after: Held, kind: Kind): Set<string> {
  const changed = kind.rows.filter((row) => !isSameToVendor(row, before[row.path], after[row.path]));
  return new Set(changed.map((row) => row.path));
}

const isSameToVendor = ({ lowerCase }: Row, left: Value | undefined, right: Value | undefined) =>
  left === right ||
  (lowerCase === true &&
    typeof left === "string" &&
    typeof right === "string" &&
    left.toLowerCase() === right.toLowerCase());
