// Values as clients send them, checked and repaired against their attribute (RFC 7643 sections 2.3 to 2.5).

import { readAddress } from "./address.ts";
import { mergeElements, onlyTypeOf, pruneElement, setPrimary } from "./elements.ts";
import { isJsonObject, isObject, own, ownIgnoringCase, parseJson } from "./json.ts";
import { createNotes, type Notes, noteDropped } from "./lenient.ts";
import { badRequest, MEND_REQUEST, MEND_VALUE, type ScimError } from "./messages.ts";
import { expandRole } from "./roles.ts";
import { type Attribute, findAttribute, type Json } from "./schema.ts";
import { foldCase, isBase64, toInstant } from "./text.ts";
import { stepsOfText } from "./work.ts";

/** In UTF-16 units; no vendor holds a longer text. */
export const MAX_STRING_LENGTH = 65_536;
/** Of one group in one request; larger groups are built by PATCH. */
export const MAX_MEMBERS = 10_000;
/** Elements of any other multi-valued attribute. */
export const MAX_ELEMENTS = 1000;

/** What it costs to read one element of a list, and to drop what no attribute is called. */
const STEPS_OF_ELEMENT = 2;
const STEPS_OF_UNKNOWN = 3;

/** Sub-attributes that a body contained, those that it clears being undefined. */
export type Parts = ReadonlyMap<string, Json | undefined>;

/** The canonical value, undefined where the input means unassigned. Throws 400 `invalidValue` naming `path`. */
export function readValue(attribute: Attribute, input: unknown, notes: Notes, path: string): Json | undefined {
  if (attribute.multiValued) {
    const elements = readElements(attribute, input, notes, path);
    return elements.length > 0 ? elements : undefined;
  }
  const single = readSingular(input, notes, path);
  if (single === undefined) return undefined;
  return attribute.type === "complex"
    ? toObject(readParts(attribute, single, notes, path))
    : readScalar(attribute, single, notes, path);
}

/** The object or list that a text holds as JSON, where one belongs; any other input as it is. */
export function fromJsonText(input: unknown, notes: Notes): unknown {
  const parsed = typeof input === "string" ? parseJson(input) : undefined;
  if (parsed === undefined) return input;
  notes.repairs.add("json-text");
  return parsed;
}

/** Whether an input means that the attribute is unassigned. */
export function isUnassigned(input: unknown): boolean {
  return input === undefined || input === null || input === "" || (Array.isArray(input) && input.length === 0);
}

/** The one value of a singular attribute, undefined where it is unassigned. */
export function readSingular(input: unknown, notes: Notes, path: string): unknown {
  if (input === "") notes.repairs.add("empty-string-clears");
  if (isUnassigned(input)) return undefined;
  if (!Array.isArray(input)) return input;
  if (input.length > 1)
    throw badRequest(
      "invalidValue",
      `${path} has one value, but ${input.length} were sent`,
      "map a source attribute with one value to it",
    );
  if (input[0] === null || Array.isArray(input[0])) throw unfit(path, "one value that is not null");
  notes.repairs.add("singular-array");
  return input[0] === "" ? undefined : input[0];
}

/** The elements of a multi-valued attribute, one for each value and with one primary at most. */
export function readElements(attribute: Attribute, input: unknown, notes: Notes, path: string): Json[] {
  if (input === "") notes.repairs.add("empty-string-clears");
  const list = attribute.type === "complex" ? fromJsonText(input, notes) : input;
  const inputs: readonly unknown[] = isUnassigned(list) ? [] : Array.isArray(list) ? list : [list];
  refuseTooMany(attribute, inputs.length, path);
  const elements = inputs.flatMap((element) => readElement(attribute, element, notes, path) ?? []);
  const merged = mergeElements(attribute, [], addType(attribute, elements, notes));
  if (merged.length < elements.length) notes.repairs.add("duplicate-element");
  const settled = setPrimary(merged, []);
  if (settled !== merged) notes.repairs.add("second-primary");
  return settled;
}

function readElement(attribute: Attribute, input: unknown, notes: Notes, path: string): Json | undefined {
  notes.work.charge(STEPS_OF_ELEMENT);
  if (input === null || Array.isArray(input)) throw unfit(path, "an array of values without null");
  if (input === "") {
    notes.repairs.add("empty-string-clears");
    return undefined;
  }
  if (attribute.type !== "complex") return readScalar(attribute, input, notes, path);
  if (attribute.name === "members") refuseNestedGroup(input, path);
  const expanded = attribute.name === "roles" ? expandRole(attribute, input, notes) : input;
  const element = toObject(readParts(attribute, expanded, notes, path));
  if (attribute.name === "members" && !(isJsonObject(element) && own(element, "value") !== undefined)) {
    throw badRequest("invalidValue", `${path}: every member needs a "value", the id of a user`, MEND_REQUEST);
  }
  return element === undefined ? undefined : pruneElement(element);
}

/** Throws 400 `invalidValue` where an attribute would have more elements than any resource needs. */
export function refuseTooMany(attribute: Attribute, count: number, path: string): void {
  const max = attribute.name === "members" ? MAX_MEMBERS : MAX_ELEMENTS;
  if (count > max)
    throw badRequest(
      "invalidValue",
      `${path} may have at most ${max} values in one request`,
      "send the rest in further requests",
    );
}

/** The sub-attributes of one complex value. */
export function readParts(attribute: Attribute, sent: unknown, notes: Notes, path: string): Parts {
  const parts = new Map<string, Json | undefined>();
  const read = fromJsonText(sent, notes);
  const input = Array.isArray(read) && read.length === 1 ? read[0] : read;
  if (!isObject(input)) {
    const value = findAttribute(attribute.subAttributes, "value");
    if (!value) throw unfit(path, "an object");
    parts.set(value.name, readScalar(value, input, notes, path));
    notes.repairs.add(attribute.name === "manager" ? "manager-string" : "scalar-for-complex");
    return parts;
  }
  for (const [name, value] of Object.entries(input)) {
    const sub = findAttribute(attribute.subAttributes, name);
    notes.work.charge((sub ? 1 : STEPS_OF_UNKNOWN) + stepsOfText(name));
    if (!sub) noteDropped(notes, `${path}.${name}`);
    else if (sub.name === "$ref" && value === null) notes.repairs.add("null-ref");
    else if (sub.mutability !== "readOnly") {
      parts.set(sub.name, readValue(sub, value, notes, `${path}.${sub.name}`));
    }
  }
  const id = parts.get("value") === undefined ? idOfReference(attribute, parts.get("$ref"), path) : undefined;
  if (id === undefined) return parts;
  notes.repairs.add("ref-for-value");
  return parts.set("value", id);
}

/**
 * The id that a `$ref` names, where a value has no other.
 * @throws ScimError 400 invalidValue where it is no address of a user
 */
export function idOfReference(attribute: Attribute, address: Json | undefined, path: string): string | undefined {
  if (typeof address !== "string" || !findAttribute(attribute.subAttributes, "value")) return undefined;
  const target = readAddress(address);
  if (target?.type !== "User") throw unfit(`${path}.$ref`, "the address of a user, such as ../Users/<id>");
  return target.id;
}

/** The object of the assigned parts, undefined if there is none. */
export function toObject(parts: Parts): Json | undefined {
  const assigned = [...parts].flatMap(([name, value]): [string, Json][] =>
    value === undefined ? [] : [[name, value]],
  );
  return assigned.length > 0 ? Object.fromEntries(assigned) : undefined;
}

function readScalar(attribute: Attribute, input: unknown, notes: Notes, path: string): Json {
  switch (attribute.type) {
    case "boolean":
      return readBoolean(input, notes, path);
    case "integer":
    case "decimal":
      return readNumber(attribute, input, notes, path);
    case "dateTime":
      if (typeof input !== "string" || toInstant(input) === undefined) {
        throw unfit(path, "a dateTime such as 2026-01-31T09:30:00Z");
      }
      return input;
    case "binary":
      if (typeof input !== "string" || !isBase64(input)) throw unfit(path, "a base64 text");
      return readText(input, path);
    default:
      if (isTruthText(attribute)) return readTruthText(input, notes, path);
      refuseJson(attribute, input, path);
      return readText(attribute.type === "string" ? toDigits(input, notes) : input, path);
  }
}

/** A number that JSON has not rounded. */
function toDigits(input: unknown, notes: Notes): unknown {
  if (!Number.isSafeInteger(input)) return input;
  notes.repairs.add("number-for-text");
  return String(input);
}

/** JSON where an address or a name belongs would be written as one. */
function refuseJson(attribute: Attribute, input: unknown, path: string): void {
  const isName = attribute.name === "userName" || (attribute.name === "value" && !path.startsWith("entitlements"));
  if (isName && typeof input === "string" && parseJson(input) !== undefined) {
    throw unfit(path, "a plain value, not JSON inside a text");
  }
}

/** A text that only says whether something is so. */
const isTruthText = ({ canonicalValues = [], takesAny }: Attribute) =>
  !takesAny && canonicalValues.length === 2 && ["true", "false"].every((text) => canonicalValues.includes(text));

function readTruthText(input: unknown, notes: Notes, path: string): string {
  if (input === "true" || input === "false") return input;
  const text = String(readBoolean(input, createNotes(notes.work), path));
  notes.repairs.add("boolean-for-text");
  return text;
}

function readBoolean(input: unknown, notes: Notes, path: string): boolean {
  if (typeof input === "boolean") return input;
  const text = typeof input === "string" && input.length <= 5 ? input.toLowerCase() : "";
  if (text !== "true" && text !== "false") throw unfit(path, "true or false");
  notes.repairs.add("boolean-string");
  return text === "true";
}

function readNumber(attribute: Attribute, input: unknown, notes: Notes, path: string): number {
  const repaired = typeof input === "string" && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(input);
  const number = repaired ? Number(input) : input;
  const fits = attribute.type === "integer" ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (typeof number !== "number" || !fits) throw unfit(path, attribute.type === "integer" ? "an integer" : "a number");
  if (repaired) notes.repairs.add("number-string");
  return number;
}

function readText(input: unknown, path: string): string {
  if (typeof input !== "string") throw unfit(path, "a text");
  if (input.length > MAX_STRING_LENGTH) {
    throw badRequest("invalidValue", `${path} may have at most ${MAX_STRING_LENGTH} characters`, MEND_VALUE);
  }
  if (!input.isWellFormed()) throw unfit(path, "Unicode text without half characters");
  return input;
}

/** Where the vendor holds one type only, what has none means that one. */
function addType(attribute: Attribute, elements: Json[], notes: Notes): Json[] {
  const only = onlyTypeOf(attribute.subAttributes);
  if (only === undefined) return elements;
  const typeOf = (element: Json) => (isJsonObject(element) ? own(element, "type") : undefined);
  const isTaken = elements.some(
    (element) => typeof typeOf(element) === "string" && fold(typeOf(element)) === fold(only),
  );
  const isUntyped = (element: Json) => typeOf(element) === undefined;
  const preferred = elements.findIndex((one) => isUntyped(one) && isJsonObject(one) && own(one, "primary") === true);
  const first = preferred >= 0 ? preferred : elements.findIndex(isUntyped);
  if (isTaken || first < 0) return elements;
  notes.repairs.add("untyped-element");
  return elements.map((element, at) => (at === first && isJsonObject(element) ? { ...element, type: only } : element));
}

function fold(value: Json | undefined): string {
  return foldCase(String(value));
}

/** Portico has no groups in groups: no vendor that it speaks to has them. */
function refuseNestedGroup(input: unknown, path: string): void {
  if (!isObject(input)) return;
  const [type, ref, value] = ["type", "$ref", "value"].map((name) => ownIgnoringCase(input, name));
  const isGroup =
    (typeof type === "string" && type.toLowerCase() === "group") ||
    (typeof ref === "string" && /\/groups\//i.test(ref));
  if (!isGroup) return;
  const id = typeof value === "string" ? ` ${value.slice(0, 100)}` : "";
  throw badRequest("invalidValue", `${path}: the group${id} cannot be a member of a group`, "assign its users instead");
}

function unfit(path: string, expected: string): ScimError {
  const says = `must be ${expected}`;
  return badRequest("invalidValue", `${path} ${says}`, MEND_VALUE, { paths: [path], says });
}
