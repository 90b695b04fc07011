// What one link may keep: a row of the store holds it, and every page that shows the link.

import { badRequest } from "../../scim/messages.ts";
import type { Resource } from "../../scim/schema.ts";

/** In bytes of JSON; the platform takes 2 MB in a row, and a page of 200 links is in memory at once. */
const MAX_KEPT_BYTES = 65_536;

const UTF8 = new TextEncoder();
const bytesOf = (value: unknown): number => UTF8.encode(JSON.stringify(value ?? null)).byteLength;

/** The attribute that takes most of what is kept, where that is beyond the limit and more than was kept before. */
export function oversizedIn(kept: Resource, before: Resource): string | undefined {
  // An older version kept more; what is there can be made smaller step by step.
  const limit = Math.max(MAX_KEPT_BYTES, bytesOf(before));
  if (bytesOf(kept) <= limit) return undefined;
  const sizes = Object.entries(kept).map(([name, value]) => ({ name, size: bytesOf(value) }));
  return sizes.toSorted((left, right) => right.size - left.size)[0]?.name;
}

export const keptTooLarge = (name: string) =>
  badRequest(
    "invalidValue",
    `${name} is too large: of what the product cannot hold, at most ${MAX_KEPT_BYTES} bytes are kept for one user or group, and ${name} takes most of them`,
    "take it out of the mapping, or send fewer or shorter values",
  );
