// The parameters of lists and searches: filter, paging, sorting, projection (RFC 7644 sections 3.4.2 and 3.4.3).

import { toComparable } from "./comparison.ts";
import type { Filter, Path } from "./filter.ts";
import { valuesAt } from "./filter-match.ts";
import { parseFilter } from "./filter-parse.ts";
import { isJsonObject, isObject, own } from "./json.ts";
import type { Reading } from "./lenient.ts";
import { badRequest, isUnreadable, MEND_REQUEST } from "./messages.ts";
import { parsePath } from "./path.ts";
import { type Projection, parseProjection } from "./projection.ts";
import { findAttribute, type Resource, type ResourceType } from "./schema.ts";
import { createWork, type Work } from "./work.ts";

export interface ListQuery {
  filter?: Filter;
  /** At least 1. */
  startIndex: number;
  /** From 0 to `maxResults`. */
  count: number;
  /** Always a simple attribute that is held. */
  sortBy?: Path;
  descending: boolean;
  projection: Projection;
  /** What of the filter was read leniently. */
  readings: readonly Reading[];
}

export interface QueryLimits {
  maxResults: number;
  defaultPageSize: number;
}

/** Reads a query string. Throws 400 `invalidFilter`, `sensitive` or `invalidValue`. */
export function readListQuery(
  source: URLSearchParams,
  type: ResourceType,
  limits: QueryLimits,
  work: Work = createWork(),
): ListQuery {
  return readQuery(readParameters(source), type, limits, work);
}

/** Reads the body of a search. Throws as `readListQuery` does, and `invalidSyntax` if it is no object. */
export function readSearchRequest(
  body: unknown,
  type: ResourceType,
  limits: QueryLimits,
  work: Work = createWork(),
): ListQuery {
  if (!isObject(body)) throw badRequest("invalidSyntax", "the body must be a JSON object", MEND_REQUEST);
  // Null counts as absent.
  const entries = Object.entries(body).filter(([, value]) => value !== null);
  return readQuery(new Map(entries.map(([name, value]) => [name.toLowerCase(), value])), type, limits, work);
}

/** `parameters` has its names in lower case. */
function readQuery(
  parameters: ReadonlyMap<string, unknown>,
  type: ResourceType,
  limits: QueryLimits,
  work: Work,
): ListQuery {
  const filter = parameters.get("filter");
  if (filter !== undefined && typeof filter !== "string")
    throw badRequest("invalidFilter", "the filter must be a text", MEND_REQUEST);
  const startIndex = readInteger("startIndex", parameters.get("startindex"), 1);
  const count = readInteger("count", parameters.get("count"), limits.defaultPageSize);
  const readings = new Set<Reading>();
  const parsed = filter === undefined ? undefined : parseFilter(filter, type, work, readings);
  const sortBy = readSortBy(parameters.get("sortby"), type, work);
  const sortOrder = parameters.get("sortorder");
  return {
    ...(parsed === undefined ? {} : { filter: parsed }),
    readings: [...readings],
    startIndex: Math.max(1, startIndex),
    count: Math.min(Math.max(0, count), limits.maxResults),
    ...(sortBy ? { sortBy } : {}),
    descending: typeof sortOrder === "string" && sortOrder.toLowerCase() === "descending",
    projection: parseProjection(
      {
        attributes: readNames("attributes", parameters.get("attributes")),
        excludedAttributes: readNames("excludedAttributes", parameters.get("excludedattributes")),
      },
      type,
      work,
    ),
  };
}

/** What a resource is sorted by: its primary or first value at the path; undefined where it has none. */
export type SortKey = string | number | undefined;

export function toSortKey(resource: Resource, path: Path, work: Work): SortKey {
  const { sub, ...whole } = path;
  const elements = valuesAt(whole, resource, work);
  const preferred =
    elements.find((element) => isJsonObject(element) && own(element, "primary") === true) ?? elements[0];
  const value = sub ? (isJsonObject(preferred) ? own(preferred, sub.name) : undefined) : preferred;
  const simple = sub ?? path.attribute;
  return value === undefined || !simple ? undefined : toComparable(simple, value);
}

/** Resources without a value come last when ascending and first when descending (RFC 7644 section 3.4.2.3). */
export function compareSortKeys(left: SortKey, right: SortKey, descending: boolean): number {
  const ascending = compareKeys(left, right);
  return descending ? -ascending : ascending;
}

function compareKeys(left: SortKey, right: SortKey): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  // Values without an order count as equal, so that the sort stays a total one.
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An attribute that cannot be sorted by is ignored, as if sorting were not asked for. */
function readSortBy(input: unknown, type: ResourceType, work: Work): Path | undefined {
  if (typeof input !== "string" || input.trim() === "") return undefined;
  try {
    const path = parsePath(input, type, work);
    if (!path.held || !path.attribute || path.attribute.returned === "never") return undefined;
    if (path.sub || path.attribute.type !== "complex") return path;
    const sub = findAttribute(path.attribute.subAttributes, "value");
    return sub ? { ...path, sub, text: `${path.text}.${sub.name}` } : undefined;
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** The first of each parameter, but all attribute names; names in lower case, unknown ones included and never read. */
function readParameters(source: URLSearchParams): ReadonlyMap<string, unknown> {
  const parameters = new Map<string, unknown>();
  for (const [name, value] of source) {
    const key = name.toLowerCase();
    const before = parameters.get(key);
    if (before === undefined) parameters.set(key, value);
    else if (key === "attributes" || key === "excludedattributes") parameters.set(key, `${before},${value}`);
  }
  return parameters;
}

function readInteger(name: string, input: unknown, otherwise: number): number {
  if (input === undefined) return otherwise;
  const number = typeof input === "string" && /^[+-]?\d{1,15}$/.test(input.trim()) ? Number(input) : input;
  if (typeof number !== "number" || !Number.isSafeInteger(number)) {
    throw badRequest("invalidValue", `${name} must be an integer`, MEND_REQUEST);
  }
  return number;
}

function readNames(name: string, input: unknown): string | readonly string[] | undefined {
  if (input === undefined || typeof input === "string") return input;
  if (Array.isArray(input) && input.every((item) => typeof item === "string")) return input;
  throw badRequest("invalidValue", `${name} must be an array of attribute names`, MEND_REQUEST);
}
