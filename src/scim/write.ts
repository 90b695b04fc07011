// One write to one path of a resource: the tables of RFC 7644 sections 3.5.2.1 to 3.5.2.3, with the lenient readings.

import { collapseElements, mergeElements, pruneElement, setPrimary, toKey } from "./elements.ts";
import { type Filter, type Path, simplify } from "./filter.ts";
import { asksFor, toElement } from "./filter-element.ts";
import { matchesElement } from "./filter-match.ts";
import { isJsonObject, own, toList } from "./json.ts";
import { type Notes, noteDropped, notingPlace } from "./lenient.ts";
import { badRequest } from "./messages.ts";
import { HELD, isMarked } from "./preference.ts";
import { expandRole } from "./roles.ts";
import type { Attribute, Json, Resource } from "./schema.ts";
import {
  idOfReference,
  isUnassigned,
  type Parts,
  readElements,
  readParts,
  readSingular,
  readValue,
  refuseTooMany,
  toObject,
} from "./values.ts";
import { isSameJson } from "./version.ts";
import { requireMutable, requireMutableParts } from "./write-guards.ts";

export type Verb = "add" | "remove" | "replace";

/** One operation on one held path; `value` is unchecked input. */
export interface Write {
  verb: Verb;
  path: Path;
  value: unknown;
}

/** What a write costs beside the elements that it looks at. */
const STEPS_OF_WRITE = 4;
/** What it costs to look at one element, and to tell whether two have the same parts. */
const STEPS_OF_ELEMENT = 2;
const STEPS_OF_PAIR = 4;

/** The resource after the write; the one given is not changed. Throws `mutability`, `invalidValue` or `noTarget`. */
export const applyWrite = (resource: Resource, write: Write, notes: Notes): Resource =>
  notingPlace(notes, write.path.text, () => writeAt(resource, write, notes));

function writeAt(resource: Resource, write: Write, notes: Notes): Resource {
  const { verb, path, value } = write;
  notes.work.charge(STEPS_OF_WRITE);
  if (verb === "add" && (value === null || (Array.isArray(value) && value.length === 0))) {
    if (value === null) notes.repairs.add("add-null");
    return resource;
  }
  const { attribute } = path;
  if (!attribute) return clearExtension(resource, path, verb);
  const before = valueAt(resource, path);
  const after = attribute.multiValued
    ? writeElements(attribute, toList(before), write, notes)
    : writeSingular(attribute, before, write, notes);
  requireMutable(write, attribute, before, after);
  return putValue(resource, path, after);
}

function writeSingular(attribute: Attribute, before: Json | undefined, write: Write, notes: Notes): Json | undefined {
  const { verb, path, value } = write;
  if (attribute.type !== "complex")
    return verb === "remove" ? undefined : readValue(attribute, value, notes, path.text);
  const current = isJsonObject(before) ? before : {};
  if (path.sub) return toObject(mergeParts(current, readSub(path.sub, write, notes), "replace"));
  const single = verb === "remove" ? undefined : readSingular(value, notes, path.text);
  if (single === undefined) return undefined;
  const parts = readParts(attribute, single, notes, path.text);
  // Another value is another thing: what was said of the old one ($ref, displayName) is not true of it.
  const isOther = parts.get("value") !== undefined && !isSameJson(parts.get("value"), own(current, "value"));
  return toObject(mergeParts(isOther ? {} : current, parts, verb));
}

function writeElements(attribute: Attribute, before: readonly Json[], write: Write, notes: Notes): Json[] | undefined {
  const { verb, path, value } = write;
  const { sub } = path;
  notes.work.charge(STEPS_OF_ELEMENT * before.length);
  const filter = path.filter ? simplify(path.filter) : true;
  if (filter === false) {
    noteDropped(notes, path.text);
    return toAssigned(before);
  }
  if (sub || path.filter) return toAssigned(writeSelected(attribute, before, write, filter, notes));
  if (verb === "replace") return toAssigned(readElements(attribute, value, notes, path.text));
  if (verb === "remove") {
    if (value === undefined || value === null) return undefined;
    notes.repairs.add("remove-by-value");
    const gone = readElements(attribute, value, notes, path.text);
    notes.work.charge(STEPS_OF_PAIR * before.length * gone.length);
    return toAssigned(before.filter((element) => !gone.some((other) => isIncluded(attribute, other, element))));
  }
  const added = readElements(attribute, value, notes, path.text);
  return toAssigned(addElements(attribute, before, added));
}

/** The elements after a write to those that the path selects. */
function writeSelected(
  attribute: Attribute,
  before: readonly Json[],
  write: Write,
  filter: Filter | true,
  notes: Notes,
): Json[] {
  const { verb, path, value } = write;
  const selected = new Set(before.filter((element) => filter === true || matchesElement(filter, element, notes.work)));
  const isSelected = (element: Json) => selected.has(element);
  const isClearing = verb === "remove" || isUnassigned(value);
  if (selected.size === 0) {
    if (isClearing) {
      notes.repairs.add("null-for-absent");
      return [...before];
    }
    const terms = filter === true ? {} : toElement(filter, verb);
    const created = terms && { ...terms, ...toRecord(readTarget(attribute, write, notes)) };
    // An element is made by its type or as the primary one: by its value alone an element was meant that was there [S1].
    const isMade =
      created && pruneElement(created) !== undefined && (filter === true || asksFor(filter, "type", "primary"));
    if (!isMade)
      throw badRequest(
        "noTarget",
        `${path.text}: the filter selects no value that is there, and none can be made of it`,
        'select by type, such as emails[type eq "work"], or add the whole value',
      );
    if (filter !== true) notes.repairs.add("created-element");
    return addElements(attribute, before, [created]);
  }
  if (isClearing && !path.sub) return before.filter((element) => verb === "add" || !isSelected(element));
  const parts = readTarget(attribute, write, notes);
  const written: Json[] = [];
  const after = before.flatMap((element) => {
    if (!isSelected(element) || !isJsonObject(element)) return [element];
    requireMutableParts(attribute, element, parts, path);
    const isWhole = verb === "replace" && !path.sub && filter !== true;
    const mark = isMarked(element) ? { [HELD]: true } : {};
    const base = isWhole ? { ...toElement(filter, "add"), ...mark } : element;
    const changed = toObject(mergeParts(base, parts, path.sub ? "replace" : verb));
    const pruned = changed === undefined ? undefined : pruneElement(changed);
    if (pruned === undefined) return [];
    if (parts.get("primary") === true) written.push(pruned);
    return [pruned];
  });
  return collapseElements(attribute, setPrimary(after, written));
}

/** The sub-attributes that a write to elements sets. */
export function readTarget(attribute: Attribute, write: Write, notes: Notes): Parts {
  const { path, value } = write;
  if (path.sub) return readSub(path.sub, write, notes);
  const single = readSingular(value, notes, path.text);
  return readParts(
    attribute,
    attribute.name === "roles" ? expandRole(attribute, single, notes) : single,
    notes,
    path.text,
  );
}

function readSub(sub: Attribute, { verb, path, value }: Write, notes: Notes): Parts {
  const read = verb === "remove" ? undefined : readValue(sub, value, notes, path.text);
  const { attribute } = path;
  const id = attribute && sub.name === "$ref" ? idOfReference(attribute, read, attribute.name) : undefined;
  if (id === undefined) return new Map([[sub.name, read]]);
  notes.repairs.add("ref-for-value");
  return new Map([
    [sub.name, read],
    ["value", id],
  ]);
}

function toRecord(parts: Parts): { [name: string]: Json } {
  const object = toObject(parts);
  return isJsonObject(object) ? object : {};
}

/** What is there with the parts over it; `add` of null leaves what is there. */
function mergeParts(current: { [name: string]: Json }, parts: Parts, verb: Verb): Parts {
  const merged = new Map<string, Json | undefined>(Object.entries(current));
  for (const [name, value] of parts) {
    if (value !== undefined || verb !== "add") merged.set(name, value);
  }
  return merged;
}

function addElements(attribute: Attribute, before: readonly Json[], added: readonly Json[]): Json[] {
  const keys = new Set(
    added
      .filter((element) => isJsonObject(element) && own(element, "primary") === true)
      .map((element) => toKey(attribute, element)),
  );
  const merged = mergeElements(attribute, before, added);
  refuseTooMany(attribute, merged.length, attribute.name);
  return setPrimary(
    merged,
    merged.filter((element) => keys.has(toKey(attribute, element))),
  );
}

/** Whether an element has all that a value to be removed names; `$ref` and `display` do not tell elements apart. */
function isIncluded(attribute: Attribute, wanted: Json, element: Json): boolean {
  if (!isJsonObject(wanted) || !isJsonObject(element)) return toKey(attribute, wanted) === toKey(attribute, element);
  const names = own(wanted, "value") === undefined ? Object.keys(wanted) : ["value", "type"];
  return names.every((name) => {
    const [left, right] = [own(wanted, name), own(element, name)];
    if (left === undefined) return true;
    return right !== undefined && toKey(attribute, { value: left }) === toKey(attribute, { value: right });
  });
}

function clearExtension(resource: Resource, path: Path, verb: Verb): Resource {
  if (path.schema === undefined || verb === "add") return resource;
  const { [path.schema]: _, ...rest } = resource;
  return rest;
}

function toAssigned(elements: readonly Json[]): Json[] | undefined {
  return elements.length > 0 ? [...elements] : undefined;
}

function valueAt(resource: Resource, { schema, attribute }: Path): Json | undefined {
  const container = schema === undefined ? resource : own(resource, schema);
  return attribute && isJsonObject(container) ? own(container, attribute.name) : undefined;
}

/** A resource with the value that another one has at a path; of an extension, all of it. */
export function keepAt(resource: Resource, from: Resource, path: Path): Resource {
  if (path.attribute) return putValue(resource, path, valueAt(from, path));
  return path.schema === undefined ? resource : putName(resource, path.schema, own(from, path.schema));
}

function putValue(resource: Resource, { schema, attribute }: Path, value: Json | undefined): Resource {
  if (!attribute) return resource;
  if (schema === undefined) return putName(resource, attribute.name, value);
  const container = own(resource, schema);
  const extension = putName(isJsonObject(container) ? container : {}, attribute.name, value);
  return putName(resource, schema, Object.keys(extension).length > 0 ? extension : undefined);
}

function putName(object: Resource, name: string, value: Json | undefined): Resource {
  if (value !== undefined) return { ...object, [name]: value };
  const { [name]: _, ...rest } = object;
  return rest;
}
