// What a write must not do to a value that is there: change what is set once, or clear what is required.

import type { Path } from "./filter.ts";
import { isJsonObject, own } from "./json.ts";
import { badRequest, type ScimError } from "./messages.ts";
import type { Attribute, Json } from "./schema.ts";
import type { Parts } from "./values.ts";
import { isSameJson } from "./version.ts";

/** Throws where a write changes what may only be set once, or clears what is required. */
export function requireMutable(
  { verb, path }: { verb: string; path: Path },
  attribute: Attribute,
  before: Json | undefined,
  after: Json | undefined,
): void {
  if (before !== undefined && attribute.mutability === "immutable" && !isSameJson(before, after))
    throw refuseChange(path);
  const { sub } = path;
  const subOf = (value: Json | undefined) => (sub && isJsonObject(value) ? own(value, sub.name) : undefined);
  if (sub && !attribute.multiValued)
    requireMutableParts(attribute, isJsonObject(before) ? before : {}, new Map([[sub.name, subOf(after)]]), path);
  const isLost = attribute.required && before !== undefined && after === undefined;
  const isSubLost = sub?.required === true && subOf(before) !== undefined && subOf(after) === undefined;
  if (!isLost && !isSubLost) return;
  throw badRequest(
    verb === "remove" ? "mutability" : "invalidValue",
    `${path.text} is required and cannot be cleared`,
    "map it to a source attribute that is never empty",
  );
}

/** Throws where a part changes what may only be set once. */
export function requireMutableParts(
  attribute: Attribute,
  before: { [name: string]: Json },
  parts: Parts,
  path: Path,
): void {
  for (const sub of attribute.subAttributes ?? []) {
    const old = own(before, sub.name);
    if (sub.mutability !== "immutable" || !parts.has(sub.name) || old === undefined) continue;
    if (!isSameJson(old, parts.get(sub.name))) throw refuseChange(path);
  }
}

function refuseChange(path: Path): ScimError {
  return badRequest(
    "mutability",
    `${path.text} cannot be changed once it is set`,
    "take it out of the mapping for updates, or apply the mapping only when a resource is created",
  );
}
