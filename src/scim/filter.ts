// Filters as trees, with the attribute paths in them: simplifying and printing them (RFC 7644 section 3.4.2.2).

import type { Attribute, Json } from "./schema.ts";

export type Operator = "eq" | "ne" | "co" | "sw" | "ew" | "gt" | "ge" | "lt" | "le";
export type Literal = string | number | boolean | null;

/** Where a value is. Without `attribute` it is a whole schema, or nothing that the resource type holds. */
export interface Path {
  /** The URN of the extension; absent for the core schema. */
  schema?: string;
  attribute?: Attribute;
  sub?: Attribute;
  /** Selects elements; its own paths are names of sub-attributes. */
  filter?: Filter;
  /** Canonical where held, else as sent. */
  text: string;
  held: boolean;
  /** What RFC 7643 says of an attribute that is not held. */
  known?: Attribute;
}

/** Whether a path is the core schema as a whole. */
export const isCore = ({ attribute, schema, held }: Path): boolean => held && !attribute && schema === undefined;

/** `valuePath` has a path with a filter and no sub-attribute; a comparison's path may have both. */
export type Filter =
  | { kind: "and" | "or"; terms: readonly Filter[] }
  | { kind: "not"; term: Filter }
  | { kind: "present"; path: Path }
  | { kind: "valuePath"; path: Path }
  | { kind: "compare"; path: Path; operator: Operator; value: Literal };

/** An equation that every match fulfils; `path` is spelled canonically. */
export interface Equality {
  path: string;
  value: string;
}

/** Whether a value is assigned: not null, "", [] or {}, nor made of such (RFC 7643 section 2.5). */
export function isPresent(value: Json): boolean {
  if (Array.isArray(value)) return value.some(isPresent);
  if (typeof value === "object" && value !== null) return Object.values(value).some(isPresent);
  return value !== null && value !== "";
}

const simplified = new WeakMap<Filter, Filter | boolean>();

/**
 * Folds what no resource can change, because its attribute is not held; what is left matches the same resources. A filter is
 * folded once, when it is parsed.
 */
export function simplify(filter: Filter): Filter | boolean {
  const known = simplified.get(filter);
  if (known !== undefined) return known;
  const simple = simplifyOne(filter);
  simplified.set(filter, simple);
  if (typeof simple !== "boolean") simplified.set(simple, simple);
  return simple;
}

function simplifyOne(filter: Filter): Filter | boolean {
  switch (filter.kind) {
    case "and":
    case "or":
      return simplifyTerms(filter);
    case "not": {
      const term = simplifyOne(filter.term);
      if (typeof term === "boolean") return !term;
      return term === filter.term ? filter : { kind: "not", term };
    }
    default: {
      const path = simplifyPath(filter.path);
      if (path === filter.path) return filter;
      if (path) return filter.kind === "valuePath" && !path.filter ? { kind: "present", path } : { ...filter, path };
      if (filter.kind !== "compare") return false;
      return filter.value === null ? filter.operator === "eq" : filter.operator === "ne";
    }
  }
}

function simplifyTerms(junction: Filter & { kind: "and" | "or" }): Filter | boolean {
  const { kind, terms } = junction;
  const decisive = kind === "or";
  const rest: Filter[] = [];
  for (const term of terms) {
    const simple = simplifyOne(term);
    if (simple === decisive) return decisive;
    if (typeof simple !== "boolean") rest.push(simple);
  }
  const [first, ...more] = rest;
  if (!first) return !decisive;
  if (rest.length === terms.length && rest.every((term, at) => term === terms[at])) return junction;
  return more.length === 0 ? first : { kind, terms: rest };
}

/** The path without a filter that is always true; undefined if it can have no value. */
function simplifyPath(path: Path): Path | undefined {
  if (!path.held) return undefined;
  const { filter, ...open } = path;
  if (!filter) return path;
  const simple = simplifyOne(filter);
  if (simple === false) return undefined;
  if (simple === filter) return path;
  return simple === true
    ? { ...open, text: toPathText(open, undefined) }
    : { ...open, filter: simple, text: toPathText(open, simple) };
}

/** The equations that are joined by `and` at the top, for searching natively; only those with a text. */
export function equalities(filter: Filter): Equality[] {
  if (filter.kind === "and") return filter.terms.flatMap(equalities);
  if (filter.kind === "compare" && filter.operator === "eq" && typeof filter.value === "string" && filter.path.held) {
    return [{ path: filter.path.text, value: filter.value }];
  }
  return filter.kind === "valuePath" ? selectedEqualities(filter.path) : [];
}

/** The conditions of which all must hold. */
export const termsOf = (filter: Filter): readonly Filter[] => (filter.kind === "and" ? filter.terms : [filter]);

/** `emails[type eq "work" and value eq "x"]` is the equation `emails[type eq "work"].value eq "x"`. */
function selectedEqualities({ filter, ...path }: Path): Equality[] {
  const terms = filter ? termsOf(filter) : [];
  const isType = (term: Filter) => term.kind === "compare" && term.operator === "eq" && term.path.text === "type";
  const type = terms.find(isType);
  const others = terms.filter((term) => term !== type);
  return others.flatMap((term) => {
    if (term.kind !== "compare" || term.operator !== "eq" || typeof term.value !== "string") return [];
    const sub = term.path.attribute;
    return sub ? [{ path: toPathText({ ...path, sub }, type), value: term.value }] : [];
  });
}

/** The canonical text of a held path with this filter. */
export function toPathText(path: Omit<Path, "filter">, filter: Filter | undefined): string {
  const { schema, attribute, sub } = path;
  if (!attribute) return schema ?? path.text;
  const name = schema === undefined ? attribute.name : `${schema}:${attribute.name}`;
  return `${name}${filter ? `[${toText(filter)}]` : ""}${sub ? `.${sub.name}` : ""}`;
}

/** The filter's canonical text, which parses to the same filter. */
export function toText(filter: Filter): string {
  switch (filter.kind) {
    case "and":
    case "or":
      return filter.terms
        .map((term) => (isJunction(term) ? `(${toText(term)})` : toText(term)))
        .join(` ${filter.kind} `);
    case "not":
      return `not (${toText(filter.term)})`;
    case "present":
      return `${filter.path.text} pr`;
    case "valuePath":
      return filter.path.text;
    case "compare":
      return `${filter.path.text} ${filter.operator} ${JSON.stringify(filter.value)}`;
  }
}

function isJunction(filter: Filter): boolean {
  return filter.kind === "and" || filter.kind === "or";
}
