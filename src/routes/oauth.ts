// The token endpoint and what is said of it (RFC 6749 section 4.4; RFC 7523 section 2.2; RFC 8414; [D1]).

import type { Hono } from "hono";
import { issueAccessToken, LIFETIME_SECONDS } from "../auth/access-tokens.ts";
import { noteAdmission } from "../auth/admission.ts";
import { CLIENT_ALGORITHMS } from "../auth/assertions.ts";
import { authenticateClient, type Presented } from "../auth/client-authentication.ts";
import { type Door, issuerOf, openDoor, tokenUrlOf } from "../auth/door.ts";
import { noteFailure } from "../auth/failures.ts";
import type { Candidate } from "../store/entrance.ts";
import { createId } from "../store/identifier.ts";
import { HEADERS } from "./headers.ts";
import { type Basic, type Form, NEVER_STORED, OauthError, readBasic, readForm, toOauthResponse } from "./oauth-form.ts";
import { recordRefusal } from "./refusals.ts";
import { addressOf, defer, type WorkerContext } from "./worker-context.ts";

const PATH = "/oauth2/token";
const SCOPE = "scim";
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const RETRY_AFTER_SECONDS = 10;

export function oauth(app: Hono<{ Bindings: Env }>): void {
  app.get("/.well-known/oauth-authorization-server", (context) => context.json(toMetadata(issuerOf(context.env))));
  app.post(PATH, async (context) => {
    const requestId = createId();
    const response = await answer(context, requestId);
    response.headers.set(HEADERS.requestId, requestId);
    return response;
  });
  app.all(PATH, (context) =>
    toOauthResponse(context.req.raw, new OauthError("invalid_request", "tokens are asked for with POST and a form")),
  );
}

/** RFC 8414 section 2. */
function toMetadata(issuer: string) {
  return {
    issuer,
    token_endpoint: tokenUrlOf(issuer),
    response_types_supported: [],
    grant_types_supported: ["client_credentials"],
    scopes_supported: [SCOPE],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
  };
}

async function answer(context: WorkerContext, requestId: string): Promise<Response> {
  try {
    return await issue(context, requestId);
  } catch (error) {
    if (error instanceof OauthError) return toOauthResponse(context.req.raw, error);
    // The message may quote a value; the name does not.
    console.error(`token endpoint failed: ${error instanceof Error ? error.name : typeof error}`);
    // Not a refusal: that would quarantine the customer's job for an outage of ours.
    return toOauthResponse(
      context.req.raw,
      new OauthError("temporarily_unavailable", "the gateway cannot check credentials at the moment; try again", {
        status: 503,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause: error,
      }),
    );
  }
}

async function issue(context: WorkerContext, requestId: string): Promise<Response> {
  const form = await readForm(context.req.raw);
  if (form.grant_type === undefined) throw new OauthError("invalid_request", "the form names no grant_type");
  if (form.grant_type !== "client_credentials") {
    throw new OauthError("unsupported_grant_type", "the only grant_type here is client_credentials");
  }
  const presented = toPresented(form, readBasic(context.req.header("authorization")));
  const door = openDoor(context.env);
  const client = await requireClient(context, door, presented, requestId);
  const now = Date.now();
  const token = await issueAccessToken(door, client, now);
  defer(context, noteAdmission(door, client, now));
  return context.json(
    { access_token: token, token_type: "Bearer", expires_in: LIFETIME_SECONDS, scope: SCOPE },
    200,
    NEVER_STORED,
  );
}

/** What the client shows: a secret in the header, in the form, or the same in both, as Entra can be told to; or an assertion. */
function toPresented(form: Form, basic: Basic | undefined): Presented {
  const { client_assertion: assertion, client_assertion_type: type } = form;
  if (assertion !== undefined || type !== undefined) return toAsserted(form, basic);
  const { client_id: clientId = basic?.clientId, client_secret: secret = basic?.secret } = form;
  if (basic && (basic.clientId !== clientId || basic.secret !== secret)) {
    throw new OauthError("invalid_request", "the Authorization header and the form name different credentials");
  }
  if (clientId === undefined || secret === undefined) {
    throw new OauthError("invalid_client", "the request names no client, or nothing that proves it", { status: 401 });
  }
  return { clientId, secret, isInForm: form.client_secret !== undefined };
}

/** RFC 7521 section 4.2. */
function toAsserted(form: Form, basic: Basic | undefined): Presented {
  const { client_id: clientId, client_assertion: assertion, client_assertion_type: type, client_secret: secret } = form;
  if (assertion === undefined) throw new OauthError("invalid_request", "the form names no client_assertion");
  if (type !== ASSERTION_TYPE) {
    throw new OauthError("invalid_request", `the only client_assertion_type here is ${ASSERTION_TYPE}`);
  }
  if (secret !== undefined || basic) {
    throw new OauthError("invalid_request", "a client proves itself by a secret or by an assertion, not by both");
  }
  return { assertion, ...(clientId === undefined ? {} : { clientId }) };
}

async function requireClient(
  context: WorkerContext,
  door: Door,
  presented: Presented,
  requestId: string,
): Promise<Candidate> {
  const now = Date.now();
  const verdict = await authenticateClient(door, presented, addressOf(context), now);
  if ("granted" in verdict) return verdict.granted;
  const request = { requestId, method: "POST", path: PATH, at: now, status: 401 } as const;
  const wait = await noteFailure(context.env.FAILURES, `${addressOf(context)} ${presented.clientId ?? ""}`, now);
  if (wait === undefined) {
    defer(context, recordRefusal(context.env, verdict.refused, request));
    throw new OauthError("invalid_client", "the client is not known by these credentials", { status: 401 });
  }
  throw new OauthError("invalid_client", "too many requests of this client were refused; correct its credentials", {
    status: 429,
    retryAfterSeconds: wait,
  });
}
