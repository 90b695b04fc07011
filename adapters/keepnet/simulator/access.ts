// Who may call the simulated Keepnet: access tokens and the company that they open ([N1.1], read 2026-11-22).

import type { Hono } from "hono";
import type { Clock, SimulatorEnv } from "../../simulation.ts";
import { Refused } from "./answers.ts";
import type { State } from "./state.ts";

/** Fixed at one hour; there is no refresh token and no revocation [N1.1]. */
const TOKEN_TTL_SECONDS = 3600;
const MAX_TOKENS = 100;
const PERMISSIONS = ["target-users|POST", "target-users/search|POST", "target-groups|POST", "target-groups/users|PUT"];

export function addAccess(app: Hono<SimulatorEnv>, state: State, clock: Clock): void {
  app.post("/connect/token", async (c) => {
    // A JSON body fails with 500; its body is undocumented ([N1.1], KN-QS).
    if (!/x-www-form-urlencoded/i.test(c.req.header("content-type") ?? "")) return c.body(null, 500);
    const form = new URLSearchParams(await c.req.text());
    if (form.get("client_id") !== state.clientId || form.get("client_secret") !== state.clientSecret) {
      return c.json({ error: "invalid_client" }, 400);
    }
    if (form.get("grant_type") !== "client_credentials") return c.json({ error: "unsupported_grant_type" }, 400);
    if ((form.get("scope") ?? "api1") !== "api1") return c.json({ error: "invalid_scope" }, 400);
    const token = `fake-keepnet-token-${crypto.randomUUID()}`;
    state.tokens.push({ token, expiresAt: clock.now() + TOKEN_TTL_SECONDS * 1000 });
    state.tokens.splice(0, state.tokens.length - MAX_TOKENS);
    return c.json({
      access_token: token,
      expires_in: TOKEN_TTL_SECONDS,
      token_type: "Bearer",
      scope: "api1",
      permissions: PERMISSIONS,
    });
  });

  app.use("/api/*", async (c, next) => {
    const [scheme = "", token] = (c.req.header("authorization") ?? "").split(" ");
    const known = scheme.toLowerCase() === "bearer" && state.tokens.find((one) => one.token === token);
    if (!known || known.expiresAt <= clock.now()) {
      return c.body(null, 401, { "www-authenticate": 'Bearer error="invalid_token"' });
    }
    const company = c.req.header("x-keepnet-company-id") ?? c.req.query("companyId");
    if (company !== undefined && company !== state.companyResourceId) {
      throw new Refused(403, "PRIVACY_ERROR", "You are not allowed to access this company.");
    }
    return next();
  });
}
