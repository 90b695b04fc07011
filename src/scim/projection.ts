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

/** What most requests ask for. */
const DEFAULT_SET: Projection = { excluded: [] };

/** The value of a parameter: names joined by commas, or an array of such. */
type Names = string | readonly string[] | undefined;

/** Throws 400 `invalidValue` only where the names are too long to be meant. */
export function parseProjection(
  request: { attributes?: Names; excludedAttributes?: Names },
  type: ResourceType,
  work: Work = createWork(),
): Projection {
  if (!request.attributes?.length && !request.excludedAttributes?.length) return DEFAULT_SET;
  const attributes = splitNames(request.attributes);
  const excluded = resolveNames(splitNames(request.excludedAttributes), type, work);
  return attributes.length > 0 ? { attributes: resolveNames(attributes, type, work), excluded } : { excluded };
}

/** The answer's resource: what is asked for and may be returned; `id` and `schemas` always. */
export function project(resource: Resource, projection: Projection, type: ResourceType): Resource {
  const { common, extensions } = shapeOf(projection, type);
  const shown = take(resource, common);
  for (const { id, kept } of extensions) {
    const values = own(resource, id);
    const taken = isJsonObject(values) ? takeParts(values, kept) : undefined;
    if (taken !== undefined) shown[id] = taken;
  }
  return shown;
}

/** An attribute that is shown: of a complex one these parts, of any other the value. */
interface Kept {
  name: string;
  parts?: readonly Kept[];
}

/** What a projection leaves of the resources of a type. */
interface Shape {
  common: Kept[];
  extensions: { id: string; kept: Kept[] }[];
}

/** Worked out once, whatever the number of resources on a page. */
const shapes = new WeakMap<Projection, WeakMap<ResourceType, Shape>>();

function shapeOf(projection: Projection, type: ResourceType): Shape {
  const ofTypes = shapes.get(projection) ?? new WeakMap<ResourceType, Shape>();
  shapes.set(projection, ofTypes);
  const known = ofTypes.get(type);
  if (known) return known;
  const shape: Shape = {
    common: toKept([...COMMON_ATTRIBUTES, ...type.schema.attributes], undefined, projection),
    extensions: type.extensions.map(({ schema }) => ({
      id: schema.id,
      kept: toKept(schema.attributes, schema.id, projection),
    })),
  };
  ofTypes.set(type, shape);
  return shape;
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

function toKept(
  attributes: readonly Attribute[],
  schema: string | undefined,
  { attributes: asked, excluded }: Projection,
): Kept[] {
  return attributes.flatMap((attribute) => {
    if (attribute.returned === "never") return [];
    const names = (paths: readonly Path[]) => paths.filter((path) => isOf(path, schema, attribute));
    return keep(attribute, asked && names(asked), names(excluded)) ?? [];
  });
}

function take(values: Resource, kept: readonly Kept[]): Resource {
  const taken: Resource = {};
  for (const { name, parts } of kept) {
    const value = own(values, name);
    const shown = value === undefined || !parts ? value : takeParts(value, parts);
    if (shown !== undefined) taken[name] = shown;
  }
  return taken;
}

/** Whether a path names the attribute, something in it, or the extension that has it. */
function isOf(path: Path, schema: string | undefined, attribute: Attribute): boolean {
  return path.schema === schema && (path.attribute === undefined || path.attribute.name === attribute.name);
}

function keep(attribute: Attribute, asked: readonly Path[] | undefined, excluded: readonly Path[]): Kept | undefined {
  const { name } = attribute;
  const isAlways = attribute.returned === "always";
  const isWholeAsked = asked?.some(({ sub }) => !sub) ?? attribute.returned !== "request";
  if (!isAlways && asked && asked.length === 0) return undefined;
  if (!isAlways && !asked && !isWholeAsked) return undefined;
  if (!isAlways && excluded.some(({ sub }) => !sub)) return undefined;
  if (!attribute.subAttributes) return isAlways || isWholeAsked ? { name } : undefined;
  const isKept = (sub: Attribute) => {
    if (sub.returned === "never") return false;
    if (sub.returned === "always") return true;
    const isNamed = asked?.some((path) => path.sub?.name === sub.name) ?? false;
    const isDefault = (isWholeAsked || isAlways) && sub.returned === "default";
    return (isNamed || isDefault) && !excluded.some((path) => path.sub?.name === sub.name);
  };
  return { name, parts: attribute.subAttributes.filter(isKept).map((sub) => ({ name: sub.name })) };
}

/** undefined where nothing is left. */
function takeParts(value: Json, parts: readonly Kept[]): Json | undefined {
  if (Array.isArray(value)) {
    const elements = value.flatMap((element) => takeParts(element, parts) ?? []);
    return elements.length > 0 ? elements : undefined;
  }
  if (!isJsonObject(value)) return value;
  const taken = take(value, parts);
  return Object.keys(taken).length > 0 ? taken : undefined;
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
