// The deployment's Worker for the chaos run: what vendors have not answered is in doubt for seconds instead of minutes [S46].

import { adapters } from "../../../adapters/index.ts";
import type { Adapter } from "../../../src/adapter.ts";
import { createPortico } from "../../../src/portico.ts";

/** Longer than any late effect of the run. */
const LATE_MS = 8_000;

const inHaste = (adapter: Adapter): Adapter => {
  const { connect, specialise } = adapter;
  return {
    ...adapter,
    connect: (settings) => ({ ...connect(settings), lateMs: LATE_MS }),
    ...(specialise ? { specialise: (settings) => inHaste(specialise(settings)) } : {}),
  };
};

const portico = createPortico({
  adapters: Object.fromEntries(Object.entries(adapters).map(([name, adapter]) => [name, inHaste(adapter)])),
});

// The name is in wrangler.toml, and the stored objects belong to it.
export class Connection extends portico.Connection {}

/** Delivers events to webhooks; the name is in wrangler.toml, too. */
export class Deployment extends portico.Deployment {}

export default portico.handler;
