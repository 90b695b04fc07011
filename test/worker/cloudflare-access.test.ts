// Administrators who come through Cloudflare Access, played by a local issuer: one team, one application, a role by configuration
// [D5].

import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { hashToken } from "../../src/auth/tokens.ts";
import worker from "../../worker.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { api, ORIGIN } from "./gateway.ts";
import { createKeyHost, createSigner } from "./oauth.ts";

/** Where the keys of a team are published here: no outgoing request of a test reaches an address below `/cdn-cgi`. */
const published = new Map<string, string>();
const realFetch = globalThis.fetch;
beforeAll(() => {
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) =>
    realFetch(published.get(String(input)) ?? input, init),
  );
});
afterAll(() => {
  vi.restoreAllMocks();
});

const seconds = () => Math.floor(Date.now() / 1_000);

/** A team with its keys, one application of it, and calls through it. */
async function createTeam(roles = "reader") {
  const [signer, host, audience] = [await createSigner(), createKeyHost(), "ab".repeat(32)];
  await host.set({ keys: [signer.publicKey] });
  const team = `team-${crypto.randomUUID().slice(0, 8)}.cloudflareaccess.com`;
  published.set(`https://${team}/cdn-cgi/access/certs`, host.url);
  const subject = crypto.randomUUID();
  const settings = { ACCESS_TEAM_DOMAIN: team, ACCESS_AUDIENCE: audience, ACCESS_ROLES: roles };
  const sign = (more: Record<string, unknown> = {}, header = {}) =>
    signer.sign(
      {
        aud: [audience],
        email: "ada.canary@example.com",
        iss: `https://${team}`,
        type: "app",
        identity_nonce: "6ei69kawdKzMIAPF",
        sub: subject,
        country: "US",
        exp: seconds() + 86_400,
        ...more,
      },
      header,
    );
  const call = async (token: string, { method = "GET", path = "/me", headers = {}, changed = {} } = {}) => {
    const response = await worker.fetch(
      new Request(`${ORIGIN}/api${path}`, { method, headers: { "cf-access-jwt-assertion": token, ...headers } }),
      { ...env, ...settings, ...changed } as unknown as Env,
    );
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
  };
  return { signer, host, team, audience, subject, sign, call };
}

it("D5 S39: whom Access vouches for has the role of the configuration; the audit has a digest and no address", async () => {
  const gateway = await open(KEEPNET);
  const { sign, call, subject, team } = await createTeam("reader");
  const token = await sign();
  const name = `access:${(await hashToken(`${team} ${subject}`)).slice(0, 16)}`;
  expect((await call(token)).body).toEqual({ kind: "access", id: null, name, role: "reader", connections: null });
  const pause = { method: "POST", path: `/connections/${gateway.name}/brake/hold` };
  expect((await call(token, pause)).status).toBe(403);
  const changed = { ACCESS_ROLES: `${subject}=operator, reader` };
  expect((await call(token, { ...pause, changed })).status).toBe(200);
  expect((await call(await sign({ sub: crypto.randomUUID() }), { ...pause, changed })).status).toBe(403);
  // A service token has no subject and is known by its client id.
  const service = await sign({ sub: "", common_name: "ci.access", email: undefined });
  expect((await call(service, { changed: { ACCESS_ROLES: "ci.access=owner" } })).body.role).toBe("owner");
  const strange = await call(token, { changed: { ACCESS_ROLES: "ci.access=owner" } });
  expect([strange.status, strange.body.detail]).toEqual([403, expect.stringContaining("no role here")]);
  const { calls } = (await api("GET", `/audit?connection=${gateway.name}&changes=true`)).body;
  expect(calls.map(({ actor, status }: { actor: string; status: number }) => [actor, status])).toContainEqual([
    name,
    200,
  ]);
  const { results } = await env.CONTROL.prepare("select * from audit").all();
  for (const canary of ["canary@example", subject]) expect(JSON.stringify(results)).not.toContain(canary);
});

it("D5 S39: a token of another team, application, key, kind or time is 401, as is none where Access is not set up", async () => {
  const [{ sign, call, signer, host, team, audience }, other] = [await createTeam(), await createTeam()];
  const wrong: [what: string, token: string][] = [
    ["another team's token", await other.sign()],
    ["another team's key", await other.signer.sign({ iss: `https://${team}`, aud: [audience], type: "app", sub: "x" })],
    ["another key with its kid", await other.sign({ iss: `https://${team}` }, { kid: signer.kid })],
    ["another application", await sign({ aud: ["cd".repeat(32)] })],
    ["another issuer", await sign({ iss: "https://evil.cloudflareaccess.com" })],
    ["a session's token", await sign({ type: "org" })],
    ["no subject", await sign({ sub: undefined })],
    ["a subject that is no text", await sign({ sub: undefined, common_name: ["x"] })],
    ["expired", await sign({ iat: seconds() - 4_000, exp: seconds() - 600 })],
    ["for a year", await sign({ exp: seconds() + 31_536_000 })],
    ["no token", "x"],
    ["no signature", `${btoa('{"alg":"none"}').replaceAll("=", "")}.${(await sign()).split(".")[1]}.`],
  ];
  for (const [what, token] of wrong) expect([what, (await call(token)).status]).toEqual([what, 401]);
  const token = await sign();
  expect((await call(token)).status).toBe(200);
  expect((await call(token, { changed: { ACCESS_TEAM_DOMAIN: undefined } })).status).toBe(401);
  // Whoever shows a key is who the key says.
  expect((await call(token, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
  expect((await call("x", { headers: { authorization: "Bearer test-administrator" } })).body.kind).toBe("break-glass");
  expect(await host.calls()).toBeLessThanOrEqual(2);
});

it("D5 S39: a request that another site's page has sent does nothing, although the browser adds the token", async () => {
  const gateway = await open(KEEPNET);
  const { sign, call } = await createTeam("owner");
  const token = await sign();
  const pause = { method: "POST", path: `/connections/${gateway.name}/brake/hold` };
  const from = async (headers: Record<string, string>) => (await call(token, { ...pause, headers })).status;
  expect(await from({ "sec-fetch-site": "cross-site" })).toBe(401);
  expect(await from({ "sec-fetch-site": "same-site" })).toBe(401);
  expect(await from({ origin: "https://evil.example.com" })).toBe(401);
  expect((await gateway.api("GET", `/connections/${gateway.name}/brake`)).body.isHeldByHand).toBe(false);
  expect(await from({ "sec-fetch-site": "same-origin", origin: ORIGIN })).toBe(200);
});

it("D5 S39: settings that make no sense, and keys that cannot be read, are 503; API keys go on", async () => {
  const { sign, call, host } = await createTeam();
  const token = await sign();
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  await host.set({ mode: "down" });
  expect((await call(token)).status).toBe(503);
  await host.set({ mode: "well" });
  for (const changed of [
    { ACCESS_TEAM_DOMAIN: "acme" },
    { ACCESS_AUDIENCE: undefined },
    { ACCESS_AUDIENCE: "short" },
    { ACCESS_ROLES: undefined },
    { ACCESS_ROLES: "admin" },
    { ACCESS_ROLES: "x=boss" },
  ]) {
    expect([changed, (await call(token, { changed })).status]).toEqual([changed, 503]);
    const headers = { authorization: "Bearer test-administrator" };
    expect((await call(token, { changed, headers })).status).toBe(200);
  }
  expect(logged.mock.calls.flat().join("\n")).toContain("ACCESS_ROLES");
  logged.mockRestore();
});

it("D5: whom Access vouches for is in the console without a key, and another site's form does nothing there", async () => {
  const { sign, team, audience, subject } = await createTeam();
  const settings = { ACCESS_TEAM_DOMAIN: team, ACCESS_AUDIENCE: audience, ACCESS_ROLES: "reader" };
  const token = await sign();
  const name = `access:${(await hashToken(`${team} ${subject}`)).slice(0, 16)}`;
  const visit = async (headers: Record<string, string>, body?: Record<string, string>) => {
    const request = new Request(`${ORIGIN}/console${body ? "/sign-out" : ""}`, {
      headers,
      redirect: "manual",
      ...(body ? { method: "POST", body: new URLSearchParams(body) } : {}),
    });
    const response = await worker.fetch(request, { ...env, ...settings } as unknown as Env);
    return { status: response.status, text: await response.text() };
  };
  const home = await visit({ "cf-access-jwt-assertion": token });
  expect([home.status, home.text.includes(name)]).toEqual([200, true]);
  // Access signs out by itself.
  expect(home.text).not.toContain("/console/sign-out");
  const foreign = { "cf-access-jwt-assertion": token, "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  expect((await visit(foreign, { secret: "none" })).status).toBe(403);
  expect((await visit({ ...foreign, "sec-fetch-site": "same-origin" }, { secret: "none" })).status).toBe(403);
  expect((await visit({ "cf-access-jwt-assertion": await sign({ exp: 1 }) })).status).toBe(303);
});
