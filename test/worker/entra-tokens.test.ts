// Entra's own token for an empty Secret Token: opt-in, and only what is pinned separates customers [D3].

import { expect, it } from "vitest";
import { createUser, KEEPNET, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { api, bearer, type Gateway, request } from "./gateway.ts";
import { createCredential, createKeyHost, createSigner, refusals, revoke } from "./oauth.ts";

const AUDIENCE = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const guid = () => crypto.randomUUID();
const seconds = () => Math.floor(Date.now() / 1_000);

/** A tenant whose keys are published, and its tokens. */
async function createTenant() {
  const [tenant, application, object] = [guid(), guid(), guid()];
  const [signer, host] = [await createSigner(), createKeyHost()];
  await host.set({ keys: [signer.publicKey] });
  const sign = (more: Record<string, unknown> = {}, header = {}) =>
    signer.sign(
      {
        iss: `https://sts.windows.net/${tenant}/`,
        aud: AUDIENCE,
        tid: tenant,
        appid: application,
        oid: object,
        sub: object,
        ver: "1.0",
        exp: seconds() + 3_900,
        ...more,
      },
      header,
    );
  const trust = (gateway: Gateway, more = {}) =>
    createCredential(gateway, { kind: "entra", tenant, keysUrl: host.url, ...more });
  return { tenant, application, object, signer, host, sign, trust };
}

const users = (token: string) => request("GET", "/scim/v2/Users", { headers: bearer(token) });

it("D3: off until the tenant is pinned; then its token opens that connection and no other", async () => {
  const [mine, theirs] = [await open(KEEPNET), await open(KEEPNET)];
  await createUser(theirs, "theirs@contoso.com");
  const { sign, trust, host } = await createTenant();
  const token = await sign();
  expect((await users(token)).status).toBe(401);
  expect(await host.calls()).toBe(0);
  const made = await trust(mine);
  expect(made).toMatchObject({ kind: "entra", clientId: null });
  expect(made.secret).toBeUndefined();
  const answer = await users(token);
  expect([answer.status, answer.body.totalResults]).toEqual([200, 0]);
  const traces = (await api("GET", `/connections/${mine.name}/traces`)).body.traces;
  expect(traces[0]).toMatchObject({ tokenId: made.id, status: 200 });
});

it("D3: a token of another tenant, audience, issuer, key or time is 401", async () => {
  const gateway = await open(KEEPNET);
  const { sign, trust, tenant, signer } = await createTenant();
  const other = await createTenant();
  const { id } = await trust(gateway);
  const wrong: [what: string, token: string][] = [
    ["another tenant's token", await other.sign()],
    [
      "another tenant's key",
      await other.signer.sign({ iss: `https://sts.windows.net/${tenant}/`, aud: AUDIENCE, tid: tenant }),
    ],
    [
      "another key with its kid",
      await other.signer.sign(
        { iss: `https://sts.windows.net/${tenant}/`, aud: AUDIENCE, tid: tenant },
        { kid: signer.kid },
      ),
    ],
    ["another audience", await sign({ aud: guid() })],
    ["another issuer", await sign({ iss: `https://login.microsoftonline.com/${tenant}/v2.0` })],
    ["an issuer without its slash", await sign({ iss: `https://sts.windows.net/${tenant}` })],
    ["no tenant", await sign({ tid: undefined })],
    ["a tenant that is no text", await sign({ tid: [tenant] })],
    ["expired", await sign({ iat: seconds() - 4_000, exp: seconds() - 600 })],
    ["of ten minutes ahead", await sign({ iat: seconds() + 600 })],
    ["too long", await sign({ exp: seconds() + 90_000 })],
  ];
  for (const [what, token] of wrong) expect([what, (await users(token)).status]).toEqual([what, 401]);
  const why = (await refusals(gateway)).filter(({ tokenId }) => tokenId === id).flatMap(({ notes }) => notes);
  expect(why.some((note) => note.includes("Entra's token has expired"))).toBe(true);
  expect((await users(await sign())).status).toBe(200);
});

it("D3: two connections of one tenant are told apart by the application or object that each pins, never guessed", async () => {
  const [first, second] = [await open(KEEPNET), await open(KEEPNET)];
  await createUser(second, "second@contoso.com");
  const { sign, trust, application, object, tenant, host } = await createTenant();
  const body = { kind: "entra", tenant, keysUrl: host.url };
  const more = guid();
  await trust(first, { application });
  for (const overlapping of [{}, { application }, { subject: object }]) {
    const refused = await api("POST", `/connections/${second.name}/credentials`, { ...body, ...overlapping });
    expect([overlapping, refused.status]).toEqual([overlapping, 409]);
  }
  await trust(second, { application: more });
  const total = async (token: string) => (await users(token)).body.totalResults;
  expect([await total(await sign()), await total(await sign({ appid: more }))]).toEqual([0, 1]);
  expect((await users(await sign({ appid: guid() }))).status).toBe(401);
  expect((await users(await sign({ appid: undefined }))).status).toBe(401);
  // What has ended is in nobody's way.
  const third = await open(KEEPNET);
  await atTimeFromNow(366 * 86_400_000, async () => {
    await trust(third, { application });
    expect(await total(await sign())).toBe(0);
  });
});

it("D3: while the keys cannot be read the answer is 503, never 401; scopes, ends and revocation hold as for any other", async () => {
  const gateway = await open(KEEPNET);
  const { sign, trust, host } = await createTenant();
  const made = await trust(gateway, { scopes: ["read"], expiresInDays: 1 });
  await host.set({ mode: "down" });
  const undecided = await users(await sign());
  expect([undecided.status, undecided.headers.get("retry-after")]).toEqual([503, "10"]);
  await host.set({ mode: "well" });
  await atTimeFromNow(15_000, async () => {
    const token = await sign();
    expect((await users(token)).status).toBe(200);
    const headers = { ...bearer(token), "content-type": "application/json" };
    expect((await request("POST", "/scim/v2/Users", { headers, body: "{}" })).status).toBe(403);
  });
  const late = await atTimeFromNow(86_400_000 - 60_000, () => sign());
  expect((await atTimeFromNow(86_400_000 + 1_000, () => users(late))).status).toBe(401);
  expect((await users(await sign())).status).toBe(200);
  await revoke(gateway, made);
  expect((await users(await sign())).status).toBe(401);
});
