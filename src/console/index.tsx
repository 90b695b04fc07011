// The console: pages for administrators at /console, a part of the Worker where the build has it (docs/design/console.md).

import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { consoleHandlers } from "../routes/api-console.ts";
import { actionRoutes } from "./actions.ts";
import { Refused } from "./ask.ts";
import type { ConsoleContext, ConsoleEnv, Dispatch } from "./context.ts";
import { createCustomerPages } from "./customer/index.tsx";
import { inviteRoutes } from "./customer/invites.tsx";
import type { SetUps } from "./customer/steps.tsx";
import { inEnvelope } from "./envelope.ts";
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
export const consolePart = {
  handlers: consoleHandlers,
  create: createConsole,
  createForCustomers: createCustomerPages,
};
/** `setUps`: by vendor, what customers' pages say step by step; without it they say what holds for every product. */
export type ConsolePart = typeof consolePart & { setUps?: SetUps };

/** @param dispatch the whole gateway, of which the console uses the administrator API */
function createConsole(dispatch: Dispatch): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  inEnvelope(app, dispatch);
  signInRoutes(app);
  app.use(requireSignIn);
  signOutRoutes(app);
  homeRoutes(app);
  connectionRoutes(app);
  credentialRoutes(app);
  inviteRoutes(app);
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
