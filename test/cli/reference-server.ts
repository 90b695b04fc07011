// A small SCIM server in memory, correct for what the simulated identity providers send, with defects that can be switched on.

import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import {
  applyPatch,
  type Equals,
  equals,
  isObject,
  type Json,
  type JsonObject,
  type PatchRules,
  parseFilter,
  ScimError,
  toBoolean,
} from "./reference-resource.ts";
import { ENTERPRISE, GROUP, listResourceTypes, listSchemas, serviceProviderConfig, USER } from "./reference-schemas.ts";

/** What a defective server does otherwise; absent members are correct. */
export interface Behaviour {
  hasGroups?: boolean;
  /** Attributes that are left out of /Schemas and dropped. */
  unheld?: readonly string[];
  equals?: Equals;
  rules?: Partial<PatchRules>;
  /** Changes a stored user before it is kept. */
  keep?: (user: JsonObject) => JsonObject;
  /** Runs after a user was changed. */
  afterUserPatch?: (user: JsonObject, groups: JsonObject[]) => void;
  /** Whether a query sees the resource. */
  sees?: (resource: JsonObject) => boolean;
  /** Replaces the answer. */
  answer?: (request: { method: string; path: string; filter: string }, reply: Reply) => Reply;
  allowsDuplicates?: boolean;
  forgetsDelete?: boolean;
  /** Creates users active whatever they are to be. */
  createsActive?: boolean;
  /** Runs after a group was changed by PATCH or PUT. */
  afterGroupWrite?: (group: JsonObject, body: JsonObject) => void;
  /** The id of a new resource. */
  idOf?: (body: JsonObject, present: JsonObject[]) => string | undefined;
}

export interface Reply {
  status: number;
  body: JsonObject | undefined;
  headers: Record<string, string>;
}

const TOKEN = "reference-token";

type Kind = "Users" | "Groups";
const keyOf = (kind: Kind) => (kind === "Users" ? "userName" : "displayName");

/** The Tenant URL's path is /scim; the bearer is `reference-token`. */
export function createReferenceServer(behaviour: Behaviour = {}) {
  const { hasGroups = true, unheld = [] } = behaviour;
  const stores = { Users: new Map<string, JsonObject>(), Groups: new Map<string, JsonObject>() };
  const seen: { method: string; path: string; body: unknown }[] = [];
  const app = new Hono();

  app.all("/scim/*", async (context) => {
    const text = await context.req.text();
    const body: unknown = text ? JSON.parse(text) : undefined;
    const path = context.req.path.slice("/scim".length);
    seen.push({ method: context.req.method, path, body });
    let reply: Reply;
    try {
      if (context.req.header("authorization") !== `Bearer ${TOKEN}`) throw new ScimError(401, "the token is unknown");
      reply = route(context, path, isObject(body) ? body : {});
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
      reply = toError(error);
    }
    const request = { method: context.req.method, path, filter: context.req.query("filter") ?? "" };
    return send(behaviour.answer?.(request, reply) ?? reply);
  });

  function route(context: Context, path: string, body: JsonObject): Reply {
    const { method } = context.req;
    if (path === "/ServiceProviderConfig") return ok(serviceProviderConfig);
    if (path === "/ResourceTypes") return ok(toList(listResourceTypes(hasGroups)));
    if (path === "/Schemas") return ok(toList(listSchemas(hasGroups, unheld)));
    const [, kind, id] = path.split("/");
    if (kind !== "Users" && kind !== "Groups") throw new ScimError(404, `no endpoint ${path}`);
    const store = stores[kind];
    if (id === undefined) return method === "POST" ? create(kind, body) : list(context, kind);
    const found = store.get(id);
    if (!found) throw new ScimError(404, `no resource ${id}`);
    if (method === "GET") return ok(project(context, found));
    if (method === "DELETE") return remove(kind, id);
    const checkName: PatchRules["checkName"] = (name) => checkFree(kind, name, id);
    const changed =
      method === "PUT"
        ? replace(kind, found, body, checkName)
        : applyPatch(found, body, { checkMember, checkName, ...behaviour.rules });
    store.set(id, kind === "Users" ? toKept(changed) : changed);
    if (kind === "Groups") behaviour.afterGroupWrite?.(changed, body);
    if (kind === "Users") behaviour.afterUserPatch?.(store.get(id) ?? changed, [...stores.Groups.values()]);
    return kind === "Users" || method === "PUT"
      ? ok(store.get(id) ?? changed)
      : { status: 204, body: undefined, headers: {} };
  }

  function create(kind: Kind, body: JsonObject): Reply {
    if (kind === "Groups" && !hasGroups) throw new ScimError(501, "this product has no groups");
    checkFree(kind, body[keyOf(kind)]);
    const id = behaviour.idOf?.(body, [...stores[kind].values()]) ?? randomUUID();
    const location = `http://reference.example/scim/${kind}/${id}`;
    const resource: JsonObject = {
      ...Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== "")),
      schemas: kind === "Users" ? [USER, ENTERPRISE] : [GROUP],
      id,
      meta: { resourceType: kind === "Users" ? "User" : "Group", location },
      ...(kind === "Users" ? { active: behaviour.createsActive || toBoolean(body.active ?? true) } : {}),
    };
    const kept = kind === "Users" ? toKept(resource) : resource;
    stores[kind].set(id, kept);
    return { status: 201, body: kept, headers: { location } };
  }

  function checkFree(kind: Kind, name: Json | undefined, ownId?: string): void {
    const key = keyOf(kind);
    if (typeof name !== "string" || name === "") throw new ScimError(400, `${key} is required`, "invalidValue");
    const isTaken = [...stores[kind].values()].some(
      (each) => each.id !== ownId && equals(each[key] ?? null, name, key),
    );
    if (isTaken && !behaviour.allowsDuplicates) throw new ScimError(409, `${key} is taken`, "uniqueness");
  }

  // What a PUT does not name is gone; `active` and members stay [S5].
  function replace(kind: Kind, found: JsonObject, body: JsonObject, checkName: PatchRules["checkName"]): JsonObject {
    checkName(body[keyOf(kind)]);
    const { id = null, meta = null, schemas = null, active = true, members = [] } = found;
    const sent = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== ""));
    const whole: JsonObject = { ...sent, id, meta, schemas };
    if (kind === "Users") return { ...whole, active: toBoolean(body.active ?? active) };
    const wanted = Array.isArray(body.members) ? body.members : members;
    if (Array.isArray(wanted)) for (const each of wanted.filter(isObject)) checkMember(String(each.value));
    return { ...whole, members: wanted };
  }

  function toKept(user: JsonObject): JsonObject {
    const copy = structuredClone(user);
    for (const name of unheld) {
      delete copy[name];
      if (isObject(copy[ENTERPRISE])) delete copy[ENTERPRISE][name];
    }
    return behaviour.keep?.(copy) ?? copy;
  }

  function remove(kind: Kind, id: string): Reply {
    if (!behaviour.forgetsDelete) stores[kind].delete(id);
    for (const group of stores.Groups.values()) {
      if (Array.isArray(group.members)) {
        group.members = group.members.filter((each) => !isObject(each) || each.value !== id);
      }
    }
    return { status: 204, body: undefined, headers: {} };
  }

  function list(context: Context, kind: Kind): Reply {
    const filter = context.req.query("filter");
    const matches = filter === undefined ? () => true : parseFilter(filter, behaviour.equals ?? equals);
    const found = [...stores[kind].values()].filter((each) => matches(each) && (behaviour.sees?.(each) ?? true));
    const startIndex = Math.max(1, Number(context.req.query("startIndex") ?? 1));
    const count = Math.min(100, Number(context.req.query("count") ?? 100));
    const page = found.slice(startIndex - 1, startIndex - 1 + count).map((each) => project(context, each));
    return ok(toList(page, found.length, startIndex));
  }

  function checkMember(id: string): void {
    if (!stores.Users.has(id)) throw new ScimError(400, `members: there is no user ${id}`, "invalidValue");
  }

  return {
    token: TOKEN,
    tenantUrl: new URL("http://127.0.0.1/scim"),
    app,
    stores,
    /** Every request in order, as it came. */
    seen,
    fetch: async (input: string | URL | Request, init?: RequestInit) => app.fetch(new Request(input, init)),
  };
}

function project(context: Context, resource: JsonObject): JsonObject {
  if (context.req.query("attributes") === "id") return { id: resource.id ?? null, schemas: resource.schemas ?? [] };
  if (context.req.query("excludedAttributes") !== "members") return resource;
  const { members: _members, ...rest } = resource;
  return rest;
}

function ok(body: object): Reply {
  return { status: 200, body: { ...body }, headers: {} };
}

function toList(resources: object[], totalResults = resources.length, startIndex = 1): object {
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

function toError({ status, scimType, message }: ScimError): Reply {
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
  const body: JsonObject = { schemas, status: String(status), detail: message, ...(scimType ? { scimType } : {}) };
  return { status, body, headers: {} };
}

function send({ status, body, headers }: Reply): Response {
  const all = { "content-type": "application/scim+json", "x-request-id": randomUUID(), ...headers };
  return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: all });
}
