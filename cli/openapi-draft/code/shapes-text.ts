// The zod shapes of a product's records, in source text.

import { child, type Part } from "../document.ts";
import { type Field, fieldsOf, typeOf } from "../shapes.ts";
import type { KindSketch, RowSketch } from "../sketch.ts";
import { MANAGER, toField, toKey, WORK } from "./words.ts";

type Tree = Map<string, string | Tree>;

/** The field at a dotted path of a record. */
export function fieldAt(record: Part | undefined, path: string): Field | undefined {
  const [outer = "", ...inner] = path.split(".");
  const found = fieldsOf(record).find((field) => field.path === outer);
  return inner.length === 0 || !found ? found : fieldAt(found.schema, inner.join("."));
}

/** What tells users or groups apart. */
export const isKeyRow = ({ path }: RowSketch, { userNameIs }: KindSketch): boolean =>
  path === "userName" || path === "displayName" || (userNameIs !== undefined && path === userNameIs && path === WORK);

const isNumber = (schema: Part | undefined) => ["integer", "number"].includes(typeOf(schema) ?? "");
const scalar = (schema: Part | undefined) =>
  typeOf(schema) === "boolean" ? "z.boolean()" : isNumber(schema) ? "z.number()" : "z.string()";

/** The shape of a list of ids, alone or in objects. */
export function toListShape(schema: Part | undefined, each: string | undefined): string {
  const items = child(schema, "items");
  if (each === undefined) return `z.array(${scalar(items)})`;
  return `z.array(z.looseObject({ ${toKey(each)}: ${scalar(fieldAt(items, each)?.schema)} }))`;
}

function put(tree: Tree, path: string, text: string): void {
  const [outer = "", ...inner] = path.split(".");
  if (inner.length === 0) {
    tree.set(outer, text);
    return;
  }
  const present = tree.get(outer);
  const below: Tree = typeof present === "object" ? present : new Map();
  tree.set(outer, below);
  put(below, inner.join("."), text);
}

const toText = (tree: Tree): string =>
  `z.looseObject({ ${[...tree].map(([name, one]) => `${toKey(name)}: ${typeof one === "string" ? one : `${toText(one)}.nullish()`}`).join(", ")} })`;

/** The shape of a record: its id, and what an attribute or a list of members is read from. */
export function toShape(
  sketch: KindSketch,
  record: Part | undefined,
  isIn: (path: string) => boolean,
  lists: { [path: string]: string } = {},
): string {
  const { id = "id", idType, attributes = [] } = sketch;
  const tree: Tree = new Map([[id, idType === "integer" ? "z.int()" : "z.string()"]]);
  for (const row of attributes) {
    if (row.field === id || !isIn(row.field)) continue;
    const text = row.path === MANAGER && idType === "integer" ? "z.int()" : scalar(fieldAt(record, row.field)?.schema);
    put(tree, row.field, isKeyRow(row, sketch) ? text : `${text}.nullish()`);
  }
  for (const [path, text] of Object.entries(lists)) if (isIn(path)) put(tree, path, `${text}.nullish()`);
  return toText(tree);
}

/** A shape that takes an envelope off: `z.looseObject({ data: user }).transform(({ data }) => data)`. */
export function toOpened(at: string | undefined, inner: string): string {
  if (at === undefined) return inner;
  const names = at.split(".");
  const shape = names.reduceRight((text, name) => `z.looseObject({ ${toKey(name)}: ${text} })`, inner);
  const [name = ""] = names;
  const isPlain = names.length === 1 && toKey(name) === name;
  const taken = isPlain
    ? `({ ${name} }) => ${name}`
    : `(answer) => ${names.reduce((text, one) => toField(text, one), "answer")}`;
  return `${shape}.transform(${taken})`;
}
