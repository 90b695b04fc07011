// API keys of administrators: which role may call which route, for which connections, until when, and what is known of it [S39].

import { env } from "cloudflare:workers";
import { afterAll, expect, it, vi } from "vitest";
import { hashToken } from "../../src/auth/tokens.ts";
import { API_ROUTES, type ApiRoute } from "../../src/routes/api-routes.ts";
import worker from "../../worker.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { api, bearer, ORIGIN } from "./gateway.ts";
import { callWith, createKey } from "./keys.ts";

const routes = Object.entries(API_ROUTES) as [string, ApiRoute][];
const ROLES = ["reader", "operator", "owner"];
const spell = (path: string, name: string) => path.replace(":name", name).replace(":id", "none");

// Other files call with the break-glass token, whose use is an alarm while there is an owner's key.
afterAll(async () => {
  await env.CONTROL.batch([
    env.CONTROL.prepare("delete from api_keys"),
    env.CONTROL.prepare("delete from gateway_alarms"),
  ]);
});

/** What is answered to a caller who may: of a connection and a thing that do not exist, or without a body. */
const ALLOWED: Record<string, number> = {
  describeApi: 200,
  showHealth: 200,
  readMetrics: 200,
  listVendors: 200,
  createConnection: 400,
  listConnections: 200,
  rotateSigningKey: 201,
  createKey: 400,
  listKeys: 200,
  revokeKey: 404,
  showMe: 200,
  listAudit: 200,
  exportAudit: 200,
  listRefused: 200,
  listGatewayAlarms: 200,
  acknowledgeGatewayAlarm: 404,
  showMasterKey: 200,
  resealAll: 202,
  showDeployment: 200,
  backUpConnections: 200,
  backUpDeployment: 200,
  checkRestore: 400,
  restoreObject: 400,
  restoreRows: 400,
  finishObject: 400,
  restoreDeployment: 400,
  finishRestore: 400,
  createWebhook: 400,
  listWebhooks: 200,
  showVendor: 404,
  showWebhook: 404,
  changeWebhook: 404,
  deleteWebhook: 404,
  rotateWebhook: 404,
  testWebhook: 404,
  listDeliveries: 404,
  retryDeliveries: 404,
  createConsoleLink: 201,
  startConsoleSession: 201,
  endConsoleSessions: 200,
  endConsoleSession: 404,
};

it("S39: every route × every role: what the table says and nothing else; a revoked or expired key opens nothing", async () => {
  const gateway = await open(KEEPNET);
  const [other, keys] = [await open(KEEPNET), await Promise.all(ROLES.map((role) => createKey(role)))];
  const limited = await createKey("owner", { connections: [gateway.name] });
  const [revoked, expired] = [await createKey("owner"), await createKey("owner", { expiresInDays: 1 })];
  expect((await api("DELETE", `/keys/${revoked.id}`)).status).toBe(204);
  await env.CONTROL.prepare("update api_keys set expires_at = ? where id = ?").bind(Date.now(), expired.id).run();
  // What else opens nothing is in administrator.test.ts.
  const nobody = [revoked.key, expired.key];
  for (const [name, { method, path, role, isFiltered, query }] of routes) {
    const force = query && "force" in query.shape ? "?force=true" : "";
    const place = `${spell(path, "nobody")}${force}`;
    const allowed = path.includes(":name") ? 404 : ALLOWED[name];
    for (const [at, each] of keys.entries()) {
      const expected = at >= ROLES.indexOf(role) ? allowed : 403;
      expect([name, ROLES[at], (await each.call(method, place)).status]).toEqual([name, ROLES[at], expected]);
    }
    // An owner of one connection is nobody on another one, and on what concerns the whole deployment.
    const foreign = await limited.call(method, `${spell(path, other.name)}${force}`);
    const expected = path.includes(":name") ? 404 : isFiltered ? allowed : 403;
    expect([name, "of another connection", foreign.status]).toEqual([name, "of another connection", expected]);
    const refused = await Promise.all(nobody.map((key) => callWith(key, method, place)));
    expect([name, ...refused.map(({ status }) => status)]).toEqual([name, 401, 401]);
  }
  expect((await limited.call("GET", `/connections/${gateway.name}`)).status).toBe(200);
  const listed = (await limited.call("GET", "/connections")).body.connections;
  expect(listed.map(({ name }: { name: string }) => name)).toEqual([gateway.name]);
  expect((await limited.call("GET", "/me")).body).toMatchObject({ role: "owner", connections: [gateway.name] });
  // What is not for the key is in no list of it either.
  await other.api("POST", `/connections/${other.name}/tokens`);
  await gateway.api("POST", `/connections/${gateway.name}/tokens`);
  const calls = (await limited.call("GET", "/audit?limit=500")).body.calls as { connection: string }[];
  expect(new Set(calls.map(({ connection }) => connection))).toEqual(new Set([gateway.name]));
  expect((await other.api("GET", `/connections/${other.name}`)).status).toBe(200);
});

it("S39: what a role does not allow is not done, and the audit says who tried", async () => {
  const gateway = await open(KEEPNET);
  const reader = await createKey("reader");
  const refused = await reader.call("PATCH", `/connections/${gateway.name}`, { mode: "paused" });
  expect([refused.status, refused.body.detail]).toEqual([
    403,
    "this call needs the role operator, and the role here is reader",
  ]);
  expect((await gateway.api("GET", `/connections/${gateway.name}`)).body.mode).toBe("live");
  const [call] = (await reader.call("GET", `/audit?connection=${gateway.name}&changes=true`)).body.calls;
  expect(call).toMatchObject({ actor: reader.name, actorId: reader.id, role: "reader", method: "PATCH", status: 403 });
});

it("S39 S38: a key is shown once, hashed at rest, used to the minute, and refused from the moment it is revoked or ends", async () => {
  const key = await createKey("operator", { expiresInDays: 2 });
  expect(key.key).toMatch(/^portico_key_[A-Za-z0-9_-]{43}$/);
  const row = () => env.CONTROL.prepare("select * from api_keys where id = ?").bind(key.id).first();
  expect(await row()).toMatchObject({ hash: await hashToken(key.key), hint: key.key.slice(-4), last_used_at: null });
  expect(JSON.stringify(await row())).not.toContain(key.key);
  const shown = (await api("GET", "/keys")).body.keys.find(({ id }: { id: string }) => id === key.id);
  expect(shown).toMatchObject({ name: key.name, role: "operator", connections: null, createdBy: "break glass" });
  expect(JSON.stringify(shown)).not.toMatch(/portico_key_|[0-9a-f]{64}/);

  const used = async () => Number((await row())?.last_used_at);
  await key.call("GET", "/me");
  const first = await used();
  await atTimeFromNow(50_000, () => key.call("GET", "/me"));
  expect(await used()).toBe(first);
  await atTimeFromNow(61_000, () => key.call("GET", "/me"));
  expect(await used()).toBeGreaterThanOrEqual(first + 60_000);
  const day = 86_400_000;
  expect((await atTimeFromNow(2 * day - 10_000, () => key.call("GET", "/me"))).status).toBe(200);
  expect((await atTimeFromNow(2 * day + 1, () => key.call("GET", "/me"))).status).toBe(401);
  expect((await key.call("GET", "/me")).status).toBe(200);
  // Another isolate revokes it: nothing is remembered here.
  await env.CONTROL.prepare("update api_keys set revoked_at = 1 where id = ?").bind(key.id).run();
  expect((await key.call("GET", "/me")).status).toBe(401);
});

it("S39: names are free once their key is revoked, are no addresses, and no names of others; connections must exist", async () => {
  const { name, id } = await createKey("reader");
  expect((await api("POST", "/keys", { name, role: "reader" })).status).toBe(409);
  expect((await api("DELETE", `/keys/${id}`)).status).toBe(204);
  expect((await api("DELETE", `/keys/${id}`)).status).toBe(404);
  expect((await api("POST", "/keys", { name, role: "reader" })).status).toBe(201);
  const again = await createKey("reader", { expiresInDays: 1 });
  const same = () => api("POST", "/keys", { name: again.name, role: "reader" });
  expect((await same()).status).toBe(409);
  expect((await atTimeFromNow(86_400_001, same)).status).toBe(201);
  for (const wrong of ["ada@example.com", "Break glass", "administrator", "access:0123", "", " x", "n".repeat(65)]) {
    expect([wrong, (await api("POST", "/keys", { name: wrong, role: "reader" })).status]).toEqual([wrong, 400]);
  }
  const unknown = await api("POST", "/keys", { name: "x", role: "reader", connections: ["nobody"] });
  expect([unknown.status, unknown.body.errors]).toMatchObject([400, [{ field: "connections.0" }]]);
  expect((await api("POST", "/keys", { name: "x", role: "admin" })).status).toBe(400);
});

it("S39: the name of the key stands on what was made with it, and on an alarm that it acknowledged", async () => {
  const gateway = await open(KEEPNET);
  const key = await createKey("operator");
  const made = await key.call("POST", `/connections/${gateway.name}/credentials`, { kind: "secret" });
  expect(made.body.createdBy).toBe(key.name);
  const [call] = (await key.call("GET", `/audit?connection=${gateway.name}&changes=true`)).body.calls;
  expect(call).toMatchObject({ actor: key.name, target: made.body.id, fields: ["kind"], status: 201 });
});

it("S39: once an owner has a key, every use of the break-glass token is an alarm, until it is acknowledged", async () => {
  await env.CONTROL.batch([
    env.CONTROL.prepare("delete from api_keys"),
    env.CONTROL.prepare("delete from gateway_alarms"),
  ]);
  const alarms = async (call = api) => (await call("GET", "/alarms")).body.alarms;
  await createKey("reader");
  await createKey("operator");
  expect(await alarms()).toEqual([]);
  const owner = await createKey("owner");
  expect(await alarms(owner.call)).toEqual([]);
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  await atTimeFromNow(5_000, () => api("GET", "/vendors"));
  expect(warned.mock.calls.flat().join()).toContain("alarm break-glass");
  expect(await alarms(owner.call)).toMatchObject([{ id: "break-glass", acknowledgedAt: null }]);
  expect((await owner.call("POST", "/alarms/break-glass/acknowledge")).status).toBe(204);
  expect((await owner.call("POST", "/alarms/break-glass/acknowledge")).status).toBe(404);
  expect(await alarms(owner.call)).toMatchObject([{ acknowledgedBy: owner.name }]);
  // The header that asks for costs is a use, too.
  const gateway = await atTimeFromNow(10_000, () => open(KEEPNET));
  await owner.call("POST", "/alarms/break-glass/acknowledge");
  const headers = { ...bearer(gateway.token), "x-portico-administrator": "test-administrator" };
  const hidden = { ...env, SHOW_NATIVE_CALLS: undefined } as unknown as Env;
  const ask = async (more: object) =>
    worker.fetch(new Request(`${ORIGIN}/scim/v2/Users`, { headers: { ...headers, ...more } }), hidden);
  expect((await atTimeFromNow(20_000, () => ask({}))).headers.has("x-portico-native-calls")).toBe(true);
  expect(await alarms(owner.call)).toMatchObject([{ acknowledgedAt: null }]);
  // An API key shows it as far as it reaches.
  const [mine, theirs] = [await createKey("reader", { connections: [gateway.name] }), await open(KEEPNET)];
  const foreign = await createKey("reader", { connections: [theirs.name] });
  const costs = async (key: string) =>
    (await ask({ "x-portico-administrator": key })).headers.has("x-portico-native-calls");
  expect([await costs(mine.key), await costs(foreign.key), await costs("x")]).toEqual([true, false, false]);
  warned.mockRestore();
});

it("S39: with a key the API needs no break-glass token, and then the last owner's key stays", async () => {
  await env.CONTROL.prepare("delete from api_keys").run();
  const [owner, second] = [await createKey("owner"), await createKey("owner")];
  const bare = { ...env, ADMIN_TOKEN_SHA256: undefined } as unknown as Env;
  const call = async (key: string, method: string, path: string) =>
    (await worker.fetch(new Request(`${ORIGIN}/api${path}`, { method, headers: bearer(key) }), bare)).status;
  expect(await call(owner.key, "GET", "/me")).toBe(200);
  expect(await call("test-administrator", "GET", "/me")).toBe(401);
  const both = [owner, second].map((own, at, all) => call(own.key, "DELETE", `/keys/${all[1 - at]?.id}`));
  expect((await Promise.all(both)).sort()).toEqual([204, 409]);
  expect((await callWith("test-administrator", "DELETE", `/keys/${owner.id}`)).status).not.toBe(401);
});

it("S39 S34: while D1 fails nobody can say whose key it is: 503, never 401", async () => {
  const key = await createKey("reader");
  const broken = { prepare: () => fail(), batch: () => fail() };
  const fail = () => {
    throw new Error("D1_ERROR: network connection lost");
  };
  const broke = { ...env, CONTROL: broken as unknown as D1Database } as Env;
  const response = await worker.fetch(new Request(`${ORIGIN}/api/me`, { headers: bearer(key.key) }), broke);
  expect([response.status, response.headers.get("www-authenticate")]).toEqual([503, null]);
});
