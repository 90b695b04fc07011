// Generated from the folders of adapters/ by `npm run generate`: the registry of simulators, never in the Worker [S41].

import { createDirectusSimulation, directusDemoSettings } from "./directus/simulator.ts";
import { createKeepablSimulation, keepablDemoSettings } from "./keepabl/simulator.ts";
import { createKeeperSimulation, keeperDemoSettings } from "./keeper/simulator.ts";
import { createKeepnetSimulation, keepnetDemoSettings } from "./keepnet/simulator.ts";
import { createKlaxoonSimulation, klaxoonDemoSettings } from "./klaxoon/simulator.ts";
import { createKpifireSimulation, kpifireDemoSettings } from "./kpifire/simulator.ts";
import { createRedmineSimulation, redmineDemoSettings } from "./redmine/simulator.ts";
import { createRequestTrackerSimulation, requestTrackerDemoSettings } from "./request-tracker/simulator.ts";
import { createRestSimulation, restDemoSettings } from "./rest/simulator.ts";
import type { Simulator } from "./simulation.ts";
import { createZabbixSimulation, zabbixDemoSettings } from "./zabbix/simulator.ts";

export const simulators: Record<string, Simulator> = {
  directus: { create: createDirectusSimulation, demoSettings: directusDemoSettings },
  keepabl: { create: createKeepablSimulation, demoSettings: keepablDemoSettings },
  keeper: { create: createKeeperSimulation, demoSettings: keeperDemoSettings },
  keepnet: { create: createKeepnetSimulation, demoSettings: keepnetDemoSettings },
  klaxoon: { create: createKlaxoonSimulation, demoSettings: klaxoonDemoSettings },
  kpifire: { create: createKpifireSimulation, demoSettings: kpifireDemoSettings },
  redmine: { create: createRedmineSimulation, demoSettings: redmineDemoSettings },
  "request-tracker": { create: createRequestTrackerSimulation, demoSettings: requestTrackerDemoSettings },
  rest: { create: createRestSimulation, demoSettings: restDemoSettings },
  zabbix: { create: createZabbixSimulation, demoSettings: zabbixDemoSettings },
};
