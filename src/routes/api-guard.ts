// Who may use the administrator's API, what is written down of it, and how it says no (RFC 9457).

import type { Context } from "hono";
import type * as z from "zod";
import type { Adapters } from "../adapter.ts";
import { SealingError } from "../auth/sealing.ts";
import { hashToken, isEqual, readBearer } from "../auth/tokens.ts";
import { type AuditRow, insertAudit, updateAudit } from "../store/audit.ts";
import { openControl } from "../store/control.ts";
import { createId } from "../store/identifier.ts";
import type * as answers from "./api-answers.ts";

const MINUTE_MS = 60_000;
/** Who calls with the administrator token. */
export const ADMINISTRATOR = "administrator";
/** In the place of a status: how the call ended was not written down, yet or for good. */
const BEGUN = 0;

export type ApiEnv = {
  Bindings: Env;
  Variables: { adapters: Adapters; fields: string[]; connection: string | null; requestId: string } & {
    /** Of a call that was written down before it was done. */
    auditId?: string;
  };
};
export type ApiContext = Context<ApiEnv>;

/** A refusal on its way to the administrator. */
export class Problem extends Error {
  readonly status: 400 | 401 | 404 | 409 | 412 | 503;
  /** Which fields are wrong, and how. */
  readonly errors: { field: string; message: string }[];

  constructor(status: Problem["status"], detail: string, errors: Problem["errors"] = [], cause?: unknown) {
    super(detail, { cause });
    this.name = "Problem";
    this.status = status;
    this.errors = errors;
  }
}

/** Lets the administrator in and writes down what was done; without an administrator token there is no API at all. */
export async function guard(context: ApiContext, next: () => Promise<void>): Promise<Response | undefined> {
  context.set("requestId", createId());
  context.set("fields", []);
  context.set("connection", null);
  const wanted = context.env.ADMIN_TOKEN_SHA256;
  if (!wanted) return toProblemResponse(new Problem(404, "the administrator API is switched off"), context);
  const token = readBearer(context.req.header("authorization"));
  if (!token || !(await isAdministrator(context.env, token))) {
    await noteSeatRefusal(context);
    const refusal = toProblemResponse(new Problem(401, "an administrator token is required"), context);
    refusal.headers.set("WWW-Authenticate", 'Bearer realm="portico administrator"');
    return refusal;
  }
  await next();
  const begun = context.get("auditId");
  if (begun !== undefined) await writeEnd(context, begun);
  else await writeDown(context, { ...newCall(context), status: context.res.status });
  return undefined;
}

const newCall = (context: ApiContext) => ({
  id: createId(),
  actor: ADMINISTRATOR,
  connection: connectionOf(context),
});

/** A route that changes something: the call is written down before, because what cannot be written down is not done. */
export function withAudit(handler: (context: ApiContext) => Promise<Response>) {
  return async (context: ApiContext): Promise<Response> => {
    const call = newCall(context);
    await writeDown(context, { ...call, status: BEGUN });
    context.set("auditId", call.id);
    return handler(context);
  };
}

const connectionOf = (context: ApiContext) => context.req.param("name") ?? context.get("connection");

/** What was done is answered as it is, because an error would hide it; the call then stays written down as begun. */
async function writeEnd(context: ApiContext, id: string): Promise<void> {
  const end = { status: context.res.status, fields: context.get("fields"), connection: connectionOf(context) };
  try {
    await updateAudit(openControl(context.env.CONTROL), id, end);
  } catch (error) {
    logAuditFailure(error);
  }
}

const logAuditFailure = (error: unknown) =>
  console.error(`audit failed: ${error instanceof Error ? error.name : typeof error}`);

/** Whether this is the administrator token. */
export async function isAdministrator({ ADMIN_TOKEN_SHA256 }: Env, token: string): Promise<boolean> {
  return Boolean(ADMIN_TOKEN_SHA256) && isEqual(await hashToken(token), ADMIN_TOKEN_SHA256.toLowerCase());
}

async function writeDown(
  context: ApiContext,
  call: Pick<AuditRow, "id" | "actor" | "connection" | "status">,
): Promise<void> {
  await insertAudit(openControl(context.env.CONTROL), {
    ...call,
    at: Date.now(),
    method: context.req.method,
    route: context.req.routePath,
    fields: context.get("fields"),
    requestId: context.get("requestId"),
  });
}

/** The last minute of which this isolate has written a refusal down. */
let refusedMinute = 0;

/** Writes the first refused call of a minute down: strangers must not be able to fill the database. */
async function noteSeatRefusal(context: ApiContext): Promise<void> {
  const minute = Math.floor(Date.now() / MINUTE_MS);
  if (minute === refusedMinute) return;
  refusedMinute = minute;
  try {
    await writeDown(context, { id: `refused:${minute}`, actor: "refused", connection: null, status: 401 });
  } catch (error) {
    // Refused all the same.
    logAuditFailure(error);
  }
}

export function toProblemResponse(error: unknown, context: ApiContext): Response {
  const problem =
    error instanceof Problem
      ? error
      : error instanceof SealingError
        ? new Problem(503, `the gateway cannot seal credentials: ${error.message}`)
        : new Problem(503, "the gateway could not finish the request; try again");
  if (!(error instanceof Problem)) console.error(`api failed: ${error instanceof Error ? error.name : typeof error}`);
  return toProblem(problem.status, problem.message, context.get("requestId"), problem.errors);
}

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  412: "Precondition Failed",
  503: "Unavailable",
};

/** Problem details (RFC 9457). */
export function toProblem(
  status: keyof typeof TITLES,
  detail: string,
  requestId: string,
  errors: Problem["errors"] = [],
): Response {
  const body: z.input<typeof answers.problem> = {
    type: "about:blank",
    title: TITLES[status],
    status,
    detail,
    ...(errors.length > 0 ? { errors } : {}),
    requestId,
  };
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json" } });
}
