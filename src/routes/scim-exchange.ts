// SCIM requests taken apart and answers put together (RFC 7644 sections 3.1 and 3.8).

import type { Context } from "hono";
import { PAUSED } from "../provision/connection/stance.ts";
import type { Job } from "../provision/jobs/job.ts";
import { requireNotOwn } from "../provision/membership/own-groups.ts";
import { groupOperationsOf } from "../provision/vendor/user-or-group.ts";
import { MAX_BULK_OPERATIONS } from "../scim/bulk.ts";
import type { ServiceLimits } from "../scim/discovery.ts";
import { badRequest, CONTENT_TYPE, MEND_REQUEST, ScimError } from "../scim/messages.ts";
import { type Projection, parseProjection } from "../scim/projection.ts";
import { parseQueryString } from "../scim/query-string.ts";
import type { Json, ResourceType } from "../scim/schema.ts";
import type { LinkType } from "../store/links.ts";

/**
 * What a request on a connection's object carries: `enter` takes the route's template, `scopes` say what it may do, `serve`
 * answers a further request in the time of this one.
 */
export type ScimEnv = {
  Bindings: {
    job: Job;
    scopes: ReadonlySet<string>;
    enter: (route: string) => void;
    serve: (request: Request) => Promise<Response>;
  };
};
export type ScimContext = Context<ScimEnv>;

export const LIMITS: ServiceLimits = {
  maxResults: 200,
  defaultPageSize: 100,
  maxBodyBytes: 1_048_576,
  maxOperations: MAX_BULK_OPERATIONS,
};

/** Takes the request's parts out of the context and checks what must hold before anything else [S18]. */
export function begin(
  context: ScimContext,
  path: string,
  about: LinkType | "all" | "discovery",
  intent: "read" | "write" = "read",
) {
  const { job, scopes, enter } = context.env;
  enter(path);
  const id = context.req.param("id") ?? "";
  // What is no id of ours may be a user name, which no trace may hold.
  if (/^[0-9a-f-]{36}$/.test(id)) job.trace.linkId = id;
  if (job.connection.rules.isSuspended) {
    job.trace.notes.add("refused: the connection is suspended");
    throw new ScimError(403, "this connection is suspended; ask the operator of the gateway to activate it");
  }
  if (about === "User" || about === "Group") requireScope(scopes, about, intent);
  if (intent === "write" && about === "Group") groupOperationsOf(job.connection);
  if (about !== "discovery") requireRunning(job);
  if (about === "Group") requireNotOwn(job, id);
  return {
    job,
    id,
    ifMatch: context.req.header("if-match"),
  };
}

/** @throws ScimError 503 where the connection is paused */
function requireRunning({ connection, trace }: Job): void {
  if (connection.rules.mode !== "paused") return;
  const { detail, retryAfterSeconds } = PAUSED;
  trace.notes.add("refused: the connection is paused");
  throw new ScimError(503, detail, { retryAfterSeconds });
}

/** What a credential may do: `users` and `groups` read and write theirs, `read` reads both [D1]. */
export function requireScope(scopes: ReadonlySet<string>, type: LinkType, intent: "read" | "write"): void {
  const own = type === "User" ? "users" : "groups";
  if (scopes.has(own) || (intent === "read" && scopes.has("read"))) return;
  const what = `${intent === "read" ? "read" : "change"} ${own}`;
  throw new ScimError(
    403,
    `this credential may not ${what}; ask the operator of the gateway for one with the scope “${own}”`,
  );
}

export const queryOf = (context: ScimContext) => parseQueryString(new URL(context.req.url).search);

export function projectionOf(context: ScimContext, type: ResourceType): Projection {
  const query = queryOf(context);
  const attributes = query.get("attributes");
  const excludedAttributes = query.get("excludedAttributes");
  return parseProjection(
    { ...(attributes === null ? {} : { attributes }), ...(excludedAttributes === null ? {} : { excludedAttributes }) },
    type,
    context.env.job.work,
  );
}

/** Where the product has no groups, a query for them still has to be understood. */
export function typeOf(job: Job, type: LinkType): ResourceType {
  return (job.connection.profile[type] ?? job.connection.profile.User).type;
}

/** The body as JSON in UTF-8, whatever comes in another form refused [C22] [C23]. */
export async function readJson(context: ScimContext): Promise<unknown> {
  const [type = "", ...parameters] = (context.req.header("content-type") ?? "").toLowerCase().split(";");
  if (type.trim() !== "" && !/^application\/(scim\+)?json$|^text\/json$/.test(type.trim())) {
    throw new ScimError(415, `the body must be ${CONTENT_TYPE} or application/json`);
  }
  const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(one)?.[1]).find(Boolean);
  if (charset !== undefined && !["utf-8", "utf8", "us-ascii"].includes(charset)) {
    throw new ScimError(415, "the body must be in UTF-8; no other charset is read");
  }
  const text = toText(await context.req.arrayBuffer());
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("invalidSyntax", "the body must be JSON", MEND_REQUEST);
  }
}

function toText(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw badRequest("invalidSyntax", "the body must be UTF-8", "send it in UTF-8, without another charset");
  }
}

export function scim(context: ScimContext, status: 200 | 201, body: { [name: string]: Json }, headers = {}): Response {
  return scimText(context, status, JSON.stringify(body), headers);
}

export function scimText(context: ScimContext, status: 200 | 201, body: string, headers = {}): Response {
  return context.body(body, status, {
    "Content-Type": `${CONTENT_TYPE}; charset=utf-8`,
    ...headers,
  });
}
