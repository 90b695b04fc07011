// Bodies of POST and PUT as typed resources (RFC 7643 section 2, RFC 7644 sections 3.3 and 3.5.1).

import { type Entry, readEntries } from "./body.ts";
import type { Path } from "./filter.ts";
import { isObject, own, ownIgnoringCase } from "./json.ts";
import { createNotes, type Notes, type Reading, type RepairName } from "./lenient.ts";
import { badRequest, MEND_REQUEST } from "./messages.ts";
import type { Resource, ResourceType } from "./schema.ts";
import { orRefused, requireAll, type SetAside } from "./set-aside.ts";
import { isUnassigned } from "./values.ts";
import { createWork, type Work } from "./work.ts";
import { applyWrite } from "./write.ts";

export interface ReadResource {
  resource: Resource;
  /** Paths that neither the vendor nor Portico holds. */
  dropped: string[];
  repairs: RepairName[];
  readings: Reading[];
  places: ReadonlyMap<string, string>;
  /** The URNs that the body named and the type has. */
  schemas: string[];
  /**
   * The held attributes that the body named, even as null or []; an extension's with its URN. An extension that was
   * cleared as a whole names all its attributes.
   */
  explicit: ReadonlySet<string>;
  /** The sub-attributes of single values that the body named, as `name.givenName`; all of one that was cleared. */
  explicitParts: ReadonlySet<string>;
}

/** Throws 400 `invalidSyntax` if the body is no object and `invalidValue` naming the attribute. Requires nothing. */
export function readResource(body: unknown, type: ResourceType, work: Work = createWork()): ReadResource {
  const { refused, ...read } = readFitting(body, type, work);
  requireAll(refused, false);
  return read;
}

/** The same, without the values that do not fit. Throws 400 `invalidSyntax` if the body is no object. */
export function readFitting(body: unknown, type: ResourceType, work: Work): ReadResource & { refused: SetAside[] } {
  if (!isObject(body)) throw badRequest("invalidSyntax", "the body must be a JSON object", MEND_REQUEST);
  const notes = createNotes(work);
  const refused: SetAside[] = [];
  const entries = readEntries(body, type, notes, refused);
  // What is cleared first, so that an unprefixed null cannot take what the extension's object sets; then whole
  // attributes, so that a path into one finds it whatever the order of names.
  const ordered = entries.toSorted((left, right) => rankOf(left) - rankOf(right));
  const explicit = new Set<string>();
  const explicitParts = new Set<string>();
  let resource: Resource = {};
  for (const { path, value } of ordered) {
    for (const name of toTopNames(path, type)) explicit.add(name);
    for (const name of toPartNames(path, value)) explicitParts.add(name);
    const before = resource;
    const operation = { op: "replace" as const, path: path.text, value };
    resource =
      orRefused(refused, operation, () => applyWrite(before, { verb: "replace", path, value }, notes)) ?? before;
  }
  const schemas = readSchemas(body, type, resource, notes);
  return {
    resource,
    dropped: [...notes.dropped],
    repairs: [...notes.repairs],
    readings: [...notes.readings],
    places: notes.places,
    schemas,
    explicit,
    explicitParts,
    refused,
  };
}

/** The core schema and every extension that the resource uses, for its `schemas`. */
export function toSchemas(resource: Resource, type: ResourceType): string[] {
  const used = type.extensions.filter(({ schema }) => own(resource, schema.id) !== undefined);
  return [type.schema.id, ...used.map(({ schema }) => schema.id)];
}

const rankOf = ({ path, value }: Entry): number => (isUnassigned(value) ? 0 : path.sub || path.filter ? 2 : 1);

function toTopNames({ schema, attribute }: Path, type: ResourceType): string[] {
  if (attribute) return [schema === undefined ? attribute.name : `${schema}:${attribute.name}`];
  const extension = type.extensions.find((candidate) => candidate.schema.id === schema)?.schema;
  return extension?.attributes.map(({ name }) => `${extension.id}:${name}`) ?? [];
}

function toPartNames({ schema, attribute, sub }: Path, value: unknown): string[] {
  const named = (attribute?.subAttributes ?? []).filter(
    ({ name }) => sub?.name === name || !isObject(value) || ownIgnoringCase(value, name) !== undefined,
  );
  const prefix = schema === undefined ? "" : `${schema}:`;
  return (sub ? [sub] : named).map(({ name }) => `${prefix}${attribute?.name}.${name}`);
}

function readSchemas(body: { [name: string]: unknown }, type: ResourceType, resource: Resource, notes: Notes) {
  const input = ownIgnoringCase(body, "schemas");
  const sent = (Array.isArray(input) ? input : [input]).filter((urn): urn is string => typeof urn === "string");
  if (sent.length === 0) notes.repairs.add("missing-schemas");
  const has = new Set(sent.map((urn) => urn.toLowerCase()));
  const ids = [type.schema.id, ...type.extensions.map(({ schema }) => schema.id)];
  const known = ids.filter((id) => has.has(id.toLowerCase()));
  if (known.length < has.size) notes.repairs.add("unknown-schema");
  if (sent.length > 0 && !known.includes(type.schema.id)) notes.readings.add("unlisted-core-schema");
  if (has.size < sent.length) notes.readings.add("repeated-schema");
  if (sent.length > 0 && toSchemas(resource, type).some((id) => id !== type.schema.id && !known.includes(id))) {
    notes.repairs.add("unlisted-extension");
  }
  return known;
}
