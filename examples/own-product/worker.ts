// The entry module of a vendor's own deployment: Portico with one adapter and nothing else.

import { createPortico } from "../../src/portico.ts";
import ownProduct from "./adapter.ts";

const portico = createPortico({ adapters: { "own-product": ownProduct } });

// The name is in wrangler.toml, and the stored objects belong to it.
export class Connection extends portico.Connection {}

/** For products that allow more than six calls at once. */
export class Outlet extends portico.Outlet {}

/** Delivers events to webhooks; the name is in wrangler.toml, too. */
export class Deployment extends portico.Deployment {}

export default portico.handler;
