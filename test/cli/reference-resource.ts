// Resources of the reference server: paths, PATCH in both forms and equality filters, no more than Entra sends.

import { ENTERPRISE } from "./reference-schemas.ts";

export type Json = string | number | boolean | null | Json[] | JsonObject;
/** Characters of a value, at most. */
const MAX_TEXT = 256;

export type JsonObject = { [name: string]: Json };

export class ScimError extends Error {
  readonly status: number;
  readonly scimType: string | undefined;
  constructor(status: number, detail: string, scimType?: string) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Path {
  urn: string | undefined;
  name: string;
  type: string | undefined;
  valueOf: string | undefined;
  sub: string | undefined;
}

const CORE = /^urn:(?:ietf:params:)?scim:schemas:core:2\.0:User(?:[:.]|$)/;

function parsePath(spelled: string): Path {
  const text = spelled.replace(CORE, "");
  const urn = /^(urn:.+):([^:]+)$/.exec(text);
  const rest = urn?.[2] ?? text;
  const found = /^(\w+)(?:\[(\w+) eq "([^"]*)"\])?(?:\.(\w+))?$/.exec(rest);
  if (!found?.[1]) throw new ScimError(400, `no path: ${text}`, "invalidPath");
  const isType = found[2] === "type";
  return {
    urn: urn?.[1] ?? (found[1] === "manager" ? ENTERPRISE : undefined),
    name: found[1],
    type: isType ? found[3] : undefined,
    valueOf: isType ? undefined : found[3],
    sub: found[4],
  };
}

function child(parent: JsonObject, name: string): JsonObject {
  const found = parent[name];
  if (isObject(found)) return found;
  const made: JsonObject = {};
  parent[name] = made;
  return made;
}

function elements(parent: JsonObject, name: string): JsonObject[] {
  const list = parent[name];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function put(parent: JsonObject, name: string, value: Json): void {
  if (typeof value === "string" && value.length > MAX_TEXT)
    throw new ScimError(400, `${name} is too long`, "invalidValue");
  if (value === null || value === "") delete parent[name];
  else parent[name] = value;
}

function writePath(resource: JsonObject, text: string, value: Json): void {
  const path = parsePath(text);
  const parent = path.urn ? child(resource, path.urn) : resource;
  if (path.type !== undefined) {
    const list = elements(parent, path.name);
    let element = list.find((each) => each.type === path.type);
    if (!element && value !== null && value !== "") {
      element = { type: path.type };
      list.push(element);
    }
    if (element) put(element, path.sub ?? "value", value);
    parent[path.name] = list.filter((each) => Object.keys(each).some((key) => key !== "type" && key !== "primary"));
  } else if (path.name === "manager") {
    const single = Array.isArray(value) ? (value[0] ?? null) : value;
    const id = isObject(single) ? (single.value ?? null) : single;
    put(parent, "manager", id === null || id === "" ? null : { value: id });
  } else if (path.name === "active") parent.active = toBoolean(value);
  else if (path.sub) put(child(parent, path.name), path.sub, value);
  else put(parent, path.name, value);
}

export function toBoolean(value: Json): Json {
  return typeof value === "string" ? value.toLowerCase() === "true" : value;
}

export interface PatchRules {
  /** Throws when a member or manager id is unknown. */
  checkMember(id: string): void;
  /** Throws when a userName is somebody else's or none. */
  checkName(userName: Json | undefined): void;
  /** Refuses a disabling PATCH for what else is in it. */
  isAtomic?: boolean;
  /** Does the first operation of a PATCH alone. */
  onlyFirst?: boolean;
  /** Adds members that are to replace those who are there. */
  mergesMembers?: boolean;
  /** Knows no other spelling of the core attributes. */
  ignoreUrns?: boolean;
  /** Replaces the correct handling of `remove members` with a value list. */
  removeMembers?: (members: JsonObject[], ids: string[]) => JsonObject[];
  /** Refuses Add and Replace of a typed element that does not exist. */
  refuseNewElement?: boolean;
  /** Does nothing for such an operation. */
  ignores?: (operation: JsonObject, resource: JsonObject) => boolean;
  /** Ignores the keys of a path-less value that are paths. */
  ignorePathKeys?: boolean;
}

/** Applies a PatchOp to a copy; the caller commits it. Beside a deactivation, what cannot be done is left out. */
export function applyPatch(resource: JsonObject, body: JsonObject, rules: PatchRules): JsonObject {
  const all = Array.isArray(body.Operations) ? body.Operations.filter(isObject) : [];
  const operations = rules.onlyFirst ? all.slice(0, 1) : all;
  const alone: JsonObject = {};
  for (const operation of operations) attempt(() => applyOperation(alone, operation, rules));
  const isForgiving = alone.active === false && !rules.isAtomic;
  let copy = structuredClone(resource);
  for (const operation of operations) {
    const apply = () => {
      const next = structuredClone(copy);
      applyOperation(next, operation, rules);
      if (next.userName !== copy.userName) rules.checkName(next.userName);
      copy = next;
    };
    if (isForgiving) attempt(apply);
    else apply();
  }
  return copy;
}

function attempt(apply: () => void): void {
  try {
    apply();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
  }
}

function applyOperation(copy: JsonObject, operation: JsonObject, rules: PatchRules): void {
  if (rules.ignores?.(operation, copy)) return;
  const { path, value = null } = operation;
  if (typeof path === "string") applyPathed(copy, String(operation.op).toLowerCase(), path, value, rules);
  else applyEntries(copy, value, rules);
}

function applyPathed(copy: JsonObject, op: string, path: string, value: Json, rules: PatchRules): void {
  const { urn, type, name } = parsePath(path);
  if (rules.ignoreUrns && CORE.test(path)) return;
  if (name === "members") {
    applyMembers(copy, op, path, value, rules);
    return;
  }
  if (rules.refuseNewElement && type && value && !elements(copy, name).some((each) => each.type === type)) {
    throw new ScimError(400, `${path} matches nothing`, "noTarget");
  }
  if (urn !== undefined && name === "manager" && typeof value === "string" && value !== "") rules.checkMember(value);
  writePath(copy, path, op === "remove" ? null : value);
}

function applyEntries(copy: JsonObject, value: Json, rules: PatchRules): void {
  for (const [key, each] of Object.entries(isObject(value) ? value : {})) {
    if (rules.ignorePathKeys && /[.:]/.test(key)) continue;
    if (key.replace(CORE, "") !== "") writePath(copy, key, each);
    else if (!rules.ignoreUrns) applyEntries(copy, each, rules);
  }
}

function applyMembers(copy: JsonObject, op: string, path: string, value: Json, rules: PatchRules): void {
  const members = elements(copy, "members");
  const one = parsePath(path).valueOf;
  const ids = one ? [one] : (Array.isArray(value) ? value.filter(isObject) : []).map((each) => String(each.value));
  if (op === "remove") {
    const removeMembers =
      rules.removeMembers ?? ((all, gone) => all.filter((each) => !gone.includes(String(each.value))));
    copy.members = one ? members.filter((each) => each.value !== one) : removeMembers(members, ids);
    return;
  }
  if (op === "replace" && !rules.mergesMembers) members.length = 0;
  for (const id of ids) {
    rules.checkMember(id);
    if (!members.some((each) => each.value === id)) members.push({ value: id });
  }
  copy.members = members;
}

export type Equals = (got: Json, wanted: string, path: string) => boolean;

/** Compares as a correct server does: userName without case, all else exactly. */
export const equals: Equals = (got, wanted, path) =>
  path === "userName" ? String(got).toLowerCase() === wanted.toLowerCase() : String(got) === wanted;

/** A predicate for `a eq "x" and b eq "y"`. */
export function parseFilter(text: string, same: Equals): (resource: JsonObject) => boolean {
  const terms = text.split(" and ").map((term) => {
    const found = /^(.+) eq ("(?:[^"\\]|\\.)*")$/.exec(term.trim());
    if (!found?.[1] || !found[2]) throw new ScimError(400, `no filter: ${text}`, "invalidFilter");
    return { path: found[1], wanted: String(JSON.parse(found[2])) };
  });
  return (resource) =>
    terms.every(({ path, wanted }) => readValues(resource, path).some((got) => same(got, wanted, path)));
}

function readValues(resource: JsonObject, text: string): Json[] {
  const { urn, name, type, sub } = parsePath(text);
  const parent = urn ? resource[urn] : resource;
  const value = isObject(parent) ? (parent[name] ?? null) : null;
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((each) => {
    if (!isObject(each)) return each === null ? [] : [each];
    return type === undefined || each.type === type ? [each[sub ?? "value"] ?? null] : [];
  });
}
