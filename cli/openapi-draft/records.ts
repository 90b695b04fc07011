// The calls of users or of groups, and where their records are.

import { child, type Part, textOf } from "./document.ts";
import { draftAttributes, matchFields } from "./fields.ts";
import type { Operation, Resource } from "./operations.ts";
import type { Found, Line, Rule, Todo } from "./rules.ts";
import { deepFieldsOf, type Field, fieldsOf, isId, listIn, plain, recordIn, typeOf } from "./shapes.ts";

/** The path as a description has it: the parameters by what they name. */
export const toPath = (path: string, ...names: string[]): string => {
  let at = 0;
  return path.replace(/\{[^{}]*\}/g, () => `{${names[at++] ?? "id"}}`);
};

/** The record's shape, from the answer that shows it best. */
export function recordOf({ read, list, create, noun, nouns }: Resource): Part | undefined {
  return (
    recordIn(read?.answer, noun)?.schema ??
    listIn(list?.answer, nouns)?.schema ??
    recordIn(create?.answer, noun)?.schema
  );
}

export function draftRecords(kind: "users" | "groups", resource: Resource, paging: string): Found {
  const { list, read, create, update, remove, enable, disable, noun, nouns } = resource;
  const lines: Line[] = [];
  const todos: Todo[] = [];
  const add = (place: string[], value: unknown, at: string, rule: Rule) =>
    lines.push({ place: [kind, ...place], value, at, rule });
  const call = (name: string, operation: Operation, defaultMethod?: string) => {
    if (operation.method !== defaultMethod) add([name, "method"], operation.method, operation.part.at, "verbs");
    add([name, "path"], toPath(operation.path), operation.part.at, "verbs");
  };
  const open: Open = (blocks, place, text, at) =>
    todos.push({ blocks, place: `${kind}.${place}`, text, ...(at === undefined ? {} : { at }) });

  const record = recordOf(resource);
  const parameter = /\{([^{}]*)\}$/.exec(read?.path ?? "")?.[1];
  const fields = fieldsOf(record);
  // A person who is read by name has the name for an id.
  const named = fields.find(({ path }) => parameter !== undefined && plain(path) === plain(parameter));
  const id = named ?? fields.find(({ path }) => isId(path, noun));
  if (id) {
    if (id.path !== "id") add(["id"], id.path, id.schema.at, "id");
    if (["integer", "number"].includes(typeOf(id.schema) ?? "")) add(["idType"], "integer", id.schema.at, "id");
  } else open("users", "id", "the record shows no id that the rules know", record?.at);
  const hasVerbs = enable !== undefined && disable !== undefined;
  const table = draftAttributes(kind, { record, list, create: create?.body, update: update?.body, hasVerbs });
  const isNamed =
    named !== undefined && table.lines.some(({ value, at }) => value === "userName" && at === named.schema.at);
  if (isNamed) add(["named"], true, named.schema.at, "named");

  if (list) {
    call("list", list, "GET");
    const rows = listIn(list.answer, nouns);
    if (rows?.at !== undefined) add(["list", "items"], rows.at, rows.schema.at, "envelope");
    if (!rows) open("lists", "list", "the document does not show where the rows are", list.part.at);
    if (rows && kind === "users" && showsLess(rows.schema, table.lines))
      add(["list", "rows"], "partial", rows.schema.at, "rows");
    if (kind === "groups" && paging !== "none" && !isPaged(list)) add(["list", "paged"], false, list.part.at, "paging");
  } else open("lists", "list", `the document has no list of ${kind}`, read?.part.at);
  if (read) {
    call("read", read, "GET");
    const inside = recordIn(read.answer, noun);
    if (inside?.at !== undefined) add(["read", "at"], inside.at, inside.schema.at, "envelope");
    if (!inside) open("users", "read", "the document does not show the record", read.part.at);
  } else open("users", "read", "the document has no read by id; is there a search by id?", list?.part.at);
  if (create) {
    call("create", create, "POST");
    draftAnswer("create", create, resource, add, open, isNamed);
    draftFixed(create, kind, add, open);
  } else open("users", "create", "the document has no creation");
  if (update) {
    call("update", update);
    add(["update", "sends"], update.method === "PUT" ? "whole" : "changed", update.part.at, "verbs");
    if (update.method === "PUT")
      open(
        "writes",
        "update",
        'does PUT lose what is left out of it? "whole" sends the record as read',
        update.part.at,
      );
    const omitted = update.method === "PUT" ? notIn(update.body, fields) : [];
    if (omitted.length > 0) add(["update", "omit"], omitted, update.body?.at ?? "", "whole");
    draftAnswer("update", update, resource, add, open);
  } else open("users", "update", "the document has no update");
  if (remove) call("remove", remove, "DELETE");
  if (kind === "users" && enable && disable) {
    call("enable", enable, "POST");
    call("disable", disable, "POST");
  }
  return { lines: [...lines, ...table.lines], todos: [...todos, ...table.todos] };
}

type Add = (place: string[], value: unknown, at: string, rule: Rule) => void;
type Open = (blocks: Todo["blocks"], place: string, text: string, at?: string) => void;

/** The fields of a record that a body does not have; none where the document does not show the body. */
function notIn(body: Part | undefined, fields: readonly Field[]): string[] {
  const taken = fieldsOf(body).map(({ path }) => path);
  return taken.length === 0 ? [] : fields.flatMap(({ path }) => (taken.includes(path) ? [] : [path]));
}

/** Whether a row of the list lacks a field that the record has for an attribute. */
function showsLess(row: Part, lines: readonly Line[]): boolean {
  const shown = deepFieldsOf(row).map(({ path }) => path);
  return lines.some(({ place, value }) => place[3] === "field" && !shown.includes(String(value)));
}

/** What every new record needs and no attribute gives. */
function draftFixed({ body }: Operation, kind: "users" | "groups", add: Add, open: Open): void {
  const mapped = matchFields(body, kind).map(({ field }) => field.path.split(".")[0]);
  for (const { path, schema, isRequired } of fieldsOf(body)) {
    if (!isRequired || mapped.includes(path) || !/^[a-z][\w-]*$/i.test(path) || schema.value.default !== undefined)
      continue;
    const { example, enum: values } = schema.value;
    const given = [example, Array.isArray(values) ? values[0] : undefined].find((one) => isScalar(one));
    if (given !== undefined) add(["create", "constants", path], given, schema.at, "fixed");
    const guess = given === undefined ? "" : `; ${JSON.stringify(given)} is a guess`;
    open(
      "writes",
      "create",
      `the body requires ${path}, which no attribute gives: what does a new record get${guess}?`,
      schema.at,
    );
  }
}
const isScalar = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);

const isPaged = ({ parameters }: Operation) =>
  parameters.some((one) => /^(?:limit|offset|page|cursor|per_?page|page_?size|skip)$/i.test(textOf(one, "name") ?? ""));

function draftAnswer(
  name: "create" | "update",
  operation: Operation,
  { noun }: Resource,
  add: Add,
  open: Open,
  isNamed = false,
): void {
  const inside = recordIn(operation.answer, noun);
  const isWhole = inside && fieldsOf(inside.schema).some(({ path }) => !isId(path, noun));
  if (isWhole) {
    if (inside.at !== undefined) add([name, "at"], inside.at, inside.schema.at, "envelope");
  } else if (name === "update") {
    add([name, "answers"], "nothing", operation.part.at, "envelope");
    if (operation.answer)
      open("writes", "update", "the document does not show the record in the answer", operation.answer.at);
  } else if (inside) {
    const id = fieldsOf(inside.schema).find(({ path }) => isId(path, noun));
    add([name, "answers"], "id", inside.schema.at, "envelope");
    add([name, "at"], [inside.at, id?.path].filter((one) => one !== undefined).join("."), inside.schema.at, "envelope");
  } else if (isNamed) {
    add([name, "answers"], "name", operation.part.at, "named");
  } else {
    const location = child(operation.part, "responses", operation.success ?? "", "headers", "Location");
    add([name, "answers"], "location", location?.at ?? operation.part.at, "envelope");
    if (!location) {
      const text = "the document shows neither a record nor an id in the answer; the header Location is a guess";
      open("writes", "create", text, operation.part.at);
    }
  }
  const body = recordIn(operation.body, noun);
  const wrapped = operation.body ? fieldsOf(operation.body) : [];
  if (body?.at === undefined && wrapped.length === 1 && wrapped[0] && typeOf(wrapped[0].schema) === "object") {
    add([name, "envelope"], wrapped[0].path, wrapped[0].schema.at, "envelope");
  }
}
