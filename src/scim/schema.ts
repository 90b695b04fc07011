// The SCIM data model: attributes with their characteristics, schemas and resource types (RFC 7643 sections 2 and 6).

type AttributeType = "string" | "boolean" | "decimal" | "integer" | "dateTime" | "binary" | "reference" | "complex";

/** One attribute with every characteristic of RFC 7643 section 2.2 spelled out. */
export interface Attribute {
  name: string;
  type: AttributeType;
  multiValued: boolean;
  description: string;
  required: boolean;
  caseExact: boolean;
  mutability: "readOnly" | "readWrite" | "immutable" | "writeOnly";
  returned: "always" | "never" | "default" | "request";
  uniqueness: "none" | "server" | "global";
  canonicalValues?: readonly string[];
  referenceTypes?: readonly string[];
  subAttributes?: readonly Attribute[];
  /** Compared as a name [S7]; no characteristic that clients see. */
  isName?: true;
  /** Takes other texts than its canonical values, too [S62]; no characteristic that clients see. */
  takesAny?: true;
}

export interface Schema {
  id: string;
  name: string;
  description: string;
  attributes: readonly Attribute[];
}

/** RFC 7643 section 6: one kind of resource, its core schema and its extensions. */
export interface ResourceType {
  name: "User" | "Group";
  endpoint: "/Users" | "/Groups";
  description: string;
  schema: Schema;
  extensions: readonly { schema: Schema; required: boolean }[];
  /** Paths that a PUT without them leaves as they are, although no client has to give a value. */
  keptByPut?: readonly string[];
}

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
/**
 * A resource inside the house: own properties only, canonical attribute names, an extension's attributes under its URN.
 * An unassigned attribute is absent: never null, "", [] or {} (RFC 7643 section 2.5).
 */
export type Resource = { [name: string]: Json };

export const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

export type Characteristics = Partial<Omit<Attribute, "name" | "description">>;

/** Defines an attribute from what differs from the defaults of RFC 7643 section 2.2. */
export function attribute(name: string, description: string, differs: Characteristics = {}): Attribute {
  return {
    name,
    type: "string",
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: "readWrite",
    returned: "default",
    uniqueness: "none",
    ...differs,
  };
}

/** Finds an attribute by name, ignoring case (RFC 7643 section 2.1). */
export function findAttribute(attributes: readonly Attribute[] | undefined, name: string): Attribute | undefined {
  if (!attributes) return undefined;
  let index = byName.get(attributes);
  if (!index) {
    // The first of a name wins.
    index = new Map(attributes.toReversed().map((attribute) => [attribute.name.toLowerCase(), attribute]));
    byName.set(attributes, index);
  }
  return index.get(name.toLowerCase());
}

/** Lists of attributes are made once and asked for every name in every request. */
const byName = new WeakMap<readonly Attribute[], ReadonlyMap<string, Attribute>>();
