// The vendors of the Worker tests: simulators in the test runner's process, one made for each account that is called.

import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { createSimulatorHost, type SimulatorHost } from "../../adapters/simulation/host.ts";
import type { Simulation } from "../../adapters/simulation.ts";
import { simulators } from "../../adapters/simulators.ts";
import { createTemplateSimulation } from "../../cli/templates/adapter/simulator.ts";
import { createHarbourSimulation } from "../suite/drafted/harbour/simulator.ts";
import { playedSimulators } from "../suite/played/simulators.ts";

/** What `portico adapter new` writes, and a draft of it. */
const UNREGISTERED: { [vendor: string]: { create(): Simulation } } = {
  template: { create: createTemplateSimulation },
  harbour: { create: createHarbourSimulation },
};

/** Where every call to Keepnet is written down, to be held against its published contract afterwards. */
export const KEEPNET_EXCHANGES = path.join(import.meta.dirname, "../../test-results/keepnet-exchanges.ndjson");

/**
 * Answers `https://<any host>/<vendor>.<account>/…` as a fresh account of the vendor. A map of the accounts seen so far
 * would outlive every test; the tests name each account once.
 */
export function createTestVendors(): SimulatorHost {
  mkdirSync(path.dirname(KEEPNET_EXCHANGES), { recursive: true });
  rmSync(KEEPNET_EXCHANGES, { force: true });
  const accounts = new Map<string, Simulation>();
  const host = createSimulatorHost(accounts);
  return {
    fetch(request) {
      // Without calls to Keepnet the file is empty, which fails; only a run without Worker tests has no file.
      if (accounts.size === 0) appendFileSync(KEEPNET_EXCHANGES, "");
      const url = new URL(request.url);
      // Miniflare forgets the scheme, and a simulator's Location must be on the origin that the Worker called.
      url.protocol = "https:";
      const [, account = ""] = url.pathname.split("/", 2);
      if (!accounts.has(account)) {
        const vendor = account.split(".")[0] ?? "";
        const simulation = (simulators[vendor] ?? playedSimulators[vendor] ?? UNREGISTERED[vendor])?.create();
        if (simulation) accounts.set(account, vendor === "keepnet" ? recorded(simulation) : simulation);
      }
      return host.fetch(new Request(url, request));
    },
  };
}

function recorded(simulation: Simulation): Simulation {
  simulation.watch((call, phase) => {
    if (phase === "after") setImmediate(() => appendFileSync(KEEPNET_EXCHANGES, `${JSON.stringify(call)}\n`));
  });
  return simulation;
}
