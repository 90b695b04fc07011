// Many simulated accounts side by side under one origin.

import type { Simulation } from "../simulation.ts";
import { mark, readdress } from "./exchange.ts";

export interface SimulatorHost {
  /** Throws `CutConnection`. */
  fetch(request: Request): Promise<Response>;
}

/** Many accounts side by side, each under `/<instance>`. */
export function createSimulatorHost(instances: ReadonlyMap<string, Simulation>): SimulatorHost {
  return {
    async fetch(request) {
      const url = new URL(request.url);
      const [, instance = ""] = url.pathname.split("/", 2);
      const simulation = instances.get(instance);
      if (!simulation) return mark(Response.json({ error: "no such simulator instance" }, { status: 404 }));
      const base = `${url.origin}/${instance}`;
      url.pathname = url.pathname.slice(instance.length + 1) || "/";
      return simulation.fetch(readdress(request, url, await request.text()), base);
    },
  };
}
