// /Bulk: each operation as a request of its own, one after the other, under one deadline (RFC 7644 section 3.7).

import { noteRead } from "../provision/jobs/read-notes.ts";
import { type BulkOperation, type BulkResult, readBulk, toBulkResponse } from "../scim/bulk.ts";
import { resolveReferences, type Step, toSteps } from "../scim/bulk-references.ts";
import { badRequest, CONTENT_TYPE, MEND_REQUEST, ScimError, toErrorBody } from "../scim/messages.ts";
import { createId } from "../store/identifier.ts";
import { HEADERS } from "./headers.ts";
import { begin, readJson, type ScimContext, scim } from "./scim-exchange.ts";

/** No operation is begun in the last of the time: it would have to give up halfway. */
const RESERVE_MS = 5_000;

export async function bulk(context: ScimContext): Promise<Response> {
  const { job } = begin(context, "/Bulk", "all");
  const { operations, failOnErrors } = noteRead(job, readBulk(await readJson(context), job.work));
  const results = new Map<number, BulkResult>();
  const ids = new Map<string, string>();
  let errors = 0;
  for (const step of toSteps(operations)) {
    if (failOnErrors !== undefined && errors >= failOnErrors) break;
    const result = await carryOut(context, step, ids);
    if (result.status >= 400) errors += 1;
    results.set(step.at, result);
  }
  const inOrder = [...results].sort(([left], [right]) => left - right).map(([, result]) => result);
  return scim(context, 200, toBulkResponse(inOrder));
}

async function carryOut(context: ScimContext, step: Step, ids: Map<string, string>): Promise<BulkResult> {
  const { trace } = context.env.job;
  const { bulkId, method, request } = step.operation;
  const head = { method, ...(bulkId === undefined ? {} : { bulkId }) };
  const fail = (error: ScimError, id?: string): BulkResult => ({
    ...head,
    ...locationOf(context, step.operation, id),
    status: error.status,
    response: toErrorBody(error, trace.requestId),
  });
  if ("refused" in request) return fail(request.refused);
  const refused = step.refused ?? whyNot(context, step, ids);
  if (refused) return fail(refused);
  const { id } = resolveReferences(step, ids);
  const body = toText(request.data);
  if (body === "too deep")
    return fail(badRequest("invalidSyntax", "the body: data is nested too deep", MEND_REQUEST), id);
  const path = `${request.target.endpoint}${id === undefined ? "" : `/${id}`}`;
  const answer = await context.env.serve(toRequest(context, path, request, body));
  trace.partCalls = (trace.partCalls ?? 0) + Number(answer.headers.get(HEADERS.nativeCalls) ?? 0);
  const requestId = answer.headers.get(HEADERS.requestId);
  trace.notes.add(`operation ${step.at + 1}, ${method}: ${answer.status}, request ${requestId}`);
  const text = await answer.text();
  const own = locationOf(context, step.operation, id);
  if (answer.status >= 400) return { ...head, ...own, status: answer.status, response: JSON.parse(text) };
  const location = answer.headers.get("Location") ?? own.location;
  const version = answer.headers.get("ETag") ?? undefined;
  const made = location?.split("/").at(-1);
  if (bulkId !== undefined && made !== undefined && request.method === "POST") ids.set(bulkId, made);
  return { ...head, status: answer.status, ...(location ? { location } : {}), ...(version ? { version } : {}) };
}

/** Data as JSON again, which a client may have nested deeper than JSON can be written. */
function toText(data: unknown): string | undefined {
  try {
    return data === undefined ? undefined : JSON.stringify(data);
  } catch {
    return "too deep";
  }
}

/** Why an operation that is right in itself is not begun. */
function whyNot(context: ScimContext, { needs }: Step, ids: ReadonlyMap<string, string>): ScimError | undefined {
  const { job } = context.env;
  const missing = [...needs].find((need) => !ids.has(need));
  if (missing !== undefined) {
    const problem = `bulkId:${missing.slice(0, 100)} stands for nobody: the operation that creates it was refused`;
    return badRequest("invalidValue", problem, "correct that operation first");
  }
  if (job.now() <= job.deadlineAt - RESERVE_MS) return undefined;
  return new ScimError(503, "the time of one request is over; this operation was not begun, send it again");
}

/** Where the resource is, of an operation that names one. */
function locationOf(context: ScimContext, { request }: BulkOperation, resolved?: string): { location?: string } {
  if ("refused" in request) return {};
  const id = resolved ?? request.target.id;
  const base = `${context.env.job.connection.publicUrl}/scim/v2`;
  return id === undefined || id.startsWith("bulkId:") ? {} : { location: `${base}${request.target.endpoint}/${id}` };
}

/** The request that an operation stands for, of the same client. */
function toRequest(
  context: ScimContext,
  path: string,
  { method, version }: Exclude<BulkOperation["request"], { refused: ScimError }>,
  body: string | undefined,
): Request {
  const headers = new Headers({ [HEADERS.requestId]: createId() });
  for (const name of [HEADERS.connection, HEADERS.credential, HEADERS.scopes]) {
    const value = context.req.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  if (version !== undefined) headers.set("If-Match", version);
  if (body !== undefined) headers.set("Content-Type", CONTENT_TYPE);
  // A response has the location and version of each resource; the rest of it would be thrown away.
  const query = method === "DELETE" ? "" : "?attributes=id";
  return new Request(`https://connection${path}${query}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}
