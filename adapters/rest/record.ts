// Between the values of the table and the fields of a record or a body.

import * as z from "zod";
import { type AttributeRow, Fault, type Person, type Pointer, type Value, type Values } from "../../src/adapter.ts";
import { isBoolean } from "./attribute-paths.ts";
import type { Description, Row } from "./description.ts";

/** A record as the product shows it. */
export type Fields = { [name: string]: unknown };

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const fieldsOf = (record: unknown): Fields => (isFields(record) ? record : {});

/** The value at a dotted path of own properties. */
export function valueAt(value: unknown, path: string | undefined): unknown {
  if (path === undefined) return value;
  let at = value;
  for (const name of namesIn(path)) at = ownOf(at, name);
  return at;
}

/** The names of a dotted path: each is asked for in every record of a page. */
function namesIn(path: string): readonly string[] {
  const known = namesOf.get(path);
  if (known) return known;
  const names = path.split(".");
  if (namesOf.size >= MAX_KNOWN_PATHS) namesOf.clear();
  namesOf.set(path, names);
  return names;
}

const namesOf = new Map<string, readonly string[]>();
/** More than the descriptions have that one isolate meets. */
const MAX_KNOWN_PATHS = 10_000;

const ownOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Fields)[name] : undefined;

/** Sets the value at a dotted path, in place. */
export function setAt(fields: Fields, path: string, value: unknown): void {
  const names = path.split(".");
  const last = names.pop() ?? "";
  let at = fields;
  for (const name of names) {
    const inner: Fields = { ...fieldsOf(valueAt(at, name)) };
    at[name] = inner;
    at = inner;
  }
  at[last] = value;
}

function dropAt(fields: Fields, path: string): void {
  const names = path.split(".");
  const last = names.pop() ?? "";
  const home = names.length > 0 ? valueAt(fields, names.join(".")) : fields;
  if (isFields(home)) delete home[last];
}

/** Shapes that were made of another one: making one costs more than checking an answer. */
const madeOf = new WeakMap<z.ZodType, Map<string | undefined, z.ZodType>>();

/** The shape of what stands at a dotted path of an answer. */
export function within<T>(at: string | undefined, shape: z.ZodType<T>): z.ZodType<T> {
  const made = madeOf.get(shape) ?? new Map<string | undefined, z.ZodType>();
  madeOf.set(shape, made);
  const known = made.get(at);
  // It was made of the same shape, so it checks for the same type.
  if (known) return known as z.ZodType<T>;
  const inner = z
    .unknown()
    .transform((body) => valueAt(body, at))
    .pipe(shape);
  made.set(at, inner);
  return inner;
}

const lists = new WeakMap<z.ZodType, z.ZodType>();

/** The shape of a list of such values. */
export function listOf<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  const list = lists.get(item) ?? z.array(item);
  lists.set(item, list);
  return list as z.ZodType<T[]>;
}

export const nativeId = z.union([z.string().min(1), z.int()]).transform(String);
/** What `nativeId` takes: asked for each record of a page, and so without a shape. */
const isNativeId = (value: unknown): boolean =>
  typeof value === "string" ? value !== "" : typeof value === "number" && Number.isSafeInteger(value);

/** A record with an id, whose described fields hold one value each, and the needed ones of them one. */
export const recordWith = (id: string, rows: readonly Row[], needed: readonly Row[] = []): z.ZodType<Fields> =>
  z.unknown().transform((fields, context) => {
    if (!isFields(fields)) {
      context.addIssue({ code: "custom", message: "unexpected" });
      return z.NEVER;
    }
    const refuse = (path: string) => context.addIssue({ code: "custom", path: path.split("."), message: "unexpected" });
    if (!isNativeId(valueAt(fields, id))) refuse(id);
    for (const { field } of rows) if (!isSingle(fields, field)) refuse(field);
    for (const { field } of needed) if ((valueAt(fields, field) ?? "") === "") refuse(field);
    return fields;
  });

/** Whether at the dotted path is one value or none, and nothing else on the way there. */
function isSingle(fields: Fields, path: string): boolean {
  let at: unknown = fields;
  for (const name of namesIn(path)) {
    if (typeof (at ?? {}) !== "object") return false;
    at = ownOf(at, name);
  }
  return typeof (at ?? "") !== "object";
}

export const toNativeId = (id: string, { idType }: { idType: "string" | "integer" }): string | number =>
  idType === "integer" && /^\d{1,15}$/.test(id) ? Number(id) : id;

// ---- One value ------------------------------------------------------------------------------------------------------

function toNative(row: Row, value: Value): Value {
  if (row.enabled !== undefined && row.disabled !== undefined) return value === true ? row.enabled : row.disabled;
  switch (row.as ?? (isBoolean(row) ? "boolean" : "string")) {
    case "integer":
      if (/^-?\d{1,15}$/.test(String(value))) return Number(value);
      throw new Fault("invalid", {
        attribute: row.path,
        detail: `${row.path} must be a whole number in this product.`,
      });
    case "boolean":
      return value === true;
    case "boolean01":
      return value === true ? 1 : 0;
    case "booleanText":
      return value === true ? "true" : "false";
    case "inverted":
      return value !== true;
    case "lowerCase":
      return String(value).toLowerCase();
    case "string":
      return row.type === "integer" ? value : String(value);
  }
}

function toScimValue(row: Row, native: unknown): Value | Pointer | undefined {
  if (native === undefined || native === null || native === "" || typeof native === "object") return undefined;
  if (row.reference) return row.reference === "id" ? { id: String(native) } : { key: String(native) };
  if (row.disabled !== undefined) return native !== row.disabled;
  if (isBoolean(row)) {
    // A form's answers may spell a boolean in any of these ways.
    const isTrue = native === true || native === 1 || native === "1" || native === "true";
    return row.as === "inverted" ? !isTrue : isTrue;
  }
  if (row.type === "integer") return Number.isInteger(Number(native)) ? Number(native) : undefined;
  return String(native);
}

/** What the search parameter of a row gets. */
export const toSearchValue = (row: Row, value: string): Value => toNative(row, value);

// ---- Whole records --------------------------------------------------------------------------------------------------

/** A description's rows with what they share. */
export interface Mapping {
  rows: readonly Row[];
  idType: "string" | "integer";
  /** What takes a value away. */
  cleared: null | "";
  /** `active` changes by verbs and is in no body. */
  hasVerbs: boolean;
}

export function toMapping(
  { body, cleared }: Description,
  part: { attributes: readonly Row[]; idType: "string" | "integer"; enable?: unknown },
): Mapping {
  const takesNull = cleared === undefined ? body === "json" : cleared === "null";
  return {
    rows: part.attributes,
    idType: part.idType,
    cleared: takesNull ? null : "",
    hasVerbs: part.enable !== undefined,
  };
}

export const toScim = (record: unknown, { rows }: Mapping): Values =>
  Object.fromEntries(rows.map((row) => [row.path, toScimValue(row, valueAt(record, row.field))]));

const isPerson = (value: Values[string]): value is Person => typeof value === "object" && "values" in value;

function toField(row: Row, value: Values[string], mapping: Mapping): Value | null {
  if (isPerson(value)) return row.reference === "key" ? value.key : toNativeId(value.id, mapping);
  return value === undefined || value === "" || typeof value === "object" ? mapping.cleared : toNative(row, value);
}

const written = ({ rows, hasVerbs }: Mapping) => rows.filter((row) => !(hasVerbs && row.path === "active"));

/** The fields of a record that is created. */
export function toNewFields(values: Values, mapping: Mapping, constants: Fields): Fields {
  const fields: Fields = { ...constants };
  for (const row of written(mapping)) {
    const value = values[row.path];
    if (value !== undefined && value !== "") setAt(fields, row.writeField ?? row.field, toField(row, value, mapping));
  }
  return fields;
}

/** The changed fields only. */
export function toChangedFields(
  values: Values,
  changed: ReadonlySet<string>,
  mapping: Mapping,
  constants: Fields,
): Fields {
  const fields: Fields = { ...constants };
  for (const row of written(mapping)) {
    if (changed.has(row.path)) setAt(fields, row.writeField ?? row.field, toField(row, values[row.path], mapping));
  }
  return fields;
}

/** The record as it was read with the values in it; an unchanged reference is left as it is. */
export function toWholeFields(
  values: Values,
  changed: ReadonlySet<string>,
  native: unknown,
  mapping: Mapping,
  omit: readonly string[],
): Fields {
  const fields: Fields = structuredClone(fieldsOf(native));
  for (const row of written(mapping)) {
    const before = valueAt(native, row.field);
    const isKept = !changed.has(row.path) && (row.reference !== undefined || values[row.path] === undefined);
    if (row.writeField !== undefined) dropAt(fields, row.field);
    if (isKept && before === undefined) continue;
    setAt(fields, row.writeField ?? row.field, isKept ? before : toField(row, values[row.path], mapping));
  }
  for (const field of omit) dropAt(fields, field);
  return fields;
}

/** The record as it should read after a write, where the product does not show it. */
export function withValues(record: Fields, values: Values, paths: Iterable<string>, mapping: Mapping): Fields {
  const fields: Fields = structuredClone(record);
  const named = new Set(paths);
  for (const row of mapping.rows) {
    if (named.has(row.path)) setAt(fields, row.field, toField(row, values[row.path], mapping));
  }
  return fields;
}

/** The contract's rows of a description's. */
export function toRows(rows: readonly Row[], userNameIs?: string): AttributeRow[] {
  const toRow = ({ path, type, maxLength, description, required, ...row }: Row): AttributeRow => ({
    path,
    ...(type ? { type } : {}),
    ...(path === userNameIs ? { required: true as const } : required ? { required } : {}),
    ...(row.search ? { filterable: true as const } : {}),
    ...(maxLength ? { maxLength } : {}),
    ...(row.as === "lowerCase" ? { lowerCase: true as const } : {}),
    ...(row.reference ? { reference: true as const } : {}),
    ...(row.reference === "id" ? { byId: true as const } : {}),
    ...(description ? { description } : {}),
  });
  const twin = rows.find((row) => row.path === userNameIs);
  return [...(twin ? [{ ...toRow(twin), path: "userName" }] : []), ...rows.map(toRow)];
}
