// Klaxoon through the gateway: the promised tables, externalId at the vendor, disabling instead of deleting, PRO licences.

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { type Answer, createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const LICENSE = "urn:ietf:params:scim:schemas:extension:klaxoon:2.0:Group";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const WORK = 'emails[type eq "work"].value';

interface NativeUser {
  id: string;
  username: string;
  email: string;
  external_id: string | null;
  first_name: string;
  last_name: string;
  status: string;
  license: string;
}
interface NativeGroup {
  id: string;
  name: string;
  external_id: string | null;
  license: boolean;
  members: string[];
}

const person = (name: string, more: object = {}) => ({
  userName: name,
  externalId: `ext-${name}`,
  active: true,
  emails: [{ type: "work", value: `${name}@mail.example` }],
  name: { givenName: name, familyName: "Example" },
  ...more,
});

const open = (options: Record<string, unknown> = {}) => createGateway("klaxoon", options);
const nativeUsers = async (gateway: Gateway): Promise<NativeUser[]> =>
  Object.values((await gateway.vendor("GET", "/state")).body.users);
const nativeUser = async (gateway: Gateway, name: string) =>
  (await nativeUsers(gateway)).find((one) => one.username === name);
const nativeGroups = async (gateway: Gateway): Promise<NativeGroup[]> =>
  Object.values((await gateway.vendor("GET", "/state")).body.groups);
const licenses = async (gateway: Gateway) =>
  Object.fromEntries((await nativeUsers(gateway)).map((one) => [one.username, one.license]));

async function addUser(gateway: Gateway, name: string): Promise<string> {
  const answer = await gateway.scim("POST", "/Users", person(name));
  expect(answer.status).toBe(201);
  return answer.body.id;
}

async function addGroup(gateway: Gateway, name: string, license?: unknown, members: string[] = []): Promise<Answer> {
  return gateway.scim("POST", "/Groups", {
    displayName: name,
    externalId: `ext-${name}`,
    ...(license === undefined ? {} : { [LICENSE]: { license } }),
    ...(members.length > 0 ? { members: members.map((value) => ({ value })) } : {}),
  });
}

const patch = (gateway: Gateway, path: string, ...operations: object[]) =>
  gateway.scim("PATCH", path, { schemas: [PATCH_OP], Operations: operations });
const add = (gateway: Gateway, group: string, ...users: string[]) =>
  patch(gateway, `/Groups/${group}`, { op: "add", path: "members", value: users.map((value) => ({ value })) });
const remove = (gateway: Gateway, group: string, ...users: string[]) =>
  patch(gateway, `/Groups/${group}`, { op: "remove", path: "members", value: users.map((value) => ({ value })) });
const filter = (type: string, text: string) => `/${type}?filter=${encodeURIComponent(text)}`;

describe("the promised tables [N3.1]", () => {
  it("S42: /Schemas shows exactly the promised attributes with what is required", async () => {
    const gateway = await open();
    const { body } = await gateway.scim("GET", "/Schemas");
    const shown = Object.fromEntries(
      body.Resources.map((schema: { id: string; attributes: { name: string; required: boolean }[] }) => [
        schema.id,
        schema.attributes.map(({ name, required }) => `${name}${required ? "*" : ""}`).sort(),
      ]),
    );
    expect(shown).toEqual({
      "urn:ietf:params:scim:schemas:core:2.0:User": [
        "active*",
        "emails*",
        "externalId",
        "groups",
        "name*",
        "userName*",
      ],
      "urn:ietf:params:scim:schemas:core:2.0:Group": ["displayName*", "externalId", "members"],
      [LICENSE]: ["license"],
    });
    const license = body.Resources.find((one: { id: string }) => one.id === LICENSE).attributes[0];
    expect(license).toMatchObject({ type: "string", canonicalValues: ["true", "false"] });
  });

  it.each(["emails", "name"])("S1: a user without %s is refused by name", async (missing) => {
    const gateway = await open();
    const answer = await gateway.scim("POST", "/Users", person("ann", { [missing]: undefined }));
    expect(answer).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    expect(answer.body.detail).toContain(missing);
    expect(await nativeUsers(gateway)).toEqual([]);
  });

  it("S1: a group of a client that sends no externalId is created with a made one", async () => {
    const gateway = await open();
    const answer = await gateway.scim("POST", "/Groups", { displayName: "Sales" });
    expect(answer).toMatchObject({ status: 201, body: { displayName: "Sales" } });
    expect(answer.body.externalId).toBeUndefined();
    expect(await nativeGroups(gateway)).toMatchObject([{ external_id: `portico-${answer.body.id}` }]);
  });

  it("E2: userName and e-mail are two values, and each is a match of its own with one native call", async () => {
    const gateway = await open();
    const id = await addUser(gateway, "ann");
    for (const text of ['userName eq "ANN"', `${WORK} eq "Ann@mail.example"`, 'externalId eq "ext-ann"']) {
      const found = await gateway.scim("GET", filter("Users", text));
      expect(found.body.Resources).toMatchObject([{ id, userName: "ann", externalId: "ext-ann" }]);
      expect(found.headers.get("x-portico-native-calls")).toBe("1");
    }
    await patch(gateway, `/Users/${id}`, { op: "replace", path: WORK, value: "other@mail.example" });
    expect(await nativeUser(gateway, "ann")).toMatchObject({ username: "ann", email: "other@mail.example" });
    expect((await gateway.scim("GET", filter("Users", 'externalId eq "EXT-ANN"'))).body.totalResults).toBe(0);
  });
});

describe("externalId, which the product holds itself", () => {
  it("S1: is written natively for users and groups, and follows changes from either side", async () => {
    const gateway = await open();
    const id = await addUser(gateway, "ann");
    expect(await nativeUser(gateway, "ann")).toMatchObject({ external_id: "ext-ann" });
    await patch(gateway, `/Users/${id}`, { op: "replace", path: "externalId", value: "ext-2" });
    const native = await nativeUser(gateway, "ann");
    expect(native?.external_id).toBe("ext-2");
    const cleared = await patch(gateway, `/Users/${id}`, { op: "remove", path: "externalId" });
    expect(cleared.body.externalId).toBeUndefined();
    expect(await nativeUser(gateway, "ann")).toMatchObject({ external_id: `portico-${id}` });

    await gateway.vendor("PATCH", "/state", { users: { [native?.id ?? ""]: { ...native, external_id: "ext-3" } } });
    expect((await gateway.scim("GET", `/Users/${id}`)).body.externalId).toBe("ext-3");
    expect((await gateway.scim("GET", filter("Users", 'externalId eq "ext-3"'))).body.totalResults).toBe(1);
    expect((await gateway.scim("GET", filter("Users", 'externalId eq "ext-2"'))).body.totalResults).toBe(0);

    const group = await addGroup(gateway, "Sales");
    expect(await nativeGroups(gateway)).toMatchObject([{ name: "Sales", external_id: "ext-Sales" }]);
    await patch(gateway, `/Groups/${group.body.id}`, { op: "replace", value: { externalId: "ext-9" } });
    expect(await nativeGroups(gateway)).toMatchObject([{ name: "Sales", external_id: "ext-9" }]);
    await add(gateway, group.body.id, id);
    expect((await gateway.scim("GET", `/Groups/${group.body.id}`)).body).toMatchObject({ externalId: "ext-9" });
  });

  it("S6: an account that was there before brings its externalId along", async () => {
    const id = "11111111-1111-4111-8111-111111111111";
    const native = {
      ...{ id, username: "old", email: "old@mail.example", external_id: "native-1" },
      ...{ first_name: "Old", last_name: "Hand", created_at: "", updated_at: "" },
    };
    const gateway = await open({ seed: { users: { [id]: native } } });
    const found = await gateway.scim("GET", filter("Users", 'externalId eq "native-1"'));
    expect(found.body.Resources).toMatchObject([{ userName: "old", externalId: "native-1" }]);
  });
});

describe("disabling instead of deleting", () => {
  it("S8, S9: active: false deactivates; DELETE deactivates and hides; a new POST reuses the account under a new id", async () => {
    const gateway = await open();
    const id = await addUser(gateway, "ann");
    const off = await patch(gateway, `/Users/${id}`, { op: "Replace", path: "active", value: "False" });
    expect(off).toMatchObject({ status: 200, body: { active: false } });
    expect(await nativeUser(gateway, "ann")).toMatchObject({ status: "deactivated" });
    await patch(gateway, `/Users/${id}`, { op: "Replace", path: "active", value: "True" });
    expect(await nativeUser(gateway, "ann")).toMatchObject({ status: "active" });

    expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(204);
    expect(await nativeUser(gateway, "ann")).toMatchObject({ status: "deactivated" });
    expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(404);
    expect((await gateway.scim("GET", filter("Users", 'userName eq "ann"'))).body.totalResults).toBe(0);
    const again = await gateway.scim("POST", "/Users", person("ann", { name: { givenName: "A", familyName: "B" } }));
    expect(again).toMatchObject({ status: 201, body: { userName: "ann" } });
    expect(again.body.id).not.toBe(id);
    expect(await nativeUsers(gateway)).toMatchObject([{ username: "ann", first_name: "A", status: "active" }]);
  });

  it("S6: refusals of the product become our own sentences", async () => {
    const gateway = await open();
    await addUser(gateway, "ann");
    const twin = await gateway.scim("POST", "/Users", person("bob", { emails: person("ann").emails }));
    expect(twin).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect(twin.body.detail).toContain(`emails[type eq "work"].value is taken: `);
    const wrong = await gateway.scim("POST", "/Users", person("bob", { emails: [{ type: "work", value: "no" }] }));
    expect(wrong).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    expect(wrong.body.detail).toContain(WORK);
  });
});

describe("licences [S16] [S17]", () => {
  it("S16: the licence is the union over a user's groups: true, false, and unspecified, which is PRO", async () => {
    const gateway = await open();
    const [ann, bob, cat, dan] = await Promise.all(["ann", "bob", "cat", "dan"].map((one) => addUser(gateway, one)));
    if (!ann || !bob || !cat || !dan) throw new Error("no users");
    const yes = (await addGroup(gateway, "Yes", "true")).body.id;
    const no = (await addGroup(gateway, "No", "false")).body.id;
    const unsaid = (await addGroup(gateway, "Unsaid")).body.id;
    await add(gateway, yes, ann);
    await add(gateway, no, bob, ann);
    await add(gateway, unsaid, cat);
    expect(await licenses(gateway)).toEqual({ ann: "PRO", bob: "FREE", cat: "PRO", dan: "FREE" });
    await remove(gateway, yes, ann);
    await remove(gateway, unsaid, cat);
    expect(await licenses(gateway)).toEqual({ ann: "FREE", bob: "FREE", cat: "FREE", dan: "FREE" });
  });

  it("S16: licenseDefault false makes an unspecified flag give nothing, natively too", async () => {
    const gateway = await open({ settings: { licenseDefault: false } });
    const ann = await addUser(gateway, "ann");
    const group = await addGroup(gateway, "Unsaid", undefined, [ann]);
    expect(group.status).toBe(201);
    expect(await nativeGroups(gateway)).toMatchObject([{ license: false }]);
    expect(await licenses(gateway)).toEqual({ ann: "FREE" });
  });

  it.each([["true"], ["True"], [true]])("S1: the flag may be %j", async (value) => {
    const gateway = await open({ settings: { licenseDefault: false } });
    const ann = await addUser(gateway, "ann");
    const group = await addGroup(gateway, "Flagged", value, [ann]);
    expect(group).toMatchObject({ status: 201, body: { [LICENSE]: { license: "true" } } });
    expect(await licenses(gateway)).toEqual({ ann: "PRO" });
    const off = { op: "replace", path: `${LICENSE}:license`, value: value === true ? false : "False" };
    expect((await patch(gateway, `/Groups/${group.body.id}`, off)).status).toBe(204);
    expect(await nativeGroups(gateway)).toMatchObject([{ license: false }]);
    expect(await licenses(gateway)).toEqual({ ann: "FREE" });
  });

  it("S1: a flag that is neither is refused", async () => {
    const gateway = await open();
    expect(await addGroup(gateway, "Odd", "maybe")).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
  });

  it("S16: no seat left is a refusal before the first write", async () => {
    const gateway = await open({ seed: { proSeats: 1 } });
    const [ann, bob] = [await addUser(gateway, "ann"), await addUser(gateway, "bob")];
    const group = (await addGroup(gateway, "Pro", "true")).body.id;
    const refused = await add(gateway, group, ann, bob);
    expect(refused.status).toBe(403);
    expect(await nativeGroups(gateway)).toMatchObject([{ members: [] }]);
    expect(await licenses(gateway)).toEqual({ ann: "FREE", bob: "FREE" });
    expect((await add(gateway, group, ann)).status).toBe(204);
    expect(await licenses(gateway)).toEqual({ ann: "PRO", bob: "FREE" });
  });

  it("S16: a seat that is gone in between takes the memberships of the request back", async () => {
    const gateway = await open();
    const ann = await addUser(gateway, "ann");
    const group = (await addGroup(gateway, "Pro", "true")).body.id;
    await gateway.vendor("POST", "/faults", [
      {
        ...{ kind: "status", status: 422, body: { error: { code: "no_seat_left" } } },
        match: { method: "PUT", path: "/license$" },
      },
    ]);
    const refused = await add(gateway, group, ann);
    expect(refused.status).toBe(403);
    expect(refused.body.detail).toContain("Klaxoon has no PRO licence left");
    expect(await nativeGroups(gateway)).toMatchObject([{ members: [] }]);
  });

  it("S16: a group whose members cannot all get their licence is not created", async () => {
    const gateway = await open({ seed: { proSeats: 2 } });
    const [ann, bob] = [await addUser(gateway, "ann"), await addUser(gateway, "bob")];
    await gateway.vendor("POST", "/faults", [
      {
        ...{ kind: "status", status: 422, body: { error: { code: "no_seat_left" } }, skip: 1 },
        match: { method: "PUT", path: "/license$" },
      },
    ]);
    expect((await addGroup(gateway, "Pro", "true", [ann, bob])).status).toBe(403);
    expect(await nativeGroups(gateway)).toEqual([]);
    expect(await licenses(gateway)).toEqual({ ann: "FREE", bob: "FREE" });
    expect((await gateway.scim("GET", filter("Groups", 'displayName eq "Pro"'))).body.totalResults).toBe(0);
    expect((await addGroup(gateway, "Pro", "true", [ann, bob])).status).toBe(201);
    expect(await licenses(gateway)).toEqual({ ann: "PRO", bob: "PRO" });
  });

  it("S17: deactivation frees the licence, and a restore gives it back or is refused", async () => {
    const gateway = await open({ seed: { proSeats: 1 } });
    const [ann, bob] = [await addUser(gateway, "ann"), await addUser(gateway, "bob")];
    const group = (await addGroup(gateway, "Pro", "true", [ann])).body.id;
    expect(await licenses(gateway)).toMatchObject({ ann: "PRO" });
    const off = { op: "replace", path: "active", value: false };
    const on = { op: "replace", path: "active", value: true };
    await patch(gateway, `/Users/${ann}`, off);
    expect(await licenses(gateway)).toMatchObject({ ann: "FREE" });
    await patch(gateway, `/Users/${ann}`, on);
    expect(await licenses(gateway)).toMatchObject({ ann: "PRO" });
    await patch(gateway, `/Users/${ann}`, off);
    expect((await add(gateway, group, bob)).status).toBe(204);
    expect((await patch(gateway, `/Users/${ann}`, on)).status).toBe(403);
    expect(await nativeUser(gateway, "ann")).toMatchObject({ status: "deactivated", license: "FREE" });
  });

  it("S17: deleting a group takes its licences back, deleting a user theirs", async () => {
    const gateway = await open();
    const [ann, bob] = [await addUser(gateway, "ann"), await addUser(gateway, "bob")];
    const group = (await addGroup(gateway, "Pro", "true", [ann, bob])).body.id;
    await gateway.scim("DELETE", `/Users/${bob}`);
    expect(await licenses(gateway)).toEqual({ ann: "PRO", bob: "FREE" });
    expect(await nativeGroups(gateway)).toMatchObject([{ members: [expect.any(String)] }]);
    expect((await gateway.scim("DELETE", `/Groups/${group}`)).status).toBe(204);
    expect(await nativeGroups(gateway)).toEqual([]);
    expect(await licenses(gateway)).toEqual({ ann: "FREE", bob: "FREE" });
  });

  it("S16: a consent that is missing is no failure", async () => {
    const gateway = await open({ seed: { awaitingConsent: ["ann@mail.example"] } });
    const ann = await addUser(gateway, "ann");
    const group = (await addGroup(gateway, "Pro", "true")).body.id;
    expect((await add(gateway, group, ann)).status).toBe(204);
    expect(await nativeUser(gateway, "ann")).toMatchObject({ status: "pending_consent", license: "FREE" });
    expect((await gateway.scim("GET", `/Users/${ann}`)).body.active).toBe(true);
    const traces = await gateway.api("GET", `/connections/${gateway.name}/traces?limit=5`);
    expect(JSON.stringify(traces.body)).toContain("consent");
    // Once the person has confirmed, the next round gives the licence.
    await gateway.vendor("PATCH", "/state", { awaitingConsent: [] });
    const stub = env.CONNECTION.getByName(gateway.id);
    await runInDurableObject(stub, (_, { storage }) => {
      storage.sql.exec("update owed set due_at = 0 where kind = 'licence'");
      storage.sql.exec("update due_jobs set due_at = 0 where job = 'licence'");
    });
    await runDurableObjectAlarm(stub);
    await runDurableObjectAlarm(stub);
    await vi.waitFor(
      async () => expect(await nativeUser(gateway, "ann")).toMatchObject({ status: "active", license: "PRO" }),
      { timeout: 20_000 },
    );
    await remove(gateway, group, ann);
    expect(await licenses(gateway)).toEqual({ ann: "FREE" });
  });
});

describe("groups", () => {
  it("S13: members are added in batches of 100 and removed one by one", async () => {
    const users = Object.fromEntries(
      Array.from({ length: 120 }, (_, at) => {
        const id = `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
        const names = { username: `user${at}`, email: `user${at}@mail.example`, external_id: `ext-${at}` };
        return [id, { id, ...names, first_name: "U", last_name: "E", created_at: "", updated_at: "" }];
      }),
    );
    const gateway = await open({ seed: { users } });
    const listed = await gateway.scim("GET", "/Users?count=200&attributes=id");
    const ids: string[] = listed.body.Resources.map((one: { id: string }) => one.id);
    const group = (await addGroup(gateway, "Large", "false")).body.id;
    expect((await add(gateway, group, ...ids)).status).toBe(204);
    expect((await nativeGroups(gateway))[0]?.members).toHaveLength(120);
    const log = await gateway.vendor("GET", "/log");
    const adds = log.body.calls.filter((call: { path: string }) => call.path.endsWith("/members"));
    expect(adds.map((call: { request: { user_ids: string[] } }) => call.request?.user_ids.length)).toEqual([100, 20]);
    const removed = await remove(gateway, group, ...ids.slice(0, 3));
    expect(removed.status).toBe(204);
    expect(removed.headers.get("x-portico-native-calls")).toBe("3");
    expect((await nativeGroups(gateway))[0]?.members).toHaveLength(117);
  });

  it("S16: a change of members leaves a group's own flag as it is", async () => {
    const gateway = await open();
    const [ann, bob] = [await addUser(gateway, "ann"), await addUser(gateway, "bob")];
    const group = (await addGroup(gateway, "Free", "false", [ann])).body.id;
    await add(gateway, group, bob);
    await remove(gateway, group, ann);
    expect(await nativeGroups(gateway)).toMatchObject([{ license: false }]);
    expect(await licenses(gateway)).toEqual({ ann: "FREE", bob: "FREE" });
  });
});
