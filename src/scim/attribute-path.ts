// Attribute names with their URN prefixes, resolved against a resource type (RFC 7644 section 3.10).

import { COMMON_ATTRIBUTES, ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from "./core-schemas.ts";
import type { Path } from "./filter.ts";
import { type Attribute, ENTERPRISE_USER, findAttribute, type ResourceType, type Schema } from "./schema.ts";
import { type Prefixed, readPrefix } from "./urn.ts";

/** The grammar of RFC 7643 section 2.1, and `$ref`. */
const NAME = /^[A-Za-z$][\w$-]*$/;
const URN = /^urn:[A-Za-z0-9][A-Za-z0-9-]{0,31}(?::[\w()+,.=@;$!*'%-]+)+$/i;
/** RFC 7643's own schemas: what an attribute is even where the adapter does not hold it. */
const RFC_SCHEMAS: readonly Schema[] = [USER_SCHEMA, GROUP_SCHEMA, ENTERPRISE_SCHEMA];

/** Resolves `attr`, `attr.sub`, `urn:…:attr`, `urn:…:attr.sub` or a schema's URN; undefined if it is no path. */
export function resolveAttributePath(text: string, type: ResourceType): Path | undefined {
  for (const prefixed of readPrefix(text, schemasOf(type))) {
    const path = resolvePrefixed(text, prefixed, type);
    if (path) return path;
  }
  if (text.toLowerCase().startsWith("urn:")) return resolveForeign(text);
  const names = splitNames(text);
  if (!names) return undefined;
  const path = resolveNames(text, names, type.schema, true);
  if (path.held || path.attribute || path.known) return path;
  const enterprise = type.extensions.find((extension) => extension.schema.id === ENTERPRISE_USER)?.schema;
  return enterprise && findAttribute(enterprise.attributes, names[0])
    ? resolveNames(text, names, enterprise, false)
    : path;
}

/** Whether the URN before a path that is held is spelled otherwise than its schema's. */
export function isRespelled(text: string, type: ResourceType): boolean {
  const first = readPrefix(text, schemasOf(type)).find((prefixed) => resolvePrefixed(text, prefixed, type));
  return first?.isRespelled ?? false;
}

const schemasOf = (type: ResourceType) => [type.schema, ...type.extensions.map((extension) => extension.schema)];

/** A schema's own URN is the extension, or the core schema as a whole. */
function resolvePrefixed(text: string, { schema, rest }: Prefixed, type: ResourceType): Path | undefined {
  const core = schema === type.schema;
  if (rest === "" && !/[:.]$/.test(text))
    return { ...(core ? {} : { schema: schema.id }), text: schema.id, held: true };
  const names = splitNames(rest);
  return names && resolveNames(text, names, schema, core);
}

/** Resolves a name inside the brackets of a value path against the sub-attributes there. */
export function resolveSubAttribute(text: string, subAttributes: readonly Attribute[]): Path | undefined {
  const names = splitNames(text);
  if (!names) return undefined;
  const attribute = names[1] === undefined ? findAttribute(subAttributes, names[0]) : undefined;
  return attribute ? { attribute, text: attribute.name, held: true } : { text, held: false };
}

/** Whether a text is one attribute name. */
function isName(text: string): boolean {
  return NAME.test(text);
}

function splitNames(text: string): [string, string?] | undefined {
  const [name, sub, ...rest] = text.split(".", 3);
  if (name === undefined || rest.length > 0 || !isName(name)) return undefined;
  if (sub === undefined) return [name];
  return isName(sub) ? [name, sub] : undefined;
}

function resolveNames(text: string, [name, subName]: [string, string?], schema: Schema, core: boolean): Path {
  const own = findAttribute(schema.attributes, name);
  const attribute = own ?? (core ? findAttribute(COMMON_ATTRIBUTES, name) : undefined);
  const prefix = core ? {} : { schema: schema.id };
  if (!attribute) {
    const known = findAttribute(RFC_SCHEMAS.find((candidate) => candidate.id === schema.id)?.attributes, name);
    return { ...prefix, text, held: false, ...(known ? { known } : {}) };
  }
  const full = core ? attribute.name : `${schema.id}:${attribute.name}`;
  if (subName === undefined) return { ...prefix, attribute, text: full, held: true };
  const sub = findAttribute(attribute.subAttributes, subName);
  return sub
    ? { ...prefix, attribute, sub, text: `${full}.${sub.name}`, held: true }
    : { ...prefix, attribute, text, held: false };
}

/** A path under a URN that the type does not have: nobody can tell where that URN ends, so only its form counts. */
function resolveForeign(text: string): Path | undefined {
  return URN.test(text) && !/\.\.|\.:|:\.|\.$/.test(text) ? { text, held: false } : undefined;
}
