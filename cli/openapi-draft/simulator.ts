// A simulator that answers in the shapes of a document: the template with what the document says of each call.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TO_ADAPTERS } from "../adapter/create.ts";
import { toCodeNames } from "../adapter/registry.ts";
import type { Api, Call, Fields, Kind, MemberCall } from "../templates/openapi/simulator/documented.ts";
import { merged, placed } from "../templates/openapi/simulator/state.ts";
import { isPartial, listInRecord, shownIn } from "./code/kinds.ts";
import type { Draft } from "./draft.ts";
import type { Operation, Resource } from "./operations.ts";
import { recordOf, toPath } from "./records.ts";
import { deepFieldsOf, type Field, fieldsOf, typeOf } from "./shapes.ts";
import { type AuthSketch, type CallSketch, type KindSketch, type Sketch, sketchOf } from "./sketch.ts";

const TEMPLATE = join(import.meta.dirname, "..", "templates", "openapi");
const FAKE = "fake-api-key";
const FAKE_TOKEN = "fake-token";
const FAKE_USER = "admin";

const MAX_DEPTH = 2;

/** A value of the kind that the document shows for a field. */
function sampleOf({ schema }: Field, depth = 0): unknown {
  const { example, default: given, enum: values } = schema.value;
  if (given !== undefined) return given;
  if (Array.isArray(values)) return values.includes("active") ? "active" : values[0];
  if (typeof example === "boolean" || typeof example === "number") return example;
  const type = typeOf(schema);
  // A record may contain its own kind, such as a manager.
  if (type === "object" && depth === MAX_DEPTH) return null;
  if (type === "object")
    return Object.fromEntries(fieldsOf(schema).map((field) => [field.path, sampleOf(field, depth + 1)]));
  return type === "array" ? [] : type === "boolean" ? true : null;
}

const definedOf = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** What a call answers, and where. */
function toCall(name: string, operation: Operation, sketch: CallSketch | undefined): Call {
  const { at, answers, envelope } = sketch ?? {};
  const isSilent = operation.answer === undefined || answers === "nothing" || answers === "name";
  const steps = answers === "id" ? (at ?? "id").split(".") : [];
  const inside = answers === "id" ? steps.slice(0, -1).join(".") || undefined : at;
  return {
    method: operation.method,
    path: toPath(operation.path),
    status: Number(operation.success ?? 200),
    ...definedOf({
      at: isSilent && name !== "list" ? null : inside,
      idAt: steps.at(-1),
      isLocated: answers === "location" ? true : undefined,
      envelope,
    }),
  };
}

/** What `active` becomes by a verb. */
function setBy(verb: string, { attributes = [] }: KindSketch): Fields | undefined {
  const row = attributes.find(({ path }) => path === "active");
  if (!row || (verb !== "enable" && verb !== "disable")) return undefined;
  const isActive = verb === "enable";
  const words = isActive ? row.enabled : row.disabled;
  return placed(row.field, words ?? (row.as === "inverted" ? !isActive : isActive));
}

/** Where a list says how many rows there are, as far as the document says so of this one. */
const totalIn = ({ answer }: Operation, paging: Sketch["paging"]): string | undefined =>
  deepFieldsOf(answer).some(({ path }) => path === paging?.total) ? paging?.total : undefined;

function toCalls(resource: Resource, sketch: KindSketch, paging: Sketch["paging"]): Kind["calls"] {
  const { list, read, create, update, remove, enable, disable } = resource;
  const renamed = new Map((sketch.attributes ?? []).map((row) => [row.writeField ?? row.field, row.field]));
  const calls = Object.entries({ list, read, create, update, remove, enable, disable }).flatMap(([name, operation]) => {
    if (!operation) return [];
    const known: { [call: string]: CallSketch | undefined } = {
      read: sketch.read,
      create: sketch.create,
      update: sketch.update,
    };
    const call = toCall(name, operation, known[name]);
    if (name === "list") {
      const shows = isPartial(sketch)
        ? [...new Set(shownIn(resource).map((path) => path.split(".")[0] ?? ""))]
        : undefined;
      const total = sketch.list?.paged === false ? undefined : totalIn(operation, paging);
      return [[name, { ...call, ...definedOf({ at: sketch.list?.items, total, shows }) }]];
    }
    const isWhole = name === "update" && sketch.update?.sends === "whole";
    const loses = isWhole ? fieldsOf(operation.body).map(({ path }) => renamed.get(path) ?? path) : undefined;
    return [[name, { ...call, ...definedOf({ loses, sets: setBy(name, sketch) }) }]];
  });
  return Object.fromEntries(calls);
}

function toKind(resource: Resource, sketch: KindSketch, lists: readonly string[], paging: Sketch["paging"]): Kind {
  const { id = "id", idType, attributes = [], userNameIs, create } = sketch;
  const key = attributes.find(({ path }) => path === (userNameIs ?? "userName") || path === "displayName");
  const main = attributes.find(({ path }) => path === (userNameIs ?? "userName")) ?? key;
  const shown = fieldsOf(recordOf(resource)).filter(({ path }) => !lists.includes(path));
  const sample = Object.fromEntries(shown.map((field) => [field.path, sampleOf(field)]));
  const pairs = <T>(pick: (row: (typeof attributes)[number]) => [string, T] | undefined) =>
    Object.fromEntries(attributes.flatMap((row) => [pick(row)].filter((pair) => pair !== undefined)));
  return {
    id,
    isNumber: idType === "integer",
    unique: main?.field ?? id,
    required: [
      ...attributes.flatMap(({ required, field }) => (required ? [field] : [])),
      ...Object.keys(create?.constants ?? {}),
    ],
    longest: pairs(({ field, maxLength: most }) =>
      most === undefined ? undefined : [field, typeof most === "number" ? most : Math.max(most.create, most.update)],
    ),
    written: pairs(({ field, writeField }) => (writeField === undefined ? undefined : [writeField, field])),
    searched: pairs(({ field, search }) => (search === undefined ? undefined : [search, field])),
    // A new account can be used.
    sample: merged(sample, setBy("enable", sketch) ?? {}),
    calls: toCalls(resource, sketch, paging),
  };
}

function toMembers(groups: KindSketch, operations: readonly Operation[], paging: Sketch["paging"]): Api["members"] {
  const { members } = groups;
  if (!members) return undefined;
  const { list, add, remove, replace, inUsers, each } = members;
  const operationOf = (method: string, path: string) =>
    operations.find((one) => one.method === method && toPath(one.path, "id", "member") === path);
  const statusOf = (method: string, path: string) => Number(operationOf(method, path)?.success ?? 200);
  const own = listInRecord(groups);
  const listing = list && operationOf(list.method ?? "GET", list.path);
  const listed: MemberCall | undefined = list && {
    method: list.method ?? "GET",
    path: list.path,
    status: statusOf(list.method ?? "GET", list.path),
    ...definedOf({ at: list.items, ids: list.field, total: listing && totalIn(listing, paging) }),
  };
  const writes = Object.entries({ add, remove, replace }).flatMap(([name, write]) =>
    write && write.path !== groups.update?.path
      ? [[name, { ...write, status: statusOf(write.method, write.path), at: null }]]
      : [],
  );
  return {
    calls: { ...(listed && own === undefined ? { list: listed } : {}), ...Object.fromEntries(writes) },
    ...(own === undefined ? {} : { inGroup: { field: own, ...definedOf({ each: list?.field }) } }),
    ...(inUsers === undefined ? {} : { inUser: { field: inUsers, ...definedOf({ each }) } }),
  };
}

function toCredential({ kind, name = "", tokenUrl }: AuthSketch): Pick<Api, "credential" | "tokens"> {
  switch (kind) {
    case "bearer":
      return { credential: { header: "authorization", value: `Bearer ${FAKE}` } };
    case "header":
      return { credential: { header: name.toLowerCase(), value: FAKE } };
    case "basic":
      return { credential: { header: "authorization", value: `Basic ${btoa(`${FAKE_USER}:${FAKE}`)}` } };
    case "clientCredentials":
      return { credential: { header: "authorization", value: `Bearer ${FAKE_TOKEN}` }, tokens: pathOf(tokenUrl) };
  }
}

const pathOf = (url: string | undefined): string => new URL(url ?? "/token", "https://product.example.com").pathname;

/** What the adapter, or the described product, is set up with. */
function demoSettings({ kind, tokenUrl }: AuthSketch, isCode: boolean): string {
  if (!isCode) return `{ baseUrl, credential: "${FAKE}" }`;
  if (kind === "basic") return `{ baseUrl, user: "${FAKE_USER}", password: "${FAKE}" }`;
  if (kind !== "clientCredentials") return `{ baseUrl, apiKey: "${FAKE}" }`;
  return `{ baseUrl, tokenUrl: \`\${baseUrl}${pathOf(tokenUrl)}\`, clientId: "fake-client", clientSecret: "${FAKE}" }`;
}

/** What the document says, as the simulator has it. */
function toApi(sketch: Sketch, { users, groups, operations }: Draft): Api | undefined {
  if (!users || !sketch.users) return undefined;
  const { paging } = sketch;
  const members = sketch.groups && toMembers(sketch.groups, operations, paging);
  const lists = [members?.inUser?.field, members?.inGroup?.field].filter((one) => one !== undefined);
  return {
    ...toCredential(sketch.auth),
    paging: {
      ...definedOf({ from: paging?.offset, page: paging?.page, cursor: paging?.cursor, next: paging?.next }),
      ...definedOf({ size: paging?.size ?? paging?.limit }),
      first: paging?.first ?? 1,
      max: paging?.max ?? 10_000,
    },
    ...definedOf({ names: sketch.faults?.[0]?.names }),
    users: toKind(users, sketch.users, lists, paging),
    ...(groups && sketch.groups ? { groups: toKind(groups, sketch.groups, lists, paging) } : {}),
    ...(members ? { members } : {}),
  };
}

/**
 * The simulator's files by their names in the draft's folder; none where the document has no users.
 * @param adapters the way from the draft's folder to adapters/
 * @param comments what the document leaves open about it
 */
export function toSimulator(
  name: string,
  adapters: string,
  draft: Draft,
  comments: string,
): { [file: string]: string } {
  const sketch = sketchOf(draft.lines);
  const api = toApi(sketch, draft);
  if (!api) return {};
  const { variable, part } = toCodeNames(name);
  const filled = (file: string) =>
    readFileSync(join(TEMPLATE, file), "utf8")
      .replace(/\/\* the document \*\/[\s\S]*?; \/\* the end \*\//, () => `${JSON.stringify(api)};`)
      .replace(/\{ baseUrl, apiKey: "fake-api-key" \/\* the credential \*\/ \}/, () =>
        demoSettings(sketch.auth, draft.forces.length > 0),
      )
      .replaceAll(TO_ADAPTERS, adapters)
      .replaceAll("createTemplateSimulation", `create${part}Simulation`)
      .replaceAll(/\btemplate(State|DemoSettings)\b/g, `${variable}$1`)
      .replaceAll('"template"', JSON.stringify(name))
      .replaceAll("Template", () => sketch.title);
  const files = ["simulator.ts", "simulator/documented.ts", "simulator/memberships.ts", "simulator/state.ts"];
  const texts = Object.fromEntries(files.map((file) => [file, filled(file)]));
  const documented = texts["simulator/documented.ts"]?.replace("\n", () => `\n${comments}`) ?? "";
  return { ...texts, "simulator/documented.ts": documented };
}
