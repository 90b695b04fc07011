// Who may use the administrator's API, what is written down of it, and how it says no (RFC 9457).

import type { Context } from "hono";
import type * as z from "zod";
import type { Adapters } from "../adapter.ts";
import { SealingError } from "../auth/sealing.ts";
import { hashToken, isEqual, readBearer } from "../auth/tokens.ts";
import { type AuditRow, insertAudit, openControl } from "../store/control.ts";
import { createId } from "../store/identifier.ts";
import type * as answers from "./api-answers.ts";

const MINUTE_MS = 60_000;
/** Who calls with the administrator token. */
export const ADMINISTRATOR = "administrator";

export type ApiEnv = {
  Bindings: Env;
  Variables: { adapters: Adapters; fields: string[]; connection: string | null; requestId: string };
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
  if (!token || !isEqual(await hashToken(token), wanted.toLowerCase())) {
    await noteSeatRefusal(context);
    context.header("WWW-Authenticate", 'Bearer realm="portico administrator"');
    return toProblemResponse(new Problem(401, "an administrator token is required"), context);
  }
  await next();
  await writeDown(context, {
    id: createId(),
    actor: ADMINISTRATOR,
    connection: context.req.param("name") ?? context.get("connection"),
    status: context.res.status,
  });
  return undefined;
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
    console.error(`audit failed: ${error instanceof Error ? error.name : typeof error}`);
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
  const titles = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    409: "Conflict",
    412: "Precondition Failed",
    503: "Unavailable",
  };
  return context.body(
    JSON.stringify({
      type: "about:blank",
      title: titles[problem.status],
      status: problem.status,
      detail: problem.message,
      ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
      requestId: context.get("requestId"),
    } satisfies z.input<typeof answers.problem>),
    problem.status,
    { "Content-Type": "application/problem+json" },
  );
}
