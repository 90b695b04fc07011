// Redmine's user and group API, played as 5.0.4 from Debian's packages behaves (verified 2026-11-22; `npm run test:real`).

import { Hono } from "hono";
import { type Clock, createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import { openAccount } from "./simulator/account.ts";
import { addGroupRoutes } from "./simulator/groups.ts";
import { head, Tripped } from "./simulator/requests.ts";
import { administrator, redmineState, type State } from "./simulator/state.ts";
import { addUserRoutes } from "./simulator/users.ts";

export { redmineState } from "./simulator/state.ts";

function createApp(state: State, clock: Clock): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const account = openAccount(state, clock);

  app.use(async (c, next) => {
    // One user or group is shown to any user, as far as it is public.
    if (c.req.method === "GET" && /^\/(users|groups)\/\d+\.json$/.test(c.req.path)) return next();
    const user = account.caller(c);
    if (!user) return head(c, state.restEnabled ? 401 : 403);
    return user.admin || c.req.path === "/users/current.json" ? next() : head(c, 403);
  });

  addUserRoutes(app, account);
  addGroupRoutes(app, account);

  app.notFound((c) => c.html("<!DOCTYPE html><html><head><title>Redmine 404 error</title></head></html>", 404));
  app.onError((error, c) => {
    if (error instanceof Tripped) return c.json({ status: 500, error: "Internal Server Error" }, 500);
    if (error instanceof SyntaxError) return c.body("", 400, { "content-type": "text/html; charset=utf-8" });
    throw error;
  });
  return app;
}

/** One Redmine with its administrator as the only user. */
export function createRedmineSimulation(): Simulation {
  return createSimulation({
    name: "redmine",
    state: redmineState,
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function redmineDemoSettings(baseUrl: string): Record<string, unknown> {
  return { baseUrl, apiKey: administrator.api_key };
}
