// Which attributes an answer holds: `attributes` and `excludedAttributes` (RFC 7644 section 3.9, RFC 7643 section 7).

import { COMMON_ATTRIBUTES } from "./core-schemas.ts";
import { isCore, type Path, toPathText } from "./filter.ts";
import { isJsonObject, own } from "./json.ts";
import { badRequest, isUnreadable, MEND_REQUEST } from "./messages.ts";
import { parsePath } from "./path.ts";
import type { Attribute, Json, Resource, ResourceType } from "./schema.ts";
import { createWork, type Work } from "./work.ts";

/** In characters, of both parameters each. */
const MAX_PROJECTION_LENGTH = 8000;
/** What it costs to find out that a name is no attribute's. */
const STEPS_OF_NAME = 4;

/** What a request asks for; unknown names are left out of both lists. */
export interface Projection {
  /** Absent: the default set. Empty: only what is always returned. */
  attributes?: readonly Path[];
  excluded: readonly Path[];
}

/** The value of a parameter: names joined by commas, or an array of such. */
type Names = string | readonly string[] | undefined;

/** Throws 400 `invalidValue` only where the names are too long to be meant. */
export function parseProjection(
  request: { attributes?: Names; excludedAttributes?: Names },
  type: ResourceType,
  work: Work = createWork(),
): Projection {
  const attributes = splitNames(request.attributes);
  const excluded = resolveNames(splitNames(request.excludedAttributes), type, work);
  return attributes.length > 0 ? { attributes: resolveNames(attributes, type, work), excluded } : { excluded };
}

/** The answer's resource: what is asked for and may be returned; `id` and `schemas` always. */
export function project(resource: Resource, projection: Projection, type: ResourceType): Resource {
  const common = projectAttributes(resource, [...COMMON_ATTRIBUTES, ...type.schema.attributes], undefined, projection);
  const extensions = type.extensions.flatMap(({ schema }): [string, Json][] => {
    const values = own(resource, schema.id);
    const kept = isJsonObject(values) ? projectAttributes(values, schema.attributes, schema.id, projection) : {};
    return Object.keys(kept).length > 0 ? [[schema.id, kept]] : [];
  });
  return { ...common, ...Object.fromEntries(extensions) };
}

/** Whether the answer shows anything of the path, so that what it does not show need not be loaded. */
export function wants(projection: Projection, path: string): boolean {
  const isShown = projection.attributes?.some(({ text }) => isWithin(text, path) || isWithin(path, text)) ?? true;
  return isShown && !projection.excluded.some(({ text }) => isWithin(path, text));
}

function isWithin(path: string, whole: string): boolean {
  const [inner, outer] = [path.toLowerCase(), whole.toLowerCase()];
  return (
    inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}:`) || inner.startsWith(`${outer}[`)
  );
}

function projectAttributes(
  values: Resource,
  attributes: readonly Attribute[],
  schema: string | undefined,
  { attributes: asked, excluded }: Projection,
): Resource {
  const entries = attributes.flatMap((attribute): [string, Json][] => {
    const value = own(values, attribute.name);
    if (value === undefined || attribute.returned === "never") return [];
    const names = (paths: readonly Path[]) => paths.filter((path) => isOf(path, schema, attribute));
    const kept = keep(attribute, value, asked && names(asked), names(excluded));
    return kept === undefined ? [] : [[attribute.name, kept]];
  });
  return Object.fromEntries(entries);
}

/** Whether a path names the attribute, something in it, or the extension that has it. */
function isOf(path: Path, schema: string | undefined, attribute: Attribute): boolean {
  return path.schema === schema && (path.attribute === undefined || path.attribute.name === attribute.name);
}

function keep(
  attribute: Attribute,
  value: Json,
  asked: readonly Path[] | undefined,
  excluded: readonly Path[],
): Json | undefined {
  const isAlways = attribute.returned === "always";
  const isWholeAsked = asked?.some(({ sub }) => !sub) ?? attribute.returned !== "request";
  if (!isAlways && asked && asked.length === 0) return undefined;
  if (!isAlways && !asked && !isWholeAsked) return undefined;
  if (!isAlways && excluded.some(({ sub }) => !sub)) return undefined;
  if (!attribute.subAttributes) return isAlways || isWholeAsked ? value : undefined;
  const isKept = (sub: Attribute) => {
    if (sub.returned === "never") return false;
    if (sub.returned === "always") return true;
    const isNamed = asked?.some((path) => path.sub?.name === sub.name) ?? false;
    const isDefault = (isWholeAsked || isAlways) && sub.returned === "default";
    return (isNamed || isDefault) && !excluded.some((path) => path.sub?.name === sub.name);
  };
  return keepParts(value, attribute.subAttributes.filter(isKept));
}

function keepParts(value: Json, subAttributes: readonly Attribute[]): Json | undefined {
  if (Array.isArray(value)) {
    const elements = value.flatMap((element) => keepParts(element, subAttributes) ?? []);
    return elements.length > 0 ? elements : undefined;
  }
  if (!isJsonObject(value)) return value;
  const entries = subAttributes.flatMap(({ name }): [string, Json][] => {
    const part = own(value, name);
    return part === undefined ? [] : [[name, part]];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function splitNames(names: Names): string[] {
  const text = typeof names === "string" ? names : (names ?? []).join(",");
  if (text.length > MAX_PROJECTION_LENGTH) {
    throw badRequest(
      "invalidValue",
      `attributes and excludedAttributes may have at most ${MAX_PROJECTION_LENGTH} characters`,
      MEND_REQUEST,
    );
  }
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** Each path once, without the filters in them: an attribute is shown whole or not. */
function resolveNames(names: readonly string[], type: ResourceType, work: Work): Path[] {
  const paths = names.flatMap((name) => resolveName(name, type, work));
  const open = paths.map(({ filter, ...path }) => (filter ? { ...path, text: toPathText(path, undefined) } : path));
  return [...new Map(open.map((path) => [path.text, path])).values()];
}

function resolveName(name: string, type: ResourceType, work: Work): Path[] {
  work.charge(STEPS_OF_NAME);
  try {
    const path = parsePath(name, type, work);
    if (isCore(path)) return type.schema.attributes.map((one) => ({ attribute: one, text: one.name, held: true }));
    return path.held ? [path] : [];
  } catch (error) {
    if (isUnreadable(error)) return [];
    throw error;
  }
}
