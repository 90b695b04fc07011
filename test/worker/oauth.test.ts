// The token endpoint and the access tokens that it issues [D1] [S61] [G7] [G8].

import { env } from "cloudflare:workers";
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from "jose";
import { expect, it, vi } from "vitest";
import worker from "../../worker.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { api, bearer, type Gateway, ORIGIN, request } from "./gateway.ts";
import { askToken, basic, createCredential, GRANT, refusals, revoke, secretForm, TOKEN_URL } from "./oauth.ts";

const DAY = 86_400_000;

const users = (token: string, headers = {}) =>
  request("GET", "/scim/v2/Users", { headers: { ...bearer(token), ...headers } });

async function openClient(body: object = {}) {
  const gateway = await open(KEEPNET);
  return { gateway, client: await createCredential(gateway, { kind: "secret", ...body }) };
}

async function issue(form: Record<string, string>): Promise<string> {
  const answer = await askToken(form);
  expect([answer.status, answer.body.error]).toEqual([200, undefined]);
  return answer.body.access_token;
}

it("D1 G7 G8: client credentials in the header, in the form or in both give an access token that opens the connection", async () => {
  const { client } = await openClient();
  const { clientId, secret } = client;
  const escaped = basic(encodeURIComponent(clientId), encodeURIComponent(secret));
  const requests: [Record<string, string>, Record<string, string>][] = [
    [secretForm(client), {}],
    [GRANT, basic(clientId, secret)],
    [secretForm(client), basic(clientId, secret)],
    [{ ...GRANT, client_id: clientId }, basic(clientId, secret)],
    [GRANT, escaped],
    [{ ...secretForm(client), scope: "scim" }, {}],
    [{ ...secretForm(client), scope: "https://graph.example/.default offline", resource: "x", baseAddress: "y" }, {}],
    [{ ...secretForm(client), scope: "" }, {}],
    [secretForm(client), { "content-type": "application/x-www-form-urlencoded; charset=UTF-8" }],
  ];
  for (const [form, headers] of requests) {
    const answer = await askToken(form, headers);
    expect([form, answer.status]).toEqual([form, 200]);
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: "Bearer",
      expires_in: 3_600,
      scope: "scim",
    });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("pragma")).toBe("no-cache");
    expect(answer.headers.get("strict-transport-security")).toMatch(/^max-age=/);
    expect((await users(answer.body.access_token)).status).toBe(200);
  }
});

it("S61: an access token is ES256 and names issuer, audience, client, credential, epochs and its end", async () => {
  const { gateway, client } = await openClient();
  const token = await issue(secretForm(client));
  expect(decodeProtectedHeader(token)).toEqual({ alg: "ES256", kid: expect.any(String), typ: "at+jwt" });
  const claims = decodeJwt(token);
  expect(claims).toMatchObject({
    iss: ORIGIN,
    aud: `${ORIGIN}/scim/v2`,
    sub: gateway.id,
    client_id: gateway.id,
    cid: gateway.id,
    cred: client.id,
    cep: 0,
    nep: 0,
    scope: "scim",
    jti: expect.any(String),
  });
  expect(Number(claims.exp) - Number(claims.iat)).toBe(3_600);
});

it("D1: what is no form, names a field twice or asks for another grant is refused as RFC 6749 says", async () => {
  const { client } = await openClient();
  const good = secretForm(client);
  const text = new URLSearchParams(good).toString();
  const json = { "content-type": "application/json" };
  const requests: [
    what: string,
    form: Record<string, string> | string,
    headers: Record<string, string>,
    number,
    string,
  ][] = [
    ["JSON", JSON.stringify(good), json, 415, "invalid_request"],
    ["no type", text, { "content-type": "" }, 415, "invalid_request"],
    [
      "another charset",
      text,
      { "content-type": "application/x-www-form-urlencoded;charset=latin1" },
      415,
      "invalid_request",
    ],
    ["twice the client", `${text}&client_id=other`, {}, 400, "invalid_request"],
    ["twice the same grant", `${text}&grant_type=client_credentials`, {}, 400, "invalid_request"],
    ["twice the scope", `${text}&scope=a&scope=b`, {}, 400, "invalid_request"],
    ["no grant", { client_id: good.client_id, client_secret: good.client_secret }, {}, 400, "invalid_request"],
    ["an empty grant", { ...good, grant_type: "" }, {}, 400, "invalid_request"],
    ["a password", { ...good, grant_type: "password" }, {}, 400, "unsupported_grant_type"],
    [
      "an exchange",
      { ...good, grant_type: "urn:ietf:params:oauth:grant-type:token-exchange" },
      {},
      400,
      "unsupported_grant_type",
    ],
    ["two credentials", good, basic(client.clientId, "portico_other"), 400, "invalid_request"],
    ["no client", GRANT, {}, 401, "invalid_client"],
    ["no secret", { ...GRANT, client_id: client.clientId }, {}, 401, "invalid_client"],
    ["a broken header", GRANT, { authorization: "Basic %%%" }, 401, "invalid_client"],
    ["a header without a colon", GRANT, { authorization: `Basic ${btoa("abc")}` }, 401, "invalid_client"],
    ["not UTF-8", new URLSearchParams(good).toString(), { authorization: `Basic ${btoa("\xff:\xfe")}` }, 200, ""],
    ["too much", `${text}&more=${"x".repeat(70_000)}`, {}, 413, "invalid_request"],
  ];
  for (const [what, form, headers, status, error] of requests) {
    const answer = await askToken(form, headers);
    expect([what, answer.status, answer.body.error ?? ""]).toEqual([what, status, error]);
    if (status !== 200) expect(answer.body.error_description).toMatch(/./);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const usedHeader = "authorization" in headers && status === 401;
    expect([what, answer.headers.get("www-authenticate")]).toEqual([what, usedHeader ? 'Basic realm="portico"' : null]);
  }
  const doubled = await askToken(`${text}&unknown=1&unknown=2`);
  expect(doubled.status).toBe(200);
  const inQuery = await request("POST", `/oauth2/token?${text}`, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "grant_type=client_credentials",
  });
  expect(inQuery.status).toBe(401);
  expect((await request("GET", `/oauth2/token?${text}`)).status).toBe(400);
});

it("D1: an unknown client and a wrong secret are one answer; the operator's trace says which", async () => {
  const { gateway, client } = await openClient();
  const other = await openClient();
  const wrong = await askToken({ ...secretForm(client), client_secret: other.client.secret });
  const unknown = await askToken({ ...secretForm(client), client_id: crypto.randomUUID() });
  const isBearer = await askToken({ ...secretForm(client), client_secret: gateway.token });
  const hashed = await askToken({ ...secretForm(client), client_secret: "0".repeat(64) });
  for (const answer of [wrong, unknown, isBearer, hashed]) {
    expect([answer.status, answer.body]).toEqual([401, wrong.body]);
  }
  expect(wrong.body.error).toBe("invalid_client");
  await expect.poll(async () => (await refusals(gateway)).length).toBe(1);
  expect((await refusals(gateway))[0]).toMatchObject({
    path: "/oauth2/token",
    tokenId: "",
    notes: ["refused: no client secret of the connection is like the one that was sent"],
  });
});

it("G8 S61: no token is issued once the secret has ended; one that was issued lives on, of a revoked secret never", async () => {
  const { gateway, client } = await openClient({ expiresInDays: 30 });
  const late = await atTimeFromNow(30 * DAY - 60_000, async () => {
    const token = await issue(secretForm(client));
    expect(decodeJwt(token).exp).toBeGreaterThan((Date.now() + 59 * 60_000) / 1_000);
    return token;
  });
  await atTimeFromNow(30 * DAY + 60_000, async () => {
    expect((await askToken(secretForm(client))).status).toBe(401);
    expect((await users(late)).status).toBe(200);
  });
  expect((await atTimeFromNow(30 * DAY + 3_600_000, () => users(late))).status).toBe(401);
  await atTimeFromNow(30 * DAY + 120_000, async () => {
    expect((await revoke(gateway, client)).status).toBe(204);
    expect((await users(late)).status).toBe(401);
  });
  const why = (await refusals(gateway)).map(({ notes, tokenId }) => [tokenId, notes[0]]);
  expect(why).toContainEqual([client.id, "refused: the credential has expired"]);
  expect(why).toContainEqual([client.id, "refused: the access token has expired"]);
  expect(why).toContainEqual([client.id, "refused: the credential is revoked"]);
});

it("S61: several secrets are active at once; revoking one ends its own access tokens only", async () => {
  const { gateway, client: first } = await openClient();
  const second = await createCredential(gateway, { kind: "secret" });
  expect(second.clientId).toBe(first.clientId);
  const [tokenOfFirst, tokenOfSecond] = [await issue(secretForm(first)), await issue(secretForm(second))];
  expect((await revoke(gateway, first)).status).toBe(204);
  expect((await users(tokenOfFirst)).status).toBe(401);
  expect((await users(tokenOfSecond)).status).toBe(200);
  expect((await askToken(secretForm(first))).status).toBe(401);
  expect((await askToken(secretForm(second))).status).toBe(200);
});

it("S61: revoking everything ends the access tokens of the connection, also where only its epoch says so", async () => {
  const { gateway, client } = await openClient();
  const other = await openClient();
  const [mine, theirs] = [await issue(secretForm(client)), await issue(secretForm(other.client))];
  expect((await users(mine)).status).toBe(200);
  await env.CONTROL.prepare("update connections set epoch = epoch + 1 where id = ?").bind(gateway.id).run();
  // Another isolate's revocation is known here within thirty seconds.
  expect((await users(mine)).status).toBe(200);
  expect((await atTimeFromNow(30_001, () => users(mine))).status).toBe(401);
  expect((await users(theirs)).status).toBe(200);
  const again = await issue(secretForm(client));
  expect((await users(again)).status).toBe(200);
  expect((await api("DELETE", `/connections/${gateway.name}/credentials?force=true`)).status).toBe(200);
  expect((await users(again)).status).toBe(401);
});

it("S61: an access token does what its credential may do now, from where that may be used", async () => {
  const { gateway, client } = await openClient({ addresses: ["192.0.2.0/24"] });
  const from = { "cf-connecting-ip": "192.0.2.1" };
  expect((await askToken(secretForm(client))).status).toBe(401);
  const { body } = await askToken(secretForm(client), from);
  expect((await users(body.access_token, from)).status).toBe(200);
  expect((await users(body.access_token)).status).toBe(401);
  await api("POST", `/connections/${gateway.name}/credentials/${client.id}/demote`);
  expect((await users(body.access_token, from)).status).toBe(200);
  const created = await request("POST", "/scim/v2/Users", {
    headers: { ...bearer(body.access_token), ...from, "content-type": "application/json" },
    body: "{}",
  });
  expect(created.status).toBe(403);
});

it("S61: a token that was verified is not verified again for thirty seconds", async () => {
  const { client } = await openClient();
  const token = await issue(secretForm(client));
  const verify = vi.spyOn(crypto.subtle, "verify");
  try {
    for (let times = 0; times < 4; times++) expect((await users(token)).status).toBe(200);
    expect(verify).toHaveBeenCalledTimes(1);
    expect((await atTimeFromNow(30_001, () => users(token))).status).toBe(200);
    expect(verify).toHaveBeenCalledTimes(2);
  } finally {
    verify.mockRestore();
  }
});

it("S61: tokens of another deployment, of another connection, and forged ones open nothing", async () => {
  const { gateway, client } = await openClient();
  const other = await openClient();
  const token = await issue(secretForm(client));
  const claims = decodeJwt(token);
  const header = decodeProtectedHeader(token) as { alg: string; kid: string; typ: string };
  const [head = "", body = "", signature = ""] = token.split(".");
  const { privateKey } = await generateKeyPair("ES256");
  const sign = (more: object, headers: object = {}) =>
    new SignJWT({ ...claims, ...more }).setProtectedHeader({ ...header, ...headers }).sign(privateKey);
  const encode = (value: object) =>
    btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const hs256 = await new SignJWT(claims)
    .setProtectedHeader({ ...header, alg: "HS256" })
    .sign(new TextEncoder().encode("secret-of-32-bytes-for-the-attacker"));
  const forged = [
    await sign({}),
    await sign({}, { kid: "unknown" }),
    await sign({ iss: "https://other.example.com" }),
    `${encode({ alg: "none", typ: "at+jwt" })}.${body}.`,
    `${encode({ ...header, alg: "none" })}.${body}.${signature}`,
    hs256,
    `${head}.${encode({ ...claims, cid: other.gateway.id, sub: other.gateway.id })}.${signature}`,
    `${head}.${body}.${signature.slice(0, -4)}AAAA`,
    `${head}.${body}.`,
    "a.b.c",
    "..",
    `${head}.${"A".repeat(20_000)}.${signature}`,
  ];
  for (const [index, one] of forged.entries()) {
    expect([index, (await users(one)).status]).toEqual([index, 401]);
  }
  expect((await users(token)).status).toBe(200);
  expect((await gateway.scim("GET", "/Users")).status).toBe(200);
});

it("S61: of signing keys two are alive; rotating again too soon is refused, and forced it ends the oldest tokens", async () => {
  const { client } = await openClient();
  await api("POST", "/signing-keys/rotate?force=true");
  const oldest = await issue(secretForm(client));
  const rotated = await api("POST", "/signing-keys/rotate?force=true");
  expect(rotated.status).toBe(201);
  const newer = await issue(secretForm(client));
  expect(decodeProtectedHeader(newer).kid).toBe(rotated.body.id);
  for (const token of [oldest, newer]) expect((await users(token)).status).toBe(200);
  const refused = await api("POST", "/signing-keys/rotate");
  expect(refused.status).toBe(409);
  expect(refused.body.detail).toMatch(/they end at \d{4}-/);
  await api("POST", "/signing-keys/rotate?force=true");
  const { results } = await env.CONTROL.prepare("select * from signing_keys").all();
  expect(results).toHaveLength(2);
  // Sealed: neither the private part nor the form of a key can be read there.
  expect(JSON.stringify(results)).not.toMatch(/"d"|kty|\bP-256/);
  await atTimeFromNow(30_001, async () => {
    expect((await users(oldest)).status).toBe(401);
    expect((await users(newer)).status).toBe(200);
  });
  await atTimeFromNow(3_640_000, async () => {
    expect((await api("POST", "/signing-keys/rotate")).status).toBe(201);
  });
});

it("S38 S61: a signing key is sealed: without a master key 503, sealed again with a new one, replaced where that is gone", async () => {
  const { client } = await openClient();
  const body = new URLSearchParams(secretForm(client)).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const ask = (more: object) =>
    worker.fetch(new Request(TOKEN_URL, { method: "POST", headers, body }), { ...env, ...more } as Env);
  const rows = async () =>
    (await env.CONTROL.prepare("select id, sealed from signing_keys order by created_at desc").all()).results;
  const rotate = () => api("POST", "/signing-keys/rotate?force=true");
  try {
    await rotate();
    const missing = await ask({ MASTER_KEY: undefined, MASTER_KEY_PREVIOUS: undefined });
    expect(missing.status).toBe(503);
    const other = `other:${btoa(String.fromCharCode(...new Uint8Array(32).fill(9)))}`;
    expect((await ask({ MASTER_KEY: other, MASTER_KEY_PREVIOUS: env.MASTER_KEY })).status).toBe(200);
    const resealed = await rows();
    expect(resealed.map(({ sealed }) => String(sealed).split(".")[0])).toEqual(resealed.map(() => "other"));
    await env.CONTROL.prepare("update signing_keys set id = id || '-lost', sealed = 'gone.AAAA.AAAA'").run();
    const { access_token } = await atTimeFromNow(30_001, async () => (await ask({})).json<{ access_token: string }>());
    const [newest] = await rows();
    expect(String(newest?.sealed)).toMatch(/^test\./);
    expect(decodeProtectedHeader(access_token).kid).toBe(newest?.id);
  } finally {
    for (let times = 0; times < 2; times++) await rotate();
  }
});

it("C21 S34: while D1 fails the answer is 503 with Retry-After, never 401", async () => {
  const { client } = await openClient();
  const token = await issue(secretForm(client));
  const broken = {
    prepare() {
      throw new Error("D1_ERROR: network connection lost");
    },
  };
  const broke = { ...env, CONTROL: broken as unknown as D1Database } as Env;
  const asked = await worker.fetch(
    new Request(TOKEN_URL, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(secretForm(client)).toString(),
    }),
    broke,
  );
  const used = await worker.fetch(new Request(`${ORIGIN}/scim/v2/Users`, { headers: bearer(token) }), broke);
  for (const response of [asked, used]) {
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
  }
  expect(((await asked.json()) as { error: string }).error).toBe("temporarily_unavailable");
});

it("D1: the metadata of RFC 8414 name the issuer, the token endpoint and how clients prove themselves", async () => {
  const { status, body } = await request("GET", "/.well-known/oauth-authorization-server");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    issuer: ORIGIN,
    token_endpoint: TOKEN_URL,
    response_types_supported: [],
    grant_types_supported: ["client_credentials"],
    scopes_supported: ["scim"],
  });
  expect(body.token_endpoint_auth_methods_supported).toEqual(
    expect.arrayContaining(["client_secret_basic", "client_secret_post"]),
  );
});

it("S61: failures of a client are limited by its id and address, and its right secret goes through", async () => {
  const { client } = await openClient();
  const address = { "cf-connecting-ip": "203.0.113.9" };
  const wrong = { ...secretForm(client), client_secret: "portico_wrong" };
  const statuses: number[] = [];
  for (let times = 0; times < 35; times++) statuses.push((await askToken(wrong, address)).status);
  expect([statuses[0], statuses.at(-1)]).toEqual([401, 429]);
  expect((await askToken(secretForm(client), address)).status).toBe(200);
  const { client: other } = await openClient();
  expect((await askToken({ ...secretForm(other), client_secret: "portico_wrong" }, address)).status).toBe(401);
});

it("D4: a token in clear text is refused where the deployment is reached by https", async () => {
  const { client } = await openClient();
  const response = await worker.fetch(
    new Request("http://scim.example.com/oauth2/token", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(secretForm(client)).toString(),
    }),
    env as Env,
  );
  expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, "invalid_request"]);
});

it("S31: a suspended connection answers 403 to an access token, and an erased one knows neither client nor token", async () => {
  const { gateway, client } = await openClient();
  const token = await issue(secretForm(client));
  await api("PATCH", `/connections/${gateway.name}`, { state: "suspended" });
  expect((await users(token)).status).toBe(403);
  const path: Gateway["name"] = gateway.name;
  await api("DELETE", `/connections/${path}`);
  expect((await users(token)).status).toBe(401);
  expect((await askToken(secretForm(client))).status).toBe(401);
});
