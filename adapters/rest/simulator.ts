// Example HR, an invented product with three APIs over one account, played.

import { Hono } from "hono";
import { createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import example from "./example.json" with { type: "json" };
import { createLegacyApp } from "./simulator/legacy.ts";
import { createPresentApp } from "./simulator/present.ts";
import { createRowsApp } from "./simulator/rows.ts";
import { exampleState, type State } from "./simulator/state.ts";

const BASE_PATH = "/api/v2";

function createApp(state: State): Hono<SimulatorEnv> {
  const present = createPresentApp(state);
  return new Hono<SimulatorEnv>()
    .route("/legacy", createLegacyApp(state))
    .route("/rows", createRowsApp(state, present))
    .route(BASE_PATH, present);
}

/** One account without people. */
export function createRestSimulation(): Simulation {
  return createSimulation({
    name: "rest",
    state: exampleState,
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function restDemoSettings(baseUrl: string): Record<string, unknown> {
  return { description: example, baseUrl: `${baseUrl}${BASE_PATH}`, credential: exampleState.parse({}).apiKey };
}
