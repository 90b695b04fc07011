// In front of every route: clear text and a deployment that is not set up are refused, and every answer says how browsers and
// caches must treat it.

import type { Context, MiddlewareHandler } from "hono";
import { whyKeysClash } from "../auth/sealing.ts";
import { DISCOVERY } from "../scim/discovery.ts";
import { ScimError } from "../scim/messages.ts";
import { createId } from "../store/identifier.ts";
import { toProblem } from "./api-guard.ts";
import { toScimPath } from "./entrance.ts";
import { toErrorResponse } from "./errors.ts";
import { HEADERS } from "./headers.ts";
import { OauthError, toOauthResponse } from "./oauth-form.ts";
import { IN_CLEAR } from "./problem-texts.ts";

type Gateway = { Bindings: Env };

const HSTS = "max-age=31536000";
const RETRY_AFTER_SECONDS = 300;
const METADATA = "/.well-known/oauth-authorization-server";
const LOOPBACK_URL = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?\/?$/;

/** What this isolate has written to the log. */
let told: string | undefined;

export const secure: MiddlewareHandler<Gateway> = async (context, next) => {
  const isReachedByHttps = String(context.env.PUBLIC_URL).startsWith("https:");
  const isInClear = isReachedByHttps && new URL(context.req.url).protocol !== "https:";
  const wrong = whyNotSetUp(context.env);
  if (isInClear) context.res = refuse(context, 403, IN_CLEAR);
  else if (wrong !== undefined) {
    if (told !== wrong) console.error(`the gateway is not set up: ${wrong}`);
    told = wrong;
    context.res = refuse(context, 503, "the gateway is not set up; its operator finds the reason in its log");
  } else await next();
  // Answers of objects cannot be changed.
  const response = new Response(context.res.body, context.res);
  // Browsers must not believe it of an answer in clear text (RFC 6797 section 7.2).
  if (isReachedByHttps && !isInClear) response.headers.set("Strict-Transport-Security", HSTS);
  response.headers.set("X-Content-Type-Options", "nosniff");
  if (!mayBeStored(context, response)) response.headers.set("Cache-Control", "no-store");
  context.res = response;
};

/** What is the same for everybody, and what says itself for how long it may be stored. */
function mayBeStored({ req }: Context<Gateway>, response: Response): boolean {
  if (response.headers.has("Cache-Control")) return true;
  if (!["GET", "HEAD"].includes(req.method) || !response.ok) return false;
  return req.path === METADATA || (/^\/scim\b/i.test(req.path) && DISCOVERY.test(toScimPath(new URL(req.url))));
}

/** Why this deployment may serve nobody. */
function whyNotSetUp({ PUBLIC_URL, MASTER_KEY, MASTER_KEY_PREVIOUS }: Env): string | undefined {
  if (!/^https:\/\/./.test(PUBLIC_URL) && !LOOPBACK_URL.test(PUBLIC_URL)) {
    return "PUBLIC_URL must begin with https://, or be http on this machine";
  }
  return whyKeysClash(MASTER_KEY, MASTER_KEY_PREVIOUS);
}

/** The refusal in the words of the route: SCIM, RFC 9457 or RFC 6749. */
function refuse(context: Context<Gateway>, status: 403 | 503, detail: string): Response {
  const requestId = createId();
  const retry = status === 503 ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {};
  let response: Response;
  if (/^\/(?:api|metrics)(?:\/|$)/.test(context.req.path)) response = toProblem(status, detail, requestId);
  else if (context.req.path.startsWith("/oauth2/")) {
    const code = status === 503 ? "temporarily_unavailable" : "invalid_request";
    response = toOauthResponse(context, new OauthError(code, detail, status === 503 ? { status, ...retry } : {}));
  } else response = toErrorResponse(new ScimError(status, detail, retry), requestId);
  response.headers.set(HEADERS.requestId, requestId);
  return response;
}
