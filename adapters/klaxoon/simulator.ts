// Klaxoon's user API, played from the assumed contract ([N3.2], stated 2026-11-22): no published one was found.

import { Hono } from "hono";
import { type Clock, createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import { addGroupRoutes } from "./simulator/groups.ts";
import { Refused } from "./simulator/requests.ts";
import { klaxoonState, type State } from "./simulator/state.ts";
import { addUserRoutes } from "./simulator/users.ts";

const BASE_PATH = "/v1";
const TOKEN_TTL_SECONDS = 3600;
const MAX_TOKENS = 100;

/** Lets through `rate` requests per second on average, and as many at once. */
function createBucket(rate: number, clock: Clock): () => number {
  let left = rate;
  let filledAt = clock.now();
  return () => {
    const now = clock.now();
    left = Math.min(rate, left + (Math.max(0, now - filledAt) / 1000) * rate);
    filledAt = now;
    if (left < 1) return Math.ceil((1 - left) / rate);
    left -= 1;
    return 0;
  };
}

function createApp(state: State, clock: Clock): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>().basePath(BASE_PATH);
  const takeTurn = state.requestsPerSecond === null ? () => 0 : createBucket(state.requestsPerSecond, clock);

  app.post("/auth/oauth2/token", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const isForm = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
    if (!isForm || form.get("grant_type") !== "client_credentials") return c.json({ error: "invalid_request" }, 400);
    if (form.get("client_id") !== state.clientId || form.get("client_secret") !== state.clientSecret) {
      return c.json({ error: "invalid_client" }, 401);
    }
    const token = `fake-klaxoon-token-${crypto.randomUUID()}`;
    state.tokens.push({ token, expiresAt: clock.now() + TOKEN_TTL_SECONDS * 1000 });
    if (state.tokens.length > MAX_TOKENS) state.tokens.shift();
    return c.json({ access_token: token, token_type: "Bearer", expires_in: TOKEN_TTL_SECONDS });
  });

  app.use(async (c, next) => {
    const token = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1];
    const isKnown = state.tokens.some((one) => one.token === token && one.expiresAt > clock.now());
    if (!isKnown) throw new Refused(401, "unauthorized", "the access token is missing, unknown or expired");
    const waitSeconds = takeTurn();
    if (waitSeconds > 0) {
      c.header("retry-after", String(waitSeconds));
      throw new Refused(429, "too_many_requests", "16 requests per second on average");
    }
    return next();
  });

  addUserRoutes(app, state, clock);
  addGroupRoutes(app, state);

  app.notFound((c) => c.json({ error: { code: "not_found", message: "no such resource" } }, 404));
  app.onError((error, c) => {
    if (error instanceof SyntaxError) return c.json({ error: { code: "bad_request", message: "malformed JSON" } }, 400);
    if (!(error instanceof Refused)) throw error;
    const { code, message, field } = error;
    return c.json({ error: { code, message, ...(field ? { field } : {}) } }, error.status);
  });
  return app;
}

/** One Klaxoon account without users. */
export function createKlaxoonSimulation(): Simulation {
  return createSimulation({
    name: "klaxoon",
    state: klaxoonState,
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function klaxoonDemoSettings(baseUrl: string): Record<string, unknown> {
  const { clientId, clientSecret } = klaxoonState.parse({});
  return { baseUrl: `${baseUrl}${BASE_PATH}`, clientId, clientSecret, licenseDefault: true };
}
