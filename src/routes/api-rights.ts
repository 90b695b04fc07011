// Who may use the administrator's API, and for what; each call is written down (`src/routes/api-audit.ts`).

import { ACCESS_HEADER, isAccessConfigured } from "../auth/access-identity.ts";
import { type Caller, hasOtherWayIn, type Identified, identifyByAccess, identifyByToken } from "../auth/callers.ts";
import { originOf } from "../auth/door.ts";
import { suffices } from "../auth/roles.ts";
import { readBearer } from "../auth/tokens.ts";
import { Undecided } from "../auth/verdict.ts";
import { hasApiKeys } from "../store/api-keys.ts";
import { openControl } from "../store/control.ts";
import { createId } from "../store/identifier.ts";
import { writeBegin, writeEnd } from "./api-audit.ts";
import { type ApiContext, Problem, toProblemResponse } from "./api-guard.ts";
import { countRefused } from "./api-refusals.ts";
import type { ApiRoute } from "./api-route.ts";
import { NO_KEY, noRole } from "./problem-texts.ts";

/** Requests that the console makes for somebody who is signed in to it; no request from outside can be one of them. */
const signedIn = new WeakMap<Request, Caller>();

/** Has a request answered for somebody who is known already. */
export function callAs(caller: Caller, request: Request): Request {
  signedIn.set(request, caller);
  return request;
}

/** Lets administrators in and writes down what was done; where nobody could be let in there is no API at all. */
export async function guard(context: ApiContext, next: () => Promise<void>): Promise<Response | undefined> {
  context.set("requestId", createId());
  context.set("fields", []);
  context.set("connection", null);
  const identified = await identify(context);
  if ("refused" in identified) return refuse(context, identified);
  context.set("caller", identified.caller);
  await next();
  await writeEnd(context);
  return undefined;
}

/** @throws Problem where nothing can be decided now, which is no refusal */
async function identify(context: ApiContext): Promise<Identified> {
  const { env, req } = context;
  const known = signedIn.get(req.raw);
  if (known) return { caller: known };
  const token = readBearer(req.header("authorization"));
  const access = req.header(ACCESS_HEADER);
  try {
    if (token) return await identifyByToken(env, token, Date.now());
    // A caller who shows a token is the one whom the token names, and nobody else.
    const isAlone = req.header("authorization") === undefined;
    if (!access || !isAlone || !isAccessConfigured(env)) return { refused: "nothing was shown" };
    if (isFromElsewhere(context)) return { refused: "another site's page has sent the request" };
    return await identifyByAccess(env, access, Date.now());
  } catch (cause) {
    const why = cause instanceof Undecided ? ": Cloudflare Access is not set up, or its keys cannot be read" : "";
    throw new Problem(503, `the gateway cannot check who calls at the moment; try again${why}`, [], cause);
  }
}

/** A browser adds what Access knows it by to requests of every page, so that another site's must do nothing here. */
function isFromElsewhere({ env, req }: ApiContext): boolean {
  const site = req.header("sec-fetch-site") ?? "none";
  const origin = req.header("origin");
  return !["same-origin", "none"].includes(site) || (origin !== undefined && origin !== originOf(env));
}

async function refuse(context: ApiContext, { isKnown }: { isKnown?: true }): Promise<Response> {
  // Without a database nobody can say that there is no key.
  const isOn = hasOtherWayIn(context.env) || (await hasApiKeys(openControl(context.env.CONTROL)).catch(() => true));
  if (!isOn) return toProblemResponse(new Problem(404, "the administrator API is switched off"), context);
  await countRefused(context);
  if (isKnown) return toProblemResponse(new Problem(403, "you have no role here; an owner can give you one"), context);
  const refusal = toProblemResponse(new Problem(401, NO_KEY), context);
  refusal.headers.set("WWW-Authenticate", 'Bearer realm="portico administrator"');
  return refusal;
}

/** What the route asks for: the role, before anything is done, and that a change is written down before. */
export function withRights(route: ApiRoute, handler: (context: ApiContext) => Promise<Response>) {
  return async (context: ApiContext): Promise<Response> => {
    requireRights(context.get("caller"), route);
    if (route.isPolled) context.set("isPolled", true);
    if (route.method !== "GET") await writeBegin(context);
    return handler(context);
  };
}

/** @throws Problem where the role does not suffice, or the key is for some connections only and the route is not */
function requireRights({ kind, role, connections }: Caller, route: ApiRoute): void {
  const { role: least, path, isFiltered } = route;
  if (kind === "customer") {
    if (route.isForCustomers) return;
    throw new Problem(403, "this is for administrators, and you have come by a customer's link");
  }
  if (!suffices(role, least)) {
    throw new Problem(403, noRole(least, role));
  }
  // Whether a connection is one of them is asked where it is looked up.
  if (connections === null || path.includes(":name") || isFiltered) return;
  throw new Problem(403, "this call concerns the whole deployment, and the API key is for some connections only");
}
