// Commander's Service Mode, played from its documents ([N2.2] [N2.3], read 2026-11-22).

import { type Context, Hono } from "hono";
import { type Clock, createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import { classify, type Guess } from "./simulator/classifier.ts";
import { run } from "./simulator/commands.ts";
import { CommandError, expand, split } from "./simulator/shell.ts";
import { keeperState, type State } from "./simulator/state.ts";

export { keeperState } from "./simulator/state.ts";

const MAX_COMMAND = 4_096;
const MAX_QUEUED = 100;
const QUEUE_TIMEOUT_MS = 300_000;
const RETENTION_MS = 3_600_000;

/** A command on its way; kept in memory, so a restart forgets it. */
interface Submitted {
  key: string;
  command: string;
  submittedAt: number;
  startsAt: number;
  endsAt: number;
  isExpired: boolean;
  result?: { status: number; body: string };
}

function createApp(state: State, clock: Clock): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const queue = new Map<string, Submitted>();
  const limiter = createLimiter(state, clock);
  let busyUntil = 0;

  /** Runs, in their order, the commands whose time has come, and forgets old results. */
  const settle = () => {
    const now = clock.now();
    for (const [id, request] of queue) {
      if (request.endsAt > now) continue;
      request.result ??= request.isExpired
        ? { status: 504, body: JSON.stringify({ status: "error", error: "Request expired in the queue" }) }
        : toResult(state, request.command);
      if (request.endsAt + RETENTION_MS <= now) queue.delete(id);
    }
  };
  const lookUp = (c: Context): Submitted | undefined => {
    settle();
    const request = queue.get(c.req.param("id") ?? "");
    return request?.key === c.req.header("api-key") ? request : undefined;
  };
  const unknown = (c: Context) => c.json({ success: false, error: "Error: Request not found" }, 404);

  app.get("/health", (c) => c.json({ status: "ok" }));
  app.use("/api/v2/*", async (c, next) => {
    const endpoint = c.req.path.split("/")[3] ?? "";
    if (!limiter(endpoint)) return c.json({ success: false, error: "Rate limit exceeded" }, 429);
    const key = c.req.header("api-key") ?? "";
    const known = Object.hasOwn(state.keys, key) ? state.keys[key] : undefined;
    if (!known) return c.json({ status: "error", error: "Please provide a valid API key" }, 401);
    if (known.isExpired) return c.json({ status: "error", error: "API key has expired" }, 401);
    return next();
  });

  app.post("/api/v2/executecommand-async", async (c) => {
    const refuse = (error: string, status: 400 | 403 | 503) => c.json({ success: false, error }, status);
    const { command } = (await c.req.json()) as { command?: unknown };
    if (typeof command !== "string" || command === "") return refuse("Error: No command provided", 400);
    if (command.length > MAX_COMMAND || /[\r\n\0]/.test(command)) return refuse("Error: Invalid command", 400);
    const key = c.req.header("api-key") ?? "";
    const [first = ""] = command.split(" ");
    if (!state.keys[key]?.commands.includes(first)) return refuse("Not permitted to perform this function", 403);
    settle();
    if ([...queue.values()].filter((request) => !request.result).length >= MAX_QUEUED) {
      return refuse("Error: Request queue is full. Please try again later.", 503);
    }
    const submittedAt = clock.now();
    const startsAt = Math.max(submittedAt, busyUntil);
    const isExpired = startsAt - submittedAt > QUEUE_TIMEOUT_MS;
    const endsAt = isExpired ? submittedAt + QUEUE_TIMEOUT_MS : startsAt + state.commandMs;
    if (!isExpired) busyUntil = endsAt;
    const id = crypto.randomUUID();
    queue.set(id, { key, command, submittedAt, startsAt, endsAt, isExpired });
    // What takes no time happens now, and not when a client asks for its result.
    settle();
    const message = "Request queued successfully.";
    return c.json({ success: true, request_id: id, status: "queued", message }, 202);
  });

  app.get("/api/v2/status/:id", (c) => {
    const request = lookUp(c);
    if (!request) return unknown(c);
    return c.json({ success: true, request_id: c.req.param("id"), status: toStatus(request, clock.now()) });
  });

  app.get("/api/v2/result/:id", (c) => {
    const request = lookUp(c);
    if (!request) return unknown(c);
    if (!request.result) {
      const status = toStatus(request, clock.now());
      return c.json({ success: false, error: "Error: Request not completed yet", status }, 202);
    }
    const { status, body } = request.result;
    return new Response(body, { status, headers: { "content-type": "application/json" } });
  });

  app.get("/api/v2/queue/status", (c) => {
    settle();
    const open = [...queue.values()].filter((request) => !request.result);
    return c.json({ success: true, queue_size: open.length, completed_requests: queue.size - open.length });
  });

  app.notFound((c) => c.text("Not Found", 404));
  app.onError((error, c) => {
    if (error instanceof SyntaxError) return c.json({ success: false, error: "Error: Invalid or empty JSON" }, 400);
    throw error;
  });
  return app;
}

function toStatus(request: Submitted, now: number): string {
  if (!request.result) return request.startsAt > now ? "queued" : "processing";
  if (request.isExpired) return "expired";
  return request.result.status < 400 ? "completed" : "failed";
}

function toResult(state: State, line: string): { status: number; body: string } {
  const [name = ""] = line.split(" ");
  let guess: Guess;
  try {
    const output = run(state, name, split(expand(line.slice(name.length), state.environment)));
    guess =
      "lines" in output
        ? classify(name, output.lines)
        : {
            status: 200,
            body: { status: "success", command: name, data: "rows" in output ? output.rows : output.object },
          };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    guess = { status: 500, body: { status: "error", error: `Unexpected error: ${error.message}` } };
  }
  const { status, body } = guess;
  if (state.dataAs === "string" && Array.isArray(body.data)) body.data = withIntegers(JSON.stringify(body.data));
  return { status, body: withIntegers(JSON.stringify(body)) };
}

/** Ids are 64-bit integers on the wire [N2.3], which no JavaScript number could be. */
const withIntegers = (json: string) => json.replace(/"user_id":"(\d+)"/g, '"user_id":$1');

/** Fixed windows for each endpoint, as flask-limiter counts; there is one client address only. */
function createLimiter(state: State, clock: Clock): (endpoint: string) => boolean {
  const counts = new Map<string, number>();
  return (endpoint) => {
    const { perMinute, perHour, perDay } = state.rateLimits;
    const windows = [
      [perMinute, 60_000],
      [perHour, 3_600_000],
      [perDay, 86_400_000],
    ] as const;
    const now = clock.now();
    const names = windows.map(([, spanMs]) => `${endpoint} ${spanMs} ${Math.floor(now / spanMs)}`);
    const isOver = windows.some(([limit], at) => (counts.get(names[at] ?? "") ?? 0) >= limit);
    if (!isOver) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return !isOver;
  };
}

/** One Keeper enterprise without users behind a Service Mode of its own. */
export function createKeeperSimulation(): Simulation {
  return createSimulation({
    name: "keeper",
    state: keeperState,
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state, with limits that suit a demonstration. */
export function keeperDemoSettings(baseUrl: string): Record<string, unknown> {
  const apiKey = Object.keys(keeperState.parse({}).keys)[0];
  return { baseUrl, apiKey, node: "Acme\\Staff", perMinute: 100_000, perHour: 1_000_000, perDay: 10_000_000 };
}
