// Example HR, an invented product with two APIs over one account, played.

import { Hono } from "hono";
import { createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import example from "./example.json" with { type: "json" };
import { createLegacyApp } from "./simulator/legacy.ts";
import { createPresentApp } from "./simulator/present.ts";
import { exampleState, type State } from "./simulator/state.ts";

const BASE_PATH = "/api/v2";

function createApp(state: State): Hono<SimulatorEnv> {
  return new Hono<SimulatorEnv>().route("/legacy", createLegacyApp(state)).route(BASE_PATH, createPresentApp(state));
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
