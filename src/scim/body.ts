// The attributes that a body names, one by one: a POST or PUT body, or the value of a PATCH operation without a path.

import { isRespelled } from "./attribute-path.ts";
import { isCore, type Path } from "./filter.ts";
import { isObject } from "./json.ts";
import { type Notes, noteDropped, notingPlace } from "./lenient.ts";
import { badRequest, isUnreadable, MEND_REQUEST } from "./messages.ts";
import { parsePath } from "./path.ts";
import type { ResourceType } from "./schema.ts";
import { orRefused, type SetAside } from "./set-aside.ts";
import { fromJsonText, isUnassigned } from "./values.ts";

/** What it costs to find out that a name is no path. */
const STEPS_OF_NAME = 4;

/** One attribute that a body names, its value not yet checked. */
export interface Entry {
  path: Path;
  value: unknown;
}

/**
 * Names what is held and can be written; read-only attributes go silently, all else into the notes, and an extension that is
 * no object into `refused`.
 */
export function readEntries(
  body: { [name: string]: unknown },
  type: ResourceType,
  notes: Notes,
  refused: SetAside[],
): Entry[] {
  const read = ([name, value]: [string, unknown]): Entry[] => {
    const path = readName(name, type, notes);
    if (!path || !isWritable(path, notes)) {
      if (!path) noteDropped(notes, name);
      return [];
    }
    noteSpelling(path, name, type, notes);
    if (path.attribute && name.includes(":")) notes.repairs.add("urn-key");
    else if (path.sub || path.filter) notes.repairs.add("dotted-key");
    if (path.attribute) return [{ path, value }];
    const operation = { op: "replace" as const, path: path.text, value };
    return orRefused(refused, operation, () => readExtension(path, value, type, notes)) ?? [];
  };
  return Object.entries(body).flatMap((entry) => notingPlace(notes, entry[0], () => read(entry)));
}

/** The attributes inside a schema's object; the extension itself where it is cleared, as the core schema cannot be. */
export function readExtension(path: Path, input: unknown, type: ResourceType, notes: Notes): Entry[] {
  const value = fromJsonText(Array.isArray(input) && input.length === 1 ? input[0] : input, notes);
  if (isUnassigned(value)) return isCore(path) ? [] : [{ path, value: null }];
  if (!isObject(value))
    throw badRequest("invalidValue", `${path.text} must be an object with its attributes`, MEND_REQUEST);
  return Object.entries(value).flatMap(([name, inner]) => {
    const full = `${path.text}:${name}`;
    const innerPath = readName(full, type, notes);
    if (!innerPath?.attribute || innerPath.schema !== path.schema) {
      noteDropped(notes, full);
      return [];
    }
    if (!isWritable(innerPath, notes)) return [];
    if (innerPath.sub) notes.repairs.add("dotted-key");
    return [{ path: innerPath, value: inner }];
  });
}

/** Whether a path's value is kept; a write to the others is dropped, as `password` always is. */
export function isHeld(path: Path, notes: Notes): boolean {
  const attribute = path.attribute ?? path.known;
  if (attribute?.mutability === "writeOnly") {
    noteDropped(notes, attribute.name);
    return false;
  }
  if (!path.held) noteDropped(notes, path.text);
  return path.held;
}

/** Whether only the service sets what a path points to. */
export function isReadOnly({ attribute, sub, known }: Path): boolean {
  return [attribute, sub, known].some((candidate) => candidate?.mutability === "readOnly");
}

/** Notes where a path stands without its URN, or under another spelling of it. */
export function noteSpelling(path: Path, text: string, type: ResourceType, notes: Notes): void {
  const [name = ""] = text.trim().split("[", 1);
  const isOther = isRespelled(name, type);
  if (isOther || isCore(path)) notes.repairs.add("urn-spelling");
  if (path.schema !== undefined && !isOther && !/^\s*urn:/i.test(text)) notes.repairs.add("unprefixed-extension");
}

function isWritable(path: Path, notes: Notes): boolean {
  return !isReadOnly(path) && isHeld(path, notes);
}

function readName(name: string, type: ResourceType, { work }: Notes): Path | undefined {
  work.charge(STEPS_OF_NAME);
  try {
    return parsePath(name, type, work);
  } catch (error) {
    // A name that is no path is an unknown name: a client may echo more in a body than it understands.
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}
