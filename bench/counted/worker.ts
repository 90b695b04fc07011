// The gateway, whose objects tell with each answer what they have asked of their SQLite so far.

import { adapters } from "../../adapters/index.ts";
import { createPortico } from "../../src/portico.ts";
import { type Counter, countStorage } from "./counter.ts";

const portico = createPortico({ adapters });

export class Connection extends portico.Connection {
  readonly #counter: Counter;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#counter = countStorage(context.storage);
  }

  override async fetch(request: Request): Promise<Response> {
    const response = await super.fetch(request);
    response.headers.set("x-bench-counts", JSON.stringify(this.#counter.total()));
    return response;
  }
}

export class Outlet extends portico.Outlet {}

/** Delivers events to webhooks; the name is in wrangler.toml, too. */
export class Deployment extends portico.Deployment {}

export default portico.handler;
