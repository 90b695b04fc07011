// Who a protected name is: found once and remembered, Portico's own account among them [S22].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { runAlarmAfter } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const mail = (name: string) => `${name}@example.com`;
const person = (name: string) => ({
  userName: mail(name),
  externalId: name,
  name: { givenName: "Ada", familyName: "Lovelace" },
  emails: [{ type: "work", value: mail(name) }],
});
const patch = (...operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: operations,
});

async function create(gateway: Gateway, name: string): Promise<string> {
  const { status, body } = await gateway.scim("POST", "/Users", person(name));
  expect(status).toBe(201);
  return body.id;
}

const change = async (gateway: Gateway, body: object) =>
  expect((await gateway.api("PATCH", `/connections/${gateway.name}`, body)).status).toBe(200);
const disable = (gateway: Gateway, id: string) =>
  gateway.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
const statusOf = async (gateway: Gateway) => (await gateway.api("GET", `/connections/${gateway.name}/protected`)).body;

/** The vendor's own administrator changes a user. */
async function changeNatively(
  gateway: Gateway,
  part: string,
  isIt: (one: Row) => boolean,
  to: object,
): Promise<string> {
  const { body } = await gateway.vendor("GET", "/state");
  const [id, record] = Object.entries<Row>(body[part]).find(([, one]) => isIt(one)) ?? [];
  expect(id).toBeDefined();
  await gateway.vendor("PATCH", "/state", { [part]: { ...body[part], [id ?? ""]: { ...record, ...to } } });
  return id ?? "";
}
type Row = Record<string, unknown>;

async function sweep(gateway: Gateway): Promise<void> {
  await gateway.api("POST", `/connections/${gateway.name}/sweep`);
  await gateway.settle();
}

describe("a protected name", () => {
  it("S22: leads to the same account after its address was changed at the vendor, and to no other", async () => {
    const gateway = await createGateway("keepnet", { protected: { users: [mail("root")], groups: [] } });
    const root = await create(gateway, "root");
    await sweep(gateway);
    const nativeId = await changeNatively(gateway, "users", (one) => one.email === mail("root"), {
      email: mail("moved"),
    });
    expect((await gateway.scim("DELETE", `/Users/${root}`)).status).toBe(403);
    await sweep(gateway);
    expect((await gateway.scim("GET", `/Users/${root}`)).body.userName).toBe(mail("moved"));
    expect((await disable(gateway, root)).status).toBe(403);
    expect((await statusOf(gateway)).users).toEqual([{ name: mail("root"), id: root, nativeId }]);
    // The name is another user's now, who can be deleted.
    const other = await gateway.scim("POST", "/Users", { ...person("root"), externalId: "other" });
    expect(other.status).toBe(201);
    expect((await disable(gateway, other.body.id)).status).toBe(200);
    expect((await disable(gateway, root)).status).toBe(403);
  });

  it("S22: is found when it is configured, also where a user has the name only since the last sweep", async () => {
    const gateway = await createGateway("keepnet");
    const root = await create(gateway, "plain");
    await changeNatively(gateway, "users", (one) => one.email === mail("plain"), { email: mail("root") });
    await change(gateway, { protected: { users: [mail("root")], groups: [] } });
    const refused = await gateway.scim("DELETE", `/Users/${root}`);
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringMatching(/protected/)]);
    await change(gateway, { protected: { users: [], groups: [] } });
    expect((await gateway.scim("DELETE", `/Users/${root}`)).status).toBe(204);
  });

  it("S22: may be a native id, and is matched by name again once its account is gone", async () => {
    const gateway = await createGateway("keepnet", { protected: { users: [mail("root")], groups: [] } });
    const root = await create(gateway, "root");
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) await create(gateway, `other${n}`);
    const nativeId = await changeNatively(gateway, "users", (one) => one.email === mail("root"), {});
    await sweep(gateway);
    await changeNatively(gateway, "users", (one) => one.email === mail("root"), { isDeleted: true });
    await sweep(gateway);
    expect((await gateway.scim("GET", `/Users/${root}`)).status).toBe(404);
    const again = await create(gateway, "root");
    expect((await disable(gateway, again)).status).toBe(403);
    const { body } = await gateway.vendor("GET", "/state");
    const fresh = Object.keys(body.users).find((id) => id !== nativeId && body.users[id].email === mail("root"));
    await change(gateway, { protected: { users: [fresh], groups: [] } });
    expect((await disable(gateway, again)).status).toBe(403);
  });

  it("S22 S17: of a group leads to the same group after it was renamed at the vendor", async () => {
    const gateway = await createGateway("keepnet", { protected: { users: [], groups: ["Break glass"] } });
    const group = await gateway.scim("POST", "/Groups", { displayName: "Break glass", members: [] });
    await sweep(gateway);
    await changeNatively(gateway, "groups", (one) => one.name === "Break glass", { name: "Glass" });
    expect((await gateway.scim("DELETE", `/Groups/${group.body.id}`)).status).toBe(403);
  });

  it("S22: saves its account from a change that was accepted before it was protected", async () => {
    const gateway = await createGateway("keepnet");
    const [root, other] = [await create(gateway, "root"), await create(gateway, "other")];
    const members = [{ value: root }, { value: other }];
    const group = await gateway.scim("POST", "/Groups", { displayName: "Break glass", members });
    await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => {
      for (const [at, id] of [root, other].entries()) {
        storage.sql.exec("delete from members where user_id = ?", id);
        storage.sql.exec(
          `insert into owed (id, kind, link_id, key, operation, why, since, due_at)
           values (?, 'membership', ?, ?, '{"op":"remove"}', '', ?, 0)`,
          `waiting-${at}`,
          group.body.id,
          id,
          Date.now(),
        );
      }
      storage.sql.exec("insert into due_jobs values ('membership', 0, 0)");
    });
    await change(gateway, { protected: { users: [mail("root")], groups: ["Break glass"] } });
    await vi.waitFor(async () => expect(await runAlarmAfter(gateway, 1_000)).toBe(true), { timeout: 10_000 });
    const { body } = await gateway.vendor("GET", "/state");
    const [native] = Object.values<{ members: string[] }>(body.groups);
    expect(native?.members.map((id) => body.users[id].email)).toEqual([mail("root")]);
    const { body: left } = await gateway.api("GET", `/connections/${gateway.name}/pending`);
    expect(left.owed).toMatchObject([
      { kind: "membership", user: root, isParked: true, why: expect.stringMatching(/protect/) },
    ]);
  });

  it("S22 S19: ends a pending disable", async () => {
    const gateway = await createGateway("keeper");
    const root = await create(gateway, "root");
    expect((await disable(gateway, root)).body.active).toBe(false);
    await change(gateway, { protected: { users: [mail("root")], groups: [] } });
    await changeNatively(gateway, "users", (one) => one.email === mail("root"), { status: "Active" });
    // The object's own alarm may be busy with the change of the connection.
    await vi.waitFor(async () => expect(await runAlarmAfter(gateway, 3_600_001)).toBe(true), { timeout: 10_000 });
    expect((await gateway.scim("GET", `/Users/${root}`)).body.active).toBe(true);
    const { body } = await gateway.vendor("GET", "/state");
    expect(Object.values(body.users)).toMatchObject([{ status: "Active" }]);
  });

  it("S22 S21: works in plan mode too, for the user that the name was found to be", async () => {
    const gateway = await createGateway("keepnet", { protected: { users: [mail("root")], groups: [] } });
    const root = await create(gateway, "root");
    await sweep(gateway);
    await changeNatively(gateway, "users", (one) => one.email === mail("root"), { email: mail("moved") });
    await sweep(gateway);
    await change(gateway, { mode: "plan" });
    expect((await disable(gateway, root)).status).toBe(403);
    expect((await statusOf(gateway)).users).toMatchObject([{ id: root }]);
  });

  it("S22: a password for a protected user is refused, for any other user it is dropped", async () => {
    const gateway = await createGateway("keepnet", { protected: { users: [mail("root")], groups: [] } });
    const [root, other] = [await create(gateway, "root"), await create(gateway, "other")];
    const password = "correct horse battery staple";
    for (const [id, name, status] of [
      [root, "root", 403],
      [other, "other", 200],
    ] as const) {
      const put = await gateway.scim("PUT", `/Users/${id}`, { ...person(name), password });
      const set = await gateway.scim("PATCH", `/Users/${id}`, patch({ op: "add", value: { password } }));
      expect([put.status, set.status]).toEqual([status, status]);
      if (status === 403) expect(set.body.detail).toMatch(/password.*protected/);
      expect(JSON.stringify([put.body, set.body])).not.toContain(password);
    }
  });
});

describe("the account whose credential the connection uses", () => {
  const KEY = "fake-redmine-api-key";
  const give = async (gateway: Gateway, login: string) => {
    await changeNatively(gateway, "users", (one) => one.api_key === KEY, { api_key: "former" });
    return changeNatively(gateway, "users", (one) => one.login === login, { api_key: KEY, admin: true });
  };

  it("S22: is asked for again when the connection was changed, before anything is taken away", async () => {
    const gateway = await createGateway("redmine", { settings: { onDelete: "remove" } });
    const [ada, bob] = [await create(gateway, "ada"), await create(gateway, "bob")];
    expect((await statusOf(gateway)).account).toMatchObject({ nativeId: "1" });
    const nativeId = await give(gateway, mail("ada"));
    await change(gateway, { settings: { apiKey: KEY } });
    const refused = await gateway.scim("DELETE", `/Users/${ada}`);
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringMatching(/credential/)]);
    expect((await statusOf(gateway)).account).toEqual({ id: ada, nativeId });
    expect((await gateway.scim("DELETE", `/Users/${bob}`)).status).toBe(204);
  });

  it("S22 S29: no user is disabled or deleted while the vendor cannot say whose credential it is", async () => {
    const gateway = await createGateway("redmine", { settings: { onDelete: "remove" } });
    const ada = await create(gateway, "ada");
    await gateway.vendor("POST", "/faults", [
      { kind: "status", status: 404, times: 100, match: { path: "^/users/current.json$" } },
    ]);
    await change(gateway, { settings: { apiKey: KEY } });
    const early = await gateway.scim("DELETE", `/Users/${ada}`);
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect((await gateway.scim("GET", `/Users/${ada}`)).status).toBe(200);
    await gateway.vendor("DELETE", "/faults");
    expect((await gateway.scim("DELETE", `/Users/${ada}`)).status).toBe(204);
  });

  it("S22: where the key may not ask whose it is, requests go on and the trace says so", async () => {
    const commands = ["enterprise-info", "enterprise-user", "enterprise-team", "enterprise-down"];
    const keys = { "fake-service-mode-key": { commands } };
    const gateway = await createGateway("keeper", { seed: { keys } });
    const ada = await create(gateway, "ada");
    await changeNatively(gateway, "users", () => true, { status: "Active" });
    expect((await statusOf(gateway)).account).toEqual({ id: null, nativeId: null });
    expect((await disable(gateway, ada)).status).toBe(200);
    const other = await createGateway("keepnet");
    expect((await statusOf(other)).account).toBeNull();
  });
});
