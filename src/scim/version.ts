// Versions of resources as weak entity tags, and their preconditions (RFC 7644 section 3.14).

import { fingerprint } from "./fingerprint.ts";
import type { Json, Resource } from "./schema.ts";

/** The same text for the same value, whatever the order of its names; that of array elements counts. */
export function toCanonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  let text = "";
  for (const name of Object.keys(value).sort()) {
    text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${toCanonicalJson(value[name] ?? null)}`;
  }
  return `{${text}}`;
}

/** Whether two values are the same but for the order of names. */
export function isSameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return toCanonicalJson(left) === toCanonicalJson(right);
}

/** A fingerprint of the resource without `meta`, as a weak entity tag. */
export function toVersion(resource: Resource): string {
  const { meta: _, ...content } = resource;
  return `W/"${fingerprint(toCanonicalJson(content))}"`;
}

/** Whether `If-Match` lets a write proceed; without the header it does. */
export function matchesIfMatch(header: string | null | undefined, version: string): boolean {
  return header === null || header === undefined || hasTag(header, version);
}

/** Whether `If-None-Match` names this version, so that a read answers 304. */
export function matchesIfNoneMatch(header: string | null | undefined, version: string): boolean {
  return header !== null && header !== undefined && hasTag(header, version);
}

/** Weak comparison; clients that lose the quotes or the `W/` are understood. */
function hasTag(header: string, version: string): boolean {
  return header.split(",").some((tag) => tag.trim() === "*" || toOpaque(tag) === toOpaque(version));
}

function toOpaque(tag: string): string {
  return tag
    .trim()
    .replace(/^W\//i, "")
    .replace(/^"(.*)"$/, "$1");
}
