// The Worker's part of a SCIM request: who is this, and on to the connection's object.

import type { Context } from "hono";
import { admit, noteAdmission } from "../auth/admission.ts";
import { type Door, openDoor } from "../auth/door.ts";
import { failureKey, noteFailure } from "../auth/failures.ts";
import { readBearer } from "../auth/tokens.ts";
import type { Admission, Verdict } from "../auth/verdict.ts";
import { ScimError } from "../scim/messages.ts";
import { createId } from "../store/identifier.ts";
import { readLimited, toScimPath } from "./entrance.ts";
import { toErrorResponse, toScimError } from "./errors.ts";
import { HEADERS, INTERNAL_PREFIX } from "./headers.ts";
import { recordRefusal } from "./refusals.ts";
import { LIMITS } from "./scim-exchange.ts";
import { stubOf } from "./stub.ts";

const RETRY_AFTER_SECONDS = 10;

export type WorkerContext = Context<{ Bindings: Env }>;

export async function serveScim(context: WorkerContext): Promise<Response> {
  const requestId = createId();
  let response: Response;
  try {
    response = await forward(context, requestId);
  } catch (error) {
    response = toErrorResponse(toScimError(error), requestId);
    response.headers.set(HEADERS.requestId, requestId);
  }
  return secured(context, response);
}

/** Tells browsers and clients that keep to it to come by https only, where the deployment is reached so. */
export function secured({ env }: WorkerContext, response: Response): Response {
  if (env.PUBLIC_URL.startsWith("https:")) response.headers.set("Strict-Transport-Security", "max-age=31536000");
  return response;
}

/** Whether a request came in clear text where the deployment is reached by https. */
export const isInClear = ({ req, env }: WorkerContext): boolean =>
  env.PUBLIC_URL.startsWith("https:") && new URL(req.url).protocol !== "https:";

/** Where the request came from, as Cloudflare says; empty where nobody does. */
export const addressOf = ({ req }: WorkerContext): string => req.header("cf-connecting-ip") ?? "";

/** Does something after the answer, which must not wait for it. */
export function defer(context: WorkerContext, work: Promise<unknown>): void {
  const logged = work.catch((error) => {
    console.error(`work after an answer failed: ${error instanceof Error ? error.name : typeof error}`);
  });
  try {
    context.executionCtx.waitUntil(logged);
  } catch {
    // Called without an execution context: then it runs as long as it may.
  }
}

async function forward(context: WorkerContext, requestId: string): Promise<Response> {
  const { env } = context;
  const request = context.req.raw;
  if (isInClear(context)) {
    throw new ScimError(403, "this service answers on https only; correct the Tenant URL and renew the token");
  }
  const { credential, connection } = await identify(context, requestId);
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) if (name.startsWith(INTERNAL_PREFIX)) headers.delete(name);
  headers.delete("authorization");
  // The body goes on as it was decoded.
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  headers.set(HEADERS.connection, connection.id);
  headers.set(HEADERS.credential, credential.id);
  headers.set(HEADERS.scopes, credential.scopes.join(" "));
  headers.set(HEADERS.requestId, requestId);
  const body = await readLimited(request, LIMITS.maxBodyBytes);
  const inner = new Request(`https://connection${toScimPath(new URL(request.url))}`, {
    method: request.method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  try {
    const answer = await stubOf(env, connection).fetch(inner);
    return new Response(answer.body, answer);
  } catch (cause) {
    // Whether the write took effect is for the object to find out; nothing is repeated here.
    throw new ScimError(503, "the connection is restarting or overloaded; try again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
  }
}

async function identify(context: WorkerContext, requestId: string): Promise<Admission> {
  const token = readBearer(context.req.header("authorization"));
  if (!token) throw new ScimError(401, "the request has no bearer token; enter the Secret Token of this connection");
  const now = Date.now();
  const verdict = await decide(context, token, now);
  if ("granted" in verdict) return verdict.granted;
  const { refused } = verdict;
  defer(context, recordRefusal(context.env, refused, { requestId, method: context.req.method, path: "*", at: now }));
  const wait = noteFailure(failureKey(addressOf(context), token), now);
  if (wait !== undefined) {
    throw new ScimError(429, "too many requests with a token that is refused; correct the Secret Token", {
      retryAfterSeconds: wait,
    });
  }
  throw new ScimError(401, "the token is unknown, revoked or expired; enter a new Secret Token for this connection");
}

async function decide(context: WorkerContext, token: string, now: number): Promise<Verdict> {
  const door: Door = openDoor(context.env);
  try {
    return await admit(door, token, addressOf(context), now, (admission) =>
      defer(context, noteAdmission(door, admission, now)),
    );
  } catch (cause) {
    // Not a 401: that would quarantine the customer's job for an outage of ours.
    throw new ScimError(503, "the gateway cannot check tokens at the moment; try again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
  }
}
