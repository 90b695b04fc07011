// What a server holds, read from its own /Schemas, flattened to Entra target paths (Logic App test 15 of [A5]).

import * as z from "zod";
import type { Values } from "./people.ts";

export const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

const characteristics = {
  name: z.string().min(1),
  type: z.string().optional(),
  multiValued: z.boolean().optional(),
  required: z.boolean().optional(),
  mutability: z.string().optional(),
  returned: z.string().optional(),
  canonicalValues: z.array(z.string()).optional(),
};
const attributeShape = z.looseObject({
  ...characteristics,
  subAttributes: z.array(z.looseObject(characteristics)).optional(),
});
const schemaShape = z.looseObject({ id: z.string(), attributes: z.array(attributeShape) });

/** The answer of GET /Schemas, as far as the simulator needs it. */
export const schemaList = z.looseObject({ totalResults: z.number(), Resources: z.array(schemaShape) });

type Attribute = z.infer<typeof attributeShape>;
type SubAttribute = NonNullable<Attribute["subAttributes"]>[number];
type Schema = z.infer<typeof schemaShape>;

export interface HeldAttribute {
  required: boolean;
  /** False for immutable ones: Entra's administrators map those "only during object creation". */
  changeable: boolean;
  canonicalValues: readonly string[];
}

/** Held target paths, in lower case since SCIM names have no case. */
export type Held = Map<string, HeldAttribute>;

export interface HeldSchemas {
  user: Held;
  group: Held | undefined;
}

/** Flattens all schemas; extensions are keyed by their URN and belong to the user. */
export function flattenSchemas(schemas: readonly Schema[]): HeldSchemas {
  const user: Held = new Map();
  let group: Held | undefined;
  for (const schema of schemas) {
    const id = schema.id.toLowerCase();
    if (id === CORE_GROUP.toLowerCase()) group = flatten(schema.attributes, "", new Map());
    else flatten(schema.attributes, id === CORE_USER.toLowerCase() ? "" : `${schema.id}:`, user);
  }
  return { user, group };
}

function flatten(attributes: readonly Attribute[], prefix: string, into: Held): Held {
  for (const attribute of attributes) {
    const path = prefix + attribute.name;
    const subs = attribute.subAttributes ?? [];
    if (attribute.type !== "complex" || subs.length === 0) add(into, path, attribute, attribute);
    else if (!attribute.multiValued) for (const sub of subs) add(into, `${path}.${sub.name}`, attribute, sub);
    else
      for (const selector of toSelectors(subs))
        for (const sub of subs) add(into, `${path}[${selector}].${sub.name}`, attribute, sub);
  }
  return into;
}

function toSelectors(subs: readonly SubAttribute[]): string[] {
  const types = subs.find((sub) => sub.name.toLowerCase() === "type")?.canonicalValues ?? [];
  return types.length > 0 ? types.map((type) => `type eq "${type}"`) : ['primary eq "True"'];
}

function add(into: Held, path: string, outer: Attribute, inner: SubAttribute): void {
  const readable = outer.returned !== "never" && inner.returned !== "never" && inner.mutability !== "writeOnly";
  // A multi-valued element is readWrite as a whole although its sub-attributes are immutable (members, RFC 7643 4.2).
  if (!readable || outer.mutability === "readOnly" || inner.mutability === "readOnly") return;
  into.set(path.toLowerCase(), {
    required: outer.required === true || (outer.multiValued !== true && inner.required === true),
    changeable: outer.mutability !== "immutable" && (outer.multiValued === true || inner.mutability !== "immutable"),
    canonicalValues: inner.canonicalValues ?? [],
  });
}

/** How the server holds a target path, or undefined. The work e-mail is also the primary one [E3]. */
export function findHeld(held: Held, path: string): HeldAttribute | undefined {
  return (
    held.get(path.toLowerCase()) ??
    held.get(path.toLowerCase().replace(/^emails\[type eq "work"\]/, 'emails[primary eq "true"]'))
  );
}

/** Paths of `values` that the server does not hold. */
export function listNotHeld(held: Held, values: Values): string[] {
  return [...values.keys()].filter((path) => findHeld(held, path) === undefined);
}

export interface Difference {
  path: string;
  expected: string | boolean | undefined;
  got: unknown;
}

/** Held values that a resource shows differently; a path in `cleared` must be absent or empty. */
export function compare(held: Held, values: Values, cleared: ReadonlySet<string>, resource: unknown): Difference[] {
  const differences: Difference[] = [];
  for (const [path, expected] of values) {
    if (findHeld(held, path) === undefined) continue;
    const got = readPath(resource, path);
    if (!isShown(path, expected, got)) differences.push({ path, expected, got });
  }
  for (const path of cleared) {
    if (values.has(path) || findHeld(held, path) === undefined) continue;
    const got = readPath(resource, path);
    if (got !== undefined && got !== null && got !== "") differences.push({ path, expected: undefined, got });
  }
  return differences;
}

// The server may alter the case of a value that is not case-exact (RFC 7643 section 2.2). Products do it to addresses;
// the names of people and groups are compared as they were sent, because people read them.
function isShown(path: string, expected: string | boolean, got: unknown): boolean {
  if (got === expected) return true;
  const isAddress = path.startsWith("emails[") && typeof expected === "string" && typeof got === "string";
  return isAddress && got.toLowerCase() === expected.toLowerCase();
}

/** The value at a target path of a resource. */
export function readPath(resource: unknown, path: string): unknown {
  const urn = /^(urn:.+):([^:]+)$/.exec(path);
  if (urn?.[1] && urn[2]) return readPath(member(resource, urn[1]), urn[2]);
  const [, list, key, wanted, part] = /^(\w+)\[(type|primary) eq "(\w+)"\]\.(\w+)$/.exec(path) ?? [];
  if (list && wanted && part) {
    const elements = member(resource, list);
    return member(key === "primary" ? findPrimary(elements) : findElement(elements, wanted), part);
  }
  const [name = "", sub] = path.split(".");
  const value = member(resource, name);
  return sub === undefined ? value : member(value, sub);
}

function findElement(list: unknown, type: string): unknown {
  if (!Array.isArray(list)) return undefined;
  const elements: unknown[] = list;
  return elements.find((each) => member(each, "type") === type) ?? untypedPrimary(elements, type);
}

function findPrimary(list: unknown): unknown {
  if (!Array.isArray(list)) return undefined;
  const elements: unknown[] = list;
  return elements.find((each) => member(each, "primary") === true);
}

function untypedPrimary(elements: unknown[], type: string): unknown {
  if (type !== "work") return undefined;
  return elements.find((each) => member(each, "type") === undefined && member(each, "primary") === true);
}

/** A member of a JSON object by its name, whatever the case. */
export function member(object: unknown, name: string): unknown {
  if (typeof object !== "object" || object === null || Array.isArray(object)) return undefined;
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(object)) if (key.toLowerCase() === wanted) return value;
  return undefined;
}
