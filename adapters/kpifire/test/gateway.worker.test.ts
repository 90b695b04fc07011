// kpifire through the gateway: the promised tables, errors with status 200, whole member lists, tiers by group name.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const CALLS = "x-portico-native-calls";

interface NativeUser {
  id: number;
  login: string;
  isActive: number;
  licenseType: number;
}
interface NativeGroup {
  id: number;
  name: string;
  memberIds: number[];
}

const person = (name: string, more: object = {}) => ({
  userName: `${name}@acme.example`,
  externalId: `ext-${name}`,
  active: true,
  name: { givenName: name, familyName: "Example" },
  phoneNumbers: [{ type: "work", value: "+1 555 0100" }],
  [ENTERPRISE]: { department: "Sales" },
  ...more,
});

const open = (options: Record<string, unknown> = {}) => createGateway("kpifire", options);
const nativeUsers = async (gateway: Gateway): Promise<NativeUser[]> =>
  Object.values((await gateway.vendor("GET", "/state")).body.users);
const nativeGroups = async (gateway: Gateway): Promise<NativeGroup[]> =>
  Object.values((await gateway.vendor("GET", "/state")).body.groups);
const tiers = async (gateway: Gateway) =>
  Object.fromEntries((await nativeUsers(gateway)).map((one) => [one.login.split("@")[0], one.licenseType]));

async function addUser(gateway: Gateway, name: string): Promise<string> {
  const answer = await gateway.scim("POST", "/Users", person(name));
  expect(answer.status).toBe(201);
  return answer.body.id;
}
async function addGroup(gateway: Gateway, displayName: string, ...users: string[]): Promise<string> {
  const members = users.map((value) => ({ value }));
  const answer = await gateway.scim("POST", "/Groups", { displayName, ...(users.length > 0 ? { members } : {}) });
  expect(answer.status).toBe(201);
  return answer.body.id;
}
const patch = (gateway: Gateway, path: string, ...operations: object[]) =>
  gateway.scim("PATCH", path, { schemas: [PATCH_OP], Operations: operations });
const add = (gateway: Gateway, group: string, ...users: string[]) =>
  patch(gateway, `/Groups/${group}`, { op: "add", path: "members", value: users.map((value) => ({ value })) });
const remove = (gateway: Gateway, group: string, ...users: string[]) =>
  patch(gateway, `/Groups/${group}`, { op: "remove", path: "members", value: users.map((value) => ({ value })) });
const filter = (type: string, text: string) => `/${type}?filter=${encodeURIComponent(text)}`;

it("S42: /Schemas shows exactly the promised attributes [N4.1]", async () => {
  const gateway = await open();
  const { body } = await gateway.scim("GET", "/Schemas");
  const shown = Object.fromEntries(
    body.Resources.map((schema: { id: string; attributes: { name: string }[] }) => [
      schema.id,
      schema.attributes.map(({ name }) => name).sort(),
    ]),
  );
  expect(shown).toEqual({
    "urn:ietf:params:scim:schemas:core:2.0:User": [
      "active",
      "externalId",
      "groups",
      "name",
      "phoneNumbers",
      "userName",
    ],
    [ENTERPRISE]: ["department"],
    "urn:ietf:params:scim:schemas:core:2.0:Group": ["displayName", "externalId", "members"],
  });
});

describe("users", () => {
  it("E3, E5, E9: are created, changed field by field and removed", async () => {
    const gateway = await open();
    const made = await gateway.scim("POST", "/Users", person("ann"));
    expect(made).toMatchObject({ status: 201, body: { ...person("ann"), [ENTERPRISE]: { department: "Sales" } } });
    expect(made.headers.get(CALLS)).toBe("1");
    const [native] = await nativeUsers(gateway);
    expect(native).toEqual({
      ...{ id: 1, login: "ann@acme.example", firstName: "ann", lastName: "Example", workPhone: "+1 555 0100" },
      ...{ department: "Sales", isActive: 1, licenseType: 1 },
    });
    // Changed in the product, and not the gateway's to change back.
    await gateway.vendor("PATCH", "/state", { users: { "1": { ...native, licenseType: 5 } } });
    const path = `/Users/${made.body.id}`;
    const changed = await patch(
      gateway,
      path,
      { op: "replace", path: "name.familyName", value: "Other" },
      { op: "remove", path: 'phoneNumbers[type eq "work"].value' },
    );
    expect(changed).toMatchObject({ status: 200, body: { name: { givenName: "ann", familyName: "Other" } } });
    expect(changed.body.phoneNumbers).toBeUndefined();
    expect(changed.headers.get(CALLS)).toBe("2");
    expect(await nativeUsers(gateway)).toMatchObject([{ lastName: "Other", workPhone: "", licenseType: 5 }]);
    await patch(gateway, path, { op: "Replace", path: "active", value: "False" });
    expect(await nativeUsers(gateway)).toMatchObject([{ isActive: 0, login: "ann@acme.example", licenseType: 5 }]);
    expect((await gateway.scim("GET", path)).body.active).toBe(false);
    const gone = await gateway.scim("DELETE", path);
    expect(gone).toMatchObject({ status: 204 });
    expect(gone.headers.get(CALLS)).toBe("1");
    expect(await nativeUsers(gateway)).toEqual([]);
    expect((await gateway.scim("GET", path)).status).toBe(404);
  });

  it("E3: a user may be created inactive", async () => {
    const gateway = await open();
    expect(await gateway.scim("POST", "/Users", person("ann", { active: false }))).toMatchObject({ status: 201 });
    expect(await nativeUsers(gateway)).toMatchObject([{ isActive: 0 }]);
  });

  it("S6: an error with status 200 is never a success", async () => {
    const gateway = await open();
    // In the product, behind the gateway's back.
    const users = { "7": { id: 7, login: "Ann@acme.example" } };
    await gateway.vendor("PATCH", "/state", { users, nextId: 8 });
    const twin = await gateway.scim("POST", "/Users", person("ann"));
    expect(twin).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect(twin.body.detail).toContain("userName is taken: ");
    const long = await gateway.scim("POST", "/Users", person("bob", { name: { givenName: "x".repeat(300) } }));
    expect(long).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    const id = await addUser(gateway, "cat");
    await gateway.vendor("POST", "/faults", [
      { kind: "status", status: 200, body: { success: false, error: "Database is locked" }, match: { method: "POST" } },
    ]);
    const refused = await patch(gateway, `/Users/${id}`, { op: "replace", path: "active", value: false });
    expect(refused.status).toBe(400);
    expect(refused.body.detail).not.toContain("Database");
  });

  it("S10: a user who was removed in the product is 404, not an outage", async () => {
    const gateway = await open();
    const id = await addUser(gateway, "ann");
    await addUser(gateway, "bob");
    const { body } = await gateway.vendor("GET", "/state");
    await gateway.vendor("PATCH", "/state", { users: { "2": body.users["2"] } });
    expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(404);
  });

  it("S29: a token that was revoked is 503, and the sentence says where to make a new one", async () => {
    const gateway = await open();
    const id = await addUser(gateway, "ann");
    await gateway.vendor("PATCH", "/state", { apiToken: "another" });
    const answer = await gateway.scim("GET", `/Users/${id}`);
    expect(answer.status).toBe(503);
    expect(answer.body.detail).toContain("API Settings");
  });

  it("S29: the unstated limit's 503 without a header is never a loss", async () => {
    const gateway = await open();
    const id = await addUser(gateway, "ann");
    await gateway.vendor("POST", "/faults", [
      { kind: "status", status: 503, body: "Service Unavailable", match: { method: "GET" } },
    ]);
    // A read is repeated.
    expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(200);
    const many = await Promise.all(Array.from({ length: 25 }, (_, at) => addUser(gateway, `many${at}`)));
    expect(new Set(many).size).toBe(25);
    const { body } = await gateway.vendor("GET", "/log");
    expect(body.calls.filter((call: { status: number; fault?: string }) => call.status === 503 && !call.fault)).toEqual(
      [],
    );
  });
});

describe("licence tiers by group name [S16] [S17]", () => {
  it.each([
    ["Kpifire.Admin", 7],
    ["sg-KPIFIRE.executive-emea", 6],
    ["App kpifire.Strategy", 5],
    ["kpifire.project (all)", 4],
    ["x.kpifire.TEAMMEMBER.y", 3],
    ["Kpifire.Idea", 2],
    ["Kpifire.Viewer", 1],
    ["Kpifire.Viewer and Kpifire.Project", 4],
    ["Kpifire Admin", 2],
    ["xkpifire.adminx", 2],
    ["xKpifire.Admin", 2],
    ["Kpifire.Administrators", 2],
    ["Kpifire.Ideas and Kpifire.Viewer", 1],
    ["Kpifire.Admin2", 2],
    ["sg_kpifire.admin_emea", 7],
  ])("S16: a group named %s gives the licence type %i", async (name, tier) => {
    const gateway = await open({ settings: { licenseDefault: 2 } });
    const ann = await addUser(gateway, "ann");
    expect(await tiers(gateway)).toEqual({ ann: 2 });
    const group = await addGroup(gateway, name);
    expect((await add(gateway, group, ann)).status).toBe(204);
    expect(await tiers(gateway)).toEqual({ ann: tier });
  });

  it("S16: groups that the settings name give what they say, by their whole name, and no other does", async () => {
    const groupLicences = { "Strategy team": "Strategy" };
    const gateway = await open({ settings: { licenseDefault: 2, groupLicences } });
    const [ann, bob] = [await addUser(gateway, "ann"), await addUser(gateway, "bob")];
    await add(gateway, await addGroup(gateway, "strategy TEAM"), ann);
    await add(gateway, await addGroup(gateway, "Kpifire.Admin"), bob);
    await add(gateway, await addGroup(gateway, "Strategy team of old"), bob);
    expect(await tiers(gateway)).toEqual({ ann: 5, bob: 2 });
  });

  it("S16: the highest tier wins, in any order, and an existing user without one is left unchanged", async () => {
    const gateway = await open({ seed: { users: { "1": { id: 1, login: "old", licenseType: 6 } }, nextId: 2 } });
    const found = await gateway.scim("GET", filter("Users", 'userName eq "old"'));
    const old: string = found.body.Resources[0].id;
    const ann = await addUser(gateway, "ann");
    const project = await addGroup(gateway, "Kpifire.Project", ann);
    const admin = await addGroup(gateway, "Kpifire.Admin", ann);
    const staff = await addGroup(gateway, "Staff", ann, old);
    expect(await tiers(gateway)).toEqual({ old: 6, ann: 7 });
    await remove(gateway, admin, ann);
    expect(await tiers(gateway)).toEqual({ old: 6, ann: 4 });
    await remove(gateway, staff, old);
    await remove(gateway, project, ann);
    // What Portico gave is taken back to the connection's default; what it found stays.
    expect(await tiers(gateway)).toEqual({ old: 6, ann: 1 });
  });

  it("S17: renaming or deleting a tiered group works its members' tiers out again", async () => {
    const gateway = await open();
    const [ann, bob] = [await addUser(gateway, "ann"), await addUser(gateway, "bob")];
    const group = await addGroup(gateway, "Kpifire.Project", ann, bob);
    await addGroup(gateway, "Kpifire.Idea", bob);
    expect(await tiers(gateway)).toEqual({ ann: 4, bob: 4 });
    const renamed = { op: "replace", path: "displayName", value: "Kpifire.Executive" };
    expect((await patch(gateway, `/Groups/${group}`, renamed)).status).toBe(204);
    expect(await nativeGroups(gateway)).toMatchObject([{ name: "Kpifire.Executive" }, { name: "Kpifire.Idea" }]);
    expect(await tiers(gateway)).toEqual({ ann: 6, bob: 6 });
    expect((await gateway.scim("DELETE", `/Groups/${group}`)).status).toBe(204);
    expect(await tiers(gateway)).toEqual({ ann: 1, bob: 2 });
  });
});
