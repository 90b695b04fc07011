// Who may come in: tokens, and headers from outside [D1] [D4] [S38].

import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { admit } from "../../src/auth/admission.ts";
import { openDoor } from "../../src/auth/door.ts";
import { createToken, hashToken, isEqual, readBearer } from "../../src/auth/tokens.ts";
import worker from "../../worker.ts";
import { createUser, expectError, KEEPNET, nativeLog, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { bearer, type Gateway, ORIGIN, request } from "./gateway.ts";

const users = (token: string) => request("GET", "/scim/v2/Users", { headers: bearer(token) });
const mint = async (gateway: Gateway, body?: unknown) =>
  (await gateway.api("POST", `/connections/${gateway.name}/tokens`, body)).body as { id: string; token: string };

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
    const { results } = await env.CONTROL.prepare("select * from entrance_credentials where id = ?")
      .bind(minted.body.id)
      .all();
    expect(results).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain(minted.body.token);
    expect(results[0]?.hash).toBe(await hashToken(minted.body.token));
  });

  it("D1: two tokens work side by side; revoking one takes effect at once and leaves the other", async () => {
    const gateway = await open(KEEPNET);
    const second = await mint(gateway);
    for (const token of [gateway.token, second.token]) expect((await users(token)).status).toBe(200);
    expect((await gateway.api("DELETE", `/connections/${gateway.name}/tokens/${second.id}?force=true`)).status).toBe(
      204,
    );
    expect((await users(second.token)).status).toBe(401);
    expect((await users(gateway.token)).status).toBe(200);
    expect((await gateway.api("DELETE", `/connections/${gateway.name}/tokens/${second.id}`)).status).toBe(404);
  });

  it("D1: an admission is kept for thirty seconds and not longer, where another isolate revoked the token", async () => {
    const gateway = await open(KEEPNET);
    const { id, token } = await mint(gateway);
    expect((await users(token)).status).toBe(200);
    await env.CONTROL.prepare("update entrance_credentials set revoked_at = 1 where id = ?").bind(id).run();
    expect((await users(token)).status).toBe(200);
    expect((await atTimeFromNow(30_001, () => users(token))).status).toBe(401);
  });

  it("D1: a token is refused from the moment it expires, cached or not", async () => {
    const gateway = await open(KEEPNET);
    const { token } = await mint(gateway, { expiresInDays: 1 });
    const day = 86_400_000;
    expect((await atTimeFromNow(day - 10_000, () => users(token))).status).toBe(200);
    expect((await atTimeFromNow(day + 1, () => users(token))).status).toBe(401);
  });

  it("D1: a refusal is not kept: a token works as soon as it exists", async () => {
    const gateway = await open(KEEPNET);
    const token = createToken();
    expect((await users(token)).status).toBe(401);
    await env.CONTROL.prepare(
      "insert into entrance_credentials (id, connection_id, kind, hash, scopes, created_by, created_at, expires_at) values (?, ?, 'bearer', ?, '[\"users\",\"groups\"]', 'test', 0, ?)",
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
    await expect(admit(openDoor(broke as Env), fresh.token, "", Date.now())).rejects.toThrow();
    expect((await users(fresh.token)).status).toBe(200);
  });
});

describe("headers from outside", () => {
  it("D4 C38: only the Worker can name a connection, a token or a request; a client's headers cannot", async () => {
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

it("C34: health needs no token and says nothing else", async () => {
  const response = await exports.default.fetch(new Request(`${ORIGIN}/healthz`));
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
});
