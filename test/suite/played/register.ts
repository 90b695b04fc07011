// Invented vendors, so that every shape of the contract is some vendor's: found by name, listed nowhere.

import { adapters } from "../../../adapters/index.ts";
import { simulators } from "../../../adapters/simulators.ts";
import { nativeViews } from "../../../adapters/views.ts";
import { ledger } from "./ledger/adapter.ts";
import { ledgerView } from "./ledger/view.ts";
import { notary } from "./notary/adapter.ts";
import { notaryView } from "./notary/view.ts";
import { roster } from "./roster/adapter.ts";
import { rosterView } from "./roster/view.ts";
import { playedSimulators } from "./simulators.ts";

const PLAYED = {
  ledger: { adapter: ledger, view: ledgerView },
  notary: { adapter: notary, view: notaryView },
  roster: { adapter: roster, view: rosterView },
};

for (const [name, { adapter, view }] of Object.entries(PLAYED)) {
  // The files of a run share the registries.
  Object.defineProperty(adapters, name, { value: adapter, configurable: true });
  Object.defineProperty(simulators, name, { value: playedSimulators[name], configurable: true });
  Object.defineProperty(nativeViews, name, { value: view, configurable: true });
}

export const playedNames: readonly string[] = Object.keys(PLAYED);
