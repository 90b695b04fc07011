// What webhooks are told, when, and how often: each event from its cause to the receiver, and no value of a person in it [S63] [S37].

import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { Deployment } from "../../src/deployment.ts";
import { filtered, KEEPNET, open } from "../dialogues/dialogue.ts";
import { addressOf, createUsers, setActive } from "./brake-people.ts";
import { atTimeFromNow, runAlarmAfter } from "./clock.ts";
import { api, type Gateway } from "./gateway.ts";
import { createKey } from "./keys.ts";
import { createHook, type Hook, lookAt, removeHooks, runDeliveries, sqlIn, told, verify } from "./webhook-receiver.ts";

const LINE = { share: 0, count: 4, minutes: 60 };

let gateway: Gateway;
let hook: Hook;
beforeAll(async () => {
  await removeHooks();
  gateway = await open(KEEPNET, { brake: LINE });
  hook = await createHook({ connection: gateway.name });
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await removeHooks();
  await env.CONTROL.batch([
    env.CONTROL.prepare("delete from api_keys"),
    env.CONTROL.prepare("delete from gateway_alarms"),
  ]);
});

it("S63 S20 S39: the brake holds, the webhook tells it, a reader cannot release, an operator looks and does, the audit tells it", async () => {
  const [reader, operator] = [await createKey("reader"), await createKey("operator")];
  const ids = await createUsers(gateway, 12);
  expect((await setActive(gateway, ids[0], false)).status).toBe(200);
  expect((await setActive(gateway, ids[1], false)).status).toBe(200);
  await hook.received(1);
  expect(await told(hook, "brake.near")).toEqual([
    { connection: gateway.name, kind: "deactivation", counted: 2, limit: 3 },
  ]);
  expect((await setActive(gateway, ids[2], false)).status).toBe(200);
  for (const id of ids.slice(3, 6)) expect((await setActive(gateway, id, false)).status).toBe(503);
  const messages = await hook.received(2);
  const last = messages.at(-1);
  expect(last && verify(hook.secret, last)).toMatchObject({
    type: "brake.holding",
    data: {
      connection: gateway.name,
      kind: "deactivation",
      says: expect.stringContaining("4 of 12 users deactivated"),
    },
  });
  const release = (key: typeof reader) =>
    key.call("POST", `/connections/${gateway.name}/brake/release`, { kind: "deactivation", count: 3 });
  expect((await release(reader)).status).toBe(403);
  expect((await setActive(gateway, ids[3], false)).status).toBe(503);
  const seen = await operator.call("GET", `/connections/${gateway.name}/brake/held`);
  expect(seen.body.total).toBe(3);
  expect((await release(operator)).status).toBe(200);
  for (const id of ids.slice(3, 6)) expect((await setActive(gateway, id, false)).status).toBe(200);
  const { calls } = (await api("GET", `/audit?connection=${gateway.name}&changes=true&limit=20`)).body;
  const released = calls.filter(({ route }: { route: string }) => route.endsWith("/brake/release"));
  expect(released).toMatchObject([
    { actor: operator.name, role: "operator", status: 200, fields: ["kind", "count"] },
    { actor: reader.name, role: "reader", status: 403 },
  ]);
  // Beyond the release it is held anew, which is another event; one for each request would be a flood.
  for (const id of ids.slice(6, 9)) expect((await setActive(gateway, id, false)).status).toBe(200);
  for (const id of ids.slice(9)) expect((await setActive(gateway, id, false)).status).toBe(503);
  await lookAt(gateway);
  expect(await told(hook, "brake.holding")).toHaveLength(2);
});

it("S63 S55: an event that could not be handed over stays owed, also while the connection is paused, and comes once", async () => {
  const [id] = await createUsers(gateway, 1, 20);
  const take = vi.spyOn(Deployment.prototype, "take").mockRejectedValue(new Error("the object was killed"));
  await sqlIn(gateway, "delete from brake_held");
  expect((await setActive(gateway, id, false)).status).toBe(503);
  await expect.poll(() => take.mock.calls.length).toBeGreaterThan(0);
  const pending = async () =>
    (await api("GET", `/connections/${gateway.name}/pending?kind=notice`)).body.owed as Record<string, unknown>[];
  await expect
    .poll(pending)
    .toMatchObject([
      { kind: "notice", user: null, what: "brake.holding", why: "the deployment's object could not be reached" },
    ]);
  await api("PATCH", `/connections/${gateway.name}`, { mode: "paused" });
  const before = (await told(hook, "brake.holding")).length;
  // The object has taken it over, and was killed before the connection's object heard of it.
  take.mockRestore();
  const whole = Deployment.prototype.take;
  vi.spyOn(Deployment.prototype, "take").mockImplementationOnce(async function (this: Deployment, notices) {
    await whole.call(this, notices);
    throw new Error("the answer was lost");
  });
  for (const minutes of [10, 20, 30]) await runAlarmAfter(gateway, minutes * 60_000);
  expect(await pending()).toEqual([]);
  await runDeliveries();
  expect(await told(hook, "brake.holding")).toHaveLength(before + 1);
  await api("PATCH", `/connections/${gateway.name}`, { mode: "live" });
});

it("S63 S37: an alarm about a person tells that there is one, and nothing of whom; what is parked is told by kind", async () => {
  const [id] = await createUsers(gateway, 1, 30);
  await gateway.scim("GET", filtered("/Users", `userName eq "${addressOf(30)}"`));
  const other = { op: "replace", path: "externalId", value: "another-identity" };
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
  expect((await gateway.scim("PATCH", `/Users/${id}`, { schemas, Operations: [other] })).status).toBe(200);
  const parked = `insert into owed (id, kind, link_id, key, operation, why, since, is_parked)
    values (?, 'licence', ?, 'licence', '{"op":"set"}', 'none left', 1, 1)`;
  await sqlIn(gateway, parked, "p1", id);
  await lookAt(gateway);
  await lookAt(gateway);
  await sqlIn(gateway, parked, "p2", "somebody");
  await lookAt(gateway);
  expect(await told(hook, "alarm.raised")).toEqual([
    {
      ...{ connection: gateway.name, kind: "two-identities", count: 1, total: null },
      says: "a user was matched and got another externalId while active: two identities may share one account",
    },
  ]);
  expect(await told(hook, "work.parked")).toEqual([
    { connection: gateway.name, kind: "licence", count: 1 },
    { connection: gateway.name, kind: "licence", count: 2 },
  ]);
  const everything = JSON.stringify(await hook.messages());
  expect(everything).not.toMatch(/@|old\.example|another-identity|ext-\d/);
  const links = await sqlIn(gateway, "select id, native_id from links");
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) for (const value of Object.values(link)) expect(everything).not.toContain(String(value));
  await sqlIn(gateway, "delete from owed where link_id = 'somebody' or kind = 'licence'");
});

it("S63: a credential that the product refuses is one event and one alarm, until a call is accepted again", async () => {
  const alarms = async () =>
    (await api("GET", `/connections/${gateway.name}/alarms`)).body.alarms
      .map(({ id, says }: Record<string, string>) => [id, says])
      .filter(([id]: string[]) => id === "credential-refused");
  const [id] = await createUsers(gateway, 1, 40);
  const refuse = (status: number, match: object) =>
    gateway.vendor("POST", "/faults", [{ kind: "status", status, times: 100, match }]);
  await refuse(401, { path: "" });
  for (const _ of [1, 2]) expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(503);
  expect(await alarms()).toEqual([
    ["credential-refused", "the product refuses Portico's own credential; renew it in the connection's settings"],
  ]);
  // Some records are refused and others are not: that is one event, and no flood of them.
  await gateway.vendor("DELETE", "/faults");
  expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(200);
  expect(await alarms()).toHaveLength(1);
  expect((await atTimeFromNow(11 * 60_000, () => gateway.scim("GET", `/Users/${id}`))).status).toBe(200);
  expect(await alarms()).toEqual([]);
  // A right that is missing for one operation is not over because others succeed.
  await refuse(403, { method: "PUT" });
  const named = { op: "replace", path: "name.givenName", value: "Other" };
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
  for (const _ of [1, 2]) {
    expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(200);
    expect((await gateway.scim("PATCH", `/Users/${id}`, { schemas, Operations: [named] })).status).toBe(503);
  }
  expect(await alarms()).toHaveLength(1);
  await gateway.vendor("DELETE", "/faults");
  // New settings, and the operation is accepted.
  await gateway.api("PATCH", `/connections/${gateway.name}`, { restoreWithinDays: 29 });
  expect((await gateway.scim("PATCH", `/Users/${id}`, { schemas, Operations: [named] })).status).toBe(200);
  expect(await alarms()).toEqual([]);
  await lookAt(gateway);
  const says = "the product refuses Portico's own credential; renew it in the connection's settings";
  const data = { connection: gateway.name, kind: "credential-refused", count: 1, total: null, says };
  expect(await told(hook, "credential.refused")).toEqual([data, data]);
});
