// Portico as a library: what the entry module of a Worker exports, for the adapters that it is given (docs/architecture.md).

import { Hono } from "hono";
import type { Adapters } from "./adapter.ts";
import { type Gateway, serveAdministrators } from "./administration.ts";
import { Connection } from "./connection.ts";
import type { ConsolePart } from "./console/index.tsx";
import { Deployment } from "./deployment.ts";
import { Outlet } from "./outlet.ts";
import { checkAdapter } from "./provision/vendor/declaration.ts";
import { serveAstray } from "./routes/astray.ts";
import { serveScim } from "./routes/door.ts";
import { toErrorResponse, toScimError } from "./routes/errors.ts";
import { oauth } from "./routes/oauth.ts";
import { secure } from "./routes/secure.ts";
import { createId } from "./store/identifier.ts";

export interface Portico {
  /** The entry module's default export. */
  handler: { fetch(request: Request, env: Env, context?: ExecutionContext): Promise<Response> };
  /** The entry point through which objects call vendors that allow more than six calls at once. */
  Outlet: typeof Outlet;
  /** The class of the one object that delivers to webhooks; exported under the name that wrangler.toml gives it. */
  Deployment: typeof Deployment;
  /** The class of the connections' objects; the entry module exports it under the name that wrangler.toml gives it. */
  Connection: new (
    context: DurableObjectState,
    env: Env,
  ) => Connection;
}

export interface PorticoOptions {
  /** By name, as connections name their vendor. */
  adapters: Adapters;
  /** Loads the pages for administrators when the first is asked for; absent: the deployment has none. */
  console?: () => Promise<ConsolePart>;
}

/** @throws DeclarationError: a wrong declaration ends the start, before any customer meets it */
export function createPortico({ adapters, console }: PorticoOptions): Portico {
  for (const [name, adapter] of Object.entries(adapters)) checkAdapter(adapter, `adapters.${name}`);
  const gateway = createGateway(adapters, console);
  return {
    handler: {
      fetch: (request, env, context) => secure(request, env, () => gateway.fetch(request, env, context)),
    },
    Outlet,
    Deployment,
    Connection: class extends Connection {
      constructor(context: DurableObjectState, env: Env) {
        super(context, env, adapters);
      }
    },
  };
}

/** The Worker: who is this, and on to the connection's object. */
function createGateway(adapters: Adapters, console: PorticoOptions["console"]): Gateway {
  const app: Gateway = new Hono();
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  serveAdministrators(app, adapters, console);
  oauth(app);
  app.all("/scim/*", serveScim);
  app.all("/scim", serveScim);
  app.notFound(serveAstray);
  app.onError((error) => toErrorResponse(toScimError(error), createId()));
  return app;
}
