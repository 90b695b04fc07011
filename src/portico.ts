// Portico as a library: what the entry module of a Worker exports, for the adapters that it is given (docs/architecture.md).

import { Hono } from "hono";
import type { Adapters } from "./adapter.ts";
import { admit, readBearer } from "./auth/tokens.ts";
import { Connection } from "./connection.ts";
import { checkAdapter } from "./provision/vendor/declaration.ts";
import { createApiRoutes } from "./routes/api.ts";
import { readLimited, toScimPath } from "./routes/entrance.ts";
import { toErrorResponse, toScimError } from "./routes/errors.ts";
import { HEADERS, INTERNAL_PREFIX } from "./routes/headers.ts";
import { LIMITS } from "./routes/scim-exchange.ts";
import { stubOf } from "./routes/stub.ts";
import { ScimError } from "./scim/messages.ts";
import { type Admission, openControl } from "./store/control.ts";
import { createId } from "./store/identifier.ts";

const RETRY_AFTER_SECONDS = 10;

type Gateway = Hono<{ Bindings: Env }>;

export interface Portico {
  /** The entry module's default export. */
  handler: { fetch: Gateway["fetch"] };
  /** The class of the connections' objects; the entry module exports it under the name that wrangler.toml gives it. */
  Connection: new (
    context: DurableObjectState,
    env: Env,
  ) => Connection;
}

/**
 * @param adapters by name, as connections name their vendor
 * @throws DeclarationError: a wrong declaration ends the start, before any customer meets it
 */
export function createPortico({ adapters }: { adapters: Adapters }): Portico {
  for (const [name, adapter] of Object.entries(adapters)) checkAdapter(adapter, `adapters.${name}`);
  return {
    handler: { fetch: createGateway(adapters).fetch },
    Connection: class extends Connection {
      constructor(context: DurableObjectState, env: Env) {
        super(context, env, adapters);
      }
    },
  };
}

/** The Worker: who is this, and on to the connection's object. */
function createGateway(adapters: Adapters): Gateway {
  const app: Gateway = new Hono();
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.route("/api", createApiRoutes(adapters));
  app.all("/scim/*", (context) => serveScim(context.req.raw, context.env));
  app.all("/scim", (context) => serveScim(context.req.raw, context.env));
  app.notFound(() =>
    toErrorResponse(new ScimError(404, "there is nothing here; SCIM lives under /scim/v2"), createId()),
  );
  app.onError((error) => toErrorResponse(toScimError(error), createId()));
  return app;
}

async function serveScim(request: Request, env: Env): Promise<Response> {
  const requestId = createId();
  let response: Response;
  try {
    response = await forward(request, env, requestId);
  } catch (error) {
    response = toErrorResponse(toScimError(error), requestId);
    response.headers.set(HEADERS.requestId, requestId);
  }
  if (env.PUBLIC_URL.startsWith("https:")) {
    response.headers.set("Strict-Transport-Security", "max-age=31536000");
  }
  return response;
}

async function forward(request: Request, env: Env, requestId: string): Promise<Response> {
  if (env.PUBLIC_URL.startsWith("https:") && new URL(request.url).protocol !== "https:") {
    throw new ScimError(403, "this service answers on https only; correct the Tenant URL and renew the token");
  }
  const admission = await identify(request, env);
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) if (name.startsWith(INTERNAL_PREFIX)) headers.delete(name);
  headers.delete("authorization");
  // The body goes on as it was decoded.
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  headers.set(HEADERS.connection, admission.connectionId);
  headers.set(HEADERS.token, admission.tokenId);
  headers.set(HEADERS.requestId, requestId);
  const body = await readLimited(request, LIMITS.maxBodyBytes);
  const inner = new Request(`https://connection${toScimPath(new URL(request.url))}`, {
    method: request.method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  try {
    const answer = await stubOf(env, { id: admission.connectionId, jurisdiction: admission.jurisdiction }).fetch(inner);
    return new Response(answer.body, answer);
  } catch (cause) {
    // Whether the write took effect is for the object to find out; nothing is repeated here.
    throw new ScimError(503, "the connection is restarting or overloaded; try again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
  }
}

async function identify(request: Request, env: Env): Promise<Admission> {
  const token = readBearer(request.headers.get("authorization"));
  if (!token) throw new ScimError(401, "the request has no bearer token; enter the Secret Token of this connection");
  let admission: Admission | undefined;
  try {
    admission = await admit(openControl(env.CONTROL), token, Date.now());
  } catch (cause) {
    // Not a 401: that would quarantine the customer's job for an outage of ours.
    throw new ScimError(503, "the gateway cannot check tokens at the moment; try again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
  }
  if (!admission) {
    throw new ScimError(401, "the token is unknown, revoked or expired; enter a new Secret Token for this connection");
  }
  return admission;
}
