// The SCIM endpoints of one connection (RFC 7644 section 3); they run inside its object.

import { Hono } from "hono";
import { noteMet } from "../provision/alarms/sights.ts";
import { changeGroup } from "../provision/groups/group-change.ts";
import { createGroup } from "../provision/groups/group-creation.ts";
import { deleteGroup } from "../provision/groups/group-deletion.ts";
import type { Job } from "../provision/jobs/job.ts";
import { noteRead } from "../provision/jobs/read-notes.ts";
import { noteDeed } from "../provision/jobs/trace.ts";
import { createPage } from "../provision/query/page.ts";
import { render } from "../provision/query/render.ts";
import { search } from "../provision/query/search.ts";
import { versionOf } from "../provision/resource/entity-tag.ts";
import { type Hydrated, hydrate } from "../provision/resource/hydrate.ts";
import { locationOf } from "../provision/resource/locations.ts";
import { requireRoom } from "../provision/safeguards/room.ts";
import { changeUser } from "../provision/users/user-change.ts";
import { createUser } from "../provision/users/user-creation.ts";
import { deleteUser } from "../provision/users/user-deletion.ts";
import { kindOf } from "../provision/vendor/user-or-group.ts";
import { readReplacement } from "../scim/edit.ts";
import { notFound, ScimError, toListText } from "../scim/messages.ts";
import { readPatch } from "../scim/patch.ts";
import type { Projection } from "../scim/projection.ts";
import { type ListQuery, readListQuery, readSearchRequest } from "../scim/query.ts";
import { readResource } from "../scim/resource.ts";
import { matchesIfNoneMatch } from "../scim/version.ts";
import { findLiveLink, type LinkType } from "../store/links.ts";
import { bulk } from "./bulk.ts";
import { discovery } from "./discovery.ts";
import {
  begin,
  LIMITS,
  projectionOf,
  queryOf,
  readJson,
  requireScope,
  type ScimContext,
  type ScimEnv,
  scim,
  scimText,
  typeOf,
} from "./scim-exchange.ts";

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
  app.post("/Bulk", bulk);
  for (const type of ["User", "Group"] as const) resources(app, type);
  app.post("/.search", async (context) => searchAll(context, await readJson(context)));
  app.get("/", (context) => searchAll(context, undefined));
  // A route for everything would match beside each of the others, which makes a chain of the two for each request.
  app.notFound((context) => {
    throw refuse(context);
  });
  return app;
}

const ENDPOINTS: [path: RegExp, methods: string][] = [
  [/\/\.search$|^\/Bulk$/, "POST"],
  [/^\/(Users|Groups)$/, "GET, HEAD, POST"],
  [/^\/(Users|Groups)\/[^/]+$/, "GET, HEAD, PUT, PATCH, DELETE"],
  [/^\/((Schemas|ResourceTypes)(\/[^/]+)?|ServiceProviderConfig)?$/, "GET, HEAD"],
];

/** 405 for a known endpoint, 404 for an unknown one. */
function refuse(context: ScimContext): ScimError {
  const { pathname } = new URL(context.req.url);
  const [, allow] = ENDPOINTS.find(([path]) => path.test(pathname)) ?? [];
  return allow
    ? new ScimError(405, `${context.req.method} is not possible on this endpoint`, { allow })
    : new ScimError(404, "there is no such SCIM endpoint; the endpoints are /Users, /Groups, /Schemas and the like");
}

// ---- Users and Groups -----------------------------------------------------------------------------------------------

function resources(app: Hono<ScimEnv>, type: LinkType): void {
  const endpoint = `/${type}s`;

  app.get(endpoint, async (context) => {
    const { job } = begin(context, endpoint, type);
    return list(context, job, type, readListQuery(queryOf(context), typeOf(job, type), LIMITS, job.work));
  });

  app.post(`${endpoint}/.search`, async (context) => {
    const { job } = begin(context, `${endpoint}/.search`, type);
    return list(context, job, type, readSearchRequest(await readJson(context), typeOf(job, type), LIMITS, job.work));
  });

  app.post(endpoint, async (context) => {
    const { job } = begin(context, endpoint, type, "write");
    requireRoom(job, "create");
    const projection = projectionOf(context, typeOf(job, type));
    const read = readResource(await readJson(context), kindOf(job.connection, type).type, job.work);
    const { resource } = noteRead(job, read);
    const created = await (type === "User" ? createUser(job, resource) : createGroup(job, resource));
    // Also where an earlier attempt had created it, and this one only finished it.
    noteDeed(job.trace, created.link.id, { what: "created" });
    return show(context, created, projection, 201);
  });

  app.get(`${endpoint}/:id`, async (context) => {
    const { job, id } = begin(context, `${endpoint}/:id`, type);
    const projection = projectionOf(context, typeOf(job, type));
    const link = findLiveLink(job.connection.store, type, id);
    const found = link && (await hydrate(job, link));
    if (!found) throw notFound(`the ${type.toLowerCase()}`);
    if (type === "User") noteMet(job, [found], false);
    const version = versionOf(found);
    if (matchesIfNoneMatch(context.req.header("if-none-match"), version)) {
      return context.body(null, 304, { ETag: version });
    }
    return show(context, found, projection);
  });

  app.put(`${endpoint}/:id`, async (context) => {
    const { job, id, ifMatch } = begin(context, `${endpoint}/:id`, type, "write");
    const projection = projectionOf(context, typeOf(job, type));
    const body = await readJson(context);
    const edit = noteRead(job, readReplacement(body, kindOf(job.connection, type).type, job.work));
    if (!edit.disables()) requireRoom(job, "change");
    const change = type === "User" ? changeUser : changeGroup;
    return show(context, await change(job, id, ifMatch, edit), projection);
  });

  app.patch(`${endpoint}/:id`, async (context) => {
    const { job, id, ifMatch } = begin(context, `${endpoint}/:id`, type, "write");
    const projection = projectionOf(context, typeOf(job, type));
    const body = await readJson(context);
    const edit = noteRead(job, readPatch(body, kindOf(job.connection, type).type, job.work));
    if (!edit.disables()) requireRoom(job, "change");
    const change = type === "User" ? changeUser : changeGroup;
    const changed = await change(job, id, ifMatch, edit);
    // A group's body would hold the whole member list, so none is sent unless it is said which attributes [C57].
    const isAsked = ["attributes", "excludedAttributes"].some((name) => context.req.query(name) !== undefined);
    if (type === "Group" && !isAsked) return context.body(null, 204);
    return show(context, changed, projection);
  });

  app.delete(`${endpoint}/:id`, async (context) => {
    const { job, id, ifMatch } = begin(context, `${endpoint}/:id`, type, "write");
    await (type === "User" ? deleteUser(job, id, ifMatch) : deleteGroup(job, id, ifMatch));
    return context.body(null, 204);
  });
}

/** The resource as asked for, under the version that it has whatever is shown of it. */
async function show(
  context: ScimContext,
  found: Hydrated,
  projection: Projection,
  status: 200 | 201 = 200,
): Promise<Response> {
  const { job } = context.env;
  const resource = await render(job, found, projection);
  const { type, id } = found.link;
  return scim(context, status, resource, {
    ETag: versionOf(found),
    Location: locationOf(job.connection, type, id),
  });
}

async function list(context: ScimContext, job: Job, type: LinkType, query: ListQuery): Promise<Response> {
  noteRead(job, { repairs: [], dropped: [], readings: query.readings });
  const found = await search(job, type, query);
  noteDeed(job.trace, undefined, { what: "found", found: found.totalResults });
  return scimText(context, 200, toListText(found.resources, found.totalResults, query.startIndex));
}

/** A query over all resource types: users first, then groups, as one list (RFC 7644 section 3.4.2.1). */
async function searchAll(context: ScimContext, body: unknown): Promise<Response> {
  const { job } = begin(context, body === undefined ? "/" : "/.search", "all");
  const types: LinkType[] = job.connection.adapter.group ? ["User", "Group"] : ["User"];
  for (const type of types) requireScope(context.env.scopes, type, "read");
  const page = createPage();
  let total = 0;
  let startIndex = 1;
  for (const type of types) {
    const resourceType = typeOf(job, type);
    const query =
      body === undefined
        ? readListQuery(queryOf(context), resourceType, LIMITS, job.work)
        : readSearchRequest(body, resourceType, LIMITS, job.work);
    // What one type has never heard of may be an attribute of another.
    const readings = query.readings.filter((name) => name !== "unknown-filter-attribute");
    noteRead(job, { repairs: [], dropped: [], readings });
    startIndex = query.startIndex;
    const from = Math.max(1, query.startIndex - total);
    const rest = page.isFull ? 0 : Math.max(0, query.count - page.resources.length);
    const found = await search(job, type, { ...query, startIndex: from, count: rest }, page);
    total += found.totalResults;
  }
  return scimText(context, 200, toListText(page.resources, total, startIndex));
}
