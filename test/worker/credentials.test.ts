// Credentials of a connection: what each may do, from where, until when, and what is told of it [D1] [D4] [S61].

import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { isRange, isWithin } from "../../src/auth/addresses.ts";
import { failureKey, noteFailure } from "../../src/auth/failures.ts";
import { createUser, expectError, KEEPABL, KEEPNET, nativeLog, open, patchOf } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { type Answer, api, bearer, type Gateway, request } from "./gateway.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

afterEach(() => {
  vi.restoreAllMocks();
});

const place = (gateway: Gateway, below = "") => `/connections/${gateway.name}/credentials${below}`;

async function create(
  gateway: Gateway,
  body: object,
): Promise<{ id: string; secret: string } & Record<string, unknown>> {
  const made = await api("POST", place(gateway), { kind: "bearer", ...body });
  expect([made.status, made.body]).toMatchObject([201, {}]);
  return made.body;
}

const credentialOf = async (gateway: Gateway, id: string) =>
  (await api("GET", place(gateway))).body.credentials.find((one: { id: string }) => one.id === id);

const ask = (token: string, method: string, path: string, body?: unknown, headers = {}): Promise<Answer> =>
  request(method, `/scim/v2${path}`, {
    headers: { ...bearer(token), "content-type": "application/scim+json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const users = (token: string, headers = {}) => ask(token, "GET", "/Users", undefined, headers);

it("D1: each credential has its kind, maker, end, scopes and hint; a secret is shown once and stored as a hash", async () => {
  const gateway = await open(KEEPNET);
  const token = await create(gateway, { label: "Entra" });
  const secret = await create(gateway, { kind: "secret" });
  const base = { createdBy: "break glass", scopes: ["users", "groups"], addresses: null, lastUsedAt: null };
  expect(token).toMatchObject({ ...base, kind: "bearer", clientId: null, label: "Entra" });
  expect(secret).toMatchObject({ ...base, kind: "secret", clientId: gateway.id });
  for (const [made, days] of [
    [token, 365],
    [secret, 730],
  ] as const) {
    expect(made.secret).toMatch(/^portico_[A-Za-z0-9_-]{43}$/);
    expect(made.hint).toBe(made.secret.slice(-4));
    expect(Date.parse(String(made.expiresAt)) - Date.parse(String(made.createdAt))).toBe(days * DAY);
  }
  const listed = await api("GET", place(gateway));
  expect(listed.body.credentials).toHaveLength(3);
  expect(JSON.stringify(listed.body)).not.toMatch(/portico_|[0-9a-f]{64}/);
  const { results } = await env.CONTROL.prepare("select * from entrance_credentials").all();
  expect(JSON.stringify(results)).not.toMatch(/portico_/);
  expect(token.tenantUrl).toBe("https://scim.example.com/scim/v2");
  expect(token.tokenUrl).toBe("https://scim.example.com/oauth2/token");
});

it("D1: what does not fit the kind of a credential is refused, naming the field", async () => {
  const gateway = await open(KEEPNET);
  const tenant = "11111111-2222-3333-4444-555555555555";
  const wrong: [object, string][] = [
    [{ kind: "basic" }, "kind"],
    [{ kind: "bearer", expiresInDays: 0 }, "expiresInDays"],
    [{ kind: "bearer", expiresInDays: 1_096 }, "expiresInDays"],
    [{ kind: "secret", expiresInDays: 29 }, "expiresInDays"],
    [{ kind: "bearer", scopes: [] }, "scopes"],
    [{ kind: "bearer", scopes: ["admin"] }, "scopes.0"],
    [{ kind: "bearer", addresses: ["example.com"] }, "addresses.0"],
    [{ kind: "bearer", addresses: ["10.0.0.0/33"] }, "addresses.0"],
    [{ kind: "bearer", tenant }, "tenant"],
    [{ kind: "secret", keysUrl: "https://login.microsoftonline.com/keys" }, "keysUrl"],
    [{ kind: "key" }, "keys"],
    [{ kind: "key", keys: [{ kty: "RSA", n: "AQAB", e: "AQAB" }] }, "keys.0"],
    [{ kind: "key", keys: [{ kty: "EC", crv: "P-256", x: "AA", y: "AA", d: "AA" }] }, "keys.0"],
    [{ kind: "key", keys: [{ kty: "oct", k: "AAAA" }] }, "keys.0"],
    [{ kind: "key", keysUrl: "https://keys.example.com/jwks" }, "keysUrl"],
    [{ kind: "key", keysUrl: "https://login.microsoftonline.com@evil.example/jwks" }, "keysUrl"],
    [{ kind: "key", keysUrl: "http://login.microsoftonline.com/jwks" }, "keysUrl"],
    [{ kind: "key", keysUrl: "https://login.microsoftonline.com:8443/jwks" }, "keysUrl"],
    [{ kind: "key", keysUrl: "https://127.0.0.1/jwks" }, "keysUrl"],
    [{ kind: "federation", tenant, subject: tenant }, "application"],
    [{ kind: "federation", tenant, subject: tenant, application: "https://example.com" }, "application"],
    [{ kind: "federation", tenant: "common", subject: tenant, application: tenant }, "tenant"],
    [{ kind: "federation", tenant, subject: tenant, application: tenant, issuer: "sts" }, "issuer"],
    [{ kind: "entra" }, "tenant"],
    [{ kind: "entra", tenant, issuer: "https://sts.windows.net/" }, "issuer"],
  ];
  for (const [body, field] of wrong) {
    const answer = await api("POST", place(gateway), body);
    expect([body, answer.status, answer.body.errors?.[0]?.field]).toEqual([body, 400, field]);
  }
  expect((await api("GET", place(gateway))).body.credentials).toHaveLength(1);
});

it("D1: several credentials work at once; a client secret is no bearer token", async () => {
  const gateway = await open(KEEPNET);
  const [first, second] = [await create(gateway, {}), await create(gateway, {})];
  const secret = await create(gateway, { kind: "secret" });
  for (const { secret: token } of [first, second]) expect((await users(token)).status).toBe(200);
  expect((await users(secret.secret)).status).toBe(401);
});

it("D1: a scope is enforced at every endpoint, and the refusal names the one that is missing", async () => {
  const gateway = await open(KEEPNET);
  const user = { id: await createUser(gateway, "ada@contoso.com") };
  const group = (await gateway.scim("POST", "/Groups", { displayName: "Staff" })).body;
  await gateway.vendor("DELETE", "/log");
  const change = patchOf({ op: "replace", path: "displayName", value: "Other" });
  const requests: [kind: "users" | "groups", intent: "read" | "write", method: string, path: string, body?: unknown][] =
    [
      ["users", "read", "GET", "/Users"],
      ["users", "read", "GET", `/Users/${user.id}`],
      ["users", "read", "POST", "/Users/.search", { count: 1 }],
      ["groups", "read", "GET", "/Groups"],
      ["groups", "read", "GET", `/Groups/${group.id}`],
      ["groups", "read", "POST", "/Groups/.search", { count: 1 }],
      ["users", "write", "POST", "/Users", {}],
      ["users", "write", "PUT", `/Users/${user.id}`, {}],
      ["users", "write", "PATCH", `/Users/${user.id}`, change],
      ["users", "write", "DELETE", `/Users/${user.id}`],
      ["groups", "write", "POST", "/Groups", {}],
      ["groups", "write", "PUT", `/Groups/${group.id}`, {}],
      ["groups", "write", "PATCH", `/Groups/${group.id}`, change],
      ["groups", "write", "DELETE", `/Groups/${group.id}`],
    ];
  for (const scopes of [["users"], ["groups"], ["read"], ["users", "read"]]) {
    const { secret: token } = await create(gateway, { scopes });
    for (const [kind, intent, method, path, body] of requests) {
      const mayDo = scopes.includes(kind) || (intent === "read" && scopes.includes("read"));
      if (mayDo && intent === "write") continue;
      const answer = await ask(token, method, path, body);
      expect([scopes, method, path, answer.status]).toEqual([scopes, method, path, mayDo ? 200 : 403]);
      if (!mayDo) expect(answer.body.detail).toContain(`the scope “${kind}”`);
    }
    // A query over everything needs to read everything; discovery needs nothing.
    const mayReadAll = scopes.includes("read");
    for (const [method, path] of [
      ["GET", "/"],
      ["POST", "/.search"],
    ] as const) {
      expect((await ask(token, method, path, method === "POST" ? {} : undefined)).status).toBe(mayReadAll ? 200 : 403);
    }
    expect((await ask(token, "GET", "/Schemas")).status).toBe(200);
  }
  const native = (await nativeLog(gateway)).filter(({ method }) => method !== "GET");
  expect(native.filter(({ target }) => !target.includes("search"))).toEqual([]);
  expect((await gateway.scim("GET", `/Users/${user.id}`)).status).toBe(200);
});

it("D1: where the product has no groups, a credential for users may ask for everything", async () => {
  const gateway = await open(KEEPABL);
  const { secret } = await create(gateway, { scopes: ["users"] });
  expect((await ask(secret, "GET", "/")).status).toBe(200);
});

it("D1: a credential that is demoted reads and changes nothing from then on", async () => {
  const gateway = await open(KEEPNET);
  const user = { id: await createUser(gateway, "ada@contoso.com") };
  const { id, secret } = await create(gateway, {});
  const change = patchOf({ op: "replace", path: "name.givenName", value: "Ada" });
  expect((await ask(secret, "PATCH", `/Users/${user.id}`, change)).status).toBe(200);
  const demoted = await api("POST", place(gateway, `/${id}/demote`));
  expect([demoted.status, demoted.body.scopes]).toEqual([200, ["read"]]);
  expect((await users(secret)).status).toBe(200);
  expect((await ask(secret, "DELETE", `/Users/${user.id}`)).status).toBe(403);
  expect((await gateway.scim("GET", `/Users/${user.id}`)).status).toBe(200);
  expect((await api("POST", place(gateway, "/unknown/demote"))).status).toBe(404);
});

it("D4: from outside its ranges a credential is refused, cached or not, and the operator sees why", async () => {
  const gateway = await open(KEEPNET);
  const { id, secret } = await create(gateway, { addresses: ["192.0.2.0/24", "2001:db8::/32"] });
  for (const address of ["192.0.2.7", "2001:db8::1", "2001:db8:ffff:1:2:3:4:5", "::ffff:192.0.2.9"]) {
    expect([address, (await users(secret, { "cf-connecting-ip": address })).status]).toEqual([address, 200]);
  }
  for (const address of ["192.0.3.1", "2001:db9::1", "", "x", "192.0.2.1, 10.0.0.1"]) {
    expect([address, (await users(secret, { "cf-connecting-ip": address })).status]).toEqual([address, 401]);
  }
  expect((await users(secret)).status).toBe(401);
  const { traces } = (await api("GET", `/connections/${gateway.name}/traces?status=401`)).body;
  expect(traces[0]).toMatchObject({ tokenId: id, status: 401, path: "*" });
  expect(traces[0].notes).toEqual(["refused: the request came from an address outside the credential's ranges"]);
});

it("D4: address ranges", () => {
  for (const range of ["0.0.0.0/0", "10.1.2.3", "::/0", "::1", "2001:db8::/128"]) {
    expect([range, isRange(range)]).toEqual([range, true]);
  }
  for (const text of [
    "",
    "10.0.0",
    "10.0.0.256",
    "1.2.3.4/33",
    "::/129",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "g::",
    "1.2.3.4/",
    "/8",
  ]) {
    expect([text, isRange(text)]).toEqual([text, false]);
  }
  expect(isWithin(["10.0.0.0/8"], "10.255.0.1")).toBe(true);
  expect(isWithin(["10.0.0.0/8"], "11.0.0.1")).toBe(false);
  expect(isWithin(["0.0.0.0/0"], "2001:db8::1")).toBe(false);
  expect(isWithin(["2001:db8::/33"], "2001:db8:8000::1")).toBe(false);
});

it("D4: to the client every refusal is the same 401; the operator's trace says which credential and why", async () => {
  const gateway = await open(KEEPNET);
  const gone = await create(gateway, {});
  const short = await create(gateway, { expiresInDays: 1 });
  await api("DELETE", place(gateway, `/${gone.id}`));
  const refused = await users(gone.secret);
  const late = await atTimeFromNow(DAY + 1, () => users(short.secret));
  for (const answer of [refused, late, await users("portico_unknown")]) {
    expectError(answer, 401);
    const { detail } = answer.body;
    expect(detail.slice(0, detail.indexOf("(request"))).toBe(
      refused.body.detail.slice(0, refused.body.detail.indexOf("(request")),
    );
  }
  const why = async (answer: Answer) =>
    (await api("GET", `/connections/${gateway.name}/traces/${answer.headers.get("x-request-id")}`)).body;
  expect(await why(refused)).toMatchObject({ tokenId: gone.id, notes: ["refused: the credential is revoked"] });
  expect(await why(late)).toMatchObject({ tokenId: short.id, notes: ["refused: the credential has expired"] });
  // Once a minute for each credential and reason: a client that goes on trying fills nothing.
  for (let times = 0; times < 5; times++) await users(gone.secret);
  const { traces } = (await api("GET", `/connections/${gateway.name}/traces?status=401`)).body;
  expect(traces).toHaveLength(2);
});

it("D1: the last use is written down, at most once an hour", async () => {
  const gateway = await open(KEEPNET);
  const { id, secret } = await create(gateway, {});
  const lastUsed = async () => (await credentialOf(gateway, id)).lastUsedAt;
  expect(await lastUsed()).toBeNull();
  await users(secret);
  await expect.poll(lastUsed).not.toBeNull();
  const first = await lastUsed();
  await atTimeFromNow(HOUR / 2, () => users(secret));
  expect(await lastUsed()).toBe(first);
  await atTimeFromNow(HOUR + 60_000, () => users(secret));
  await expect.poll(async () => Date.parse(await lastUsed()) - Date.parse(first)).toBeGreaterThan(HOUR);
});

it("S61: revoking what was used within two hours needs force; what was not goes at once", async () => {
  const gateway = await open(KEEPNET);
  const { id, secret } = await create(gateway, {});
  await users(secret);
  await expect.poll(async () => (await credentialOf(gateway, id)).lastUsedAt).not.toBeNull();
  for (const path of [place(gateway, `/${id}`), `/connections/${gateway.name}/tokens/${id}`, place(gateway)]) {
    const refused = await api("DELETE", path);
    expect([path, refused.status]).toEqual([path, 409]);
    expect(refused.body.detail).toContain("within the last two hours");
  }
  expect((await users(secret)).status).toBe(200);
  expect((await atTimeFromNow(2 * HOUR, () => api("DELETE", place(gateway, `/${id}`)))).status).toBe(409);
  expect((await api("DELETE", place(gateway, `/${id}?force=true`))).status).toBe(204);
  expect((await users(secret)).status).toBe(401);
  expect((await api("DELETE", place(gateway, `/${id}?force=true`))).status).toBe(404);
  const unused = await create(gateway, {});
  expect((await api("DELETE", place(gateway, `/${unused.id}`))).status).toBe(204);
});

it("S61: revoking everything ends every credential of the connection and none of another's", async () => {
  const [mine, theirs] = [await open(KEEPNET), await open(KEEPNET)];
  const second = await create(mine, {});
  const revoked = await api("DELETE", place(mine, "?force=true"));
  expect([revoked.status, revoked.body]).toEqual([200, { credentials: 2 }]);
  for (const token of [mine.token, second.secret]) expect((await users(token)).status).toBe(401);
  expect((await users(theirs.token)).status).toBe(200);
  const { secret } = await create(mine, {});
  expect((await users(secret)).status).toBe(200);
});

it("D1: a rotation interrupts nothing: both work, and the new one has what the old one had", async () => {
  const gateway = await open(KEEPNET);
  const old = await create(gateway, { label: "Entra", scopes: ["users"], addresses: ["192.0.2.0/24"] });
  const from = { "cf-connecting-ip": "192.0.2.7" };
  const rotated = await api("POST", place(gateway, `/${old.id}/rotate`));
  expect([rotated.status, rotated.headers.get("cache-control")]).toEqual([201, "no-store"]);
  const { label, scopes, addresses, kind } = old;
  expect(rotated.body).toMatchObject({ label, scopes, addresses, kind });
  expect(rotated.body.secret).not.toBe(old.secret);
  for (const token of [old.secret, rotated.body.secret]) expect((await users(token, from)).status).toBe(200);
  await api("DELETE", place(gateway, `/${old.id}?force=true`));
  expect((await users(old.secret, from)).status).toBe(401);
  expect((await users(rotated.body.secret, from)).status).toBe(200);
  expect((await api("POST", place(gateway, `/${old.id}/rotate`))).status).toBe(404);
  const tenant = "aaaaaaaa-2222-3333-4444-555555555555";
  const trust = await create(gateway, { kind: "federation", tenant, subject: tenant, application: tenant });
  expect((await api("POST", place(gateway, `/${trust.id}/rotate`))).status).toBe(409);
});

it("D1: the end of a credential is warned of 60, 30, 7 and 1 days before, once each, in the log and in the list", async () => {
  const gateway = await open(KEEPNET);
  const { id, secret } = await create(gateway, { label: "Entra", expiresInDays: 90 });
  const written = vi.spyOn(console, "warn").mockImplementation(() => {});
  const lines = () => written.mock.calls.map(String).filter((line) => line.includes(id));
  const listed = async () => {
    const { connections } = (await api("GET", "/connections")).body;
    return connections.find((one: { name: string }) => one.name === gateway.name).expiring;
  };
  const seen: [number, number | undefined, number][] = [];
  for (const left of [89, 61, 59, 45, 29, 29, 8, 6, 2, 0.5, 0.4]) {
    await atTimeFromNow((90 - left) * DAY, async () => {
      expect((await users(secret)).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const shown = await listed();
      expect((await api("GET", `/connections/${gateway.name}`)).body.expiring).toEqual(shown);
      seen.push([left, shown[0]?.warning, lines().length]);
    });
  }
  expect(seen).toEqual([
    [89, undefined, 0],
    [61, undefined, 0],
    [59, 60, 1],
    [45, 60, 1],
    [29, 30, 2],
    [29, 30, 2],
    [8, 30, 2],
    [6, 7, 3],
    [2, 7, 3],
    [0.5, 1, 4],
    [0.4, 1, 4],
  ]);
  expect(lines()[0]).toMatch(/^credential \S+ \(bearer\) of connection \S+ expires in 58 days$/);
  expect(lines().join()).not.toContain("Entra");
  // What has ended is shown, until it is revoked; what was meant to be short is not.
  expect((await atTimeFromNow(91 * DAY, listed))[0]).toMatchObject({ id, kind: "bearer", label: "Entra", warning: 1 });
  await api("DELETE", place(gateway, `/${id}?force=true`));
  await create(gateway, { expiresInDays: 1 });
  expect(await atTimeFromNow(91 * DAY, listed)).toEqual([]);
});

it("S61: only failures count: whoever fails too often waits, and a valid token goes in from the same address", async () => {
  const gateway = await open(KEEPNET);
  const address = { "cf-connecting-ip": "198.51.100.7" };
  const wrong = `${gateway.token.slice(0, 20)}wrong`;
  const statuses: number[] = [];
  for (let times = 0; times < 40; times++) statuses.push((await users(wrong, address)).status);
  expect(statuses.slice(0, 30).every((status) => status === 401)).toBe(true);
  expect(statuses.slice(30).every((status) => status === 429)).toBe(true);
  const limited = await users(wrong, address);
  expect(limited.headers.get("retry-after")).toMatch(/^\d+$/);
  expect((await users(gateway.token, address)).status).toBe(200);
  // Other tenants come from the same address, and the same client from another one.
  expect((await users("portico_another-tenants-token", address)).status).toBe(401);
  expect((await users(wrong, { "cf-connecting-ip": "198.51.100.8" })).status).toBe(401);
  // The platform's count goes by its own clock; that of this isolate ends after a minute.
  const again = () => noteFailure(undefined, failureKey(address["cf-connecting-ip"], wrong), Date.now());
  expect(await again()).toBeGreaterThan(0);
  expect(await atTimeFromNow(60_001, again)).toBeUndefined();
});
