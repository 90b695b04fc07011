// Clients that prove themselves with a key of their own (RFC 7523 section 2.2; [D1]).

import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { expect, it } from "vitest";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { api, bearer, type Gateway, ORIGIN, request } from "./gateway.ts";
import {
  ASSERTION_TYPE,
  askToken,
  assertionForm,
  basic,
  createCredential,
  createKeyHost,
  createSigner,
  refusals,
  revoke,
  type Signer,
  TOKEN_URL,
} from "./oauth.ts";

const seconds = () => Math.floor(Date.now() / 1_000);

async function openKey(signer: Signer, gateway?: Gateway) {
  const opened = gateway ?? (await open(KEEPNET));
  return { gateway: opened, credential: await createCredential(opened, { kind: "key", keys: [signer.publicKey] }) };
}

const own = (gateway: Gateway, more: JWTPayload = {}): JWTPayload => ({
  iss: gateway.id,
  sub: gateway.id,
  aud: TOKEN_URL,
  jti: crypto.randomUUID(),
  exp: seconds() + 300,
  ...more,
});

const statusOf = async (gateway: Gateway, assertion: string) =>
  (await askToken(assertionForm(gateway.id, assertion))).status;

it.each(["RS256", "PS256", "ES256"] as const)(
  "D1: an assertion that the client signed with its key gives an access token, %s",
  async (alg) => {
    const signer = await createSigner(alg);
    const { gateway } = await openKey(signer);
    for (const clientId of [gateway.id, undefined]) {
      const answer = await askToken(assertionForm(clientId, await signer.sign(own(gateway))));
      expect([answer.status, answer.body.scope, answer.body.expires_in]).toEqual([200, "scim", 3_600]);
      expect((await request("GET", "/scim/v2/Users", { headers: bearer(answer.body.access_token) })).status).toBe(200);
    }
    expect(await statusOf(gateway, await signer.sign(own(gateway, { aud: ORIGIN })))).toBe(200);
    const { keys } = (await api("GET", `/connections/${gateway.name}/credentials`)).body.credentials[1].trust;
    expect(keys[0]).not.toHaveProperty("d");
  },
);

it("D1: an assertion of another key, client, audience or time, or signed otherwise, is 401 and the trace says why", async () => {
  const signer = await createSigner();
  const { gateway, credential } = await openKey(signer);
  const other = await openKey(await createSigner());
  const stranger = await createSigner();
  const claims = own(gateway);
  const [, body = "", signature = ""] = (await signer.sign(claims)).split(".");
  const encode = (value: object) =>
    btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const shared = new TextEncoder().encode(JSON.stringify(signer.publicKey));
  const weak = await generateWeakKey();
  const wrong: [what: string, assertion: string, why: string][] = [
    ["none", `${encode({ alg: "none" })}.${body}.`, "cannot be read|not accepted"],
    ["none, signed", `${encode({ alg: "none", kid: signer.kid })}.${body}.${signature}`, "not accepted"],
    [
      "HS256 with the public key",
      await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(shared),
      "not accepted",
    ],
    ["a stranger's key", await stranger.sign(claims, { kid: signer.kid }), "signature"],
    ["an unknown kid", await signer.sign(claims, { kid: "unknown" }), "does not publish"],
    ["512 bits", await signWeakly(weak, claims), "signature|cannot be read"],
    [
      "PS256 with a key for RS256",
      `${encode({ alg: "PS256", kid: signer.kid })}.${body}.${signature}`,
      "does not publish",
    ],
    ["another subject", await signer.sign(own(gateway, { sub: other.gateway.id })), "“sub”"],
    ["another audience", await signer.sign(own(gateway, { aud: "https://other.example.com/oauth2/token" })), "“aud”"],
    ["the SCIM URL", await signer.sign(own(gateway, { aud: `${ORIGIN}/scim/v2` })), "“aud”"],
    ["ten minutes ago", await signer.sign(own(gateway, { iat: seconds() - 900, exp: seconds() - 600 })), "expired"],
    [
      "in ten minutes",
      await signer.sign(own(gateway, { iat: seconds() + 600, exp: seconds() + 900 })),
      "in the future",
    ],
    ["not yet", await signer.sign(own(gateway, { nbf: seconds() + 600 })), "“nbf”"],
    ["too long", await signer.sign(own(gateway, { exp: seconds() + 7_200 })), "more than 3600 seconds"],
    ["without an end", await signer.sign({ ...claims, exp: undefined }), "“exp”"],
  ];
  for (const [what, assertion, why] of wrong) {
    const answer = await askToken(assertionForm(gateway.id, assertion));
    expect([what, answer.status, answer.body.error]).toEqual([what, 401, "invalid_client"]);
    expect(answer.body.error_description).toBe("the client is not known by these credentials");
    // The trace is written after the answer, once a minute for each reason.
    await expect
      .poll(
        async () =>
          (await refusals(gateway)).some(
            ({ notes, tokenId }) => tokenId === credential.id && new RegExp(why).test(notes[0] ?? ""),
          ),
        { message: what },
      )
      .toBe(true);
  }
  for (const [what, assertion] of [
    ["another issuer", await signer.sign(own(gateway, { iss: other.gateway.id }))],
    ["no token", "not-a-token"],
    ["too large", `${"a".repeat(9_000)}.${"b".repeat(9_000)}.c`],
  ] as const) {
    expect([what, await statusOf(gateway, assertion)]).toEqual([what, 401]);
  }
  const shapeless = await signer.sign({ ...claims, sub: [gateway.id] });
  expect((await askToken(assertionForm(undefined, shapeless))).status).toBe(401);
  // Another connection's client cannot be named with this one's key.
  expect((await askToken(assertionForm(other.gateway.id, await signer.sign(claims)))).status).toBe(401);
  expect((await askToken(assertionForm(other.gateway.id, await signer.sign(own(other.gateway))))).status).toBe(401);
  expect(await statusOf(gateway, await signer.sign(claims))).toBe(200);
});

/** 512 bits, as no library signs with any more. */
async function generateWeakKey(): Promise<CryptoKey> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 512,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  const pair = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
  return pair.privateKey;
}

async function signWeakly(key: CryptoKey, claims: JWTPayload): Promise<string> {
  const encode = (text: string) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const input = `${encode('{"alg":"RS256"}')}.${encode(JSON.stringify({ iat: seconds(), ...claims }))}`;
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key, new TextEncoder().encode(input));
  return `${input}.${encode(String.fromCharCode(...new Uint8Array(signature)))}`;
}

it("D1: clocks may differ by two minutes", async () => {
  const signer = await createSigner();
  const { gateway } = await openKey(signer);
  const at = (offset: number) => ({ iat: seconds() + offset, exp: seconds() + offset + 60 });
  for (const [offset, status] of [
    [100, 200],
    [-170, 200],
    [140, 401],
    [-190, 401],
  ] as const) {
    expect([offset, await statusOf(gateway, await signer.sign(own(gateway, at(offset))))]).toEqual([offset, status]);
  }
});

it("D1: a form with half an assertion, another type, or a secret beside it is refused", async () => {
  const signer = await createSigner();
  const { gateway } = await openKey(signer);
  const { secret } = await createCredential(gateway, { kind: "secret" });
  const good = assertionForm(gateway.id, await signer.sign(own(gateway)));
  const { client_assertion: _, ...typeOnly } = good;
  const { client_assertion_type: __, ...assertionOnly } = good;
  for (const [form, headers] of [
    [typeOnly, {}],
    [assertionOnly, {}],
    [{ ...good, client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:saml2-bearer" }, {}],
    [{ ...good, client_secret: secret }, {}],
    [good, basic(gateway.id, secret)],
  ] as [Record<string, string>, Record<string, string>][]) {
    const answer = await askToken(form, headers);
    expect([answer.status, answer.body.error]).toEqual([400, "invalid_request"]);
  }
  const doubled = `${new URLSearchParams(good)}&client_assertion_type=${encodeURIComponent(ASSERTION_TYPE)}`;
  expect((await askToken(doubled)).status).toBe(400);
});

it("D1 S61: two keys of a client work side by side; a revoked one signs nothing, and its access tokens end", async () => {
  const [old, young] = [await createSigner(), await createSigner("ES256")];
  const { gateway, credential } = await openKey(old);
  await openKey(young, gateway);
  const tokens = [];
  for (const signer of [old, young]) {
    const answer = await askToken(assertionForm(gateway.id, await signer.sign(own(gateway))));
    expect(answer.status).toBe(200);
    tokens.push(answer.body.access_token);
  }
  await revoke(gateway, credential);
  expect(await statusOf(gateway, await old.sign(own(gateway)))).toBe(401);
  expect(await statusOf(gateway, await young.sign(own(gateway)))).toBe(200);
  const use = async (token: string) => (await request("GET", "/scim/v2/Users", { headers: bearer(token) })).status;
  expect(await Promise.all(tokens.map(use))).toEqual([401, 200]);
});

it("D1: keys that a client publishes are read from their address, and a new one is found when it is used", async () => {
  const [signer, next] = [await createSigner(), await createSigner("ES256")];
  const host = createKeyHost();
  await host.set({ keys: [signer.publicKey] });
  const gateway = await open(KEEPNET);
  await createCredential(gateway, { kind: "key", keysUrl: host.url });
  expect(await statusOf(gateway, await signer.sign(own(gateway)))).toBe(200);
  await host.set({ keys: [next.publicKey] });
  await atTimeFromNow(60_001, async () => {
    expect(await statusOf(gateway, await next.sign(own(gateway)))).toBe(200);
  });
  expect(await host.calls()).toBe(2);
});

it("D1: a key of 2,047 bits or with its private part is not taken, and nothing of it comes back", async () => {
  const gateway = await open(KEEPNET);
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  const answer = await api("POST", `/connections/${gateway.name}/credentials`, { kind: "key", keys: [jwk] });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).not.toContain(jwk.d);
  const short = btoa(String.fromCharCode(...new Uint8Array(255).fill(255))).replaceAll("/", "_");
  const weak = await api("POST", `/connections/${gateway.name}/credentials`, {
    kind: "key",
    keys: [{ kty: "RSA", n: short, e: "AQAB" }],
  });
  expect([weak.status, weak.body.errors[0].field]).toEqual([400, "keys.0"]);
});
