// What all vendor simulators share: one simulated vendor account with its state, clock, call log and faults on command.

import type { Hono } from "hono";
import * as z from "zod";
import { createControl, isControl } from "./simulation/control.ts";
import { mark, noticeSent, readdress } from "./simulation/exchange.ts";
import { createDelays, type Fault, type FaultOrder, faultSchema, meet, takeFault } from "./simulation/faults.ts";
import { createLog, type RecordedCall } from "./simulation/log.ts";

export { foldAccents, foldAscii, foldName, isSameIgnoringCase } from "./simulation/names.ts";

/**
 * The simulated account's time, in epoch milliseconds; tests move it.
 *
 * @example const isVisible = clock.now() >= change.at + LAG_MS;
 */
export interface Clock {
  now(): number;
}

/**
 * "before" and "after" the effect, and "sent" when the answer has left the Node server.
 *
 * @example simulation.watch((call, phase) => { if (phase === "after") seen.push(call.path); })
 */
export type Phase = "before" | "after" | "sent";
type Watcher = (call: Readonly<RecordedCall>, phase: Phase) => void | Promise<void>;

/**
 * One simulated vendor account.
 *
 * @example
 * const simulation = createAcmeSimulation();
 * simulation.seed({ users: { "1": { id: 1, email: "ada@example.com" } } });
 * const answer = await simulation.fetch(new Request("https://acme.example.net/v1/users/1"));
 */
export interface Simulation {
  readonly name: string;
  /** `base` is the account's URL as its client knows it. Throws `CutConnection`. */
  fetch(request: Request, base?: string): Promise<Response>;
  /** A copy of the vendor's state. */
  readonly state: unknown;
  readonly calls: readonly RecordedCall[];
  /** Adds faults behind those not yet used up. */
  inject(faults: readonly FaultOrder[]): void;
  /** Called at each phase of each call and awaited, so that a watcher can hold a call. Returns how to stop. */
  watch(watcher: Watcher): () => void;
  /** Replaces the named parts of the state; throws where the result is no state of this vendor. */
  seed(parts: object): void;
  /** Moves the account's clock. */
  advance(ms: number): void;
  /** Back to the initial state, with no faults, log or clock offset; delayed calls are cut. */
  reset(): void;
  /** State and clock as text, for `restore`. */
  snapshot(): string;
  /** Throws where the text is no snapshot of this vendor. */
  restore(snapshot: string): void;
}

/**
 * How one vendor's simulator is begun, as the registry has it.
 *
 * @example { create: createAcmeSimulation, demoSettings: acmeDemoSettings }
 */
export interface Simulator {
  create(): Simulation;
  /** The settings an operator would enter for a fresh account at `baseUrl`. */
  demoSettings(baseUrl: string): Record<string, unknown>;
}

/**
 * What a simulator's Hono app finds in its context: the account's own address.
 *
 * @example new Hono<SimulatorEnv>().post("/users", (c) => c.json({}, 201, { location: `${c.env.base}/v1/users/1` }))
 */
export type SimulatorEnv = { Bindings: { base: string } };

/**
 * What a vendor's simulator is made of.
 *
 * @example { name: "acme", state: acmeState, createApp: (state, clock) => new Hono<SimulatorEnv>() }
 */
export interface SimulationParts<State> {
  name: string;
  /** Checks seeded and restored state; of nothing it makes the initial one. */
  state: z.ZodType<State>;
  /** Built again whenever the state is replaced. */
  createApp(state: State, clock: Clock): Hono<SimulatorEnv>;
}

/**
 * One vendor account with its own state, clock, faults and log.
 *
 * @example
 * export function createAcmeSimulation(): Simulation {
 *   return createSimulation({ name: "acme", state: acmeState, createApp });
 * }
 */
export function createSimulation<State>(parts: SimulationParts<State>): Simulation {
  let offsetMs = 0;
  const clock: Clock = { now: () => Date.now() + offsetMs };
  let state = parts.state.parse({});
  let app = parts.createApp(state, clock);
  let faults: Fault[] = [];
  const delays = createDelays();
  const watchers = new Set<Watcher>();
  let log = createLog();

  const replace = (next: State) => {
    state = next;
    app = parts.createApp(state, clock);
  };
  const tell = async (call: RecordedCall, phase: Phase) => {
    for (const watcher of watchers) await watcher(call, phase);
  };
  const answerCall = (request: Request, text: string, call: RecordedCall, base: string): Promise<Response> => {
    const run = async () => {
      await tell(call, "before");
      const answer = await app.fetch(readdress(request, request.url, text), { base });
      call.effect = true;
      await tell(call, "after");
      return answer;
    };
    const fault = takeFault(faults, call);
    if (!fault) return run();
    call.fault = fault.kind;
    return meet(fault, run, delays.wait);
  };

  const simulation: Simulation = {
    name: parts.name,
    get state() {
      return structuredClone(state);
    },
    get calls() {
      return log.calls;
    },
    async fetch(request, base = new URL(request.url).origin) {
      const url = new URL(request.url);
      if (isControl(url)) return mark(await control.fetch(request));
      const text = await request.text();
      const started = Date.now();
      const kept = log;
      const call = kept.open(request, url, text);
      try {
        const made = await answerCall(request, text, call, base);
        const body = await made.text();
        kept.answer(call, made, body);
        const answer = mark(new Response(body === "" ? null : body, made));
        noticeSent(answer, () => void tell(call, "sent"));
        return answer;
      } finally {
        call.ms = Date.now() - started;
        kept.close();
      }
    },
    inject(orders) {
      faults.push(...z.array(faultSchema).parse(orders));
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    seed(change) {
      replace(parts.state.parse({ ...(state as object), ...change }));
    },
    advance(ms) {
      offsetMs += ms;
    },
    reset() {
      faults = [];
      delays.cut();
      offsetMs = 0;
      log = createLog();
      replace(parts.state.parse({}));
    },
    snapshot: () => JSON.stringify({ name: parts.name, offsetMs, state }),
    restore(snapshot) {
      const saved = z
        .object({ name: z.literal(parts.name), offsetMs: z.int(), state: parts.state })
        .parse(JSON.parse(snapshot));
      offsetMs = saved.offsetMs;
      replace(saved.state);
    },
  };

  const control = createControl(simulation, {
    faults: () => faults,
    clearFaults() {
      faults = [];
      delays.release();
    },
    log: () => log,
    put: (value) => replace(parts.state.parse(value)),
    now: clock.now,
  });
  return simulation;
}
