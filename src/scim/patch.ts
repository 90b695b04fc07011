// PATCH: reading its body and applying it to a resource, whole or not at all (RFC 7644 section 3.5.2).

import { isHeld, isReadOnly, noteSpelling, readEntries, readExtension } from "./body.ts";
import { deltasOf, type Edit, type Edited, namesAt } from "./edit.ts";
import { isCore, type Path } from "./filter.ts";
import { isObject, own, ownIgnoringCase } from "./json.ts";
import { createNotes, type Notes, notingPlace, type Reading, type RepairName } from "./lenient.ts";
import { type Delta, readDelta } from "./members.ts";
import { badRequest, MEND_REQUEST, PATCH_OP_URN, ScimError } from "./messages.ts";
import { parsePath } from "./path.ts";
import { rankingOf } from "./ranking.ts";
import type { Resource, ResourceType } from "./schema.ts";
import { orRefused, requireAll, type SetAside } from "./set-aside.ts";
import { isFit, saidAt, toPlace } from "./statement.ts";
import { fromJsonText } from "./values.ts";
import { createWork, type Work } from "./work.ts";
import { applyWrite, type Verb, type Write } from "./write.ts";

/** Operations of one request; a value without a path counts once for each attribute that it names. */
export const MAX_OPERATIONS = 1000;

/** One operation on one held, writable path; its value is checked when it is applied. */
export type Operation = Write;

export interface ReadPatch extends Edit {
  operations: Operation[];
  /** Paths that neither the vendor nor Portico holds. */
  dropped: string[];
  repairs: RepairName[];
  readings: Reading[];
  places: ReadonlyMap<string, string>;
}

/** Throws `invalidSyntax`, `invalidPath`, `mutability`, `noTarget`, `invalidValue`, or 413 for too many operations. */
export function readPatch(body: unknown, type: ResourceType, work: Work = createWork()): ReadPatch {
  if (!isObject(body)) throw badRequest("invalidSyntax", "the body must be a JSON object", MEND_REQUEST);
  const notes = createNotes(work);
  readSchemas(body, notes);
  const inputs = readMember(body, "Operations", notes);
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw badRequest("invalidSyntax", '"Operations" must be an array with at least one operation', MEND_REQUEST);
  }
  const operations: Operation[] = [];
  const refused: SetAside[] = [];
  refuseTooMany(inputs.length);
  for (const input of inputs) {
    for (const operation of readOperation(input, type, notes, refused)) operations.push(operation);
    refuseTooMany(operations.length);
  }
  const edit = toEdit(operations, type, refused, work);
  requireAll(refused, edit.disables());
  const { dropped, repairs, readings, places } = notes;
  return { operations, ...edit, dropped: [...dropped], repairs: [...repairs], readings: [...readings], places };
}

function toEdit(operations: readonly Operation[], type: ResourceType, refused: readonly SetAside[], work: Work): Edit {
  // What the request says by itself is worked out once for each place, however often it is asked.
  const said = once((path) => saidAt(operations, toPlace(path, type), work));
  const isUnfitActive = (operation: Operation) => isAbout(operation, "active") && !isFit(operation, work);
  const disables = () => said("active") === false && !operations.some(isUnfitActive);
  return {
    names: (twin) => namesAt(type, twin, said),
    disables,
    activates: () => said("active") === true,
    clears: (path) => said(path) === null,
    touches: once((path) => toTouch(operations, toPlace(path, type))),
    sets: () => (refused.length > 0 ? undefined : toSetPaths(operations)),
    ranks: (path, isAssigned) => rankingOf(operations, toPlace(path, type), isAssigned),
    apply(resource) {
      const setAside = [...refused];
      const all = { work, deltas: deltasOf(type), ...(disables() ? { refused: setAside } : {}) };
      return { ...applyPatch(resource, operations, all), setAside };
    },
  };
}

/** The same answer to the same question. */
function once<T>(answer: (path: string) => T): (path: string) => T {
  const known = new Map<string, { answer: T }>();
  return (path) => {
    const found = known.get(path) ?? { answer: answer(path) };
    known.set(path, found);
    return found.answer;
  };
}

const isAbout = ({ path }: Operation, attribute: string): boolean =>
  path.schema === undefined && path.attribute?.name === attribute;

function toTouch(operations: readonly Operation[], { schema, attribute }: Path): "only" | "also" | "no" {
  const isPart = ({ path }: Operation) =>
    path.schema === schema && (path.attribute === undefined || path.attribute.name === attribute?.name);
  const count = operations.filter(isPart).length;
  if (count === 0) return "no";
  return count === operations.length ? "only" : "also";
}

function toSetPaths(operations: readonly Operation[]): string[] | undefined {
  const isSingle = ({ verb, path: { attribute, sub, filter } }: Operation) =>
    verb !== "remove" &&
    attribute !== undefined &&
    !attribute.multiValued &&
    filter === undefined &&
    (sub ? !sub.multiValued : attribute.subAttributes === undefined);
  return operations.every(isSingle) ? [...new Set(operations.map(({ path }) => path.text))] : undefined;
}

/**
 * The resource after all operations; the one given is not changed. An attribute named in `deltas` is left as it is, and
 * what would happen to it is told instead. Throws `ScimError`, upon which nothing has happened; where `refused` is given,
 * what concerns one value goes there instead, and the other operations are done.
 */
export function applyPatch(
  resource: Resource,
  operations: readonly Operation[],
  options: { work?: Work; deltas?: readonly string[]; refused?: SetAside[] } = {},
): Omit<Edited, "setAside"> {
  const notes = createNotes(options.work ?? createWork());
  const deltas: Delta[] = [];
  let result = resource;
  for (const operation of operations) {
    const { verb, path, value } = operation;
    const attribute = path.schema === undefined ? path.attribute : undefined;
    const before = result;
    const apply = () => {
      if (!attribute || !options.deltas?.includes(attribute.name)) return applyWrite(before, operation, notes);
      deltas.push(...notingPlace(notes, path.text, () => readDelta(operation, attribute, notes)));
      return before;
    };
    result = orRefused(options.refused, { op: verb, path: path.text, value }, apply) ?? before;
  }
  const { dropped, repairs, places } = notes;
  return { resource: result, deltas, dropped: [...dropped], repairs: [...repairs], places };
}

function readOperation(input: unknown, type: ResourceType, notes: Notes, refused: SetAside[]): Operation[] {
  if (!isObject(input))
    throw badRequest("invalidSyntax", 'every element of "Operations" must be a JSON object', MEND_REQUEST);
  const verb = readVerb(readMember(input, "op", notes), notes);
  const text = readMember(input, "path", notes);
  const value = readMember(input, "value", notes);
  if (verb !== "remove" && value === undefined) {
    throw badRequest("invalidValue", `the operation "${verb}" needs a "value"`, MEND_REQUEST);
  }
  if (text === undefined || text === null || text === "") {
    if (verb !== "remove") notes.readings.add("operation-without-path");
    return readPathless(verb, value, type, notes, refused);
  }
  if (typeof text !== "string") throw badRequest("invalidPath", '"path" must be a text', MEND_REQUEST);
  const read = () => notingPlace(notes, text, () => readPathed(verb, text, value, type, notes, refused));
  return orRefused(refused, { op: verb, path: text, value }, read) ?? [];
}

function readPathed(
  verb: Verb,
  text: string,
  value: unknown,
  type: ResourceType,
  notes: Notes,
  refused: SetAside[],
): Operation[] {
  const path = parsePath(text, type, notes.work);
  if (isReadOnly(path)) throw badRequest("mutability", `${path.text} is read-only`, "take it out of the mapping");
  if (!isHeld(path, notes)) {
    notes.readings.add("unknown-path");
    return [];
  }
  noteSpelling(path, text, type, notes);
  if (isCore(path)) return readPathless(verb, value, type, notes, refused);
  const isObjectWrite = !path.attribute && verb !== "remove";
  return isObjectWrite ? toOperations(verb, readExtension(path, value, type, notes)) : [{ verb, path, value }];
}

function readPathless(verb: Verb, sent: unknown, type: ResourceType, notes: Notes, refused: SetAside[]): Operation[] {
  if (verb === "remove") throw badRequest("noTarget", 'the operation "remove" needs a "path"', MEND_REQUEST);
  const value = fromJsonText(sent, notes);
  if (!isObject(value))
    throw badRequest("invalidValue", `"${verb}" without a "path" needs an object as its "value"`, MEND_REQUEST);
  return toOperations(verb, readEntries(value, type, notes, refused));
}

function toOperations(verb: Verb, entries: readonly { path: Path; value: unknown }[]): Operation[] {
  return entries.map(({ path, value }) => ({ verb, path, value }));
}

function readVerb(input: unknown, notes: Notes): Verb {
  const verb = typeof input === "string" && input.length <= 7 ? input.toLowerCase() : "";
  if (verb !== "add" && verb !== "remove" && verb !== "replace") {
    throw badRequest("invalidSyntax", '"op" must be "add", "remove" or "replace"', MEND_REQUEST);
  }
  if (verb !== input) notes.repairs.add("op-case");
  return verb;
}

function refuseTooMany(count: number): void {
  if (count > MAX_OPERATIONS) throw new ScimError(413, `one PATCH may have at most ${MAX_OPERATIONS} operations`);
}

/** A member of the message by its name in any case. */
function readMember(message: { [name: string]: unknown }, name: string, notes: Notes): unknown {
  const exact = own(message, name);
  if (exact !== undefined) return exact;
  const other = ownIgnoringCase(message, name);
  if (other !== undefined) notes.repairs.add("operations-case");
  return other;
}

function readSchemas(body: { [name: string]: unknown }, notes: Notes): void {
  const schemas = ownIgnoringCase(body, "schemas");
  if (!Array.isArray(schemas) || schemas.length === 0) notes.repairs.add("missing-schemas");
  else if (!schemas.some((urn) => typeof urn === "string" && urn.toLowerCase() === PATCH_OP_URN.toLowerCase())) {
    notes.repairs.add("unknown-schema");
  }
}
