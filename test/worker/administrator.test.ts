// The administrator API: who may call it, what it takes and what it never tells [D1] [S36] [S37] [S39].

import { env } from "cloudflare:workers";
import type { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { createApiRoutes } from "../../src/routes/api.ts";
import { consoleHandlers } from "../../src/routes/api-console.ts";
import { API_ROUTES, type ApiRoute } from "../../src/routes/api-routes.ts";
import worker from "../../worker.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { api, bearer, ORIGIN, request } from "./gateway.ts";

describe("the administrator API", () => {
  const routes: readonly ApiRoute[] = Object.values(API_ROUTES);
  const spell = (path: string, name: string) => `/api${path.replace(":name", name).replace(":id", "00000000")}`;

  it("S39: every route that the app has is 401 without the bearer, with any other header and body", async () => {
    const gateway = await open(KEEPNET);
    // Hono keeps every route that was registered, with the middleware's own entry under ALL.
    const registered = (createApiRoutes({}, consoleHandlers) as unknown as Hono).routes.filter(
      ({ method }) => method !== "ALL",
    );
    const inWords = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
    expect(registered.map(inWords)).toEqual(routes.map(inWords));
    expect(routes.length).toBeGreaterThanOrEqual(12);
    for (const { method, path } of routes) {
      const wrong = [{}, bearer(gateway.token), bearer("test-administratoR"), bearer("portico_key_none")];
      for (const headers of [...wrong, { authorization: "Bearer " }]) {
        const answer = await request(method, spell(path, gateway.name), { headers: headers as Record<string, string> });
        expect([method, path, answer.status]).toEqual([method, path, 401]);
        expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
        expect(answer.body.status).toBe(401);
      }
    }
    for (const path of ["/api", "/api/", "/api/nothing", "/api/connections/"]) {
      expect([path, (await request("GET", path)).status === 200]).toEqual([path, false]);
    }
    expect((await gateway.api("GET", `/connections/${gateway.name}`)).status).toBe(200);
  });

  it("S39: without the secret and without any API key there is no API at all", async () => {
    const { ADMIN_TOKEN_SHA256: _, ...bare } = env;
    await env.CONTROL.prepare("delete from api_keys").run();
    for (const { method, path } of routes) {
      const wanted = new Request(`${ORIGIN}${spell(path, "x")}`, { method, headers: bearer("test-administrator") });
      const response = await worker.fetch(wanted, bare as unknown as Env);
      expect([method, path, response.status]).toEqual([method, path, 404]);
    }
  });

  it("S37 S39: secrets go in and never come out, not on errors either", async () => {
    const secret = "canary-client-secret-8f3b";
    const gateway = await open(KEEPNET, { seed: { clientSecret: secret }, settings: { clientSecret: secret } });
    const shown = [
      await gateway.api("GET", "/connections"),
      await gateway.api("GET", `/connections/${gateway.name}`),
      await gateway.api("PATCH", `/connections/${gateway.name}`, { settings: { clientSecret: secret } }),
      await gateway.api("POST", "/connections", {
        name: gateway.name,
        vendor: "keepnet",
        settings: { clientSecret: secret },
      }),
      await gateway.api("POST", "/connections", {
        name: "x",
        vendor: "keepnet",
        settings: { clientSecret: secret, baseUrl: 7 },
      }),
      await gateway.api("PATCH", `/connections/${gateway.name}`, { settings: { clientSecret: { deep: secret } } }),
      await gateway.api("GET", "/vendors"),
    ];
    for (const { body } of shown) expect(JSON.stringify(body)).not.toContain(secret);
    expect(shown[1]?.body.sealedSettings).toEqual(["clientSecret"]);
    expect(shown[1]?.body.settings.clientSecret).toBeUndefined();
    const stored = await env.CONTROL.prepare("select sealed from credentials where connection_id = ?")
      .bind(gateway.id)
      .all();
    expect(stored.results).toHaveLength(1);
    expect(JSON.stringify(stored.results)).not.toContain(secret);
  });

  it("S37 S39: each call is written down with its fields' names and without their values", async () => {
    const gateway = await open(KEEPNET);
    await gateway.api("PATCH", `/connections/${gateway.name}`, {
      mode: "paused",
      settings: { clientSecret: "canary-value-77" },
    });
    await gateway.api("GET", `/connections/${gateway.name}/traces/nothing`);
    await gateway.api("PATCH", `/connections/${gateway.name}`, { canaryField: "canary-value-77" });
    const { results } = await env.CONTROL.prepare(
      "select * from audit where connection = ? and status <> 0 order by at, seq",
    )
      .bind(gateway.name)
      .all();
    const last = results.slice(-3);
    expect(last.map((row) => [row.method, row.route, row.status])).toEqual([
      ["PATCH", "/api/connections/:name", 200],
      ["GET", "/api/connections/:name/traces/:id", 404],
      ["PATCH", "/api/connections/:name", 400],
    ]);
    expect(JSON.parse(String(last[0]?.fields))).toEqual(["mode", "settings"]);
    expect(JSON.stringify(results)).not.toContain("canary-value");
    expect(JSON.stringify(results)).not.toContain("test-administrator");
  });

  it("S39: inputs are checked: unknown fields, wrong types, broken JSON and foreign addresses are 400 problems", async () => {
    const gateway = await open(KEEPNET);
    const settings = { baseUrl: gateway.vendorUrl, clientId: "c", clientSecret: "s" };
    const wrong: unknown[] = [
      {},
      { name: "n1", vendor: "nobody", settings },
      { name: "N 1", vendor: "keepnet", settings },
      { name: "n1", vendor: "keepnet", settings, surprise: 1 },
      { name: "n1", vendor: "keepnet", settings: { ...settings, surprise: 1 } },
      { name: "n1", vendor: "__proto__", settings },
      { name: "n1", vendor: "keepnet", settings: "x" },
      { name: "n1", vendor: "keepnet", settings, mode: "off" },
      { name: "n1", vendor: "keepnet", settings, freshnessMinutes: 0 },
      ["x"],
      "x",
    ];
    for (const body of wrong) {
      const answer = await api("POST", "/connections", body);
      expect([JSON.stringify(body), answer.status]).toEqual([JSON.stringify(body), 400]);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.body.detail).toEqual(expect.stringMatching(/\S/));
    }
    const broken = await request("POST", "/api/connections", { headers: bearer("test-administrator"), body: "{" });
    expect(broken.status).toBe(400);
    expect((await api("GET", "/connections/n1")).status).toBe(404);
  });

  it("S36: vendor addresses must be https on a public name", async () => {
    const settings = { clientId: "c", clientSecret: "s" };
    for (const baseUrl of [
      "http://api.example.com",
      "https://127.0.0.1",
      "https://[::1]/",
      "https://localhost",
      "https://printer.local",
      "https://10.0.0.8",
      "https://169.254.169.254/latest",
      "https://2130706433",
      "https://0x7f.1",
      "https://user:pass@api.example.com",
      "https://intranet",
      "ftp://api.example.com",
      "file:///etc/passwd",
    ]) {
      const answer = await api("POST", "/connections", {
        name: "s36",
        vendor: "keepnet",
        settings: { ...settings, baseUrl },
      });
      expect([baseUrl, answer.status]).toEqual([baseUrl, 400]);
    }
    expect((await api("GET", "/connections/s36")).status).toBe(404);
  });
});
