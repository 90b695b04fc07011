// The console: pages for administrators at /console, a part of the Worker where the build has it (docs/design/console.md).

import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { originOf } from "../auth/door.ts";
import { consoleHandlers } from "../routes/api-console.ts";
import { actionRoutes } from "./actions.ts";
import { Refused } from "./ask.ts";
import type { ConsoleContext, ConsoleEnv, Dispatch } from "./context.ts";
import { FILES } from "./files.ts";
import { activityRoutes } from "./pages/activity.tsx";
import { auditRoutes } from "./pages/audit.tsx";
import { connectionRoutes } from "./pages/connection.tsx";
import { credentialRoutes } from "./pages/credentials.tsx";
import { findRoutes } from "./pages/find.tsx";
import { homeRoutes } from "./pages/home.tsx";
import { licenceRoutes } from "./pages/licences.tsx";
import { planRoutes } from "./pages/plan.tsx";
import { RefusedPage } from "./pages/refused.tsx";
import { requestRoutes } from "./pages/request.tsx";
import { settingsRoutes } from "./pages/settings.tsx";
import { standingRoutes } from "./pages/standing.tsx";
import { vendorRoutes } from "./pages/vendors.tsx";
import { show } from "./parts/page.tsx";
import { requireSignIn, signInRoutes, signOutRoutes } from "./sign-in.tsx";
import { TEXTS } from "./texts.ts";

/** What `createPortico` takes. */
export const consolePart = { handlers: consoleHandlers, create: createConsole };
export type ConsolePart = typeof consolePart;

/** Browsers: nothing inline, nothing of another host, in no frame, and no address of ours to anybody. */
const HEADERS = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    // The stylesheet draws its ticks and arrows.
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: "no-referrer",
  xFrameOptions: "DENY",
  // In front of every route, src/routes/secure.ts.
  strictTransportSecurity: false,
});

/** @param dispatch the whole gateway, of which the console uses the administrator API */
function createConsole(dispatch: Dispatch): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.use(HEADERS);
  app.use(csrf({ origin: (origin, { env }) => origin === originOf(env) }));
  app.use(async (context, next) => {
    context.set("dispatch", dispatch);
    await next();
  });
  app.get("/assets/:hash/:file", (context) => serveFile(context, context.req.param("file")));
  signInRoutes(app);
  app.use(requireSignIn);
  signOutRoutes(app);
  homeRoutes(app);
  connectionRoutes(app);
  credentialRoutes(app);
  actionRoutes(app);
  activityRoutes(app);
  findRoutes(app);
  standingRoutes(app);
  planRoutes(app);
  vendorRoutes(app);
  settingsRoutes(app);
  auditRoutes(app);
  licenceRoutes(app);
  requestRoutes(app);
  // A route: what the gateway does not find is answered in SCIM's words.
  app.all("*", (context) => refuse(context, 404, TEXTS.refused.nothingHere));
  app.onError((error, context) => toPage(error, context));
  return app;
}

/** Each file is stored for ever: what has changed has another address. */
function serveFile(context: ConsoleContext, name: string): Response | Promise<Response> {
  if (!Object.hasOwn(FILES, name)) return context.notFound();
  const { type, text } = FILES[name as keyof typeof FILES];
  return context.body(text, 200, { "Content-Type": type, "Cache-Control": "public, max-age=31536000, immutable" });
}

function toPage(error: Error, context: ConsoleContext): Response | Promise<Response> {
  // Another site's form.
  if (error instanceof HTTPException) return error.getResponse();
  const isTold = error instanceof Refused;
  if (!isTold) console.error(`console failed: ${error.name}`);
  return isTold
    ? refuse(context, error.status, error.message, error.errors)
    : refuse(context, 503, TEXTS.refused.unknown);
}

function refuse(context: ConsoleContext, status: number, why: string, errors: Refused["errors"] = []) {
  const title = TEXTS.refused.title(status);
  return show(context, <RefusedPage title={title} why={why} errors={errors} />, { title, status });
}
