// Turns an adapter's attribute table into the resource types that clients see on a connection.

import type { Adapter, AttributeRow } from "../../adapter.ts";
import { EXTERNAL_ID, GROUP, USER } from "../../scim/core-schemas.ts";
import { type Attribute, attribute, findAttribute, type ResourceType, type Schema } from "../../scim/schema.ts";

export type Coupling = "reject" | "userName" | "separate";
export type Unmapped = "ignore" | "keep";

/** A table row with its path taken apart. */
export interface Row extends Omit<AttributeRow, "required"> {
  /** A client must give a value. */
  required?: true;
  /** What the value is made from where a client gives none and the vendor requires one. */
  otherwise?: string;
  /** The extension's URN; absent in the core schema. */
  urn?: string;
  attribute: string;
  /** The `type` of the element, for `emails[type eq "work"].value`. */
  element?: string;
  sub?: string;
  /** The value is an e-mail address, also where it is spelled as the userName. */
  isAddress?: true;
  /** The vendor holds one value of the attribute: the preferred one, whatever its type [S49]. */
  isPreferred?: true;
}

/** One kind of resource as the connection holds it. */
export interface Kind {
  type: ResourceType;
  rows: readonly Row[];
  /** Portico holds them for a product that has none: nothing of them is at the vendor [S52]. */
  isHeld?: true;
}

export interface Profile {
  User: Kind;
  Group?: Kind;
  coupling: Coupling;
  unmapped: Unmapped;
}

const ROW_PATH = /^(?:(urn:[^[\]" ]+):)?([A-Za-z$][\w$-]*)(?:\[type eq "([^"]+)"\])?(?:\.([A-Za-z$][\w$-]*))?$/;

/** @throws Error naming the path, where it is not of the form that a table row may have */
function parseRow({ required, ...row }: AttributeRow): Row {
  const match = ROW_PATH.exec(row.path);
  if (!match?.[2]) throw new Error(`${JSON.stringify(row.path)} is not a path to a single value`);
  const [, urn, name, element, sub] = match;
  return {
    ...row,
    ...(required === true ? { required } : required),
    attribute: name,
    ...(urn ? { urn } : {}),
    ...(element ? { element } : {}),
    ...(sub ? { sub } : row.reference ? { sub: "value" } : {}),
    ...(!urn && name === "emails" && sub === "value" ? { isAddress: true as const } : {}),
  };
}

/** The attribute as the RFC or the row defines it; undefined where neither does. */
function define(row: Row, known: ResourceType): Attribute | undefined {
  const schema = row.urn ? known.extensions.find((extension) => extension.schema.id === row.urn)?.schema : known.schema;
  if (schema) return findAttribute(schema.attributes, row.attribute);
  return attribute(row.attribute, row.description ?? row.attribute, {
    type: row.type ?? "string",
    ...(row.values ? { canonicalValues: [...row.values] } : {}),
  });
}

/** The type of a row's single value. */
export function typeOf(row: Row, known: ResourceType): string | undefined {
  const full = define(row, known);
  return row.sub ? findAttribute(full?.subAttributes, row.sub)?.type : full?.type;
}

/** @throws Error naming the path, where it leads to no single value of the type */
export function toRow(declared: AttributeRow, known: ResourceType): Row {
  const row = parseRow(declared);
  const path = JSON.stringify(row.path);
  const full = define(row, known);
  if (!full) {
    throw new Error(
      `${path} names no attribute of its schema; one of the product's own begins with an extension's URN`,
    );
  }
  if (row.sub && !findAttribute(full.subAttributes, row.sub)) {
    throw new Error(`${path} names no sub-attribute of ${full.name}`);
  }
  if ((full.type === "complex") !== (row.sub !== undefined) || full.multiValued !== (row.element !== undefined)) {
    throw new Error(`${path} is not a path to a single value`);
  }
  return row;
}

/** Where the only value that the vendor holds of an attribute is the one for work, a value of any type can be it. */
function withPreferred(rows: readonly Row[]): Row[] {
  return rows.map((row) => {
    const isAlone = !rows.some((other) => other !== row && other.urn === row.urn && other.attribute === row.attribute);
    return isAlone && row.element === "work" && row.sub === "value" ? { ...row, isPreferred: true as const } : row;
  });
}

/** The part of an attribute that the rows hold. */
function narrow(full: Attribute, rows: readonly Row[]): Attribute {
  const required = rows.some((row) => row.required);
  const once = (some: readonly Row[]) =>
    some.some((row) => row.immutable) ? { mutability: "immutable" as const } : {};
  if (full.type !== "complex") return { ...full, required, ...once(rows) };
  const reference = rows.some((row) => row.reference);
  const elements = rows.flatMap((row) => row.element ?? []);
  const held = new Set(rows.flatMap((row) => row.sub ?? []));
  if (elements.length > 0) held.add("type");
  if (rows.some((row) => row.isPreferred)) held.add("primary");
  if (reference) held.add("$ref");
  const subAttributes = (full.subAttributes ?? [])
    .filter((sub) => held.has(sub.name))
    .map((sub) => ({
      ...sub,
      required: rows.some((row) => row.required && row.sub === sub.name),
      ...once(rows.filter((row) => row.sub === sub.name)),
      ...(sub.name === "type" && elements.length > 0 ? { canonicalValues: [...new Set(elements)] } : {}),
    }));
  return { ...full, required, subAttributes };
}

/** The whole attribute, required as far as what the rows hold of it is. */
function withRequired(whole: Attribute, held: Attribute | undefined): Attribute {
  if (!held?.required) return whole;
  const subAttributes = whole.subAttributes?.map((sub) => {
    const isRequired = findAttribute(held.subAttributes, sub.name)?.required ?? false;
    return isRequired ? { ...sub, required: true } : sub;
  });
  return { ...whole, required: true, ...(subAttributes ? { subAttributes } : {}) };
}

function group<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** Attributes that Portico itself stores or computes, whatever the vendor holds. */
function ownAttributes(known: ResourceType, rows: readonly Row[], hasGroups: boolean): Attribute[] {
  const computed = known.name === "Group" ? "members" : hasGroups ? "groups" : undefined;
  const found = computed ? findAttribute(known.schema.attributes, computed) : undefined;
  const externalId = narrow(
    EXTERNAL_ID,
    rows.filter((row) => row.path === EXTERNAL_ID.name),
  );
  return [externalId, ...(found ? [found] : [])];
}

/** Whether the vendor holds `externalId` itself; it stays the link's key all the same. */
export const holdsExternalId = (kind: Kind): boolean => kind.rows.some((row) => row.path === EXTERNAL_ID.name);

function toKind(known: ResourceType, table: readonly AttributeRow[], unmapped: Unmapped, hasGroups: boolean): Kind {
  const rows = withPreferred(table.map((row) => toRow(row, known)));
  const own = ownAttributes(known, rows, hasGroups);
  const attributesOf = (urn: string | undefined, full: readonly Attribute[]): Attribute[] => {
    const mapped = group(
      rows.filter((row) => row.urn === urn),
      (row) => row.attribute,
    );
    const narrowed = [...mapped].flatMap(([, named]) => {
      const [first] = named;
      const whole = first && define(first, known);
      return whole ? [narrow(whole, named)] : [];
    });
    if (unmapped === "ignore") return narrowed;
    return [
      ...full.map((one) => withRequired(one, findAttribute(narrowed, one.name))),
      ...narrowed.filter((one) => !findAttribute(full, one.name)),
    ];
  };
  // A password is never held: writing one is accepted and dropped.
  const core = known.schema.attributes.filter((one) => one.name !== "password" && (one.name !== "groups" || hasGroups));
  const ownNames = new Set(own.map((one) => one.name));
  const urns = new Set(rows.flatMap((row) => row.urn ?? []));
  if (unmapped === "keep") for (const extension of known.extensions) urns.add(extension.schema.id);
  const extensions = [...urns].map((id) => {
    const standard = known.extensions.find((extension) => extension.schema.id === id)?.schema;
    const name = standard?.name ?? `${id.split(":").at(-3) ?? known.name}${known.name}`;
    const schema: Schema = {
      id,
      name,
      description: standard?.description ?? `${known.name} attributes of the product`,
      attributes: attributesOf(id, standard?.attributes ?? []),
    };
    const required = rows.some((row) => row.urn === id && row.required);
    return { schema, required };
  });
  return {
    rows,
    type: {
      ...known,
      keptByPut: rows.flatMap(({ path, otherwise }) => (otherwise === undefined ? [] : [path])),
      schema: {
        ...known.schema,
        attributes: [...attributesOf(undefined, core).filter((one) => !ownNames.has(one.name)), ...own],
      },
      extensions,
    },
  };
}

/** Where groups cannot be updated, what they are is given once, so that clients can read it in the schema. */
const groupTable = (
  { update }: NonNullable<Adapter["group"]>,
  rows: readonly AttributeRow[],
): readonly AttributeRow[] => (update ? rows : rows.map((row) => ({ ...row, immutable: true })));

/** Where userName and e-mail are one value, the userName is an address. */
function withAddress(kind: Kind, twin: string | undefined): Kind {
  const isAddress = kind.rows.find(({ path }) => path === twin)?.isAddress;
  if (!isAddress) return kind;
  return { ...kind, rows: kind.rows.map((row) => (row.path === "userName" ? { ...row, isAddress } : row)) };
}

/** @throws Error naming the offending path of the adapter's table */
export function toProfile(adapter: Adapter, coupling: Coupling, unmapped: Unmapped): Profile {
  const hasGroups = adapter.group !== undefined;
  return {
    coupling,
    unmapped,
    User: withAddress(
      toKind(USER, adapter.attributes.User, unmapped, hasGroups),
      coupling === "separate" ? undefined : adapter.userNameIs,
    ),
    ...(adapter.group && adapter.attributes.Group
      ? { Group: toKind(GROUP, groupTable(adapter.group, adapter.attributes.Group), unmapped, hasGroups) }
      : {}),
  };
}
