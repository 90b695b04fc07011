// Directus through the gateway: what its 403 and its 204 are taken for, who is a user, and what each operation costs.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";
import { ADMIN_ID, create, filter, native, patch, person, replace, seed, withTeam } from "./world.ts";

/** Takes administrator access from the token's user, who is left with a policy of theirs. */
async function demote(gateway: Gateway, policy: object): Promise<void> {
  const { users, policies, access } = await native(gateway);
  const id = "90000000-0000-4000-8000-00000000000a";
  await seed(gateway, {
    users: { ...users, [ADMIN_ID]: { ...users[ADMIN_ID], role: null } },
    policies: { ...policies, [id]: { id, name: "left", ...policy } },
    access: { ...access, [id]: { id, user: ADMIN_ID, role: null, policy: id } },
  });
}

describe("a token", () => {
  const losses: [string, (gateway: Gateway) => Promise<unknown>][] = [
    ["that Directus does not know any more", async (gateway) => reseedUser(gateway, { token: "renewed" })],
    ["of a user who is suspended", async (gateway) => reseedUser(gateway, { status: "suspended" })],
    ["that shows its own user alone", (gateway) => demote(gateway, { app_access: true })],
    ["that shows nobody", (gateway) => demote(gateway, {})],
    ["that shows some of the users", (gateway) => demote(gateway, { shows: ["eve@example.com"] })],
  ];

  async function reseedUser(gateway: Gateway, change: object) {
    const { users } = await native(gateway);
    await seed(gateway, { users: { ...users, [ADMIN_ID]: { ...users[ADMIN_ID], ...change } } });
  }

  it("S10 S29: a token that lost its rights is a 503 for the operator, and nobody is lost", async () => {
    for (const [loss, lose] of losses) {
      const gateway = await createGateway("directus", { settings: { onDelete: "remove" } });
      const [ada, bob] = [await create(gateway, "ada"), await create(gateway, "bob")];
      const team = await withTeam(gateway, ada);
      const before = await native(gateway);
      await lose(gateway);
      const statuses: number[] = [];
      const ask = async (...asked: Parameters<Gateway["scim"]>) => statuses.push((await gateway.scim(...asked)).status);
      for (const id of [ada, bob]) await ask("GET", `/Users/${id}`);
      await ask("PATCH", `/Users/${ada}`, replace("title", "Analyst"));
      await ask("PATCH", `/Users/${ada}`, replace("active", false));
      await ask("DELETE", `/Users/${bob}`);
      await ask("DELETE", `/Groups/${team.id}`);
      expect(statuses, loss).toEqual(statuses.map(() => 503));
      await seed(gateway, before);
      for (const id of [ada, bob]) expect((await gateway.scim("GET", `/Users/${id}`)).status, loss).toBe(200);
      expect((await gateway.scim("GET", `/Groups/${team.id}`)).body.members, loss).toHaveLength(1);
    }
  });

  it("S22: its own user is neither suspended nor removed", async () => {
    const gateway = await createGateway("directus", { settings: { onDelete: "remove" } });
    const { body } = await gateway.scim("GET", `/Users${filter('userName eq "admin@example.com"')}`);
    const admin = `/Users/${body.Resources[0].id}`;
    expect((await gateway.scim("PATCH", admin, replace("active", false))).status).toBe(403);
    expect((await gateway.scim("DELETE", admin)).status).toBe(403);
    expect((await native(gateway)).users[ADMIN_ID]?.status).toBe("active");
  });
});

describe("a user", () => {
  it("S10: who is gone is 404, although Directus answers 204 to a change of nobody", async () => {
    const gateway = await createGateway("directus");
    const ada = await create(gateway, "ada");
    const { users } = await native(gateway);
    const left = Object.fromEntries(Object.entries(users).filter(([, { email }]) => email !== "ada@example.com"));
    await seed(gateway, { users: left });
    expect((await gateway.scim("PATCH", `/Users/${ada}`, replace("title", "Analyst"))).status).toBe(404);
    expect((await gateway.scim("GET", `/Users/${ada}`)).status).toBe(404);
  });

  it("S22: with administrator access by a role above their own is protected", async () => {
    const gateway = await createGateway("directus");
    const ada = await create(gateway, "ada");
    const { users } = await native(gateway);
    const role = { id: "90000000-0000-4000-8000-00000000000b", name: "below", parent: users[ADMIN_ID]?.role };
    const roles = { ...(await gateway.vendor("GET", "/state")).body.roles, [role.id]: role };
    const changed = Object.values(users).map((one) =>
      one.email === "ada@example.com" ? { ...one, role: role.id } : one,
    );
    await seed(gateway, { roles, users: Object.fromEntries(changed.map((one) => [one.id, one])) });
    const refused = await gateway.scim("PATCH", `/Users/${ada}`, replace("active", false));
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringMatching(/administrator of the product/)]);
  });

  it("S9: who was invited is inactive, and is suspended when told so", async () => {
    const gateway = await createGateway("directus");
    const ada = await create(gateway, "ada");
    const { users } = await native(gateway);
    const invited = Object.values(users).map((one) => (one.id === ADMIN_ID ? one : { ...one, status: "invited" }));
    await seed(gateway, { users: Object.fromEntries(invited.map((one) => [one.id, one])) });
    expect((await gateway.scim("GET", `/Users/${ada}`)).body.active).toBe(false);
    expect((await gateway.scim("PATCH", `/Users/${ada}`, replace("active", false))).status).toBeLessThan(300);
    const after = Object.values((await native(gateway)).users).find((one) => one.id !== ADMIN_ID);
    expect(after?.status).toBe("suspended");
  });

  it("S3: who has no address is not listed", async () => {
    const id = "10000001-0000-4000-8000-000000000009";
    const gateway = await createGateway("directus");
    const { users } = await native(gateway);
    await seed(gateway, { users: { ...users, [id]: { id, email: null, token: "a program's" } } });
    expect((await gateway.scim("GET", "/Users")).body.totalResults).toBe(1);
  });

  it("S1: gets the connection's role once; a role that is not there, or gives administrator access, makes nobody", async () => {
    const role = "90000000-0000-4000-8000-00000000000c";
    const gateway = await createGateway("directus", { settings: { role } });
    const { users } = await native(gateway);
    const { roles } = (await gateway.vendor("GET", "/state")).body;
    const parent = users[ADMIN_ID]?.role;
    for (const made of [undefined, { parent }]) {
      if (made) await seed(gateway, { roles: { ...roles, [role]: { id: role, name: "Authors", ...made } } });
      expect((await gateway.scim("POST", "/Users", person("ada"))).status).toBe(502);
      expect((await native(gateway)).users).toEqual(users);
    }
    await seed(gateway, { roles: { ...roles, [role]: { id: role, name: "Authors", parent: null } } });
    const bob = await create(gateway, "bob");
    expect((await gateway.scim("PATCH", `/Users/${bob}`, replace("title", "Author"))).status).toBeLessThan(300);
    const made = Object.values((await native(gateway)).users).find(({ email }) => email === "bob@example.com");
    expect(made?.role).toBe(role);
  });
});

it("S29: a limit of active users is a 403 for the client, and no refusal of the token", async () => {
  const gateway = await createGateway("directus");
  const body = {
    errors: [{ message: "exceeded", extensions: { category: "Active App users", code: "LIMIT_EXCEEDED" } }],
  };
  await gateway.vendor("POST", "/faults", [{ kind: "status", status: 403, body, match: { method: "POST" } }]);
  const refused = await gateway.scim("POST", "/Users", person("ada"));
  expect([refused.status, refused.body.detail]).toEqual([403, expect.stringMatching(/as many active users as it may/)]);
  expect((await gateway.api("GET", `/connections/${gateway.name}/alarms`)).body.alarms).toEqual([]);
  expect((await gateway.scim("POST", "/Users", person("ada"))).status).toBe(201);
});

it("S30: each operation makes as few native calls as it can", async () => {
  const gateway = await createGateway("directus");
  const calls = async (method: string, path: string, body?: unknown) => {
    await gateway.vendor("DELETE", "/log");
    const answer = await gateway.scim(method, path, body);
    expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    const { body: log } = await gateway.vendor("GET", "/log");
    const made = log.calls.map(
      (call: { method: string; path: string }) => `${call.method} ${call.path.replaceAll(/[0-9a-f-]{36}/g, "n")}`,
    );
    return { made, body: answer.body };
  };
  const match = `/Users${filter('userName eq "ada@example.com"')}`;
  expect((await calls("GET", match)).made).toEqual(["GET /users"]);
  const ada = await calls("POST", "/Users", person("ada"));
  expect(ada.made).toEqual(["POST /users"]);
  const user = `/Users/${ada.body.id}`;
  expect((await calls("GET", match)).made).toEqual(["GET /users/n"]);
  expect((await calls("PATCH", user, replace("title", "Analyst"))).made).toEqual(["PATCH /users/n"]);
  const team = await calls("POST", "/Groups", { displayName: "Team" });
  expect(team.made).toEqual(["POST /policies"]);
  const group = `/Groups/${team.body.id}`;
  const members = [{ value: ada.body.id }];
  const add = patch({ op: "add", path: "members", value: members });
  expect((await calls("PATCH", group, add)).made).toEqual(["GET /policies/n", "POST /access"]);
  expect((await calls("PATCH", group, replace("displayName", "Crew"))).made).toEqual([
    "GET /policies/n",
    "PATCH /policies/n",
  ]);
  const remove = patch({ op: "remove", path: "members", value: members });
  expect((await calls("PATCH", group, remove)).made).toEqual(["GET /policies/n", "DELETE /access"]);
  expect((await calls("PATCH", user, replace("active", false))).made).toEqual(["GET /users/n", "PATCH /users/n"]);
  expect((await calls("DELETE", group)).made).toEqual(["GET /policies/n", "DELETE /policies/n"]);
  expect((await calls("GET", "/Users?count=100")).made).toEqual(["GET /users"]);
});
