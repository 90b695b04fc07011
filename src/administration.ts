// What administrators use, loaded when it is first asked for: making the shapes of its routes takes as long as the rest of a start,
// and a SCIM request needs none of them.

import { type Context, Hono } from "hono";
import type { Adapters } from "./adapter.ts";
import type { Dispatch } from "./console/context.ts";
import type { ConsolePart } from "./console/index.tsx";
import { executionOf } from "./routes/worker-context.ts";

export type Gateway = Hono<{ Bindings: Env }>;

/** Has a gateway serve the administrator API, and the console's pages where there is a console. */
export function serveAdministrators(
  gateway: Gateway,
  adapters: Adapters,
  loadConsole?: () => Promise<ConsolePart>,
): void {
  let loading: Promise<Gateway> | undefined;
  const serve = async (context: Context<{ Bindings: Env }>) => {
    loading ??= load(gateway, adapters, loadConsole);
    return (await loading).fetch(context.req.raw, context.env, executionOf(context));
  };
  gateway.all("/api/*", serve);
  // Where monitoring looks for it.
  gateway.get("/metrics", serve);
  if (!loadConsole) return;
  gateway.all("/console/*", serve);
  gateway.all("/customer/*", serve);
}

async function load(gateway: Gateway, adapters: Adapters, loadConsole?: () => Promise<ConsolePart>): Promise<Gateway> {
  const [{ createApiRoutes }, console] = await Promise.all([import("./routes/api.ts"), loadConsole?.()]);
  const app: Gateway = new Hono();
  const api = createApiRoutes(adapters, console?.handlers);
  app.route("/api", api);
  app.get("/metrics", (context) => api.fetch(context.req.raw, context.env));
  if (console) {
    const dispatch: Dispatch = (request, env, context) => gateway.fetch(request, env, context);
    app.route("/console", console.create(dispatch));
    app.route("/customer", console.createForCustomers(dispatch, console.setUps ?? {}));
  }
  return app;
}
