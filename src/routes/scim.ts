// The SCIM endpoints of one connection (RFC 7644 section 3); they run inside its object.

import { type Context, Hono } from "hono";
import { deleteUser } from "../provision/departure.ts";
import { changeGroup, createGroup, deleteGroup } from "../provision/groups.ts";
import { hydrate, kindOf } from "../provision/hydrate.ts";
import type { Job } from "../provision/job.ts";
import { search } from "../provision/query.ts";
import { locationOf, render } from "../provision/render.ts";
import { changeUser, createUser, notFound } from "../provision/users.ts";
import { namesIn } from "../provision/values.ts";
import {
  type ServiceLimits,
  schemasOf,
  toResourceTypeDocument,
  toSchemaDocument,
  toServiceProviderConfig,
} from "../scim/discovery.ts";
import { badRequest, CONTENT_TYPE, ScimError, toListResponse } from "../scim/messages.ts";
import { applyPatch, readPatch } from "../scim/patch.ts";
import { type Projection, parseProjection } from "../scim/projection.ts";
import { type ListQuery, readListQuery, readSearchRequest } from "../scim/query.ts";
import { readResource } from "../scim/resource.ts";
import type { Json, Resource, ResourceType } from "../scim/schema.ts";
import { matchesIfNoneMatch } from "../scim/version.ts";
import { findLiveLink, type LinkType } from "../store/links.ts";

/** What a request on a connection's object carries; `enter` takes the route's template for the trace. */
export type ScimEnv = { Bindings: { job: Job; enter: (route: string) => void } };
type ScimContext = Context<ScimEnv>;

export const LIMITS: ServiceLimits = {
  maxResults: 200,
  defaultPageSize: 100,
  maxBodyBytes: 1_048_576,
  maxOperations: 1_000,
};

const MEMBERS = "members";

export function createScimRoutes(): Hono<ScimEnv> {
  const app = new Hono<ScimEnv>();
  app.onError((error) => {
    // The object answers every error in one place.
    throw error;
  });
  discovery(app);
  app.all("/Me", () => {
    throw new ScimError(501, "a provisioning token stands for no user, so /Me has no meaning here");
  });
  app.all("/Bulk", () => {
    throw new ScimError(501, "bulk requests are not supported; /ServiceProviderConfig says so");
  });
  for (const type of ["User", "Group"] as const) resources(app, type);
  app.post("/.search", async (context) => searchAll(context, await readJson(context)));
  app.get("/", (context) => searchAll(context, undefined));
  app.all("*", (context) => {
    throw refuse(context);
  });
  return app;
}

/** 405 for a known endpoint, 404 for an unknown one. */
function refuse(context: ScimContext): ScimError {
  const path = new URL(context.req.url).pathname;
  const known = /^\/(Users|Groups|Schemas|ResourceTypes)(\/[^/]+)?$|^\/(ServiceProviderConfig)?$|\/\.search$/.test(
    path,
  );
  return known
    ? new ScimError(405, `${context.req.method} is not possible on this endpoint`)
    : new ScimError(404, "there is no such SCIM endpoint; the endpoints are /Users, /Groups, /Schemas and the like");
}

// ---- Users and Groups -----------------------------------------------------------------------------------------------

function resources(app: Hono<ScimEnv>, type: LinkType): void {
  const endpoint = `/${type}s`;

  app.get(endpoint, async (context) => {
    const { job } = begin(context, endpoint, type);
    return list(context, job, type, readListQuery(queryOf(context), typeOf(job, type), LIMITS));
  });

  app.post(`${endpoint}/.search`, async (context) => {
    const { job } = begin(context, `${endpoint}/.search`, type);
    return list(context, job, type, readSearchRequest(await readJson(context), typeOf(job, type), LIMITS));
  });

  app.post(endpoint, async (context) => {
    const { job } = begin(context, endpoint, type, "write");
    const projection = projectionOf(context, typeOf(job, type));
    const resource = note(job, readResource(await readJson(context), kindOf(job.connection, type).type)).resource;
    const created = await (type === "User" ? createUser(job, resource) : createGroup(job, resource));
    const location = locationOf(job.connection, type, created.link.id);
    return scim(context, 201, await render(job, created, projection), { Location: location });
  });

  app.get(`${endpoint}/:id`, async (context) => {
    const { job, id } = begin(context, `${endpoint}/:id`, type);
    const projection = projectionOf(context, typeOf(job, type));
    const link = findLiveLink(job.connection.store, type, id);
    const found = link && (await hydrate(job, link));
    if (!found) throw notFound(`the ${type.toLowerCase()}`);
    const resource = await render(job, found, projection);
    const version = versionIn(resource);
    if (version && matchesIfNoneMatch(context.req.header("if-none-match"), version)) {
      return context.body(null, 304, { ETag: version });
    }
    return scim(context, 200, resource);
  });

  app.put(`${endpoint}/:id`, async (context) => {
    const { job, id, ifMatch } = begin(context, `${endpoint}/:id`, type, "write");
    const projection = projectionOf(context, typeOf(job, type));
    const body = await readJson(context);
    const kind = kindOf(job.connection, type);
    const read = note(job, readResource(body, kind.type));
    const names = namesIn(read.resource, kind, job);
    const replace = (present: Resource) => replaceBy(present, read);
    const deltas = read.explicit.has(MEMBERS) ? [{ op: "replace" as const, values: memberIdsOf(read.resource) }] : [];
    const changed =
      type === "User"
        ? await changeUser(job, id, names, ifMatch, replace)
        : await changeGroup(job, id, names, ifMatch, true, (present) => ({ resource: replace(present), deltas }));
    return scim(context, 200, await render(job, changed, projection));
  });

  app.patch(`${endpoint}/:id`, async (context) => {
    const { job, id, ifMatch } = begin(context, `${endpoint}/:id`, type, "write");
    const projection = projectionOf(context, typeOf(job, type));
    const kind = kindOf(job.connection, type);
    const patch = note(job, readPatch(await readJson(context), kind.type));
    const apply = (present: Resource) =>
      note(job, applyPatch(present, patch.operations, type === "Group" ? { deltas: [MEMBERS] } : {}));
    const names = probeNames(job, type, id, apply);
    if (type === "User") {
      const changed = await changeUser(job, id, names, ifMatch, (present) => apply(present).resource);
      return scim(context, 200, await render(job, changed, projection));
    }
    const changed = await changeGroup(job, id, names, ifMatch, patch.touches(MEMBERS) !== "only", apply);
    // A body would hold the whole member list, so none is sent unless attributes were asked for (C57).
    if (context.req.query("attributes") === undefined) return context.body(null, 204);
    return scim(context, 200, await render(job, changed, projection));
  });

  app.delete(`${endpoint}/:id`, async (context) => {
    const { job, id, ifMatch } = begin(context, `${endpoint}/:id`, type, "write");
    await (type === "User" ? deleteUser(job, id, ifMatch) : deleteGroup(job, id, ifMatch));
    return context.body(null, 204);
  });
}

/** Names that a patch will claim, found by applying it to the names that the link knows. */
function probeNames(
  job: Job,
  type: LinkType,
  id: string,
  apply: (present: Resource) => { resource: Resource },
): string[] {
  const link = findLiveLink(job.connection.store, type, id);
  if (link?.name == null) return [];
  const present: Resource = type === "User" ? { userName: link.name, active: true } : { displayName: link.name };
  try {
    return namesIn(apply(present).resource, kindOf(job.connection, type), job);
  } catch {
    // The real application will say what is wrong, if anything is.
    return [];
  }
}

/** PUT: what the body names replaces; `active` and `members` stay unless the body says otherwise (semantics 5). */
function replaceBy(present: Resource, read: { resource: Resource; explicit: ReadonlySet<string> }): Resource {
  const replaced = { ...read.resource };
  if (!read.explicit.has("active") && present.active !== undefined) replaced.active = present.active;
  return replaced;
}

const memberIdsOf = (resource: Resource): string[] =>
  (Array.isArray(resource.members) ? resource.members : []).flatMap((member) =>
    typeof member === "object" && member !== null && !Array.isArray(member) && typeof member.value === "string"
      ? member.value
      : [],
  );

async function list(context: ScimContext, job: Job, type: LinkType, query: ListQuery): Promise<Response> {
  const found = await search(job, type, query);
  return scim(context, 200, toListResponse(found.resources, found.totalResults, query.startIndex));
}

/** A query over all resource types: users first, then groups, as one list (RFC 7644 section 3.4.2.1). */
async function searchAll(context: ScimContext, body: unknown): Promise<Response> {
  const { job } = begin(context, body === undefined ? "/" : "/.search");
  const types: LinkType[] = job.connection.adapter.group ? ["User", "Group"] : ["User"];
  const resources: Resource[] = [];
  let total = 0;
  let startIndex = 1;
  for (const type of types) {
    const resourceType = typeOf(job, type);
    const query =
      body === undefined
        ? readListQuery(queryOf(context), resourceType, LIMITS)
        : readSearchRequest(body, resourceType, LIMITS);
    startIndex = query.startIndex;
    const from = Math.max(1, query.startIndex - total);
    const rest = Math.max(0, query.count - resources.length);
    const found = await search(job, type, { ...query, startIndex: from, count: rest });
    resources.push(...found.resources);
    total += found.totalResults;
  }
  return scim(context, 200, toListResponse(resources, total, startIndex));
}

// ---- Discovery ------------------------------------------------------------------------------------------------------

function discovery(app: Hono<ScimEnv>): void {
  const guard = (context: ScimContext, path: string) => {
    const { job } = begin(context, path);
    if (context.req.query("filter") !== undefined) throw new ScimError(403, "discovery endpoints cannot be filtered");
    const base = `${job.connection.publicUrl}/scim/v2`;
    const { User, Group } = job.connection.profile;
    return { base, types: [User, ...(Group ? [Group] : [])].map((kind) => kind.type) };
  };
  app.get("/ServiceProviderConfig", (context) =>
    scim(context, 200, toServiceProviderConfig(guard(context, "/ServiceProviderConfig").base, LIMITS)),
  );
  app.get("/ResourceTypes", (context) => {
    const { base, types } = guard(context, "/ResourceTypes");
    return whole(
      context,
      types.map((type) => toResourceTypeDocument(type, base)),
    );
  });
  app.get("/ResourceTypes/:id", (context) => {
    const { base, types } = guard(context, "/ResourceTypes/:id");
    const type = types.find((one) => one.name === context.req.param("id"));
    if (!type) throw notFound("the resource type");
    return scim(context, 200, toResourceTypeDocument(type, base));
  });
  app.get("/Schemas", (context) => {
    const { base, types } = guard(context, "/Schemas");
    return whole(
      context,
      schemasOf(types).map((schema) => toSchemaDocument(schema, base)),
    );
  });
  app.get("/Schemas/:id", (context) => {
    const { base, types } = guard(context, "/Schemas/:id");
    const id = context.req.param("id").toLowerCase();
    const schema = schemasOf(types).find((one) => one.id.toLowerCase() === id);
    if (!schema) throw notFound("the schema");
    return scim(context, 200, toSchemaDocument(schema, base));
  });
}

const whole = (context: ScimContext, documents: Resource[]) =>
  scim(context, 200, toListResponse(documents, documents.length));

// ---- Reading and answering ------------------------------------------------------------------------------------------

/** Takes the request's parts out of the context and checks what must hold before anything else (semantics 18). */
function begin(context: ScimContext, path: string, type?: LinkType, intent: "read" | "write" = "read") {
  const { job, enter } = context.env;
  enter(path);
  const id = context.req.param("id") ?? "";
  // What is no id of ours may be a user name, which no trace may hold.
  if (/^[0-9a-f-]{36}$/.test(id)) job.trace.linkId = id;
  if (job.connection.suspended) {
    throw new ScimError(403, "this connection is suspended; ask the operator of the gateway to activate it");
  }
  if (intent === "write" && type === "Group" && !job.connection.adapter.group) {
    const { title } = job.connection.adapter;
    throw new ScimError(501, `${title} has no groups; leave group provisioning out of the mapping`);
  }
  if (type && job.connection.mode === "paused") {
    throw new ScimError(503, "this connection is paused by its operator; provisioning goes on when it is resumed", {
      retryAfterSeconds: 300,
    });
  }
  return {
    job,
    id,
    ifMatch: context.req.header("if-match"),
  };
}

const queryOf = (context: ScimContext) => new URL(context.req.url).searchParams;

function projectionOf(context: ScimContext, type: ResourceType): Projection {
  const query = queryOf(context);
  const attributes = query.get("attributes");
  const excludedAttributes = query.get("excludedAttributes");
  return parseProjection(
    { ...(attributes === null ? {} : { attributes }), ...(excludedAttributes === null ? {} : { excludedAttributes }) },
    type,
  );
}

/** Where the product has no groups, a query for them still has to be understood. */
function typeOf(job: Job, type: LinkType): ResourceType {
  return (job.connection.profile[type] ?? job.connection.profile.User).type;
}

function note<T extends { repairs: readonly string[]; dropped: readonly string[] }>(job: Job, read: T): T {
  for (const name of read.repairs) job.trace.repairs.add(name);
  for (const path of read.dropped) job.trace.dropped.add(path);
  return read;
}

async function readJson(context: ScimContext): Promise<unknown> {
  const type = (context.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "" && !/^application\/(scim\+)?json$|^text\/json$/.test(type)) {
    throw new ScimError(415, `the body must be ${CONTENT_TYPE} or application/json`);
  }
  const text = await context.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("invalidSyntax", "the body is not valid JSON");
  }
}

const versionIn = ({ meta }: Resource): string | undefined =>
  typeof meta === "object" && meta !== null && !Array.isArray(meta) && typeof meta.version === "string"
    ? meta.version
    : undefined;

function scim(context: ScimContext, status: 200 | 201, body: { [name: string]: Json }, headers = {}): Response {
  const version = versionIn(body);
  return context.body(JSON.stringify(body), status, {
    "Content-Type": `${CONTENT_TYPE}; charset=utf-8`,
    ...(version ? { ETag: version } : {}),
    ...headers,
  });
}
