// The entry module of this deployment: Portico with the adapters of the registry.

import { adapters } from "./adapters/index.ts";
import { createPortico } from "./src/portico.ts";

/** Of the `[define]` of wrangler.toml: docs/console.md. The bundler leaves the console out where it is false. */
declare const WITH_CONSOLE: boolean;

const portico = createPortico({ adapters, ...(WITH_CONSOLE ? { console: loadConsole } : {}) });

async function loadConsole() {
  const [{ consolePart }, { setUps }] = await Promise.all([
    import("./src/console/index.tsx"),
    import("./adapters/set-ups.ts"),
  ]);
  return { ...consolePart, setUps };
}

// The name is in wrangler.toml, and the stored objects belong to it.
export class Connection extends portico.Connection {}

/** For vendors that allow more than six calls at once. */
export class Outlet extends portico.Outlet {}

/** Delivers events to webhooks; the name is in wrangler.toml, too. */
export class Deployment extends portico.Deployment {}

export default portico.handler;
