// The simulators of the played vendors, which the test runner's process hosts.

import type { Simulator } from "../../../adapters/simulation.ts";
import { createLedgerSimulation, ledgerSettings } from "./ledger/simulator.ts";
import { createNotarySimulation, notarySettings } from "./notary/simulator.ts";
import { createRosterSimulation, rosterSettings } from "./roster/simulator.ts";

export const playedSimulators: { readonly [name: string]: Simulator } = {
  ledger: { create: createLedgerSimulation, demoSettings: ledgerSettings },
  notary: { create: createNotarySimulation, demoSettings: notarySettings },
  roster: { create: createRosterSimulation, demoSettings: rosterSettings },
};
