// Directus through the gateway: what its 403 and its 204 are taken for, which policies are groups, and what each operation costs.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const ADMIN_ID = "90000000-0000-4000-8000-000000000001";
const person = (name: string) => ({
  userName: `${name}@example.com`,
  emails: [{ type: "work", value: `${name}@example.com` }],
  name: { givenName: "Ada", familyName: "Lovelace" },
});
const patch = (...Operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});
const replace = (path: string, value: unknown) => patch({ op: "replace", path, value });
const filter = (text: string) => `?filter=${encodeURIComponent(text)}`;

interface Policy {
  id: string;
  name: string;
  admin_access: boolean;
  shows?: string[];
}
interface State {
  users: Record<string, { id: string; email: string | null; status: string; role: string | null }>;
  policies: Record<string, Policy>;
  access: Record<string, { id: string; user: string | null; role: string | null; policy: string }>;
}
const native = async (gateway: Gateway): Promise<State> => (await gateway.vendor("GET", "/state")).body;
const seed = (gateway: Gateway, parts: object) => gateway.vendor("PATCH", "/state", parts);
const create = async (gateway: Gateway, name: string): Promise<string> =>
  (await gateway.scim("POST", "/Users", person(name))).body.id;

/** A group with one member, as SCIM and Directus have it. */
async function withTeam(gateway: Gateway, user: string) {
  const { body } = await gateway.scim("POST", "/Groups", { displayName: "Team", members: [{ value: user }] });
  const state = await native(gateway);
  const policy = Object.values(state.policies).find(({ name }) => name === "Team")?.id ?? "";
  const member = Object.values(state.access).find((row) => row.policy === policy)?.user ?? "";
  return { id: String(body.id), policy, member };
}

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

  it("S1: gets the connection's role once, and a role that is not there is a 502 for the operator", async () => {
    const role = "90000000-0000-4000-8000-00000000000c";
    const gateway = await createGateway("directus", { settings: { role } });
    expect((await gateway.scim("POST", "/Users", person("ada"))).status).toBe(502);
    const { roles } = (await gateway.vendor("GET", "/state")).body;
    await seed(gateway, { roles: { ...roles, [role]: { id: role, name: "Authors", parent: null } } });
    const bob = await create(gateway, "bob");
    expect((await gateway.scim("PATCH", `/Users/${bob}`, replace("title", "Author"))).status).toBeLessThan(300);
    const made = Object.values((await native(gateway)).users).find(({ email }) => email === "bob@example.com");
    expect(made?.role).toBe(role);
  });
});

describe("a policy", () => {
  it("S3: of administrators, of everybody or of a role is no group", async () => {
    const gateway = await createGateway("directus");
    for (const name of ["Administrator", "$t:public_label"]) {
      const { body } = await gateway.scim("GET", `/Groups${filter(`displayName eq "${name}"`)}`);
      expect(body.totalResults, name).toBe(0);
    }
    expect((await gateway.scim("GET", "/Groups")).body.totalResults).toBe(0);
  });

  const takings: [string, (gateway: Gateway, policy: string) => Promise<unknown>][] = [
    [
      "gives administrator access",
      async (gateway, policy) => {
        const { policies } = await native(gateway);
        await seed(gateway, { policies: { ...policies, [policy]: { ...policies[policy], admin_access: true } } });
      },
    ],
    [
      "is a role's",
      async (gateway, policy) => {
        const { access, users } = await native(gateway);
        const row = { id: "90000000-0000-4000-8000-00000000000d", user: null, role: users[ADMIN_ID]?.role, policy };
        await seed(gateway, { access: { ...access, [row.id]: row } });
      },
    ],
  ];
  it.each(takings)("S22: that %s by now is not changed any more", async (_title, take) => {
    const gateway = await createGateway("directus");
    const [ada, bob] = [await create(gateway, "ada"), await create(gateway, "bob")];
    const team = await withTeam(gateway, ada);
    await take(gateway, team.policy);
    const before = await native(gateway);
    const add = patch({ op: "add", path: "members", value: [{ value: bob }] });
    const remove = patch({ op: "remove", path: `members[value eq "${ada}"]` });
    for (const change of [add, remove, replace("displayName", "Else")]) {
      expect((await gateway.scim("PATCH", `/Groups/${team.id}`, change)).status).toBe(404);
    }
    expect((await gateway.scim("DELETE", `/Groups/${team.id}`)).status).toBe(404);
    expect(await native(gateway)).toEqual(before);
  });

  it("S13: that a user has twice is taken from them whole, and never given twice", async () => {
    const gateway = await createGateway("directus");
    const ada = await create(gateway, "ada");
    const { id, policy, member } = await withTeam(gateway, ada);
    const rows = async () => Object.values((await native(gateway)).access).filter((row) => row.policy === policy);
    const add = patch({ op: "add", path: "members", value: [{ value: ada }] });
    expect((await gateway.scim("PATCH", `/Groups/${id}`, add)).status).toBeLessThan(300);
    expect(await rows()).toHaveLength(1);
    const second = { id: "90000000-0000-4000-8000-00000000000e", user: member, role: null, policy };
    await seed(gateway, { access: { ...(await native(gateway)).access, [second.id]: second } });
    expect((await gateway.scim("GET", `/Groups/${id}`)).body.members).toHaveLength(1);
    const remove = patch({ op: "remove", path: `members[value eq "${ada}"]` });
    expect((await gateway.scim("PATCH", `/Groups/${id}`, remove)).status).toBeLessThan(300);
    expect(await rows()).toEqual([]);
  });
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
