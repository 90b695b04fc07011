import { describe, expect, test } from "vitest";
import type { Auth } from "../../src/adapter.ts";
import { type ClientCredentials, createTokens } from "../../src/upstream/auth.ts";
import { faultOf, never, type Play, play } from "./vendor.ts";

const OAUTH: ClientCredentials = {
  kind: "clientCredentials",
  tokenUrl: "/oauth/token",
  clientId: "id",
  clientSecret: "s3cret",
};
const ok = () => Response.json({});

/** Answers tokens t1, t2, … that live an hour, and leaves everything else to `rest`. */
function tokens(rest: Play = ok, lifetimeSeconds: unknown = 3_600): Play {
  let issued = 0;
  return (request, count) =>
    request.url.pathname.endsWith("/oauth/token")
      ? Response.json({ access_token: `t${++issued}`, token_type: "Bearer", expires_in: lifetimeSeconds })
      : rest(request, count);
}

describe("fixed headers", () => {
  test.each<[Auth, string, string]>([
    [{ kind: "bearer", token: "abc" }, "authorization", "Bearer abc"],
    [{ kind: "header", name: "X-API-Token", value: "abc" }, "x-api-token", "abc"],
    [
      { kind: "basic", user: "org", password: "käse" },
      "authorization",
      `Basic ${Buffer.from("org:käse").toString("base64")}`,
    ],
  ])("%j", async (auth, name, value) => {
    const { api, sent } = play(ok, { auth, headers: { authorization: "mine", "x-tenant": "7" } });
    await api.get("/users", { headers: { "x-call": "1", "x-api-token": "mine" } });
    expect(sent[0]?.headers.get(name)).toBe(value);
    expect(sent[0]?.headers.get("x-tenant")).toBe("7");
    expect(sent[0]?.headers.get("x-call")).toBe("1");
    expect(sent[0]?.headers.get("accept")).toBe("application/json");
  });

  test("none: the adapter's own call carries the credential", async () => {
    const { api, sent } = play(ok, { auth: { kind: "none" } });
    await api.post("/api", { json: { key: "k" } });
    expect(sent[0]?.headers.has("authorization")).toBe(false);
  });

  test("S37: a credential that cannot be sent is unauthorized and stays unsaid", async () => {
    const { api, sent } = play(ok, { auth: { kind: "bearer", token: "canary\r\nx: y" } });
    const fault = await faultOf(api.get("/users"));
    expect(fault.kind).toBe("unauthorized");
    expect(`${fault.message} ${fault.detail} ${fault.cause}`).not.toContain("canary");
    expect(sent).toHaveLength(0);
  });

  test("S29: a 401 is not repeated", async () => {
    const { api, sent } = play(() => new Response(null, { status: 401 }));
    expect((await faultOf(api.get("/users"))).kind).toBe("unauthorized");
    expect(sent).toHaveLength(1);
  });
});

describe("client credentials", () => {
  test("asks for a token by form, once, and uses it", async () => {
    const { api, sent, records } = play(tokens(), { auth: { ...OAUTH, scope: "api1" } });
    await api.get("/users");
    await api.get("/groups");
    expect(sent.map(({ url }) => url.pathname)).toEqual(["/v1/oauth/token", "/v1/users", "/v1/groups"]);
    expect(sent[0]?.method).toBe("POST");
    expect(sent[0]?.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(sent[0]?.body).toBe("grant_type=client_credentials&client_id=id&client_secret=s3cret&scope=api1");
    expect(sent[0]?.headers.has("authorization")).toBe(false);
    expect(sent[2]?.headers.get("authorization")).toBe("Bearer t1");
    expect(records[0]).toMatchObject({ method: "POST", path: "/v1/oauth/token", status: 200, attempt: 1 });
  });

  test("the client can travel in the header, form-encoded first", async () => {
    const { api, sent } = play(tokens(), { auth: { ...OAUTH, clientId: "a b", clientSecret: "ü:+", in: "header" } });
    await api.get("/users");
    expect(sent[0]?.headers.get("authorization")).toBe(`Basic ${btoa("a+b:%C3%BC%3A%2B")}`);
    expect(sent[0]?.body).toBe("grant_type=client_credentials");
  });

  test("S36: the token endpoint has its own origin, under the same rules", async () => {
    const { api, sent } = play(tokens(), { auth: { ...OAUTH, tokenUrl: "https://login.example.org/oauth/token?p=1" } });
    await api.get("/users");
    expect(sent[0]?.url.href).toBe("https://login.example.org/oauth/token?p=1");
    for (const tokenUrl of ["http://login.example.org/t", "https://10.0.0.1/t", "https://localhost/t", "login"]) {
      expect(() => play(ok, { auth: { ...OAUTH, tokenUrl } })).toThrow();
    }
  });

  test("many calls wait for one token, over all Apis of the connection", async () => {
    const shared = createTokens();
    let answerToken = (_: Response) => {};
    const answer: Play = ({ url }) =>
      url.pathname.endsWith("/token") ? new Promise((resolve) => (answerToken = resolve)) : ok();
    const one = play(answer, { auth: OAUTH }, { tokens: shared });
    const two = play(answer, { auth: OAUTH }, { tokens: shared });
    const calls = [one.api.get("/a"), one.api.get("/b"), two.api.get("/c")];
    await one.clock.advance(10);
    answerToken(Response.json({ access_token: "t", expires_in: 3_600 }));
    await Promise.all(calls);
    expect([...one.sent, ...two.sent].filter(({ url }) => url.pathname.endsWith("/token"))).toHaveLength(1);
  });

  test("other credentials do not get the old token", async () => {
    const shared = createTokens();
    await play(tokens(), { auth: OAUTH }, { tokens: shared }).api.get("/a");
    const { api, sent } = play(tokens(), { auth: { ...OAUTH, clientSecret: "new" } }, { tokens: shared });
    await api.get("/a");
    expect(sent).toHaveLength(2);
  });

  test("a token is renewed a minute before it ends", async () => {
    const played = play(tokens(), { auth: OAUTH }, { deadline: () => Infinity });
    await played.api.get("/a");
    await played.clock.advance(3_539_000);
    await played.api.get("/b");
    expect(played.sent).toHaveLength(3);
    await played.clock.advance(1_000);
    await played.api.get("/c");
    expect(played.sent).toHaveLength(5);
    expect(played.sent[4]?.headers.get("authorization")).toBe("Bearer t2");
  });

  test.each([
    [60, 29_000, 3],
    [60, 31_000, 4],
    ["3600", 3_000_000, 3],
    [null, 239_000, 3],
    [null, 241_000, 4],
    [0, 0, 4],
  ])("a lifetime of %j, used again after %s ms, costs %s requests", async (lifetime, ms, requests) => {
    const played = play(tokens(ok, lifetime), { auth: OAUTH }, { deadline: () => Infinity });
    await played.api.get("/a");
    await played.clock.advance(ms);
    await played.api.get("/b");
    expect(played.sent).toHaveLength(requests);
  });

  test("a 401 with a kept token is repeated once with a new one, also for a write", async () => {
    const played = play(
      tokens(({ headers }) =>
        headers.get("authorization") === "Bearer t1" && played.sent.length > 2
          ? new Response(null, { status: 401 })
          : ok(),
      ),
      { auth: OAUTH },
    );
    await played.api.get("/a");
    await played.api.post("/b", { json: { a: 1 } });
    expect(played.sent.map(({ url, body }) => url.pathname + body.slice(0, 7))).toEqual([
      "/v1/oauth/tokengrant_t",
      "/v1/a",
      '/v1/b{"a":1}',
      "/v1/oauth/tokengrant_t",
      '/v1/b{"a":1}',
    ]);
    expect(played.records.filter(({ path }) => path === "/b")).toMatchObject([
      { attempt: 1, status: 401, fault: "unauthorized" },
      { attempt: 2, status: 200 },
    ]);
  });

  test("a 401 with a new token is final, and a second 401 too", async () => {
    const played = play(
      tokens(() => new Response(null, { status: 401 })),
      { auth: OAUTH },
    );
    expect((await faultOf(played.api.get("/a"))).kind).toBe("unauthorized");
    expect(played.sent).toHaveLength(2);
    expect((await faultOf(played.api.get("/a"))).kind).toBe("unauthorized");
    expect(played.sent).toHaveLength(5);
  });

  test("many 401s at once cost one new token", async () => {
    const played = play(
      tokens(
        ({ headers }) =>
          new Response(null, {
            status: headers.get("authorization") === "Bearer t1" && played.sent.length > 2 ? 401 : 204,
          }),
      ),
      { auth: OAUTH },
    );
    await played.api.get("/a");
    await Promise.all(["/b", "/c", "/d", "/e"].map((path) => played.api.get(path)));
    expect(played.sent.filter(({ url }) => url.pathname.endsWith("/token"))).toHaveLength(2);
  });

  test("a kept token is replaced once per call, however many others find it refused", async () => {
    const tired = { obtain: async () => ({ value: "kept", fresh: false }), refuse: () => {} };
    const { api, sent } = play(() => new Response(null, { status: 401 }), { auth: OAUTH }, { tokens: tired });
    expect((await faultOf(api.get("/a"))).kind).toBe("unauthorized");
    expect(sent).toHaveLength(2);
  });

  test("a token that arrives after the credentials have changed is not kept", async () => {
    const shared = createTokens();
    const answers: ((token: { value: string; renewAt: number }) => void)[] = [];
    const ask = (clientSecret: string) =>
      shared.obtain({ ...OAUTH, clientSecret }, 0, () => new Promise((resolve) => answers.push(resolve)));
    const [old, current] = [ask("old"), ask("new")];
    answers[1]?.({ value: "new", renewAt: 10 });
    answers[0]?.({ value: "old", renewAt: 10 });
    expect((await old).value).toBe("old");
    expect((await current).value).toBe("new");
    expect(await ask("new")).toEqual({ value: "new", fresh: false });
  });

  test("a 403 is not repeated", async () => {
    const played = play(
      tokens((_, count) => new Response(null, { status: count > 2 ? 403 : 200 })),
      { auth: OAUTH },
    );
    await played.api.get("/a");
    expect((await faultOf(played.api.get("/b"))).kind).toBe("unauthorized");
    expect(played.sent).toHaveLength(3);
  });

  test.each([400, 401, 403, 404])("S29: token status %s is unauthorized, without the vendor's text", async (status) => {
    const { api, sent } = play(() => Response.json({ error: "invalid_client canary" }, { status }), { auth: OAUTH });
    const fault = await faultOf(api.post("/users", { json: {} }));
    expect(fault).toMatchObject({ kind: "unauthorized", ambiguous: false });
    expect(fault.message).not.toContain("canary");
    expect(sent).toHaveLength(1);
  });

  test.each([
    [() => new Response("<html>"), "protocol"],
    [() => Response.json({ token: "x" }), "protocol"],
    [() => Response.json({ access_token: "x", token_type: "mac" }), "protocol"],
    [() => new Response(null, { status: 302, headers: { location: "https://evil.example" } }), "protocol"],
    [() => new Response(null, { status: 429, headers: { "retry-after": "30" } }), "throttled"],
    [() => new Response(null, { status: 503 }), "unavailable"],
  ] as const)("S29: a token answer like %s is %s and never in doubt", async (answer, kind) => {
    const { api, clock } = play(answer, { auth: OAUTH });
    const fault = await faultOf(api.post("/users", { json: {} }), clock);
    expect(fault).toMatchObject({ kind, ambiguous: false });
  });

  test("a failed token is asked for again by the next call", async () => {
    const played = play(
      (request, count) => (count === 1 ? new Response(null, { status: 400 }) : tokens()(request, count)),
      { auth: OAUTH },
    );
    await faultOf(played.api.get("/a"));
    await played.api.get("/a");
    expect(played.sent).toHaveLength(3);
  });

  test("a caller's deadline ends its own wait for a token and no other", async () => {
    const shared = createTokens();
    let hurry = 0;
    let answerToken = (_: Response) => {};
    const played = play(
      ({ url }) => (url.pathname.endsWith("/token") ? new Promise((resolve) => (answerToken = resolve)) : ok()),
      { auth: OAUTH },
      { tokens: shared, deadline: () => hurry },
    );
    hurry = played.clock.now() + 1_000;
    const short = faultOf(played.api.post("/a"));
    await played.clock.advance(0);
    hurry = played.clock.now() + 45_000;
    const long = played.api.post("/b");
    await played.clock.advance(1_000);
    expect(await short).toMatchObject({ kind: "unavailable", ambiguous: false });
    answerToken(Response.json({ access_token: "t" }));
    await long;
    expect(played.sent.map(({ url }) => url.pathname)).toEqual(["/v1/oauth/token", "/v1/b"]);
  });

  test("a token endpoint that hangs is unavailable", async () => {
    const { api, clock } = play(never, { auth: OAUTH });
    expect(await faultOf(api.post("/a"), clock)).toMatchObject({ kind: "unavailable", ambiguous: false });
  });

  test("S33: token fetches count against the budget", async () => {
    const played = play(tokens(), { auth: OAUTH, limits: { perMinute: 2 } });
    await played.api.get("/a");
    expect((await faultOf(played.api.get("/b"))).kind).toBe("throttled");
  });
});
