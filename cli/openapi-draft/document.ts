// An OpenAPI 3 document as the draft reads it: references followed, every part with its JSON pointer (RFC 6901).

import { CliFailure } from "../terminal.ts";

/** An object of the document. */
export interface Part {
  value: Record<string, unknown>;
  at: string;
  root: Record<string, unknown>;
}

const MAX_REFERENCES = 20;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws CliFailure for what is no OpenAPI 3 document in JSON */
export function parseDocument(text: string): Part {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CliFailure("the document is no JSON; a document in YAML must be converted to JSON first", { cause });
  }
  if (!isObject(value)) throw new CliFailure("the document is no JSON object");
  const version = typeof value.openapi === "string" ? value.openapi : undefined;
  if (version === undefined || !/^3\.[01]\b/.test(version)) {
    throw new CliFailure(
      "swagger" in value
        ? "the document is Swagger 2.0; convert it to OpenAPI 3 first"
        : 'the document is not OpenAPI 3.0 or 3.1: its "openapi" says so of those that are',
    );
  }
  if (!isObject(value.paths)) throw new CliFailure("the document has no paths");
  return { value, at: "", root: value };
}

const encode = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");
/** A part of a reference; percent signs that begin no octet stand for themselves. */
const decode = (name: string) =>
  name
    .replace(/(?:%[0-7][0-9a-f])+/gi, (octets) => decodeURIComponent(octets))
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");

/** What a reference within the document leads to; undefined where it leads nowhere. */
function follow(part: Part, references = 0): Part | undefined {
  const { $ref } = part.value;
  if (typeof $ref !== "string") return part;
  if (!$ref.startsWith("#/") || references === MAX_REFERENCES) return undefined;
  let value: unknown = part.root;
  const names = $ref.slice(2).split("/").map(decode);
  for (const name of names) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  const target = toPart(part, value, names.map((name) => `/${encode(name)}`).join(""));
  return target && follow(target, references + 1);
}

const toPart = ({ root }: Part, value: unknown, at: string): Part | undefined =>
  isObject(value) ? { value, at, root } : undefined;

/** The object under these names. */
export function child(part: Part | undefined, ...names: string[]): Part | undefined {
  let found = part && follow(part);
  for (const name of names) {
    const inner = found && toPart(found, found.value[name], `${found.at}/${encode(name)}`);
    found = inner && follow(inner);
  }
  return found;
}

/** The objects in an object or in one of its lists, by name or number. */
export function children(part: Part | undefined, list?: string): [name: string, part: Part][] {
  if (!part) return [];
  const values = list === undefined ? part.value : part.value[list];
  const at = list === undefined ? part.at : `${part.at}/${encode(list)}`;
  return Object.entries(isObject(values) || Array.isArray(values) ? values : {}).flatMap(([name, value]) => {
    const inner = toPart(part, value, `${at}/${encode(name)}`);
    const found = inner && follow(inner);
    return found ? [[name, found]] : [];
  });
}

export const textOf = (part: Part | undefined, name: string): string | undefined => {
  const value = part?.value[name];
  return typeof value === "string" ? value : undefined;
};
export const numberOf = (part: Part | undefined, name: string): number | undefined => {
  const value = part?.value[name];
  return typeof value === "number" ? value : undefined;
};
export const textsOf = (part: Part | undefined, name: string): string[] => {
  const value = part?.value[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
};
