// How the members of a group are listed and written.

import { child, type Part } from "./document.ts";
import { findInside, type Operation, type Resource, USER_NOUNS } from "./operations.ts";
import { recordOf, toPath } from "./records.ts";
import type { Found, Line, Rule, Todo } from "./rules.ts";
import { type Field, fieldsOf, isId, listIn, plain, recordIn, typeOf } from "./shapes.ts";

const listsOf = (nouns: readonly string[]) => nouns.flatMap((noun) => [`${noun}s`, noun]);
const USER_LISTS = listsOf(USER_NOUNS);
const isIdOf = (nouns: readonly string[], name: string) =>
  nouns.some((noun) => plain(name).endsWith(`${noun}id`) || plain(name).endsWith(`${noun}ids`));
const isUserId = (name: string) => isIdOf(USER_NOUNS, name) || isId(name, "user");
const isUserList = ({ path, schema }: Field) =>
  typeOf(schema) === "array" &&
  (USER_LISTS.includes(plain(path)) || isUserId(path) || /(?:users|members|ids)$/.test(plain(path)));

/** A list of groups, by their own word or as groups. */
const isGroupList = ({ path, schema }: Field, { nouns }: Resource) => {
  const known = [...nouns, "group"];
  const name = plain(path);
  const isNamed = listsOf(known).includes(name) || known.some((noun) => name.endsWith(`${noun}s`));
  return (
    typeOf(schema) === "array" && (isNamed || known.some((noun) => new RegExp(`${noun}(?:resource)?ids?$`).test(name)))
  );
};

type Add = (place: string[], value: unknown, at: string, rule?: Rule) => void;
type Open = (place: string, text: string, at?: string) => void;
type Inside = ReturnType<typeof findInside>;

/** A sentence where the document does not tell how members are written or listed. */
export function draftMembers(
  operations: readonly Operation[],
  groups: Resource,
  users: Resource | undefined,
): Found | string {
  const inside = findInside(operations, groups, USER_NOUNS);
  const lines: Line[] = [];
  const todos: Todo[] = [];
  const open: Open = (place, text, at) =>
    todos.push({ blocks: "groups", place: `groups.members${place}`, text, ...(at === undefined ? {} : { at }) });
  const add: Add = (place, value, at, rule = "members") =>
    lines.push({ place: ["groups", "members", ...place], value, at, rule });
  const isWritten = addWrites(inside, groups, add, open);
  if (isWritten) {
    const why = addList(inside, groups, add, open);
    if (why !== undefined) return why;
    open(".add", "what does adding a member again do? addingAgain where it makes a second row");
    open(".list", "does it show disabled users? hides: disabled where it does not");
    return { lines, todos };
  }
  if (addOwnList(groups, add, open)) {
    open(".replace", "does the list that is written take the place of the former one, and does it show everybody?");
    return { lines, todos };
  }
  if (users && addCarried(groups, users, add)) {
    open("", "each member costs a read and a write of the user; is there a call that adds one member?");
    return { lines, todos };
  }
  return `below ${groups.collection} nothing adds and removes members`;
}

/** Calls that add and remove, or write the whole list. */
function addWrites(inside: Inside, groups: Resource, add: Add, open: Open): boolean {
  const { addBoth, removeBoth } = inside;
  const both = addBoth && placesOfBoth(addBoth, groups) ? addBoth : undefined;
  const adding = inside.add ?? both;
  const removing = inside.remove ?? (removeBoth && placesOfBoth(removeBoth, groups) ? removeBoth : undefined);
  if (adding && removing) {
    for (const [name, operation] of Object.entries({ add: adding, remove: removing })) {
      if (operation === both || operation === removeBoth) addBothLists(name, operation, groups, add);
      else addWrite(name, operation, add, open);
    }
    return true;
  }
  if (inside.replace) addWrite("replace", inside.replace, add, open);
  return inside.replace !== undefined;
}

function addList(inside: Inside, groups: Resource, add: Add, open: Open): string | undefined {
  const called = inside.list ?? inside.asked;
  if (called) {
    const rule = inside.list ? "members" : "asked";
    if (!inside.list) add(["list", "method"], called.method, called.part.at, rule);
    add(["list", "path"], toPath(called.path), called.part.at, rule);
    const rows = listIn(called.answer, USER_LISTS);
    if (rows?.at !== undefined) add(["list", "items"], rows.at, rows.schema.at, rule);
    addPointer(rows?.schema, add, open, rule);
    return undefined;
  }
  return addListInRecord(groups, add, open) ? undefined : `nothing lists the members of one of ${groups.collection}`;
}

/** The list in the group's own record. */
function addListInRecord(groups: Resource, add: Add, open: Open): boolean {
  const field = fieldsOf(recordOf(groups)).find(isUserList);
  if (!field || !groups.read) return false;
  const at = recordIn(groups.read.answer, groups.noun)?.at;
  add(["list", "path"], toPath(groups.read.path), groups.read.part.at);
  add(["list", "items"], at === undefined ? field.path : `${at}.${field.path}`, field.schema.at);
  addPointer(child(field.schema, "items"), add, open);
  return true;
}

/** The list in the group's own record, which the group's update writes. */
function addOwnList(groups: Resource, add: Add, open: Open): boolean {
  const { update } = groups;
  const written = fieldsOf(update?.body).find(isUserList);
  if (!update || !written || !addListInRecord(groups, add, open)) return false;
  addWrite("replace", update, add, open);
  return true;
}

/** The list of groups in each user's record. */
function addCarried(groups: Resource, users: Resource, add: Add): boolean {
  const isList = (field: Field) => isGroupList(field, groups);
  const shown = fieldsOf(recordOf(users)).find(isList);
  const written = fieldsOf(users.update?.body).find(isList);
  const inRows = fieldsOf(listIn(users.list?.answer, users.nouns)?.schema).find(isList);
  if (!shown || !written || inRows?.path !== shown.path || written.path !== shown.path) return false;
  add(["inUsers"], shown.path, shown.schema.at, "carried");
  const idIn = (list: Field) => fieldsOf(child(list.schema, "items")).find(({ path }) => isId(path, groups.noun));
  const [each, writeEach] = [idIn(shown), idIn(written)];
  if (each) add(["each"], each.path, each.schema.at, "carried");
  if (writeEach) add(["writeEach"], writeEach.path, writeEach.schema.at, "carried");
  return true;
}

function addPointer(row: Part | undefined, add: Add, open: Open, rule: Rule = "members"): void {
  if (!row || ["string", "integer", "number"].includes(typeOf(row) ?? "")) return;
  const fields = fieldsOf(row);
  // A row with an id of its own names the user beside it.
  const field =
    fields.find(({ path }) => isUserId(path) && !isId(path, "")) ?? fields.find(({ path }) => isId(path, ""));
  if (field) add(["list", "field"], field.path, field.schema.at, rule);
  else open(".list", "a row shows no user's id that the rules know", row.at);
}

function addWrite(name: string, operation: Operation, add: Add, open: Open): void {
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
  else open(`.${name}`, "the body shows no place for the members", operation.body?.at ?? operation.part.at);
}

/** The lists of users and of groups in one body. */
function placesOfBoth({ body }: Operation, groups: Resource): { users: Field; groups: Field } | undefined {
  const fields = fieldsOf(body).filter(({ schema }) => typeOf(schema) === "array");
  const ofGroups = fields.find((field) => isGroupList(field, groups));
  const ofUsers = fields.find((field) => field !== ofGroups && isUserList(field));
  return ofGroups && ofUsers ? { users: ofUsers, groups: ofGroups } : undefined;
}

function addBothLists(name: string, operation: Operation, groups: Resource, add: Add): void {
  const places = placesOfBoth(operation, groups);
  if (!places) return;
  add([name, "method"], operation.method, operation.part.at, "both");
  add([name, "path"], operation.path, operation.part.at, "both");
  add([name, "ids"], places.users.path, places.users.schema.at, "both");
  add([name, "groups"], places.groups.path, places.groups.schema.at, "both");
}
