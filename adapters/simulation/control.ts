// Control over a simulation, under a path that is no part of a vendor's API.

import { Hono } from "hono";
import * as z from "zod";
import { type Fault, faultSchema } from "./faults.ts";
import type { Log } from "./log.ts";

const CONTROL = "/__simulator";

const clockOrder = z.strictObject({ advanceMs: z.int() });

/** What control reaches of a simulation. */
export interface Controlled {
  readonly name: string;
  readonly state: unknown;
  inject(faults: readonly Fault[]): void;
  seed(parts: object): void;
  advance(ms: number): void;
  reset(): void;
}

export interface Levers {
  faults(): Fault[];
  clearFaults(): void;
  log(): Log;
  put(value: unknown): void;
  now(): number;
}

export const isControl = (url: URL) => url.pathname === CONTROL || url.pathname.startsWith(`${CONTROL}/`);

export function createControl(simulation: Controlled, { faults, clearFaults, log, put, now }: Levers): Hono {
  const app = new Hono().basePath(CONTROL);
  app.get("/health", (c) => c.json({ status: "ok", name: simulation.name }));
  app.get("/state", (c) => c.json(simulation.state as object));
  app.put("/state", async (c) => {
    put(await c.req.json());
    return c.body(null, 204);
  });
  app.patch("/state", async (c) => {
    simulation.seed(z.record(z.string(), z.unknown()).parse(await c.req.json()));
    return c.body(null, 204);
  });
  app.get("/faults", (c) => c.json(faults()));
  app.post("/faults", async (c) => {
    simulation.inject(z.array(faultSchema).parse(await c.req.json()));
    return c.body(null, 204);
  });
  app.delete("/faults", (c) => {
    clearFaults();
    return c.body(null, 204);
  });
  app.get("/log", (c) => {
    const since = Number(c.req.query("since") ?? 0);
    return c.json({ calls: log().calls.filter((call) => call.seq > since), summary: log().summary });
  });
  app.delete("/log", (c) => {
    log().clear();
    return c.body(null, 204);
  });
  app.post("/reset", (c) => {
    simulation.reset();
    return c.body(null, 204);
  });
  app.post("/clock", async (c) => {
    simulation.advance(clockOrder.parse(await c.req.json()).advanceMs);
    return c.json({ now: now() });
  });
  app.onError((error, c) =>
    error instanceof z.ZodError || error instanceof SyntaxError
      ? c.json({ error: error.message }, 400)
      : c.json({ error: "simulator control failed" }, 500),
  );
  return app;
}
