// The preferred value: which one of several the vendor holds, where it holds one [S49]. Its type and `primary` stay on the
// link as the element without a value, its place.

import { copyJson, isJsonObject, own } from "../../scim/json.ts";
import { HELD, isMarked } from "../../scim/preference.ts";
import type { Ranking } from "../../scim/ranking.ts";
import type { Json, Resource } from "../../scim/schema.ts";
import { nameBeforeSoftDelete } from "../../scim/soft-delete-name.ts";
import { isSameName, isSameText } from "../../scim/text.ts";
import type { Kind, Row, Unmapped } from "../vendor/resource-types.ts";
import { type Complex, elementsAt, type Held, setElements } from "./attribute-mapping.ts";

const preferredRows = (kind: Kind): Row[] => kind.rows.filter((row) => row.isPreferred);
const valueIn = (element: Json): Json | undefined => (isJsonObject(element) ? own(element, "value") : undefined);
const typeIn = (element: Json): string | undefined => {
  const type = isJsonObject(element) ? own(element, "type") : undefined;
  return typeof type === "string" ? type : undefined;
};
const isPrimary = (element: Json) => isJsonObject(element) && own(element, "primary") === true;

/** What a value was sent as that the vendor holds; the default where no client has sent one. */
function placeOf(kept: Resource | null, row: Row): Complex {
  const places = elementsAt(kept ?? {}, row).filter((element) => valueIn(element) === undefined);
  return places.find((place) => isSameText(typeIn(place), row.element)) ?? places[0] ?? defaultPlace(row);
}

const defaultPlace = (row: Row): Complex => ({ type: row.element ?? null, primary: true });

const isDefault = (place: Complex, row: Row): boolean =>
  Object.keys(place).length === 2 && place.type === row.element && place.primary === true;

/** A resource in which the elements that the vendor holds are marked, so that a request can be applied to it. */
export function markHeld(resource: Resource, kept: Resource | null, shown: Held, kind: Kind): Resource {
  const marked = copyJson(resource);
  for (const row of preferredRows(kind)) {
    const { type } = placeOf(kept, row);
    const held = elementsAt(marked, row).find(
      (element) => valueIn(element) === shown[row.path] && (typeIn(element) ?? null) === (type ?? null),
    );
    if (held) held[HELD] = true;
  }
  return marked;
}

/** What was there before a request, and what the request chooses. */
export interface Choice {
  kept: Resource | null;
  held: Held;
  /** The resource that the request was applied to. */
  resource: Resource;
  ranks(path: string, isAssigned: boolean): Ranking;
}

/**
 * Marks the elements that the vendor is to hold, in place. An untyped one gets the type of the row.
 * @param before undefined for a new user
 * @param twin the path of the value that is another spelling of userName, where one value is both
 * @returns whether a type was assumed
 */
export function choosePreferred(resource: Resource, kind: Kind, before: Choice | undefined, twin?: string): boolean {
  let isAssumed = false;
  for (const row of preferredRows(kind)) {
    const elements = elementsAt(resource, row).filter((element) => valueIn(element) !== undefined);
    const place = placeOf(before?.kept ?? null, row);
    const wasHeld = elements.some(isMarked);
    const chosen = choose(elements, row, place, before, row.path === twin ? resource.userName : undefined);
    for (const element of elements) delete element[HELD];
    if (chosen && typeIn(chosen) === undefined) {
      chosen.type = (wasHeld ? typeIn(place) : undefined) ?? row.element ?? null;
      isAssumed = true;
    }
    if (chosen) chosen[HELD] = true;
    // A value that comes back is what it was before it was cleared.
    const former = chosen || isDefault(place, row) ? [] : [place];
    setElements(resource, row, [...elements, ...former]);
  }
  return isAssumed;
}

function choose(
  elements: readonly Complex[],
  row: Row,
  place: Complex,
  before: Choice | undefined,
  userName: Json | undefined,
): Complex | undefined {
  const marked = elements.find(isMarked);
  const present = before ? elementsAt(before.resource, row) : [];
  const ranking = before ? before.ranks(row.path, present.length > 0) : "whole";
  const isRanked = marked ? ranking === "primary" && !isPrimary(marked) : ranking === "whole";
  if (isRanked) return toPreferred(elements, row, before?.held[row.path], userName);
  if (marked) return marked;
  // The value is gone, and one of another type that was there beside it does not take its place.
  const isNew = (element: Complex) => !present.some((old) => valueIn(old) === valueIn(element));
  return (
    elements.find((element) => isSameText(typeIn(element), typeIn(place))) ??
    elements.find((element) => isNew(element) && isSameText(typeIn(element) ?? row.element, row.element))
  );
}

/** The element that is the userName; else work and primary, work, primary, first; of equals the one held now. */
function toPreferred(
  elements: readonly Complex[],
  row: Row,
  held: Held[string],
  userName: Json | undefined,
): Complex | undefined {
  if (typeof userName === "string") {
    const names = [userName, nameBeforeSoftDelete(userName)].filter((name) => name !== undefined);
    const named = elements.find((element) => names.some((name) => isSameName(String(valueIn(element)), name)));
    if (named) return named;
  }
  const rank = (element: Complex) =>
    (isSameText(typeIn(element), row.element) ? 4 : 0) + (isPrimary(element) ? 2 : 0) + (isHeld(element, held) ? 1 : 0);
  return elements.toSorted((left, right) => rank(right) - rank(left))[0];
}

const isHeld = (element: Complex, held: Held[string]): boolean =>
  typeof held === "string" && isSameName(String(valueIn(element)), held);

/** What the link keeps of values that the vendor holds, taken out of the rest of a resource. */
export function takePlaces(rest: Resource, kind: Kind, unmapped: Unmapped): Resource {
  const kept: Resource = {};
  for (const row of preferredRows(kind)) {
    const elements = elementsAt(rest, row);
    const at = elements.findIndex((element) => valueIn(element) === undefined);
    const place = elements[at];
    if (unmapped === "keep" || !place) continue;
    setElements(rest, row, elements.toSpliced(at, 1));
    if (!isDefault(place, row)) setElements(kept, row, [place]);
  }
  return kept;
}

/** The path at which clients see a value: the type in it is the one that was sent. */
export function toShownPath(path: string, kept: Resource | null, kind: Kind): string {
  const row = preferredRows(kind).find((one) => one.path === path);
  const type = row && typeIn(placeOf(kept, row));
  return row && type !== undefined ? path.replace(`"${row.element}"`, JSON.stringify(type)) : path;
}
