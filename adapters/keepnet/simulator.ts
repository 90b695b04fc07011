// Keepnet's target users and groups, played from its published contract and documents ([N1], read 2026-11-22).

import { Hono } from "hono";
import { type Clock, createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import { addAccess } from "./simulator/access.ts";
import { notFound, Refused, success } from "./simulator/answers.ts";
import { addGroupRoutes } from "./simulator/groups.ts";
import { keepnetState, type State } from "./simulator/state.ts";
import { addUserRoutes } from "./simulator/users.ts";

export { keepnetState } from "./simulator/state.ts";

function createApp(state: State, clock: Clock): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  addAccess(app, state, clock);
  addUserRoutes(app, state, clock);
  addGroupRoutes(app, state, clock);

  app.get("/api/companies/:id/license-check", (c) => {
    if (c.req.param("id") !== state.companyResourceId) throw notFound();
    const live = Object.values(state.users).filter((user) => !user.isDeleted);
    const activeUserCount = live.filter((user) => user.isActive).length;
    return success(c, {
      isLimited: state.licenseLimit !== null,
      licenseLimit: state.licenseLimit,
      activeUserCount,
      totalUserCount: live.length,
      isLicenseExceeded: state.licenseLimit !== null && activeUserCount > state.licenseLimit,
    });
  });

  // An unknown path has no envelope, which tells it from a missing user.
  app.notFound((c) => c.body(null, 404));
  app.onError((error, c) => {
    if (!(error instanceof Refused)) throw error;
    const { status, message, validationMessages } = error;
    return c.json({ data: null, status, message, validationMessages }, error.code);
  });
  return app;
}

/** One Keepnet company without users. */
export function createKeepnetSimulation(): Simulation {
  return createSimulation({
    name: "keepnet",
    state: keepnetState,
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function keepnetDemoSettings(baseUrl: string): Record<string, unknown> {
  const { clientId, clientSecret, companyResourceId } = keepnetState.parse({});
  return { baseUrl, clientId, clientSecret, companyId: companyResourceId };
}
