// What a schema holds: its fields, its type, and what stands inside an envelope.

import { child, children, type Part, textOf, textsOf } from "./document.ts";

/** One field of a shape; `path` is dotted where it stands in an object. */
export interface Field {
  path: string;
  schema: Part;
  isRequired: boolean;
}

const MAX_DEPTH = 3;
const ENVELOPES = [
  "data",
  "result",
  "results",
  "response",
  "payload",
  "items",
  "value",
  "record",
  "records",
  "content",
];

/** A name as the rules compare it: letters and digits in lower case. */
export const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

export function typeOf(schema: Part | undefined): string | undefined {
  const type = textOf(schema, "type") ?? textsOf(schema, "type").find((one) => one !== "null");
  if (type !== undefined || !schema) return type;
  if (child(schema, "properties")) return "object";
  if (child(schema, "items")) return "array";
  return undefined;
}

/** The fields of an object itself; of alternatives those of the first that has any. */
export function fieldsOf(schema: Part | undefined, depth = 0): Field[] {
  if (!schema || depth > MAX_DEPTH) return [];
  const required = textsOf(schema, "required");
  const own = children(child(schema, "properties")).map(([path, inner]) => ({
    path,
    schema: inner,
    isRequired: required.includes(path),
  }));
  const parts = children(schema, "allOf").flatMap(([, part]) => fieldsOf(part, depth + 1));
  const alternatives = ["oneOf", "anyOf"].flatMap((name) => children(schema, name).map(([, part]) => part));
  const first = alternatives.map((part) => fieldsOf(part, depth + 1)).find((fields) => fields.length > 0) ?? [];
  const all = [...own, ...parts, ...first];
  return all.filter(({ path }, at) => all.findIndex((one) => one.path === path) === at);
}

/** The fields with those of inner objects, as dotted paths. */
export function deepFieldsOf(schema: Part | undefined): Field[] {
  const outer = fieldsOf(schema);
  const inner = outer
    .filter((field) => typeOf(field.schema) === "object")
    .flatMap((field) => fieldsOf(field.schema).map((one) => ({ ...one, path: `${field.path}.${one.path}` })));
  return [...outer, ...inner];
}

export const isId = (name: string, noun: string): boolean =>
  ["id", "uuid", "guid", "resourceid", `${noun}id`].includes(plain(name));

interface Inside {
  /** Dotted; absent: the answer itself. */
  at?: string;
  schema: Part;
}
const below = (outer: string, inside: Inside): Inside => ({
  ...inside,
  at: inside.at === undefined ? outer : `${outer}.${inside.at}`,
});

/** The record in an answer: the answer itself where it has an id, else what stands in its envelope. */
export function recordIn(schema: Part | undefined, noun: string, depth = 0): Inside | undefined {
  if (!schema || depth > MAX_DEPTH) return undefined;
  const fields = fieldsOf(schema);
  if (fields.some(({ path }) => isId(path, noun))) return { schema };
  const inner = fields.filter((field) => typeOf(field.schema) === "object" && fieldsOf(field.schema).length > 0);
  const found =
    inner.find(({ path }) => [...ENVELOPES, noun].includes(plain(path))) ?? (inner.length === 1 ? inner[0] : undefined);
  const record = found && recordIn(found.schema, noun, depth + 1);
  return found && record && below(found.path, record);
}

/** The list in an answer, with the shape of a row. */
export function listIn(schema: Part | undefined, nouns: readonly string[], depth = 0): Inside | undefined {
  if (!schema || depth > MAX_DEPTH) return undefined;
  if (typeOf(schema) === "array") {
    const items = child(schema, "items");
    return items && { schema: items };
  }
  const fields = fieldsOf(schema);
  const isNamed = ({ path }: Field) => [...ENVELOPES, ...nouns].includes(plain(path));
  const lists = fields.filter((field) => typeOf(field.schema) === "array");
  const objects = fields.filter((field) => typeOf(field.schema) === "object" && isNamed(field));
  for (const field of [...lists.filter(isNamed), ...objects, ...(lists.length === 1 ? lists : [])]) {
    const inside = listIn(field.schema, nouns, depth + 1);
    if (inside) return below(field.path, inside);
  }
  return undefined;
}
