// How the members of a group are listed and written.

import { child, type Part } from "./document.ts";
import { findInside, type Operation, type Resource, USER_NOUNS } from "./operations.ts";
import { recordOf, toPath } from "./records.ts";
import type { Found, Line, Todo } from "./rules.ts";
import { type Field, fieldsOf, isId, listIn, plain, recordIn, typeOf } from "./shapes.ts";

const USER_LISTS = USER_NOUNS.flatMap((noun) => [`${noun}s`, noun]);
const isUserId = (name: string) =>
  USER_NOUNS.some((noun) => plain(name).endsWith(`${noun}id`) || plain(name).endsWith(`${noun}ids`)) ||
  isId(name, "user");
const isUserList = ({ path, schema }: Field) =>
  typeOf(schema) === "array" &&
  (USER_LISTS.includes(plain(path)) || isUserId(path) || /(?:users|members|ids)$/.test(plain(path)));

/** A sentence where the document does not tell how members are written or listed. */
export function draftMembers(operations: readonly Operation[], groups: Resource): Found | string {
  const inside = findInside(operations, groups, USER_NOUNS);
  const lines: Line[] = [];
  const todos: Todo[] = [];
  const open = (text: string) => todos.push({ blocks: "groups", text: `groups.members.${text}` });
  const add = (place: string[], value: unknown, at: string) =>
    lines.push({ place: ["groups", "members", ...place], value, at, rule: "members" });
  const hasBoth = inside.add && inside.remove;
  if (!hasBoth && !inside.replace) return `below ${groups.collection} nothing adds and removes members`;

  if (inside.list) {
    add(["list", "path"], toPath(inside.list.path), inside.list.part.at);
    const rows = listIn(inside.list.answer, USER_LISTS);
    if (rows?.at !== undefined) add(["list", "items"], rows.at, rows.schema.at);
    addPointer(rows?.schema, add, open);
  } else {
    const field = fieldsOf(recordOf(groups)).find(isUserList);
    if (!field || !groups.read) return `nothing lists the members of one of ${groups.collection}`;
    const at = recordIn(groups.read.answer, groups.noun)?.at;
    add(["list", "path"], toPath(groups.read.path), groups.read.part.at);
    add(["list", "items"], at === undefined ? field.path : `${at}.${field.path}`, field.schema.at);
    addPointer(child(field.schema, "items"), add, open);
  }
  const writes = hasBoth ? { add: inside.add, remove: inside.remove } : { replace: inside.replace };
  for (const [name, operation] of Object.entries(writes)) if (operation) addWrite(name, operation, add, open);
  open("add: what does adding a member again do? addingAgain where it makes a second row");
  open("list: does it show disabled users? hides: disabled where it does not");
  return { lines, todos };
}

type Add = (place: string[], value: unknown, at: string) => void;

function addPointer(row: Part | undefined, add: Add, open: (text: string) => void): void {
  if (!row || ["string", "integer", "number"].includes(typeOf(row) ?? "")) return;
  const fields = fieldsOf(row);
  // A row with an id of its own names the user beside it.
  const field =
    fields.find(({ path }) => isUserId(path) && !isId(path, "")) ?? fields.find(({ path }) => isId(path, ""));
  if (field) add(["list", "field"], field.path, field.schema.at);
  else open("list.field: a row shows no user's id that the rules know");
}

function addWrite(name: string, operation: Operation, add: Add, open: (text: string) => void): void {
  add([name, "method"], operation.method, operation.part.at);
  add([name, "path"], toPath(operation.path, "id", "member"), operation.part.at);
  if ((operation.path.match(/\{/g) ?? []).length > 1) return;
  const fields = fieldsOf(operation.body);
  const list = fields.find(isUserList);
  const single = fields.find(({ path, schema }) => isUserId(path) && typeOf(schema) !== "array");
  if (list) {
    add([name, "ids"], list.path, list.schema.at);
    const each = fieldsOf(child(list.schema, "items")).find(({ path }) => isUserId(path));
    if (each) add([name, "each"], each.path, each.schema.at);
  } else if (single) add([name, "id"], single.path, single.schema.at);
  else open(`${name}: the body shows no place for the members`);
}
