// Request Tracker's REST 2 API for users and groups, played as 5.0.3 from Debian's packages behaves (seen 2026-11-29).

import { Hono } from "hono";
import { type Clock, createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import { Refusal } from "./simulator/answers.ts";
import { addGroupRoutes } from "./simulator/groups.ts";
import { requestTrackerState, type State } from "./simulator/state.ts";
import { addUserRoutes } from "./simulator/users.ts";

const BASE_PATH = "/REST/2.0";

function createApp(state: State, clock: Clock): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>().basePath(BASE_PATH);
  app.use(async (c, next) =>
    c.req.header("authorization") === `token ${state.token}` ? next() : c.json({ message: "Unauthorized" }, 401),
  );
  addUserRoutes(app, state, clock);
  addGroupRoutes(app, state);
  app.notFound((c) => c.json({ message: "Not Found" }, 404));
  app.onError((error, c) => {
    if (error instanceof Refusal) return c.json({ message: error.message }, error.status);
    throw error;
  });
  return app;
}

/** One Request Tracker with root and what it is made of as the only users. */
export function createRequestTrackerSimulation(): Simulation {
  return createSimulation({ name: "request-tracker", state: requestTrackerState, createApp });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function requestTrackerDemoSettings(baseUrl: string): Record<string, unknown> {
  return { baseUrl: `${baseUrl}${BASE_PATH}`, token: requestTrackerState.parse({}).token };
}
