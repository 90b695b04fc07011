// The registry of vendor simulators: one line each. Never imported from src/ or from the registry of adapters.

import { createKeepablSimulation, keepablDemoSettings } from "./keepabl/simulator.ts";
import { createKeeperSimulation, keeperDemoSettings } from "./keeper/simulator.ts";
import { createKeepnetSimulation, keepnetDemoSettings } from "./keepnet/simulator.ts";
import { createKlaxoonSimulation, klaxoonDemoSettings } from "./klaxoon/simulator.ts";
import { createKpifireSimulation, kpifireDemoSettings } from "./kpifire/simulator.ts";
import { createRedmineSimulation, redmineDemoSettings } from "./redmine/simulator.ts";
import { createRestSimulation, restDemoSettings } from "./rest/simulator.ts";
import type { Simulation } from "./simulation.ts";

export interface Simulator {
  create(): Simulation;
  /** The settings an operator would enter for a fresh account at `baseUrl`. */
  demoSettings(baseUrl: string): Record<string, unknown>;
}

export const simulators: Record<string, Simulator> = {
  keepabl: { create: createKeepablSimulation, demoSettings: keepablDemoSettings },
  keeper: { create: createKeeperSimulation, demoSettings: keeperDemoSettings },
  keepnet: { create: createKeepnetSimulation, demoSettings: keepnetDemoSettings },
  klaxoon: { create: createKlaxoonSimulation, demoSettings: klaxoonDemoSettings },
  kpifire: { create: createKpifireSimulation, demoSettings: kpifireDemoSettings },
  redmine: { create: createRedmineSimulation, demoSettings: redmineDemoSettings },
  rest: { create: createRestSimulation, demoSettings: restDemoSettings },
};
