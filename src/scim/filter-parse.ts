// The parser of filters and of value paths (RFC 7644 sections 3.4.2.2 and 3.5.2, figures 1 and 7).

import { resolveAttributePath, resolveSubAttribute } from "./attribute-path.ts";
import { onlyTypeOf } from "./elements.ts";
import { type Filter, type Literal, type Operator, type Path, simplify, toPathText, toText } from "./filter.ts";
import { readOperand } from "./filter-operand.ts";
import type { Reading } from "./lenient.ts";
import { badRequest, MEND_REQUEST, type ScimError } from "./messages.ts";
import { type Attribute, attribute, findAttribute, type ResourceType } from "./schema.ts";
import { stepsOfText, type Work } from "./work.ts";

/** In characters; the longest filter of a known client has fewer than 500. */
export const MAX_FILTER_LENGTH = 8000;
/** Of parentheses, `not` and brackets; bounds the parser's recursion. */
export const MAX_FILTER_DEPTH = 32;
/** Comparisons, junctions and negations; bounds what one filter costs per resource. */
export const MAX_FILTER_NODES = 512;

interface Cursor {
  readonly text: string;
  readonly type: ResourceType;
  /** What a text that does not follow the grammar is called. */
  readonly fault: "invalidFilter" | "invalidPath";
  readonly work: Work | undefined;
  at: number;
  nodes: number;
  /** What is taken leniently. */
  readonly readings: Set<Reading>;
}

/** The sub-attributes that names mean inside brackets; undefined outside. */
type Scope = readonly Attribute[] | undefined;

const SPACE = /[ \t\r\n]+/y;
const ATTRIBUTE_PATH = /[^\s()[\]"]+/y;
const SUB_ATTRIBUTE = /\.([A-Za-z$][\w$-]*)/y;
const NOT = /not(?=[\s(])/iy;
const OPERATOR = /(eq|ne|co|sw|ew|gt|ge|lt|le|pr)(?![^\s)\]])/iy;
const LITERAL = /(?:"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null)(?![^\s)\]])/iy;

/** What it costs to read an attribute's name, and one part of a filter. */
const STEPS_OF_NAME = 4;
const STEPS_OF_NODE = 4;

/**
 * Throws 400 `invalidFilter`, or `sensitive` for an attribute that is never returned.
 * @param work what the reading is paid from, where a client sent the filter
 * @param readings takes what is read leniently
 */
export function parseFilter(text: string, type: ResourceType, work?: Work, readings: Set<Reading> = new Set()): Filter {
  if (text.length > MAX_FILTER_LENGTH) {
    throw badRequest("invalidFilter", `the filter may have at most ${MAX_FILTER_LENGTH} characters`, MEND_REQUEST);
  }
  const cursor: Cursor = { text, type, fault: "invalidFilter", work, at: 0, nodes: 0, readings };
  const filter = parseJunction(cursor, "or", undefined, 0);
  skipSpace(cursor);
  if (cursor.at < text.length) throw refuse(cursor, 'the end or "and" or "or"');
  simplify(filter);
  return filter;
}

/** Parses the grammar of figure 7; for `parsePath`, which bounds the text. */
export function parsePathText(text: string, type: ResourceType, work?: Work): Path {
  const cursor: Cursor = { text, type, fault: "invalidPath", work, at: 0, nodes: 0, readings: new Set() };
  const path = parseTarget(cursor, undefined, 0);
  if (cursor.at < text.length) throw refuse(cursor, "the end");
  if (path.filter) simplify(path.filter);
  return path;
}

function parseJunction(cursor: Cursor, kind: "and" | "or", scope: Scope, depth: number): Filter {
  const keyword = kind === "and" ? /and(?=[\s(])/iy : /or(?=[\s(])/iy;
  const parseOperand = () =>
    kind === "or" ? parseJunction(cursor, "and", scope, depth) : parseTerm(cursor, scope, depth);
  const first = parseOperand();
  const terms = [first];
  // In brackets a term that stands there twice stands there once.
  const texts = scope ? new Set([toText(first)]) : undefined;
  for (;;) {
    const before = cursor.at;
    skipSpace(cursor);
    if (take(cursor, keyword) === undefined) {
      cursor.at = before;
      break;
    }
    const term = parseOperand();
    const text = texts && toText(term);
    if (text === undefined || !texts?.has(text)) terms.push(term);
    if (text !== undefined) texts?.add(text);
  }
  if (terms.length === 1) return first;
  countNode(cursor);
  return { kind, terms };
}

function parseTerm(cursor: Cursor, scope: Scope, depth: number): Filter {
  if (depth > MAX_FILTER_DEPTH) {
    throw badRequest(cursor.fault, `the filter may be nested ${MAX_FILTER_DEPTH} levels deep at most`, MEND_REQUEST);
  }
  countNode(cursor);
  skipSpace(cursor);
  if (take(cursor, NOT) !== undefined) {
    skipSpace(cursor);
    return { kind: "not", term: parseGroup(cursor, "(", ")", scope, depth) };
  }
  if (cursor.text[cursor.at] === "(") return parseGroup(cursor, "(", ")", scope, depth);
  return toOnlyElement(parseComparison(cursor, parseTarget(cursor, scope, depth)), scope);
}

function parseGroup(cursor: Cursor, open: string, close: string, scope: Scope, depth: number): Filter {
  expect(cursor, open);
  const filter = parseJunction(cursor, "or", scope, depth + 1);
  skipSpace(cursor);
  expect(cursor, close);
  return filter;
}

function parseTarget(cursor: Cursor, scope: Scope, depth: number): Path {
  const name = take(cursor, ATTRIBUTE_PATH);
  if (name === undefined) throw refuse(cursor, "an attribute");
  cursor.work?.charge(STEPS_OF_NAME + stepsOfText(name));
  const path = scope ? resolveSubAttribute(name, scope) : resolveAttributePath(name, cursor.type);
  if (!path)
    throw badRequest(
      cursor.fault,
      `"${name.slice(0, 100)}" is no attribute path`,
      "name an attribute that /Schemas lists",
    );
  if (!path.held) cursor.readings.add("unknown-filter-attribute");
  if (scope || cursor.text[cursor.at] !== "[") return path;
  const plural = path.sub ? undefined : path.attribute;
  if (!plural && path.held) throw refuse(cursor, "no brackets after a sub-attribute or an extension");
  const filter = parseGroup(cursor, "[", "]", plural ? toScope(plural) : [], depth);
  const subName = take(cursor, SUB_ATTRIBUTE)?.slice(1);
  if (subName !== undefined) cursor.readings.add("filter-sub-attribute");
  const sub = path.held && subName !== undefined ? findSub(path.attribute?.subAttributes, subName) : undefined;
  const held = path.held && (subName === undefined || sub !== undefined);
  const whole: Path = { ...path, filter, held, ...(sub ? { sub } : {}) };
  if (held) return { ...whole, text: toPathText(whole, filter) };
  return { ...whole, text: `${path.text}[${toText(filter)}]${subName === undefined ? "" : `.${subName}`}` };
}

/** A simple attribute's values are what `value` means inside its brackets. */
function toScope(plural: Attribute): readonly Attribute[] {
  return plural.subAttributes ?? [{ ...plural, name: "value", multiValued: false }];
}

/** Where the vendor holds one element, it is the primary one, so only another element can be made primary in vain. */
const PRIMARY = attribute("primary", "Whether this is the preferred value.", { type: "boolean" });

function findSub(subAttributes: readonly Attribute[] | undefined, name: string): Attribute | undefined {
  const found = findAttribute(subAttributes, name);
  const isImplied = name.toLowerCase() === PRIMARY.name && onlyTypeOf(subAttributes) !== undefined;
  return found ?? (isImplied ? PRIMARY : undefined);
}

const NOT_SECONDARY = { kind: "compare", operator: "ne", value: false } as const;

const isPrimaryWanted = (filter: Filter): boolean =>
  filter.kind === "compare" && filter.operator === "eq" && filter.value === true;

/**
 * What selects the primary element selects the only one that the vendor holds [S1]: the one that no client has called not
 * primary, or, where the vendor knows nothing of it, by its type.
 */
function toOnlyElement(filter: Filter, scope: Scope): Filter {
  if (!scope || !(filter.kind === "compare" || filter.kind === "present")) return filter;
  const only = onlyTypeOf(scope);
  const type = findAttribute(scope, "type");
  const isPrimary = filter.path.text.toLowerCase() === PRIMARY.name;
  if (!isPrimary || only === undefined || !type) return filter;
  if (filter.path.held) return isPrimaryWanted(filter) ? { ...filter, ...NOT_SECONDARY } : filter;
  const path: Path = { attribute: type, text: type.name, held: true };
  if (filter.kind === "present") return { kind: "compare", path, operator: "eq", value: only };
  const { operator, value } = readOperand(
    { attribute: PRIMARY, text: PRIMARY.name, held: true },
    filter.operator,
    filter.value,
  );
  const isWanted = (value === true) === (operator === "eq");
  return { kind: "compare", path, operator: isWanted ? "eq" : "ne", value: only };
}

function parseComparison(cursor: Cursor, path: Path): Filter {
  const before = cursor.at;
  const spaced = skipSpace(cursor);
  const operator = spaced ? take(cursor, OPERATOR)?.toLowerCase() : undefined;
  if (operator === undefined) {
    cursor.at = before;
    if (path.filter && cursor.text[before - 1] === "]") return { kind: "valuePath", path };
    throw refuse(cursor, "one of the operators eq, ne, co, sw, ew, gt, ge, lt, le and pr");
  }
  refuseSensitive(path);
  if (operator === "pr") return { kind: "present", path };
  skipSpace(cursor);
  const literal = parseLiteral(cursor);
  const operand = readOperand(path, toOperator(operator), literal);
  if (typeof operand.value !== typeof literal) cursor.readings.add("filter-quoted-value");
  return { kind: "compare", ...operand };
}

function toOperator(text: string): Operator {
  switch (text) {
    case "ne":
    case "co":
    case "sw":
    case "ew":
    case "gt":
    case "ge":
    case "lt":
    case "le":
      return text;
    default:
      return "eq";
  }
}

function parseLiteral(cursor: Cursor): Literal {
  const token = take(cursor, LITERAL);
  if (token === undefined) throw refuse(cursor, "a quoted text, a number, true, false or null");
  const value = parseJson(token.startsWith('"') ? token : token.toLowerCase());
  if (value === undefined || value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    throw badRequest("invalidFilter", "a value in the filter must be a JSON text or number", MEND_REQUEST);
  }
  return value;
}

/** The scalar of a JSON text; undefined if it is none. */
function parseJson(text: string): Literal | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const scalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return scalar || value === null ? value : undefined;
  } catch {
    return undefined;
  }
}

function refuseSensitive({ attribute, sub, known }: Path): void {
  const sensitive = [attribute, sub, known].find((candidate) => candidate?.returned === "never");
  if (sensitive)
    throw badRequest(
      "sensitive",
      `${sensitive.name} is never returned, so no filter can compare it`,
      "filter by another attribute",
    );
}

function countNode(cursor: Cursor): void {
  cursor.nodes += 1;
  cursor.work?.charge(STEPS_OF_NODE);
  if (cursor.nodes > MAX_FILTER_NODES) {
    throw badRequest(cursor.fault, `the filter may have at most ${MAX_FILTER_NODES} parts`, MEND_REQUEST);
  }
}

function take(cursor: Cursor, token: RegExp): string | undefined {
  token.lastIndex = cursor.at;
  const match = token.exec(cursor.text)?.[0];
  if (match !== undefined) cursor.at += match.length;
  return match;
}

function skipSpace(cursor: Cursor): boolean {
  return take(cursor, SPACE) !== undefined;
}

function expect(cursor: Cursor, character: string): void {
  if (cursor.text[cursor.at] !== character) throw refuse(cursor, `"${character}"`);
  cursor.at += 1;
}

function refuse(cursor: Cursor, expected: string): ScimError {
  const what = cursor.fault === "invalidPath" ? "path" : "filter";
  const problem = `the ${what} is malformed at character ${cursor.at + 1}: expected ${expected}`;
  return badRequest(cursor.fault, problem, MEND_REQUEST);
}
