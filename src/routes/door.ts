// The Worker's part of a SCIM request: who is this, and on to the connection's object.

import { admit, attribute, noteAdmission } from "../auth/admission.ts";
import { identifyByToken, reaches } from "../auth/callers.ts";
import { type Door, openDoor } from "../auth/door.ts";
import { failureKey, noteFailure } from "../auth/failures.ts";
import { readBearer } from "../auth/tokens.ts";
import type { Admission, Verdict } from "../auth/verdict.ts";
import { tooFast } from "../provision/jobs/request-rate.ts";
import { ScimError } from "../scim/messages.ts";
import { createId } from "../store/identifier.ts";
import { readLimited, toScimPath } from "./entrance.ts";
import { toErrorResponse, toScimError } from "./errors.ts";
import { floodedFor, noteFlood } from "./floods.ts";
import { HANDED_ON, HEADERS } from "./headers.ts";
import { recordRefusal } from "./refusals.ts";
import { LIMITS } from "./scim-exchange.ts";
import { stubOf } from "./stub.ts";
import { addressOf, defer, type WorkerContext } from "./worker-context.ts";

const RETRY_AFTER_SECONDS = 10;

export async function serveScim(context: WorkerContext): Promise<Response> {
  const requestId = createId();
  let response: Response;
  try {
    response = await forward(context, requestId);
  } catch (error) {
    response = toErrorResponse(toScimError(error), requestId);
    response.headers.set(HEADERS.requestId, requestId);
  }
  return response;
}

async function forward(context: WorkerContext, requestId: string): Promise<Response> {
  const { env } = context;
  const request = context.req.raw;
  const { credential, connection } = await identify(context, requestId);
  const wait = floodedFor(connection.id, Date.now());
  if (wait !== undefined) throw tooFast(wait);
  const headers: Record<string, string> = {
    [HEADERS.connection]: connection.id,
    [HEADERS.credential]: credential.id,
    [HEADERS.scopes]: credential.scopes.join(" "),
    [HEADERS.requestId]: requestId,
  };
  for (const name of HANDED_ON) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  const body = await readLimited(request, LIMITS.maxBodyBytes);
  const inner = new Request(`https://connection${toScimPath(new URL(request.url))}`, {
    method: request.method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  try {
    const answer = await stubOf(env, connection).fetch(inner);
    const response = new Response(answer.body, answer);
    if (!(await maySeeCost(context, connection.id))) response.headers.delete(HEADERS.nativeCalls);
    if (answer.headers.has(HEADERS.flooded)) {
      noteFlood(connection.id, Number(answer.headers.get("retry-after")), Date.now());
      response.headers.delete(HEADERS.flooded);
    }
    return response;
  } catch (cause) {
    // Whether the write took effect is for the object to find out; nothing is repeated here.
    throw new ScimError(503, "the connection is restarting or overloaded; try again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
  }
}

/** What a request cost at the product is the business of those who may look at the connection. */
async function maySeeCost({ req, env }: WorkerContext, connectionId: string): Promise<boolean> {
  if (env.SHOW_NATIVE_CALLS === "true") return true;
  const token = req.header(HEADERS.administrator);
  if (token === undefined) return false;
  // Whether the request was answered does not depend on it.
  const identified = await identifyByToken(env, token, Date.now()).catch(() => undefined);
  return identified !== undefined && "caller" in identified && reaches(identified.caller, connectionId);
}

async function identify(context: WorkerContext, requestId: string): Promise<Admission> {
  const token = readBearer(context.req.header("authorization"));
  if (!token) throw new ScimError(401, "the request has no bearer token; enter the Secret Token of this connection");
  const now = Date.now();
  const verdict = await decide(context, token, now);
  if ("granted" in verdict) return verdict.granted;
  const { refused } = verdict;
  const wait = await noteFailure(context.env.FAILURES, failureKey(addressOf(context), token), now);
  if (wait === undefined) {
    const request = { requestId, method: context.req.method, path: "*", at: now, status: 401 } as const;
    const record = async () =>
      recordRefusal(context.env, await attribute(openDoor(context.env), token, refused), request);
    defer(context, record());
  } else {
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
