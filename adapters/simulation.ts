// What all vendor simulators share: one simulated vendor account with its state, clock, call log and faults on command.

import { Hono } from "hono";
import * as z from "zod";

/** Stands in the `x-simulator` header of every answer; a build check proves that no deployed bundle contains it. */
export const SIMULATOR_MARKER = "portico-simulator";

/** Calls kept in the log of one simulation; older ones are dropped and counted. */
const MAX_LOGGED_CALLS = 10_000;
/** Longest request or answer body that the log keeps, in characters. */
const MAX_LOGGED_BODY = 256 * 1024;
const CONTROL = "/__simulator";

/** The connection ends here without an answer; whoever hosts the simulation cuts the socket, or rethrows. */
export class CutConnection extends Error {
  constructor() {
    super("simulator: connection cut");
    this.name = "CutConnection";
  }
}

/** The simulated account's time, in epoch milliseconds. */
export interface Clock {
  now(): number;
}

// ---- Faults on command ----------------------------------------------------------------------------------------------

const regexSource = z.string().refine((source) => {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}, "not a regular expression");

const common = {
  /** Absent: every call of the vendor's API. `path` is a regular expression against the path without the instance. */
  match: z
    .strictObject({
      method: z
        .string()
        .transform((method) => method.toUpperCase())
        .optional(),
      path: regexSource.optional(),
    })
    .default({}),
  /** How many matching calls meet the fault. */
  times: z.int().min(1).default(1),
  /** How many matching calls pass first. */
  skip: z.int().min(0).default(0),
  headers: z.record(z.string(), z.string()).default({}),
};
const whenDefault = (when: "before" | "after") => z.enum(["before", "after"]).default(when);

/** One fault; `when` says whether the call takes effect: "before" it would, or "after" it has. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
    when: whenDefault("before"),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("delay"),
    delayMs: z.int().min(0).max(3_600_000),
    when: whenDefault("before"),
  }),
  z.strictObject({ ...common, kind: z.literal("drop"), when: whenDefault("before") }),
  z.strictObject({ ...common, kind: z.literal("lostResponse") }),
  z.strictObject({
    ...common,
    kind: z.literal("malformed"),
    shape: z.enum(["brokenJson", "wrongShape", "html"]).default("brokenJson"),
    /** Absent: the status of the real answer, or 200. */
    status: z.int().min(200).max(599).optional(),
    when: whenDefault("after"),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("throttle"),
    /** Seconds or an HTTP-date; "" sends no header. */
    retryAfter: z.string().default("1"),
    body: z.unknown().optional(),
    when: whenDefault("before"),
  }),
]);
export type Fault = z.output<typeof faultSchema>;
/** What a test may leave out. */
export type FaultOrder = z.input<typeof faultSchema>;

// ---- The simulation -------------------------------------------------------------------------------------------------

/** One call of the vendor's API, written down when it arrives. */
export interface RecordedCall {
  seq: number;
  method: string;
  /** Without the instance's prefix and the query. */
  path: string;
  /** `path` with its query. */
  target: string;
  /** The vendor's code ran, so what it does has been done. */
  effect: boolean;
  /** Null while the call is under way, and for good when its connection was cut. */
  status: number | null;
  ms: number | null;
  /** The JSON body; absent for none, another media type (credentials travel as forms), or one that is too long. */
  request?: unknown;
  response?: unknown;
  /** The answer's body was too long to be written down. */
  isAbridged?: true;
  /** The kind of the fault that this call met. */
  fault?: Fault["kind"];
}

/** "before" and "after" the effect, and "sent" when the answer has left the Node server. */
export type Phase = "before" | "after" | "sent";
export type Watcher = (call: Readonly<RecordedCall>, phase: Phase) => void | Promise<void>;

/** One simulated vendor account. */
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

export type SimulatorEnv = { Bindings: { base: string } };

export interface SimulationParts<State> {
  name: string;
  /** Checks seeded and restored state. */
  state: z.ZodType<State>;
  initialState(): State;
  /** Built anew whenever the state is replaced. */
  createApp(state: State, clock: Clock): Hono<SimulatorEnv>;
}

const whenSent = new WeakMap<Response, () => void>();

/** Tells the simulation that made `answer` that it has left the process. */
export function announceSent(answer: Response): void {
  whenSent.get(answer)?.();
}

/** One vendor account with its own state, clock, faults and log. */
export function createSimulation<State>(parts: SimulationParts<State>): Simulation {
  let offsetMs = 0;
  const clock: Clock = { now: () => Date.now() + offsetMs };
  let state = parts.initialState();
  let app = parts.createApp(state, clock);
  let faults: Fault[] = [];
  let resets = 0;
  const waiting = new Set<() => void>();
  const watchers = new Set<Watcher>();
  let log = createLog();

  const replace = (next: State) => {
    state = next;
    app = parts.createApp(state, clock);
  };
  const clearFaults = () => {
    faults = [];
    for (const release of waiting) release();
  };
  const wait = async (ms: number) => {
    const before = resets;
    await new Promise<void>((resolve) => {
      const release = () => {
        clearTimeout(timer);
        waiting.delete(release);
        resolve();
      };
      const timer = setTimeout(release, ms);
      waiting.add(release);
    });
    if (resets !== before) throw new CutConnection();
  };
  const tell = async (call: RecordedCall, phase: Phase) => {
    for (const watcher of watchers) await watcher(call, phase);
  };

  const answerCall = async (request: Request, text: string, call: RecordedCall, base: string): Promise<Response> => {
    const fault = takeFault(faults, call);
    if (fault) call.fault = fault.kind;
    let answer: Response | undefined;
    const run = async () => {
      await tell(call, "before");
      const bodiless = request.method === "GET" || request.method === "HEAD";
      answer = await app.fetch(
        new Request(request.url, {
          method: request.method,
          headers: request.headers,
          ...(bodiless ? {} : { body: text }),
        }),
        { base },
      );
      call.effect = true;
      await tell(call, "after");
      return answer;
    };
    if (!fault) return run();
    if (fault.kind === "delay") {
      if (fault.when === "before") {
        await wait(fault.delayMs);
        return run();
      }
      const delayed = await run();
      await wait(fault.delayMs);
      return delayed;
    }
    if (fault.kind === "lostResponse" || fault.when === "after") await run();
    if (fault.kind === "lostResponse" || fault.kind === "drop") throw new CutConnection();
    return spoil(fault, answer);
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
      if (url.pathname === CONTROL || url.pathname.startsWith(`${CONTROL}/`)) return mark(await control.fetch(request));
      const text = await request.text();
      const started = Date.now();
      const kept = log;
      const call = kept.open(request, url, text);
      try {
        const made = await answerCall(request, text, call, base);
        const body = await made.text();
        call.status = made.status;
        const parsed = toLoggedJson(body, made.headers);
        if (parsed !== undefined) call.response = parsed;
        if (body.length > MAX_LOGGED_BODY) call.isAbridged = true;
        const answer = mark(new Response(body === "" ? null : body, made));
        whenSent.set(answer, () => void tell(call, "sent"));
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
      resets += 1;
      clearFaults();
      offsetMs = 0;
      log = createLog();
      replace(parts.initialState());
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

  const control = createControl({
    simulation,
    faults: () => faults,
    clearFaults,
    log: () => log,
    put: (value) => replace(parts.state.parse(value)),
    now: clock.now,
  });
  return simulation;
}

/** The fault that a call meets: the first that matches and has let its `skip` calls pass. */
function takeFault(faults: Fault[], call: RecordedCall): Fault | undefined {
  for (const [index, fault] of faults.entries()) {
    const { method, path } = fault.match;
    if (method !== undefined && method !== call.method) continue;
    if (path !== undefined && !new RegExp(path).test(call.path)) continue;
    if (fault.skip > 0) {
      fault.skip -= 1;
      continue;
    }
    fault.times -= 1;
    if (fault.times === 0) faults.splice(index, 1);
    return fault;
  }
  return undefined;
}

function spoil(
  fault: Extract<Fault, { kind: "status" | "throttle" | "malformed" }>,
  answer: Response | undefined,
): Response {
  if (fault.kind === "malformed") {
    const [type, body] = {
      brokenJson: ["application/json", '{"data": {"resourceId": "cut'],
      wrongShape: ["application/json", '["not", "what", "was", "agreed"]'],
      html: ["text/html", "<!doctype html><title>Bad gateway</title><h1>Something went wrong</h1>"],
    }[fault.shape];
    const status = fault.status ?? answer?.status ?? 200;
    return new Response(status === 204 ? null : (body ?? ""), {
      status,
      headers: { "content-type": type ?? "", ...fault.headers },
    });
  }
  const text =
    fault.body === undefined ? null : typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
  const headers = new Headers(typeof fault.body === "string" ? {} : { "content-type": "application/json" });
  if (fault.kind === "throttle" && fault.retryAfter !== "") headers.set("retry-after", fault.retryAfter);
  for (const [name, value] of Object.entries(fault.headers)) headers.set(name, value);
  const status = fault.kind === "throttle" ? 429 : fault.status;
  return new Response([204, 205, 304].includes(status) ? null : text, { status, headers });
}

function mark(answer: Response): Response {
  const marked = new Response(answer.body, answer);
  marked.headers.set("x-simulator", SIMULATOR_MARKER);
  return marked;
}

// ---- The log --------------------------------------------------------------------------------------------------------

type Log = ReturnType<typeof createLog>;

function createLog() {
  const calls: RecordedCall[] = [];
  const lastSecond: number[] = [];
  let seq = 0;
  let open = 0;
  const summary = { total: 0, dropped: 0, maxPerSecond: 0, maxConcurrent: 0 };
  return {
    calls,
    summary,
    open(request: Request, url: URL, text: string): RecordedCall {
      const now = Date.now();
      lastSecond.push(now);
      while ((lastSecond[0] ?? now) <= now - 1000) lastSecond.shift();
      open += 1;
      seq += 1;
      summary.total += 1;
      summary.maxPerSecond = Math.max(summary.maxPerSecond, lastSecond.length);
      summary.maxConcurrent = Math.max(summary.maxConcurrent, open);
      const parsed = toLoggedJson(text, request.headers);
      const call: RecordedCall = {
        seq,
        method: request.method,
        path: url.pathname,
        target: url.pathname + url.search,
        effect: false,
        status: null,
        ms: null,
        ...(parsed === undefined ? {} : { request: parsed }),
      };
      calls.push(call);
      if (calls.length > MAX_LOGGED_CALLS) {
        calls.shift();
        summary.dropped += 1;
      }
      return call;
    },
    close() {
      open -= 1;
    },
  };
}

function toLoggedJson(text: string, headers: Headers): unknown {
  if (text === "" || text.length > MAX_LOGGED_BODY || !/json/i.test(headers.get("content-type") ?? ""))
    return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// ---- Control, which is no part of a vendor's API --------------------------------------------------------------------

const clockOrder = z.strictObject({ advanceMs: z.int() });

interface Controlled {
  simulation: Simulation;
  faults(): Fault[];
  clearFaults(): void;
  log(): Log;
  put(value: unknown): void;
  now(): number;
}

function createControl({ simulation, faults, clearFaults, log, put, now }: Controlled): Hono {
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
    const kept = log();
    kept.calls.length = 0;
    Object.assign(kept.summary, { total: 0, dropped: 0, maxPerSecond: 0, maxConcurrent: 0 });
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

// ---- Hosting --------------------------------------------------------------------------------------------------------

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
      const bodiless = request.method === "GET" || request.method === "HEAD";
      return simulation.fetch(
        new Request(url, {
          method: request.method,
          headers: request.headers,
          ...(bodiless ? {} : { body: await request.text() }),
        }),
        base,
      );
    },
  };
}
