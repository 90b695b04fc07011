// Workload identity federation: Entra's token for ours, and the keys behind it [D2] [G7].

import { env } from "cloudflare:workers";
import { exportJWK, type JWK } from "jose";
import { expect, it } from "vitest";
import worker from "../../worker.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { bearer, type Gateway, request } from "./gateway.ts";
import {
  askToken,
  assertionForm,
  type Credential,
  createCredential,
  createKeyHost,
  createSigner,
  type KeyHost,
  refusals,
  revoke,
  type Signer,
  TOKEN_URL,
} from "./oauth.ts";

const guid = () => crypto.randomUUID();
const seconds = () => Math.floor(Date.now() / 1_000);

interface Trusting {
  gateway: Gateway;
  credential: Credential;
  host: KeyHost;
  signer: Signer;
  pinned: { tenant: string; subject: string; application: string; issuer: string };
  /** An assertion as Entra makes it, with what the test changes. */
  assertion(more?: Record<string, unknown>, header?: object): Promise<string>;
  /** Shows an assertion at the token endpoint. */
  show(more?: Record<string, unknown>, header?: object): ReturnType<typeof askToken>;
}

async function openTrust(
  more: { gateway?: Gateway; host?: KeyHost; issuer?: string; keys?: JWK[] } = {},
): Promise<Trusting> {
  const gateway = more.gateway ?? (await open(KEEPNET));
  const signer = await createSigner();
  const host = more.host ?? createKeyHost();
  await host.set({ keys: more.keys ?? [signer.publicKey] });
  const tenant = guid();
  const issuer = more.issuer ?? `https://login.microsoftonline.com/${tenant}/v2.0`;
  const pinned = { tenant, subject: guid(), application: guid(), issuer };
  const credential = await createCredential(gateway, { kind: "federation", ...pinned, keysUrl: host.url });
  const assertion: Trusting["assertion"] = (claims = {}, header = {}) =>
    signer.sign(
      {
        iss: issuer,
        aud: pinned.application,
        sub: pinned.subject,
        oid: pinned.subject,
        azp: pinned.application,
        tid: tenant,
        ver: "2.0",
        uti: guid(),
        nbf: seconds(),
        exp: seconds() + 3_900,
        ...claims,
      },
      header,
    );
  const show: Trusting["show"] = async (claims, header) =>
    askToken(assertionForm(gateway.id, await assertion(claims, header)));
  return { gateway, credential, host, signer, pinned, assertion, show };
}

it("D2 G7: Entra's token is exchanged for an access token, in each spelling of the audience", async () => {
  const { gateway, credential, pinned, show, assertion } = await openTrust();
  expect(credential.clientId).toBe(gateway.id);
  for (const aud of [pinned.application, `api://${pinned.application}`, `api://${pinned.application}/.default`]) {
    const answer = await show({ aud });
    expect([aud, answer.status]).toEqual([aud, 200]);
    expect(answer.body).toMatchObject({ token_type: "Bearer", expires_in: 3_600, scope: "scim" });
    expect((await request("GET", "/scim/v2/Users", { headers: bearer(answer.body.access_token) })).status).toBe(200);
  }
  // As it was seen on the wire, with fields that mean nothing here.
  const seen = {
    ...assertionForm(gateway.id, await assertion()),
    scope: "https://x.example/.default",
    resource: "r",
    baseAddress: "b",
  };
  expect((await askToken(seen)).status).toBe(200);
  for (const more of [{ oid: undefined }, { azp: undefined, appid: pinned.application }, { azp: undefined }]) {
    expect((await show(more)).status).toBe(200);
  }
});

it("D2: what is pinned must be there exactly: issuer, tenant, subject, object, application, audience and time", async () => {
  const { gateway, credential, pinned, show } = await openTrust();
  const wrong: [Record<string, unknown>, why: string][] = [
    [{ iss: pinned.issuer.replace("/v2.0", "") }, "no key or trust of the connection is for the issuer"],
    [{ iss: `${pinned.issuer}/` }, "no key or trust of the connection is for the issuer"],
    [
      { iss: `https://login.microsoftonline.com/${guid()}/v2.0` },
      "no key or trust of the connection is for the issuer",
    ],
    [{ tid: guid() }, "another tenant"],
    [{ tid: undefined }, "another tenant"],
    [{ sub: guid() }, "“sub”"],
    [{ sub: undefined }, "“sub”"],
    [{ oid: guid() }, "another object"],
    [{ azp: guid() }, "another application"],
    [{ appid: guid() }, "another application"],
    [{ aud: guid() }, "“aud”"],
    [{ aud: `api://${pinned.application}/other` }, "“aud”"],
    [{ aud: `API://${pinned.application}` }, "“aud”"],
    [{ aud: `${pinned.application}/.default` }, "“aud”"],
    [{ aud: [pinned.application, guid()] }, "more than one audience"],
    [{ aud: TOKEN_URL }, "“aud”"],
    [{ iat: seconds() - 4_200, nbf: seconds() - 4_200, exp: seconds() - 600 }, "expired"],
    [{ iat: seconds() + 600, nbf: undefined }, "in the future"],
    [{ nbf: seconds() + 600 }, "“nbf”"],
    [{ exp: seconds() + 86_500 }, "more than 86400 seconds"],
    [{ exp: undefined }, "“exp”"],
    [{ iat: undefined }, "“iat”"],
  ];
  for (const [more, why] of wrong) {
    const answer = await show(more);
    expect([more, answer.status, answer.body.error]).toEqual([more, 401, "invalid_client"]);
    const shown = async () => (await refusals(gateway)).some(({ notes }) => notes[0]?.includes(why));
    await expect.poll(shown, { message: why }).toBe(true);
  }
  const written = JSON.stringify(await refusals(gateway));
  for (const value of Object.values(pinned)) expect(written).not.toContain(value);
  expect(written).toContain(credential.id);
  expect((await show()).status).toBe(200);
});

it("D2: the issuer is with or without its version, as it is pinned and not otherwise", async () => {
  const tenant = guid();
  const { pinned, show } = await openTrust({ issuer: `https://login.microsoftonline.com/${tenant}` });
  expect((await show()).status).toBe(200);
  expect((await show({ iss: `${pinned.issuer}/v2.0` })).status).toBe(401);
  // Where nothing is said, it is Entra's own, and so are the keys.
  const gateway = await open(KEEPNET);
  const body = { kind: "federation", tenant, subject: guid(), application: `api://${tenant}/.default` };
  expect((await createCredential(gateway, body)).trust).toEqual({
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
    keysUrl: `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`,
    tenant,
    subject: body.subject,
    application: tenant,
  });
});

it("D2: only RS256 of a published key of 2,048 bits is believed, whatever the assertion says", async () => {
  const weak = (await crypto.subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", modulusLength: 512, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
    true,
    ["sign", "verify"],
  )) as CryptoKeyPair;
  const [signer, elliptic, stranger] = [await createSigner(), await createSigner("ES256"), await createSigner()];
  const keys = [signer.publicKey, elliptic.publicKey, { ...(await exportJWK(weak.publicKey)), kid: "weak" }];
  const { gateway, pinned, show } = await openTrust({ keys });
  const claims = { iss: pinned.issuer, aud: pinned.application, sub: pinned.subject, tid: pinned.tenant };
  const good = await signer.sign(claims);
  const [, body = "", signature = ""] = good.split(".");
  const encode = (value: object) =>
    btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const bytes = await crypto.subtle.sign(
    "RSASSA-PKCS1-v1_5",
    weak.privateKey,
    new TextEncoder().encode(`${encode({ alg: "RS256", kid: "weak" })}.${body}`),
  );
  const weakly = btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  const wrong = [
    `${encode({ alg: "none" })}.${body}.`,
    `${encode({ alg: "HS256", kid: signer.kid })}.${body}.${signature}`,
    `${encode({ alg: "RS256" })}.${body}.${signature}`,
    `${encode({ alg: "RS256", kid: "weak" })}.${body}.${weakly}`,
    await elliptic.sign(claims),
    await stranger.sign(claims, { kid: signer.kid }),
    `${encode({ alg: "RS256", kid: signer.kid, crit: ["x"], x: 1 })}.${body}.${signature}`,
  ];
  for (const [index, assertion] of wrong.entries()) {
    const answer = await askToken(assertionForm(gateway.id, assertion));
    expect([index, answer.status]).toEqual([index, 401]);
  }
  expect((await askToken(assertionForm(gateway.id, good))).status).toBe(200);
  // The trust's own signer is not among the published keys here.
  expect((await show()).status).toBe(401);
});

it("D2: the client of the form must be the one whose trust it is", async () => {
  const mine = await openTrust();
  const other = await openTrust();
  expect((await askToken(assertionForm(other.gateway.id, await mine.assertion()))).status).toBe(401);
  expect((await askToken(assertionForm(undefined, await mine.assertion()))).status).toBe(401);
  expect((await askToken(assertionForm(guid(), await mine.assertion()))).status).toBe(401);
});

it("D2: keys are read once for many requests, those at the same time too", async () => {
  const { host, show } = await openTrust();
  await host.set({ mode: "slow" });
  const together = await Promise.all(Array.from({ length: 8 }, () => show()));
  expect(together.map(({ status }) => status)).toEqual(Array(8).fill(200));
  for (let times = 0; times < 3; times++) expect((await show()).status).toBe(200);
  expect(await host.calls()).toBe(1);
  await atTimeFromNow(600_001, async () => {
    expect((await show()).status).toBe(200);
  });
  expect(await host.calls()).toBe(2);
});

it("D2: a new key of the issuer is found; tokens with invented keys do not ask the host each time", async () => {
  const { host, show, signer, gateway, assertion } = await openTrust();
  expect((await show()).status).toBe(200);
  for (let times = 0; times < 5; times++) expect((await show({}, { kid: `invented-${times}` })).status).toBe(401);
  expect(await host.calls()).toBe(1);
  const next = await createSigner();
  await host.set({ keys: [signer.publicKey, next.publicKey] });
  const [, body = ""] = (await assertion()).split(".");
  const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/")));
  await atTimeFromNow(60_001, async () => {
    expect((await askToken(assertionForm(gateway.id, await next.sign(claims)))).status).toBe(200);
    for (let times = 0; times < 5; times++) expect((await show({}, { kid: `more-${times}` })).status).toBe(401);
  });
  expect(await host.calls()).toBe(2);
});

it("D2: while the host of the keys is down those that are known still decide, for a day; then 503, never 401", async () => {
  const { host, show } = await openTrust();
  expect((await show()).status).toBe(200);
  await host.set({ mode: "down" });
  for (const hours of [1, 23]) {
    await atTimeFromNow(hours * 3_600_000, async () => {
      expect([hours, (await show()).status]).toEqual([hours, 200]);
      // Of a key that is not known nobody can say whether the issuer has it now.
      const unknown = await show({}, { kid: "unknown" });
      expect([unknown.status, unknown.body.error]).toEqual([503, "temporarily_unavailable"]);
      expect(unknown.headers.get("retry-after")).toMatch(/^\d+$/);
    });
  }
  await atTimeFromNow(25 * 3_600_000, async () => expect((await show()).status).toBe(503));
  await host.set({ mode: "well" });
  await atTimeFromNow(26 * 3_600_000, async () => {
    expect((await show()).status).toBe(200);
    expect((await show({}, { kid: "unknown" })).status).toBe(401);
  });
});

it.each(["down", "redirect", "huge", "endless", "garbage", "empty"] as const)(
  "D2: keys that cannot be read decide nothing: 503, asked for seldom, and right again afterwards, %s",
  async (mode) => {
    const { host, show } = await openTrust();
    await host.set({ mode });
    for (let times = 0; times < 3; times++) {
      const answer = await show();
      expect([answer.status, answer.body.error]).toEqual([503, "temporarily_unavailable"]);
      expect(answer.headers.get("www-authenticate")).toBeNull();
    }
    expect(await host.calls()).toBe(1);
    await host.set({ mode: "well" });
    await atTimeFromNow(20_000, async () => expect((await show()).status).toBe(200));
    expect(await host.calls()).toBe(2);
    const evil = (await (await fetch("https://vendors.example.net/issuer.evil/control")).json()) as { calls: number };
    expect(evil.calls).toBe(0);
  },
);

it("D2: an isolate that has never read the keys takes those that another has stored", async () => {
  const { host, signer, show } = await openTrust();
  await host.set({ mode: "down" });
  await env.CONTROL.prepare("insert into key_sets (url, keys, fetched_at) values (?, ?, ?)")
    .bind(host.url, JSON.stringify([signer.publicKey]), Date.now())
    .run();
  expect((await show()).status).toBe(200);
  expect(await host.calls()).toBe(0);
});

it("D2: keys are read from Microsoft's hosts and those that the operator adds, also where a trust is older", async () => {
  const host = createKeyHost("keys.partner.example");
  const { gateway, assertion } = await openTrust({ host: createKeyHost() });
  await env.CONTROL.prepare(
    "update entrance_credentials set trust = json_set(trust, '$.keysUrl', ?) where connection_id = ? and kind = 'federation'",
  )
    .bind(host.url, gateway.id)
    .run();
  const ask = async (more: object) =>
    worker.fetch(
      new Request(TOKEN_URL, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(assertionForm(gateway.id, await assertion())).toString(),
      }),
      { ...env, ...more } as Env,
    );
  expect((await ask({})).status).toBe(503);
  expect(await host.calls()).toBe(0);
  // Published there by another signer, so that it is read and not believed.
  await host.set({ keys: [(await createSigner()).publicKey] });
  const added = await atTimeFromNow(20_000, () => ask({ KEY_HOSTS: "other.example, keys.partner.example" }));
  expect(added.status).toBe(401);
  expect(await host.calls()).toBe(1);
});

it("D2 S61: several trusts work side by side; a revoked one ends its own access tokens, an expired one none", async () => {
  const first = await openTrust();
  const second = await openTrust({ gateway: first.gateway });
  const tokens = [];
  for (const trust of [first, second]) {
    const { status, body } = await trust.show();
    expect(status).toBe(200);
    tokens.push(body.access_token);
  }
  await revoke(first.gateway, first.credential);
  const use = async (token: string) => (await request("GET", "/scim/v2/Users", { headers: bearer(token) })).status;
  expect(await Promise.all(tokens.map(use))).toEqual([401, 200]);
  expect((await first.show()).status).toBe(401);
  expect((await second.show()).status).toBe(200);
});
