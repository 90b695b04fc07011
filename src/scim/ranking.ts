// Whether a request chooses again which of several values the vendor holds [S49].

import type { Path } from "./filter.ts";
import { asksFor } from "./filter-element.ts";
import { isObject, ownIgnoringCase } from "./json.ts";
import type { Write } from "./write.ts";

/** `whole`: the request sets the attribute as a whole. `primary`: it says which value is the primary one. */
export type Ranking = "whole" | "primary" | undefined;

/** @param isAssigned whether the attribute had a value before: an add to one that has values leaves them */
export function rankingOf(writes: readonly Write[], at: Path, isAssigned: boolean): Ranking {
  const about = writes.filter(
    ({ path }) =>
      path.schema === at.schema && path.attribute !== undefined && path.attribute.name === at.attribute?.name,
  );
  if (about.some((write) => setsWhole(write, isAssigned))) return "whole";
  return about.some(namesPrimary) ? "primary" : undefined;
}

function setsWhole({ verb, path, value }: Write, isAssigned: boolean): boolean {
  if (path.filter || path.sub) return false;
  if (verb === "add") return !isAssigned;
  return verb === "replace" || value === undefined || value === null;
}

function namesPrimary({ verb, path, value }: Write): boolean {
  if (verb === "remove" || !(path.filter || path.sub)) return false;
  if (path.sub) return path.sub.name === "primary" || asksForPrimary(path);
  return asksForPrimary(path) || (isObject(value) && ownIgnoringCase(value, "primary") !== undefined);
}

const asksForPrimary = ({ filter }: Path): boolean => filter !== undefined && asksFor(filter, "primary");
