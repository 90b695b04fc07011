// Who may come in: tokens, suspended and paused connections, the administrator API, sealing (auth.md D1 and D4; semantics 36 to 40).

import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type { Hono } from "hono";
import { describe, expect, it, vi } from "vitest";
import { readKeyRing, SealingError, seal, unseal } from "../../src/auth/sealing.ts";
import { admit, createToken, hashToken, isEqual, readBearer } from "../../src/auth/tokens.ts";
import worker from "../../src/index.ts";
import { createApiRoutes } from "../../src/routes/api.ts";
import { openControl } from "../../src/store/control.ts";
import {
  ask,
  createUser,
  entraUser,
  expectError,
  KEEPABL,
  KEEPNET,
  nativeLog,
  natives,
  open,
  patchOf,
} from "../dialogues/dialogue.ts";
import { api, type Gateway, request } from "./gateway.ts";

const ORIGIN = "https://scim.example.com";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const users = (token: string) => request("GET", "/scim/v2/Users", { headers: bearer(token) });
const mint = async (gateway: Gateway, body?: unknown) =>
  (await gateway.api("POST", `/connections/${gateway.name}/tokens`, body)).body as { id: string; token: string };

/** Forgets which tokens the isolate has admitted, by letting their time pass. */
async function later<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const now = Date.now();
  const spy = vi.spyOn(Date, "now").mockImplementation(() => now + ms);
  try {
    return await work();
  } finally {
    spy.mockRestore();
  }
}

describe("tokens", () => {
  it("C21: without a usable token 401 with WWW-Authenticate and an error that can be read", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("DELETE", "/log");
    const wrong = [
      {},
      { authorization: "" },
      { authorization: "Bearer" },
      { authorization: `Basic ${btoa("a:b")}` },
      { authorization: gateway.token },
      { authorization: "Bearer portico_unknown" },
      { authorization: `Bearer ${gateway.token}x` },
      { authorization: `Bearer ${gateway.token.toUpperCase()}` },
      { authorization: `Bearer ${gateway.token}, Bearer ${gateway.token}` },
      { authorization: "Bearer test-administrator" },
      { authorization: `Bearer ${await hashToken(gateway.token)}` },
    ];
    for (const headers of wrong) {
      for (const [method, path] of [
        ["GET", "/Users"],
        ["GET", "/Schemas"],
        ["GET", "/nothing"],
        ["POST", "/Users"],
        ["DELETE", "/Users/x"],
      ] as const) {
        const body = method === "POST" ? { body: "{" } : {};
        const answer = await request(method, `/scim/v2${path}`, {
          headers: headers as Record<string, string>,
          ...body,
        });
        expect([JSON.stringify(headers), answer.status]).toEqual([JSON.stringify(headers), 401]);
        expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
        expectError(answer, 401);
      }
    }
    expect(await nativeLog(gateway)).toEqual([]);
  });

  it("C21: the scheme's case and a space at the end do not matter; a token in the query does", async () => {
    const gateway = await open(KEEPNET);
    for (const authorization of [`bearer ${gateway.token}`, `BEARER  ${gateway.token} `]) {
      expect((await request("GET", "/scim/v2/Users", { headers: { authorization } })).status).toBe(200);
    }
    for (const name of ["access_token", "token", "authorization"]) {
      expect((await request("GET", `/scim/v2/Users?${name}=${gateway.token}`)).status).toBe(401);
    }
  });

  it("D1 S38: tokens are shown once, hashed at rest, prefixed and random", async () => {
    const gateway = await open(KEEPNET);
    const minted = await gateway.api("POST", `/connections/${gateway.name}/tokens`, { label: "second" });
    expect(minted.body.token).toMatch(/^portico_[A-Za-z0-9_-]{43}$/);
    expect(minted.headers.get("cache-control")).toBe("no-store");
    expect(createToken()).not.toBe(createToken());
    const listed = await gateway.api("GET", `/connections/${gateway.name}/tokens`);
    expect(listed.body.tokens).toHaveLength(2);
    expect(JSON.stringify(listed.body)).not.toMatch(/portico_|[0-9a-f]{64}/);
    const { results } = await env.CONTROL.prepare("select * from tokens where id = ?").bind(minted.body.id).all();
    expect(results).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain(minted.body.token);
    expect(results[0]?.hash).toBe(await hashToken(minted.body.token));
  });

  it("D1: two tokens work side by side; revoking one takes effect at once and leaves the other", async () => {
    const gateway = await open(KEEPNET);
    const second = await mint(gateway);
    for (const token of [gateway.token, second.token]) expect((await users(token)).status).toBe(200);
    expect((await gateway.api("DELETE", `/connections/${gateway.name}/tokens/${second.id}`)).status).toBe(204);
    expect((await users(second.token)).status).toBe(401);
    expect((await users(gateway.token)).status).toBe(200);
    expect((await gateway.api("DELETE", `/connections/${gateway.name}/tokens/${second.id}`)).status).toBe(404);
  });

  it("D1: an admission is kept for thirty seconds and not longer, where another isolate revoked the token", async () => {
    const gateway = await open(KEEPNET);
    const { id, token } = await mint(gateway);
    expect((await users(token)).status).toBe(200);
    await env.CONTROL.prepare("update tokens set revoked_at = 1 where id = ?").bind(id).run();
    expect((await users(token)).status).toBe(200);
    expect((await later(30_001, () => users(token))).status).toBe(401);
  });

  it("D1: a token is refused from the moment it expires, cached or not", async () => {
    const gateway = await open(KEEPNET);
    const { token } = await mint(gateway, { expiresInDays: 1 });
    const day = 86_400_000;
    expect((await later(day - 10_000, () => users(token))).status).toBe(200);
    expect((await later(day + 1, () => users(token))).status).toBe(401);
  });

  it("D1: a refusal is not kept: a token works as soon as it exists", async () => {
    const gateway = await open(KEEPNET);
    const token = createToken();
    expect((await users(token)).status).toBe(401);
    await env.CONTROL.prepare(
      "insert into tokens (id, connection_id, hash, label, created_at, expires_at, revoked_at) values (?, ?, ?, null, 0, ?, null)",
    )
      .bind(crypto.randomUUID(), gateway.id, await hashToken(token), Date.now() + 60_000)
      .run();
    expect((await users(token)).status).toBe(200);
  });

  it("D1: comparing and reading of tokens", () => {
    expect(isEqual("abc", "abc")).toBe(true);
    for (const other of ["abd", "ab", "abcd", "", "ABC"]) expect(isEqual("abc", other)).toBe(false);
    expect(readBearer("Bearer a.b-c_d~e+f/g==")).toBe("a.b-c_d~e+f/g==");
    for (const header of [
      null,
      undefined,
      "",
      "Bearer",
      "Bearer ",
      "Bearer a b",
      "Bearer a,b",
      "xBearer a",
      "Bearer ä",
    ]) {
      expect(readBearer(header)).toBeUndefined();
    }
  });

  it("C21 S34: while D1 fails the answer is 503 with Retry-After, never 401", async () => {
    const gateway = await open(KEEPNET);
    const fresh = await mint(gateway);
    const broken = {
      prepare() {
        throw new Error("D1_ERROR: network connection lost");
      },
      withSession() {
        throw new Error("D1_ERROR");
      },
    };
    // The real entry with real bindings, D1 apart.
    const broke = { ...env, CONTROL: broken as unknown as D1Database };
    for (const token of [fresh.token, "portico_unknown"]) {
      const response = await worker.fetch(
        new Request(`${ORIGIN}/scim/v2/Users`, { headers: bearer(token) }),
        broke as Env,
      );
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
      expect(response.headers.get("www-authenticate")).toBeNull();
      expect(response.headers.get("content-type")).toMatch(/^application\/scim\+json/);
      expect(((await response.json()) as { status: string }).status).toBe("503");
    }
    await expect(admit(openControl(broke.CONTROL), fresh.token, Date.now())).rejects.toThrow();
    expect((await users(fresh.token)).status).toBe(200);
  });
});

describe("headers from outside", () => {
  it("D4 C38: nobody can name a connection, a token or a request but the Worker", async () => {
    const [mine, theirs] = [await open(KEEPNET), await open(KEEPNET)];
    await createUser(theirs, "theirs@contoso.com");
    const forged = {
      ...bearer(mine.token),
      "x-portico-connection": theirs.id,
      "X-Portico-Token": "forged-token",
      "x-portico-anything": "1",
      "x-request-id": "forged-request",
    };
    const answer = await request("GET", "/scim/v2/Users", { headers: forged });
    expect([answer.status, answer.body.totalResults]).toEqual([200, 0]);
    expect(answer.headers.get("x-request-id")).not.toBe("forged-request");
    const trace = await mine.api("GET", `/connections/${mine.name}/traces/${answer.headers.get("x-request-id")}`);
    expect(trace.body.tokenId).not.toBe("forged-token");
    const strangers = await request("GET", "/scim/v2/Users", { headers: { "x-portico-connection": theirs.id } });
    expect(strangers.status).toBe(401);
  });
});

describe("states of a connection", () => {
  const change = (gateway: Gateway, body: object) => gateway.api("PATCH", `/connections/${gateway.name}`, body);

  it("S18 S29: paused is 503 with Retry-After for reads and writes, discovery apart, and the vendor hears nothing", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    expect((await change(gateway, { mode: "paused" })).body.mode).toBe("paused");
    await gateway.vendor("DELETE", "/log");
    for (const [method, path, body] of [
      ["GET", "/Users"],
      ["GET", `/Users/${id}`],
      ["POST", "/Users", entraUser({ email: "bob@contoso.com" })],
      ["PATCH", `/Users/${id}`, patchOf({ op: "Replace", path: "active", value: "False" })],
      ["DELETE", `/Users/${id}`],
    ] as [string, string, object?][]) {
      const answer = await ask(gateway, method, path, 503, body);
      expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    }
    await ask(gateway, "GET", "/ServiceProviderConfig", 200);
    expect(await nativeLog(gateway)).toEqual([]);
    // Held means not kept: after the pause nothing of it has happened.
    await change(gateway, { mode: "live" });
    expect((await ask(gateway, "GET", `/Users/${id}`, 200)).body.active).toBe(true);
    expect(await natives(gateway)).toMatchObject([{ email: "ada@contoso.com", active: true }]);
  });

  it("S29 D4: suspended is 403 for everything, at once, and works again when activated", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    await change(gateway, { state: "suspended" });
    await gateway.vendor("DELETE", "/log");
    for (const [method, path] of [
      ["GET", "/Users"],
      ["GET", "/Schemas"],
      ["DELETE", `/Users/${id}`],
    ] as const) {
      const answer = await ask(gateway, method, path, 403);
      expect(answer.headers.get("www-authenticate")).toBeNull();
    }
    expect(await nativeLog(gateway)).toEqual([]);
    await change(gateway, { state: "active" });
    await ask(gateway, "GET", `/Users/${id}`, 200);
  });

  it("S31: an erased connection is gone: its tokens are 401, its object is empty, its name is free", async () => {
    const gateway = await open(KEEPNET);
    await createUser(gateway, "ada@contoso.com");
    expect((await gateway.api("DELETE", `/connections/${gateway.name}`)).status).toBe(204);
    await ask(gateway, "GET", "/Users", 401);
    expect((await later(60_000, () => users(gateway.token))).status).toBe(401);
    expect((await gateway.api("GET", `/connections/${gateway.name}`)).status).toBe(404);
    const row = await env.CONTROL.prepare("select * from connections where id = ?").bind(gateway.id).first();
    expect(row).toMatchObject({ state: "erased", settings: "{}" });
    const credentials = await env.CONTROL.prepare("select * from credentials where connection_id = ?")
      .bind(gateway.id)
      .all();
    expect(credentials.results).toEqual([]);
    const stub = env.CONNECTION.getByName(gateway.id);
    const alarm = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    expect(alarm).toBeNull();
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("S31: a change of settings reaches the object at once", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("PATCH", "/state", { clientSecret: "rotated-secret", tokens: [] });
    await ask(gateway, "GET", "/Users?filter=userName+eq+%22a@contoso.com%22", 503);
    const changed = await change(gateway, { settings: { clientSecret: "rotated-secret" } });
    expect(changed.status).toBe(200);
    await ask(gateway, "GET", "/Users?filter=userName+eq+%22a@contoso.com%22", 200);
  });
});

describe("the administrator API", () => {
  // Hono keeps every route that was registered, with the middleware's own entry under ALL.
  const routes = (createApiRoutes() as unknown as Hono).routes.filter(({ method }) => method !== "ALL");
  const spell = (path: string, name: string) => `/api${path.replace(":name", name).replace(":id", "00000000")}`;

  it("S39: every route that the app has is 401 without the bearer, whatever else is sent", async () => {
    const gateway = await open(KEEPNET);
    expect(routes.length).toBeGreaterThanOrEqual(12);
    for (const { method, path } of routes) {
      for (const headers of [{}, bearer(gateway.token), bearer("test-administratoR"), { authorization: "Bearer " }]) {
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

  it("S39: without the secret there is no API at all", async () => {
    const { ADMIN_TOKEN_SHA256: _, ...bare } = env;
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
    const { results } = await env.CONTROL.prepare("select * from audit where connection = ? order by at, id")
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

describe("sealing", () => {
  const key = (byte: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
  const ring = readKeyRing(`k1:${key(1)}`, undefined);

  it("S38: what is sealed for one connection and field opens for no other, and with no other key", async () => {
    const sealed = await seal(ring, "connection-a", "apiKey", "canary");
    expect(sealed).not.toContain("canary");
    expect(await unseal(ring, "connection-a", "apiKey", sealed)).toBe("canary");
    await expect(unseal(ring, "connection-b", "apiKey", sealed)).rejects.toThrow(SealingError);
    await expect(unseal(ring, "connection-a", "other", sealed)).rejects.toThrow(SealingError);
    await expect(unseal(readKeyRing(`k1:${key(2)}`, undefined), "connection-a", "apiKey", sealed)).rejects.toThrow(
      SealingError,
    );
    await expect(unseal(readKeyRing(`k2:${key(1)}`, undefined), "connection-a", "apiKey", sealed)).rejects.toThrow(
      SealingError,
    );
    const [id, iv, text = ""] = sealed.split(".");
    const flipped = `${text[0] === "A" ? "B" : "A"}${text.slice(1)}`;
    for (const damaged of [
      `${id}.${iv}.${flipped}`,
      `${id}.${iv}.`,
      `${id}..${text}`,
      `${id}.!!!.${text}`,
      "",
      "..",
      `k9.${iv}.${text}`,
    ]) {
      await expect(unseal(ring, "connection-a", "apiKey", damaged)).rejects.toThrow(SealingError);
    }
  });

  it("S38: every sealing has its own IV, and a new key takes over while the old one still opens", async () => {
    const first = await seal(ring, "c", "f", "same");
    expect(await seal(ring, "c", "f", "same")).not.toBe(first);
    const rotated = readKeyRing(`k2:${key(2)}`, `k1:${key(1)}`);
    expect(await unseal(rotated, "c", "f", first)).toBe("same");
    const second = await seal(rotated, "c", "f", "same");
    expect(second.startsWith("k2.")).toBe(true);
    await expect(unseal(ring, "c", "f", second)).rejects.toThrow(SealingError);
  });

  it("S38: there is no default key, and a short one is none", () => {
    for (const text of [undefined, "", "k1", key(1), `:${key(1)}`, `k1:${btoa("short")}`, `k1:${key(1)}AA`, "k1:***"]) {
      expect(() => readKeyRing(text, undefined)).toThrow(SealingError);
    }
    expect(() => readKeyRing(`k1:${key(1)}`, "k0:short")).toThrow(SealingError);
  });

  it("S38: without the master key a connection cannot be made: 503, and nothing is stored", async () => {
    const gateway = await open(KEEPABL);
    const { MASTER_KEY: _, ...bare } = env;
    const body = JSON.stringify({
      name: "no-key",
      vendor: "keepabl",
      settings: { baseUrl: `${gateway.vendorUrl}/api/v1`, organisation: "o", apiKey: "canary-key" },
    });
    for (const broken of [bare, { ...bare, MASTER_KEY: "k1:c2hvcnQ=" }]) {
      const wanted = new Request(`${ORIGIN}/api/connections`, {
        method: "POST",
        headers: bearer("test-administrator"),
        body,
      });
      const response = await worker.fetch(wanted, broken as unknown as Env);
      expect(response.status).toBe(503);
      expect(await response.text()).not.toContain("canary-key");
    }
    expect((await api("GET", "/connections/no-key")).status).toBe(404);
  });

  it("S38 S29: a credential that no longer opens is 503 for SCIM, never 401 or 500", async () => {
    const gateway = await open(KEEPNET);
    await env.CONTROL.prepare("update credentials set sealed = 'old.AAAA.AAAA' where connection_id = ?")
      .bind(gateway.id)
      .run();
    const stub = env.CONNECTION.getByName(gateway.id);
    await runInDurableObject(stub, async (object) => {
      await expect((object as unknown as { reload(id: string): Promise<void> }).reload(gateway.id)).rejects.toThrow();
    });
    const answer = await ask(gateway, "GET", "/Users", 503);
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(answer.body.detail).toContain("operator");
  });
});

it("C34: health needs no token and says nothing else", async () => {
  const response = await exports.default.fetch(new Request(`${ORIGIN}/healthz`));
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
});
