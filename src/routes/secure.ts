// In front of every route: clear text and a deployment that is not set up are refused, and every answer says how browsers and
// caches must treat it.

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

const HSTS = "max-age=31536000";
const RETRY_AFTER_SECONDS = 300;
const METADATA = "/.well-known/oauth-authorization-server";
/** What discovery and metadata have in their addresses: few others need to be taken apart. */
const MAY_BE_STORED = /ServiceProviderConfig|Schemas|ResourceTypes|\.well-known/i;
const LOOPBACK_URL = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?\/?$/;

/** What this isolate has written to the log. */
let told: string | undefined;

/** Serves a request, or refuses it. Not as a part of the routes: that would copy each answer twice more. */
export async function secure(request: Request, env: Env, serve: () => Response | Promise<Response>): Promise<Response> {
  const isReachedByHttps = String(env.PUBLIC_URL).startsWith("https:");
  const isInClear = isReachedByHttps && !request.url.startsWith("https:");
  const wrong = whyNotSetUp(env);
  let response: Response;
  if (isInClear) response = refuse(request, 403, IN_CLEAR);
  else if (wrong !== undefined) {
    if (told !== wrong) console.error(`the gateway is not set up: ${wrong}`);
    told = wrong;
    response = refuse(request, 503, "the gateway is not set up; its operator finds the reason in its log");
  } else response = await serve();
  const { headers } = response;
  // Browsers must not believe it of an answer in clear text (RFC 6797 section 7.2).
  if (isReachedByHttps && !isInClear) headers.set("Strict-Transport-Security", HSTS);
  headers.set("X-Content-Type-Options", "nosniff");
  if (!mayBeStored(request, response)) headers.set("Cache-Control", "no-store");
  return response;
}

/** What is the same for everybody, and what says itself for how long it may be stored. */
function mayBeStored({ method, url }: Request, { headers, ok }: Response): boolean {
  if (headers.has("Cache-Control")) return true;
  if (!["GET", "HEAD"].includes(method) || !ok || !MAY_BE_STORED.test(url)) return false;
  const asked = new URL(url);
  return asked.pathname === METADATA || (/^\/scim\b/i.test(asked.pathname) && DISCOVERY.test(toScimPath(asked)));
}

/** Why this deployment may serve nobody. */
function whyNotSetUp({ PUBLIC_URL, MASTER_KEY, MASTER_KEY_PREVIOUS }: Env): string | undefined {
  if (!/^https:\/\/./.test(PUBLIC_URL) && !LOOPBACK_URL.test(PUBLIC_URL)) {
    return "PUBLIC_URL must begin with https://, or be http on this machine";
  }
  return whyKeysClash(MASTER_KEY, MASTER_KEY_PREVIOUS);
}

/** The refusal in the words of the route: SCIM, RFC 9457 or RFC 6749. */
function refuse(request: Request, status: 403 | 503, detail: string): Response {
  const requestId = createId();
  const retry = status === 503 ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {};
  const { pathname } = new URL(request.url);
  let response: Response;
  if (/^\/(?:api|metrics)(?:\/|$)/.test(pathname)) response = toProblem(status, detail, requestId);
  else if (pathname.startsWith("/oauth2/")) {
    const code = status === 503 ? "temporarily_unavailable" : "invalid_request";
    response = toOauthResponse(request, new OauthError(code, detail, status === 503 ? { status, ...retry } : {}));
  } else response = toErrorResponse(new ScimError(status, detail, retry), requestId);
  response.headers.set(HEADERS.requestId, requestId);
  return response;
}
