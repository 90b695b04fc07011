// `view.ts` and `promise.json` of a drafted adapter: what the suite expects behind it, and of it.

import { toCodeNames } from "../../adapter/registry.ts";
import { recordOf } from "../records.ts";
import { fieldsOf, typeOf } from "../shapes.ts";
import type { KindSketch, RowSketch, Sketch } from "../sketch.ts";
import { deviationsOf } from "./adapter-file.ts";
import { isPartial, type Kind } from "./kinds.ts";
import { isKeyRow } from "./shapes-text.ts";
import { quoted, toComment, toEntry, toField, toKey, WORK } from "./words.ts";

/** The simulator gives out its own ids from here on. */
const FIRST_ID = "10_001";
const KEPT = { user: "C-7", group: "green" } as const;

/** A text of the record that no attribute maps and writes must leave alone; where the document has none, an invented one. */
function unmappedOf({ word, sketch, resource }: Kind, lists: readonly (string | undefined)[]): string {
  const { attributes = [], id = "id" } = sketch;
  const mapped = [...attributes.map(({ field }) => field.split(".")[0]), ...lists, id];
  const omitted = sketch.update?.omit ?? [];
  const free = fieldsOf(recordOf(resource)).find(
    ({ path, schema }) =>
      !mapped.includes(path) &&
      !omitted.includes(path) &&
      typeOf(schema) === "string" &&
      schema.value.enum === undefined &&
      schema.value.format === undefined &&
      /^[a-z]\w*$/i.test(path),
  );
  return free?.path ?? (word === "user" ? "costCode" : "colour");
}

/** The value at a dotted path of a native record. */
const valueText = (path: string): string => {
  const [outer = "", inner] = path.split(".");
  return inner === undefined ? toField("record", outer) : toField(`inside(record, ${quoted(outer)})`, inner);
};

function activeText(row: RowSketch): string {
  if (row.disabled !== undefined) return `${valueText(row.field)} !== ${quoted(row.disabled)}`;
  return row.as === "inverted" ? `${valueText(row.field)} !== true` : `${valueText(row.field)} === true`;
}

function madeActiveText(row: RowSketch): string {
  if (row.enabled !== undefined) return `active ? ${quoted(row.enabled)} : ${quoted(row.disabled)}`;
  return row.as === "inverted" ? "!active" : "active";
}

const STRANGER: { [path: string]: string } = {
  userName: "key",
  [WORK]: "email",
  "name.givenName": "givenName",
  "name.familyName": "familyName",
};

/** The record of somebody whom the product's own administrator made. */
function toMade({ sketch }: Kind, unmapped: string): { text: string; taken: string[] } {
  const { attributes = [], id = "id", idType, named } = sketch;
  const tree = new Map<string, string | Map<string, string>>();
  if (!named) tree.set(id, idType === "integer" ? "id" : "String(id)");
  const taken = new Set<string>();
  for (const row of attributes) {
    const isActive = row.path === "active";
    const value = isActive ? madeActiveText(row) : STRANGER[row.path];
    if (value === undefined) continue;
    taken.add(isActive ? "active" : value);
    const [outer = "", inner] = row.field.split(".");
    const below = tree.get(outer);
    if (inner === undefined) tree.set(outer, value);
    else tree.set(outer, (below instanceof Map ? below : new Map<string, string>()).set(inner, value));
  }
  tree.set(unmapped, quoted(KEPT.user));
  const toText = (fields: ReadonlyMap<string, string | Map<string, string>>): string =>
    `{ ${[...fields].map(([name, one]) => toEntry(name, typeof one === "string" ? one : toText(one))).join(", ")} }`;
  return { text: toText(tree), taken: [...taken] };
}

function toUsers(kind: Kind, unmapped: string): string {
  const { attributes = [], userNameIs, named } = kind.sketch;
  const key = attributes.find(({ path }) => path === (userNameIs ?? "userName"));
  const active = attributes.find(({ path }) => path === "active");
  const { text, taken } = toMade(kind, unmapped);
  const names = [...new Set([...(named ? ["key"] : []), ...taken])];
  const made = named
    ? `made: ({ ${names.join(", ")} }) => [key, ${text}]`
    : `made: ({ ${names.join(", ")} }, taken) => { const id = freeId(taken, FIRST_ID); return [String(id), ${text}]; }`;
  return `...usersIn("users", {
  shown: (record) => ({ key: String(${valueText(key?.field ?? "id")}), active: ${active ? activeText(active) : "true"} }),
  ${made},
}),`;
}

function toGroups({ sketch }: Kind, unmapped: string): string {
  const { attributes = [], id = "id", idType } = sketch;
  const name = attributes.find(({ path }) => path === "displayName")?.field ?? "name";
  const shownName =
    name === "name"
      ? ""
      : `
  groups: (state) => Object.entries(recordsIn(state, "groups")).map(([id, record]) => ({ id, name: String(${valueText(name)}), memberIds: idsIn(record.memberIds), record })),
  heldByGroup: (record) => ({ displayName: ${valueText(name)} }),`;
  const fields = { [id]: idType === "integer" ? "id" : "String(id)", [name]: "name", [unmapped]: quoted(KEPT.group) };
  const made = `{ ${Object.entries(fields)
    .map(([key, value]) => toEntry(key, value))
    .join(", ")} }`;
  return `...groupsIn("groups", {
  members: "memberIds",
  made: (name, taken) => { const id = freeId(taken, FIRST_ID); return [String(id), ${made}]; },
}),${shownName}`;
}

export function toViewFile(name: string, sketches: Sketch, kinds: readonly Kind[]): string {
  const { variable } = toCodeNames(name);
  const [users, groups] = kinds;
  if (!users) return "";
  const { members } = sketches.groups ?? {};
  const ofUser = unmappedOf(users, [members?.inUsers]);
  const ofGroup = groups && unmappedOf(groups, [members?.list?.items?.split(".").at(-1)]);
  const held = (users.sketch.attributes ?? []).map(
    (row) => `${quoted(row.path)}: ${row.path === "active" ? activeText(row) : `textOf(${valueText(row.field)})`},`,
  );
  const body = `export const ${variable}: NativeView = {
  unmapped: { ${toKey(ofUser)}: ${quoted(KEPT.user)} },
  ${groups && ofGroup ? `unmappedOfGroup: { ${toKey(ofGroup)}: ${quoted(KEPT.group)} },` : ""}
  ${toUsers(users, ofUser)}
  ${groups && ofGroup ? toGroups(groups, ofGroup) : "...noGroups,"}
  held: (record) => ({ ${held.join("\n")} }),
  ${toSamples(users)}
  ${toReads(sketches)}
};
`;
  const inside = body.includes("inside(")
    ? `/** The object in a field of a record. */
const inside = (record: NativeRecord, name: string): NativeRecord => {
  const value = record[name];
  // A JSON object has fields by name.
  return typeof value === "object" && value !== null ? (value as NativeRecord) : {};
};\n\n`
    : "";
  const names = ["freeId", "groupsIn", "idsIn", "noGroups", "recordsIn", "textOf", "usersIn"].filter((one) =>
    new RegExp(`\\b${one}\\b`).test(body),
  );
  const types = ["NativeRecord", "NativeView"]
    .filter((one) => new RegExp(`\\b${one}\\b`).test(inside + body))
    .map((one) => `type ${one}`);
  const first = /FIRST_ID/.test(body)
    ? `/** The simulator gives out its own ids from here on. */\nconst FIRST_ID = ${FIRST_ID};\n\n`
    : "";
  return `${toComment(`${sketches.title} behind its adapter, for the suite: drafted from the document, never from the adapter.`, "")}
import { ${[...names, ...types].join(", ")} } from "../../adapters/native-view.ts";

${first}${inside}${body}`;
}

/** Values for fields that hold a number, where a made-up text would be refused. */
function toSamples({ sketch }: Kind): string {
  const rows = (sketch.attributes ?? []).filter((row) => row.as === "integer");
  const samples = rows.map(({ path }) => `${quoted(path)}: ["1001", "1002"]`);
  return samples.length === 0 ? "" : `samples: { ${samples.join(", ")} },`;
}

/** Calls that read and are no GET. */
function toReads({ users, groups }: Sketch): string {
  const paths = [users?.list, groups?.list, groups?.members?.list].flatMap((list) =>
    list?.method === undefined || list.method === "GET" ? [] : [list.path],
  );
  if (paths.length === 0) return "";
  const patterns = paths.map((path) =>
    String(new RegExp(`${path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{[^}]*\}/g, "[^/]+")}$`)),
  );
  return `isRead: ({ method, path }) => method === "POST" && [${patterns.join(", ")}].some((pattern) => pattern.test(path)),`;
}

export function toPromise(name: string, sketches: Sketch): string {
  const { users, groups } = sketches;
  const { attributes = [], userNameIs } = users ?? {};
  const has = (path: string) => attributes.some((row) => row.path === path);
  const isFound = attributes.some(({ search }) => search !== undefined) && users?.list !== undefined;
  const replaces = groups?.members?.replace !== undefined && groups.members.add === undefined;
  const told = (row: RowSketch, sketch: KindSketch) => ({
    path: row.path,
    type: row.reference ? "reference" : row.path === "active" ? "boolean" : "string",
    ...(row.required || isKeyRow(row, sketch) ? { required: true } : {}),
    ...(isKeyRow(row, sketch) || row.search ? { filterable: true } : {}),
  });
  const same = attributes.find(({ path }) => path === userNameIs);
  const rows = same ? [{ ...same, path: "userName" }, ...attributes] : attributes;
  const promise = {
    vendor: name,
    source: `adapters/${name}/README.md`,
    basis: "published",
    user: [
      "create",
      "update",
      ...(has("active") ? ["disable"] : []),
      ...(users?.remove ? ["remove"] : []),
      ...(isFound ? ["find"] : []),
    ],
    group: groups
      ? ["create", ...(groups.update ? ["update"] : []), ...(groups.remove ? ["remove"] : []), "members"]
      : [],
    names: "unicode",
    seats: false,
    ...(userNameIs === undefined ? {} : { userNameIs }),
    disableEnds: "unknown",
    attributes: {
      User: rows.map((row) => told(row, users ?? {})),
      Group: (groups?.attributes ?? []).map((row) => told(row, groups ?? {})),
    },
    deviations: [
      ...deviationsOf(sketches),
      ...(isFound ? [] : ["noSearch"]),
      ...(users && isPartial(users) ? ["partialRows"] : []),
      ...(users?.update?.sends === "whole" ? ["fullReplace"] : []),
      ...(users?.remove ? [] : ["disableOnly"]),
      ...(replaces ? ["replaceOnlyMembers"] : []),
    ],
  };
  return JSON.stringify(promise);
}
