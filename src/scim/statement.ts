// What a write says by itself, whatever was there before: which values it sets, and which it takes away.

import { type Path, simplify } from "./filter.ts";
import { matchesElement } from "./filter-match.ts";
import { isJsonObject, own } from "./json.ts";
import { createNotes, type Notes } from "./lenient.ts";
import { isUnreadable } from "./messages.ts";
import { parsePath } from "./path.ts";
import { type Attribute, findAttribute, type Json, type ResourceType } from "./schema.ts";
import { isSameText } from "./text.ts";
import { isUnassigned, type Parts, readElements, readParts, readSingular, readValue } from "./values.ts";
import type { Work } from "./work.ts";
import { readTarget, type Write } from "./write.ts";

/** `gone`: everything at the write's path goes. `parts`: sub-attributes of the value, or of the selected elements. */
type Statement =
  | { is: "nothing" | "gone" }
  | { is: "value"; value: Json }
  | { is: "parts"; parts: Parts }
  | { is: "elements"; elements: readonly Json[] };

const NOTHING: Statement = { is: "nothing" };
const GONE: Statement = { is: "gone" };

/** Where one value is; a path to a complex value means its `value`. */
export function toPlace(text: string, type: ResourceType): Path {
  const path = parsePath(text, type);
  const sub = path.sub ?? findAttribute(path.attribute?.subAttributes, "value");
  return sub ? { ...path, sub } : path;
}

/**
 * What writes say of the value at a place, the last one winning: null where it goes, undefined where they say nothing. A
 * write whose value does not fit says nothing.
 */
export function saidAt(writes: readonly Write[], at: Path, work: Work): Json | undefined {
  return writes.reduce<Json | undefined>((said, write) => {
    const statement = isAbout(write.path, at, work) ? toStatement(write, work) : undefined;
    const next = statement && valueIn(statement, write, at);
    return next === undefined ? said : next;
  }, undefined);
}

/** Whether the value of a write fits its attribute; a write that does nothing or takes away always does. */
export function isFit(write: Write, work: Work): boolean {
  return toStatement(write, work) !== undefined;
}

const statements = new WeakMap<Write, { statement: Statement | undefined }>();

/** Undefined where the value does not fit. A write is read once, for however many places. */
function toStatement(write: Write, work: Work): Statement | undefined {
  const known = statements.get(write) ?? { statement: readFitting(write, work) };
  statements.set(write, known);
  return known.statement;
}

function readFitting(write: Write, work: Work): Statement | undefined {
  try {
    return readStatement(write, work);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

function readStatement(write: Write, work: Work): Statement {
  const notes = createNotes(work);
  const { verb, path, value } = write;
  const { attribute, sub } = path;
  if (verb === "add" && (value === null || (Array.isArray(value) && value.length === 0))) return NOTHING;
  if (!attribute) return verb === "add" ? NOTHING : GONE;
  if (attribute.multiValued)
    return path.filter || sub ? readSelected(attribute, write, notes) : readList(attribute, write, notes);
  if (sub) return { is: "parts", parts: readTarget(attribute, write, notes) };
  const single = verb === "remove" ? undefined : readSingular(value, notes, path.text);
  if (single === undefined) return GONE;
  if (attribute.type === "complex") {
    return { is: "parts", parts: readParts(attribute, single, notes, path.text) };
  }
  const read = readValue(attribute, value, notes, path.text);
  return read === undefined ? GONE : { is: "value", value: read };
}

function readSelected(attribute: Attribute, write: Write, notes: Notes): Statement {
  const { verb, path, value } = write;
  if (path.filter && simplify(path.filter) === false) return NOTHING;
  const isClearing = verb === "remove" || isUnassigned(value);
  if (!isClearing) return { is: "parts", parts: readTarget(attribute, write, notes) };
  if (path.sub) return { is: "parts", parts: new Map([[path.sub.name, undefined]]) };
  return verb === "add" ? NOTHING : GONE;
}

function readList(attribute: Attribute, { verb, path, value }: Write, notes: Notes): Statement {
  if (verb === "remove" && (value === undefined || value === null)) return GONE;
  const elements = readElements(attribute, value, notes, path.text);
  // Which of the elements that are there are meant cannot be told.
  return verb === "remove" ? NOTHING : { is: "elements", elements };
}

/** Whether a write to one path may concern the value at another. */
function isAbout(path: Path, at: Path, work: Work): boolean {
  if (path.schema !== at.schema || !at.attribute) return false;
  if (!path.attribute) return true;
  if (path.attribute.name !== at.attribute.name) return false;
  const filter = path.filter && simplify(path.filter);
  if (filter === undefined || typeof filter === "boolean") return true;
  const type = typeAt(at);
  return type !== undefined && matchesElement(filter, { type }, work);
}

/** The `type` of the elements that a path such as `emails[type eq "work"].value` selects. */
function typeAt({ filter }: Path): string | undefined {
  const isType = filter?.kind === "compare" && filter.operator === "eq" && filter.path.text === "type";
  return isType && typeof filter.value === "string" ? filter.value : undefined;
}

function valueIn(statement: Statement, { verb, path }: Write, at: Path): Json | undefined {
  const sub = at.sub?.name ?? "";
  switch (statement.is) {
    case "nothing":
      return undefined;
    case "gone":
      return null;
    case "value":
      return statement.value;
    case "parts": {
      const { parts } = statement;
      if (path.sub) return parts.has(sub) ? (parts.get(sub) ?? null) : undefined;
      // A replaced element loses what is not named; a complex value that is alone keeps it.
      const isLost = verb === "replace" && (parts.has(sub) || path.filter !== undefined);
      return parts.get(sub) ?? (isLost ? null : undefined);
    }
    case "elements": {
      const found = statement.elements.filter(isJsonObject).find((element) => {
        const type = own(element, "type");
        return isSameText(typeof type === "string" ? type : undefined, typeAt(at));
      });
      return (found && own(found, sub)) ?? (verb === "replace" ? null : undefined);
    }
  }
}
