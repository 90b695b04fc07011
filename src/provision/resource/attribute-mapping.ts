// Between a SCIM resource and the values of an adapter's table: compose on reading, split on writing.

import type { Value } from "../../adapter.ts";
import type { Json, Resource } from "../../scim/schema.ts";
import { isSameText } from "../../scim/text.ts";
import type { Kind, Row } from "../vendor/resource-types.ts";

/** The table's values by path; a reference is the SCIM id of the user it points to. */
export type Held = { [path: string]: Value | undefined };

type Complex = { [name: string]: Json };
const isComplex = (value: Json | undefined): value is Complex =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object in which a row's attribute lives: the resource or its extension. */
function home(resource: Resource, row: Row): Complex | undefined {
  if (!row.urn) return resource;
  const extension = resource[row.urn];
  return isComplex(extension) ? extension : undefined;
}

function elementOf(value: Json | undefined, type: string): Complex | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter(isComplex).find((one) => typeof one.type === "string" && isSameText(one.type, type));
}

/** The object that holds a row's value under `sub`, or the value itself where there is no sub-attribute. */
function read(resource: Resource, row: Row): Value | undefined {
  const value = home(resource, row)?.[row.attribute];
  if (!row.sub) return isValue(value) ? value : undefined;
  const complex = row.element ? elementOf(value, row.element) : isComplex(value) ? value : undefined;
  const sub = complex?.[row.sub];
  return isValue(sub) ? sub : undefined;
}

const isValue = (value: Json | undefined): value is Value =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** The table's values in a resource. */
export function toHeld(resource: Resource, kind: Kind): Held {
  return Object.fromEntries(kind.rows.map((row) => [row.path, read(resource, row)]));
}

/**
 * What is left of a resource when the table's values are taken out: an element whose value the vendor holds leaves its
 * place and its other sub-attributes behind.
 */
export function toKept(resource: Resource, kind: Kind): Resource {
  const kept = structuredClone(resource);
  for (const row of kind.rows) {
    const at = home(kept, row);
    if (!at) continue;
    if (!row.sub) {
      delete at[row.attribute];
      continue;
    }
    const value = at[row.attribute];
    const complex = row.element ? elementOf(value, row.element) : isComplex(value) ? value : undefined;
    if (!complex) continue;
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
  const found = elementOf(elements, row.element);
  if (found) found[row.sub] = value;
  else at[row.attribute] = [...(Array.isArray(elements) ? elements : []), { [row.sub]: value, type: row.element }];
}

const isBare = (element: Json) =>
  isComplex(element) &&
  Object.keys(element).every((name) => name === "type" || name === "primary" || name === "display");

/** The resource that the vendor's values and the kept attributes make together. */
export function toResource(held: Held, kept: Resource | null, kind: Kind): Resource {
  const resource = structuredClone(kept ?? {});
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
    if (!row.element || !Array.isArray(elements) || elementOf(elements, row.element)) continue;
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
