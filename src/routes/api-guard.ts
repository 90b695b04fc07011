// What every route of the administrator API has of a call, and how it says no (RFC 9457).

import type { Context } from "hono";
import type * as z from "zod";
import type { Adapters } from "../adapter.ts";
import type { Caller } from "../auth/callers.ts";
import { SealingError } from "../auth/sealing.ts";
import type * as answers from "./api-answers.ts";
import { TITLES, UNFINISHED } from "./problem-texts.ts";

export type ApiEnv = {
  Bindings: Env;
  Variables: { adapters: Adapters; caller: Caller; fields: string[]; connection: string | null; requestId: string } & {
    /** The call is not written down where it is let in. */
    isPolled?: true;
    /** Of a call that was written down before it was done. */
    auditId?: string;
    /** The id of the connection that the call is about. */
    connectionId?: string;
    /** The id of what the call has made. */
    target?: string;
  };
};
export type ApiContext = Context<ApiEnv>;

/** A refusal on its way to the administrator. */
export class Problem extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 503;
  /** Which fields are wrong, and how. */
  readonly errors: { field: string; message: string }[];

  constructor(status: Problem["status"], detail: string, errors: Problem["errors"] = [], cause?: unknown) {
    super(detail, { cause });
    this.name = "Problem";
    this.status = status;
    this.errors = errors;
  }
}

export function toProblemResponse(error: unknown, context: ApiContext): Response {
  const problem =
    error instanceof Problem
      ? error
      : error instanceof SealingError
        ? new Problem(503, `the gateway cannot seal credentials: ${error.message}`)
        : new Problem(503, UNFINISHED);
  if (!(error instanceof Problem)) console.error(`api failed: ${error instanceof Error ? error.name : typeof error}`);
  return toProblem(problem.status, problem.message, context.get("requestId"), problem.errors);
}

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
