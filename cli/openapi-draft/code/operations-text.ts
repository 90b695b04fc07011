// The operations of users and groups of a drafted adapter, in source text.

import { capital } from "../../adapter/registry.ts";
import type { CallSketch, KindSketch, ListSketch, Sketch } from "../sketch.ts";
import { hasNested } from "./bodies.ts";
import { isPartial, type Kind, shapeOf } from "./kinds.ts";
import { type Questions, quoted, toField, toKey, toPathKey } from "./words.ts";

export interface Context {
  kind: Kind;
  sketches: Sketch;
  questions: Questions;
}

const VERBS = new Map([
  ["GET", "get"],
  ["POST", "post"],
  ["PUT", "put"],
  ["PATCH", "patch"],
  ["DELETE", "delete"],
]);
const METHODS = { read: "GET", create: "POST", remove: "DELETE" } as const;

/** A call: `api.get("/users/{id}", { params: { id }, returns: user })`. */
export function toCall(method: string, path: string, ...given: string[]): string {
  const options = path.includes("{id}") ? ["params: { id }", ...given] : given;
  const all = options.filter((one) => one !== "");
  return `api.${VERBS.get(method)}(${quoted(path)}${all.length === 0 ? "" : `, { ${all.join(", ")} }`})`;
}

const toFields = (fields: CallSketch["constants"] = {}) =>
  Object.entries(fields).map(([name, value]) => `${toKey(name)}: ${quoted(value)}`);

/** What a write sends. */
const toJson = (fields: string, { envelope }: CallSketch) =>
  envelope === undefined ? `json: ${fields}` : `json: { ${toKey(envelope)}: ${fields} }`;

/** What asks for a list or a search, beside the page. */
const toAsked = (method: string, parameters: string): string[] => {
  if (method !== "GET") return [`json: { ${parameters} }`, "safe: true"];
  return parameters === "" ? [] : [`query: { ${parameters} }`];
};

const rowOf = ({ word, sketch }: Kind) => (isPartial(sketch) ? `${word}Row` : word);
const itemsOf = ({ items }: ListSketch, { users }: Sketch) =>
  items === undefined || items === users?.list?.items ? "" : `items: ${quoted(items)}`;

/** One page of the kind's list, behind a cursor. */
export function toPageCall({ kind, sketches }: Context, list: ListSketch): string {
  const method = list.method ?? "GET";
  const options = [...toAsked(method, ""), itemsOf(list, sketches), `item: ${rowOf(kind)}`, "cursor"];
  return `api.page(${quoted(method)}, ${quoted(list.path)}, { ${options.filter((one) => one !== "").join(", ")} })`;
}

const unsupported = (detail: string) => `{ throw new Fault("unsupported", { detail: ${quoted(detail)} }); }`;

function toList(context: Context): string {
  const { kind, sketches, questions } = context;
  const { list } = kind.sketch;
  const said = questions.at(`${kind.word}s.list`);
  if (!list) return `${said}list() ${unsupported(`${sketches.title} has no list of ${kind.word}s.`)},`;
  if (list.paged === false && isGet(list))
    return `${said}list: async (api) => ({ items: await ${toCall("GET", list.path, `returns: all${capital(kind.word)}s`)} }),`;
  return `${said}list: (api, cursor) => ${toPageCall(context, list)},`;
}

const isGet = ({ method = "GET" }: ListSketch) => method === "GET";

function toFind({ kind, questions }: Context): string {
  const { attributes = [], list } = kind.sketch;
  const rows = attributes.filter(({ search }) => search !== undefined);
  if (!list || rows.length === 0 || (kind.word === "group" && list.paged === false)) return "";
  const searches = rows.map((row) => {
    const options = [`query: { ${toKey(row.search ?? "")}: value }`, `item: ${rowOf(kind)}`];
    return `${toPathKey(row.path)}: (api, value) => api.all("GET", ${quoted(list.path)}, { ${options.join(", ")} }),`;
  });
  return `${questions.at(`${kind.word}s.search`)}find: { ${searches.join("\n")} },`;
}

/** The function that reads one record, which several operations call. */
export function toReader(context: Context): string {
  const { kind, questions } = context;
  const { word, sketch } = kind;
  const { read, list } = sketch;
  const type = capital(word);
  const said = questions.at(`${word}s.read`);
  if (read) {
    const call = toCall("GET", read.path, `returns: ${shapeOf(word, sketch, "read")}`);
    return `${said}const read${type} = (api: Pick<Api, "get">, id: string): Promise<${type}> => ${call};\n\n`;
  }
  const body = list
    ? `for await (const { items } of pagesOf((cursor) => ${toPageCall(context, list)})) {
  const found = items.find((one) => ${idOf("one", sketch)} === id);
  if (found) return found;
}
throw new Fault("notFound");`
    : `throw new Fault("unsupported", { detail: id });`;
  return `${said}async function read${type}(api: Pick<Api, "page">, id: string): Promise<${type}> { ${body} }\n\n`;
}

/** An id as text. */
export const toIdText = (value: string, idType: KindSketch["idType"]): string =>
  idType === "integer" ? `String(${value})` : value;
const idOf = (root: string, { id = "id", idType }: KindSketch) => toIdText(toField(root, id), idType);

function toCreate({ kind, sketches, questions }: Context): string {
  const { word, sketch } = kind;
  const { create } = sketch;
  const said = questions.at(`${word}s.create`);
  if (!create) return `${said}create() ${unsupported(`${sketches.title} cannot create this.`)},`;
  const type = capital(word);
  const own = hasNested(kind) ? `to${type}Body(values)` : `fieldsOf(${word}Fields, values)`;
  const fixed = toFields(create.constants);
  const json = toJson(fixed.length === 0 ? own : `{ ...${own}, ${fixed.join(", ")} }`, create);
  const method = create.method ?? METHODS.create;
  const read = (id: string) => `return read${type}(api, ${id});`;
  switch (create.answers) {
    case "id":
      return `${said}async create(api, values) {
  const id = await ${toCall(method, create.path, json, `returns: new${type}Id`)};
  ${read(sketch.idType === "integer" ? "String(id)" : "id")}
},`;
    case "name":
      return `${said}async create(api, values) {
  await ${toCall(method, create.path, json)};
  // A person is read by the name.
  ${read("String(values.userName)")}
},`;
    case "location":
      return `${said}async create(api, values) {
  const { location } = await api.send(${quoted(method)}, ${quoted(create.path)}, { ${json} });
  const id = location?.split("/").at(-1);
  if (id === undefined) throw new Fault("protocol", { detail: "The product did not say where the new record is." });
  ${read("decodeURIComponent(id)")}
},`;
    default:
      return `${said}create: (api, values) => ${toCall(method, create.path, json, `returns: ${shapeOf(word, sketch, "create")}`)},`;
  }
}

function toUpdate({ kind, sketches, questions }: Context): string {
  const { word, sketch } = kind;
  const { update } = sketch;
  const said = questions.at(`${word}s.update`);
  if (!update) {
    if (word === "group") return said;
    return `${said}update() ${unsupported(`${sketches.title} cannot change this.`)},`;
  }
  const type = capital(word);
  const isWhole = update.sends === "whole";
  const isNested = hasNested(kind);
  const own = isNested ? `to${type}Body(values, changed, native)` : `fieldsOf(${word}Fields, values, changed)`;
  const whole = isWhole ? `toWhole${type}(native, ${own})` : own;
  const fixed = toFields(update.constants);
  const json = toJson(fixed.length === 0 ? whole : `{ ...${whole}, ${fixed.join(", ")} }`, update);
  const needs = word === "user" ? toNeeds(isWhole, sketches.groups?.members?.inUsers !== undefined) : "";
  const change = `{ values, changed${isWhole || isNested ? ", native" : ""} }`;
  const method = update.method ?? "PATCH";
  if (update.answers !== "nothing") {
    const call = toCall(method, update.path, json, `returns: ${shapeOf(word, sketch, "update")}`);
    return `${said}${needs}update: (api, id, ${change}) => ${call},`;
  }
  return `${said}${needs}async update(api, id, ${change}) {
  await ${toCall(method, update.path, json)};
  return read${type}(api, id);
},`;
}

/** What an update needs, and whether it sends the groups that stand in the user's record. */
function toNeeds(isWhole: boolean, holdsGroups: boolean): string {
  const groups = holdsGroups ? `writesGroups: ${quoted(isWhole ? "always" : "in member calls")},\n` : "";
  return `${isWhole ? `updateNeeds: "wholeRecord",\n` : ""}${groups}`;
}

/** `active` by verbs of its own. */
function toVerbs({ kind, questions }: Context): string {
  const { enable, disable, attributes = [] } = kind.sketch;
  const row = attributes.find(({ path }) => path === "active");
  const ends = `${questions.at("users.disable")}disableEnds: "unknown",`;
  if (!row || !enable || !disable) return ends;
  const [on, off] = [enable, disable].map(({ method = "POST", path }) => [quoted(method), quoted(path)]);
  const choice = (at: 0 | 1) => (on?.[at] === off?.[at] ? on?.[at] : `active ? ${on?.[at]} : ${off?.[at]}`);
  const value =
    row.enabled !== undefined
      ? `active ? ${quoted(row.enabled)} : ${quoted(row.disabled)}`
      : row.as === "inverted"
        ? "!active"
        : "active";
  const [outer = "", inner] = row.field.split(".");
  const field =
    inner === undefined
      ? `${toKey(outer)}: ${value}`
      : `${toKey(outer)}: { ...${toField("native", outer)}, ${toKey(inner)}: ${value} }`;
  return `${ends}
async setActive(api, id, active, native) {
  await api.send(${choice(0)}, ${choice(1)}, { params: { id } });
  return { ...native, ${field} };
},`;
}

const toRemove = ({ kind, questions }: Context): string => {
  const { remove } = kind.sketch;
  const said = questions.at(`${kind.word}s.remove`);
  return remove ? `${said}remove: (api, id) => ${toCall(remove.method ?? METHODS.remove, remove.path)},` : said;
};

/** What stands between the braces of `user` or `group`; the members of groups come behind it. */
export function toOperations(context: Context): string {
  const { word, sketch } = context.kind;
  const type = capital(word);
  const id = isPartial(sketch) ? `record: ${type} | ${type}Row` : `record: ${type}`;
  const said = context.questions.at(`${word}s.id`);
  return [
    `${said}id: (${id}) => ${idOf("record", sketch)},`,
    `toScim: to${type},`,
    isPartial(sketch) ? `rowToScim: ${word}RowToScim,` : "",
    toList(context),
    toFind(context),
    `read: read${type},`,
    toCreate(context),
    toUpdate(context),
    word === "user" ? toVerbs(context) : "",
    toRemove(context),
  ]
    .filter((text) => text !== "")
    .join("\n");
}
