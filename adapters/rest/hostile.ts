// What no description may contain, whatever its shape: names that reach into objects, too much, too deep.

import type * as z from "zod";

/** In characters of JSON. */
const MAX_SIZE = 65_536;
const MAX_DEPTH = 12;
const FORBIDDEN = ["__proto__", "prototype", "constructor"];

/** Says at which path a description is wrong, and how. */
export type Refuse = (path: (string | number)[], message: string) => void;

function walk(value: unknown, path: (string | number)[], refuse: Refuse): void {
  if (typeof value === "string" && value.split(".").some((part) => FORBIDDEN.includes(part))) {
    refuse(path, "must not name a part of JavaScript's own objects");
  }
  if (typeof value !== "object" || value === null) return;
  if (path.length > MAX_DEPTH) {
    refuse(path, `must not be nested deeper than ${MAX_DEPTH} levels`);
    return;
  }
  for (const [name, child] of Object.entries(value)) {
    const inner = [...path, Array.isArray(value) ? Number(name) : name];
    if (name.split(".").some((part) => FORBIDDEN.includes(part))) {
      refuse(inner, "must not name a part of JavaScript's own objects");
    } else {
      walk(child, inner, refuse);
    }
  }
}

export function refuseHostile(value: unknown, context: z.RefinementCtx): void {
  const refuse: Refuse = (path, message) => context.addIssue({ code: "custom", path, message });
  if (typeof value !== "object" || value === null) refuse([], "must be a JSON object");
  else if (JSON.stringify(value).length > MAX_SIZE) refuse([], `must not be longer than ${MAX_SIZE} characters`);
  else walk(value, [], refuse);
}
