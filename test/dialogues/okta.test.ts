// Okta's dialogues: the OIN integration with PATCH, the AIW application with PUT for everything, and its SPEC test [B1].

import { describe, expect, it } from "vitest";
import type { Gateway } from "../worker/gateway.ts";
import {
  ask,
  CORE_GROUP,
  CORE_USER,
  ENTERPRISE,
  ERROR,
  expectError,
  filtered,
  KEEPABL,
  KEEPNET,
  KEEPNET_FULL,
  LIST,
  membersOf,
  NOBODY,
  nativeGroups,
  nativeLog,
  nativeOf,
  natives,
  open,
  patchOf,
} from "./dialogue.ts";

const AGENT = { "user-agent": "Okta SCIM Client 1.0.0", accept: "application/scim+json" };
const PASSWORD = "1mz050nq-canary";

/** What Okta posts: a password that was not asked for, and empty groups. */
const oktaUser = (email: string, more: Record<string, unknown> = {}) => ({
  schemas: [CORE_USER],
  userName: email,
  name: { givenName: "Test", familyName: "User" },
  emails: [{ primary: true, value: email, type: "work" }],
  displayName: "Test User",
  locale: "en-US",
  externalId: `00u-${email}`,
  groups: [],
  password: PASSWORD,
  active: true,
  ...more,
});

const match = (email: string) => filtered("/Users", `userName eq "${email}"`, "&startIndex=1&count=100");
const oktaGroup = (displayName: string, members: object[] = []) => ({ schemas: [CORE_GROUP], displayName, members });
const say = (gateway: Gateway, method: string, path: string, status: number, body?: unknown) =>
  ask(gateway, method, path, status, body, AGENT);
const create = async (gateway: Gateway, email: string): Promise<string> =>
  (await say(gateway, "POST", "/Users", 201, oktaUser(email))).body.id;
const createGroup = async (gateway: Gateway, name: string): Promise<string> =>
  (await say(gateway, "POST", "/Groups", 201, oktaGroup(name))).body.id;

describe.each([KEEPNET, KEEPNET_FULL, KEEPABL])("Okta OIN with PATCH, $title", (profile) => {
  it("B1 C13 C14: assigned: matched, created; password and groups are taken and forgotten", async () => {
    const gateway = await open(profile);
    expect((await say(gateway, "GET", match("test.user@okta.local"), 200)).body).toMatchObject({ totalResults: 0 });
    const created = await say(gateway, "POST", "/Users", 201, oktaUser("test.user@okta.local"));
    expect(created.body).toMatchObject({ userName: "test.user@okta.local", active: true });
    expect(created.body.id).not.toContain("bulkId");
    expect(JSON.stringify(created.body)).not.toContain(PASSWORD);
    expect(created.body.groups).toBeUndefined();
    expect((await say(gateway, "GET", match("test.user@okta.local"), 200)).body).toMatchObject({ totalResults: 1 });
    const state = JSON.stringify([(await gateway.vendor("GET", "/state")).body, await nativeLog(gateway)]);
    expect(state).not.toContain(PASSWORD);
    expect(await nativeOf(gateway, "test.user@okta.local")).toMatchObject({ givenName: "Test", familyName: "User" });
  });

  it("B1 E7 E8: deactivated and reactivated by a path-less replace, never deleted", async () => {
    const gateway = await open(profile);
    const id = await create(gateway, "test.user@okta.local");
    for (const active of [false, true]) {
      const { body } = await say(gateway, "PATCH", `/Users/${id}`, 200, patchOf({ op: "replace", value: { active } }));
      expect(body.active).toBe(active);
      expect((await say(gateway, "GET", `/Users/${id}`, 200)).body.active).toBe(active);
      expect((await nativeOf(gateway, "test.user@okta.local")).active).toBe(active);
    }
  });

  it("B1 C31 C32: a profile is pushed by GET and a PUT that echoes everything back", async () => {
    const gateway = await open(profile);
    const id = await create(gateway, "test.user@okta.local");
    const { body: present } = await say(gateway, "GET", `/Users/${id}`, 200);
    const pushed = {
      ...present,
      name: { givenName: "Another", familyName: "User" },
      password: PASSWORD,
      unknownThing: { a: [1] },
    };
    const { body } = await say(gateway, "PUT", `/Users/${id}`, 200, pushed);
    expect(body).toMatchObject({
      id,
      name: { givenName: "Another" },
      active: true,
      externalId: "00u-test.user@okta.local",
    });
    expect(body.meta.location).toBe(present.meta.location);
    expect(await nativeOf(gateway, "test.user@okta.local")).toMatchObject({ givenName: "Another", active: true });
  });

  it("B1 C83: an import reads pages of a hundred and sees each user once", async () => {
    const gateway = await open(profile);
    for (let at = 0; at < 120; at += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => create(gateway, `u${at + index}@okta.local`)));
    }
    const pages = [];
    for (const startIndex of [1, 101]) {
      pages.push((await say(gateway, "GET", `/Users?startIndex=${startIndex}&count=100`, 200)).body);
    }
    expect(pages.map(({ itemsPerPage }) => itemsPerPage)).toEqual([100, 20]);
    for (const page of pages) {
      expect([page.totalResults, page.startIndex, page.itemsPerPage].every(Number.isInteger)).toBe(true);
      expect(page.totalResults).toBe(120);
    }
    const seen = pages.flatMap(({ Resources }) => Resources.map((one: { userName: string }) => one.userName));
    expect(new Set(seen).size).toBe(120);
  });
});

describe("Okta's group push", () => {
  it.each([KEEPNET, KEEPNET_FULL])(
    "B1 E19 E20: pushed, members by PATCH, renamed, unlinked, $title",
    async (profile) => {
      const gateway = await open(profile);
      const [ada, bob] = [await create(gateway, "ada@okta.local"), await create(gateway, "bob@okta.local")];
      const { body: none } = await say(
        gateway,
        "GET",
        filtered("/Groups", 'displayName eq "Push"', "&startIndex=1&count=100"),
        200,
      );
      expect(none.totalResults).toBe(0);
      const id = await createGroup(gateway, "Push");
      // Every membership change comes with a path-less replace of id and name.
      const named = { op: "replace", value: { id, displayName: "Push" } };
      const change = (...operations: object[]) => say(gateway, "PATCH", `/Groups/${id}`, 204, patchOf(...operations));
      await change(named, { op: "add", path: "members", value: [{ value: ada, display: "ada@okta.local" }] });
      await change(named);
      await change({ op: "add", path: "members", value: [{ value: bob, display: "bob@okta.local" }] });
      expect((await nativeGroups(gateway)).Push).toEqual(["ada@okta.local", "bob@okta.local"]);
      await change({ op: "remove", path: `members[value eq "${ada}"]` });
      expect((await nativeGroups(gateway)).Push).toEqual(["bob@okta.local"]);
      await change({ op: "replace", path: "members", value: [{ value: ada }] });
      expect((await nativeGroups(gateway)).Push).toEqual(["ada@okta.local"]);
      expect(await membersOf(gateway, id)).toEqual([ada]);
      await change({ op: "replace", value: { id, displayName: "Pushed" } });
      expect(await nativeGroups(gateway)).toEqual({ Pushed: ["ada@okta.local"] });
      await say(gateway, "DELETE", `/Groups/${id}`, 204);
      expect(await nativeGroups(gateway)).toEqual({});
      expect(await natives(gateway)).toHaveLength(2);
    },
  );
});

describe.each([KEEPNET, KEEPNET_FULL, KEEPABL])("Okta AIW, PUT for everything, $title", (profile) => {
  it("B1 E7 E8 S5: active by PUT of the whole user; without active it stays as it is", async () => {
    const gateway = await open(profile);
    const id = await create(gateway, "test.user@okta.local");
    const { body: present } = await say(gateway, "GET", `/Users/${id}`, 200);
    const put = (body: object) => say(gateway, "PUT", `/Users/${id}`, 200, body);
    expect((await put({ ...present, active: false })).body.active).toBe(false);
    expect((await nativeOf(gateway, "test.user@okta.local")).active).toBe(false);
    const { active: _, ...silent } = present;
    expect((await put({ ...silent, name: { givenName: "Silent", familyName: "User" } })).body.active).toBe(false);
    expect(await nativeOf(gateway, "test.user@okta.local")).toMatchObject({ active: false, givenName: "Silent" });
    expect((await put({ ...present, active: true })).body.active).toBe(true);
    expect((await nativeOf(gateway, "test.user@okta.local")).active).toBe(true);
  });

  it("B1 C32: what a PUT leaves out is cleared", async () => {
    const gateway = await open(profile);
    const id = await create(gateway, "test.user@okta.local");
    const body = {
      schemas: [CORE_USER],
      userName: "test.user@okta.local",
      emails: [{ value: "test.user@okta.local", type: "work" }],
    };
    const answer = await say(gateway, "PUT", `/Users/${id}`, 200, body);
    expect(answer.body.name).toBeUndefined();
    expect(answer.body.externalId).toBeUndefined();
    expect(await nativeOf(gateway, "test.user@okta.local")).toMatchObject({
      givenName: null,
      familyName: null,
      active: true,
    });
  });

  it("B1 C31 C32: PUT that empties what is required is 400, to an unknown id 404, and makes no user", async () => {
    const gateway = await open(profile);
    const id = await create(gateway, "test.user@okta.local");
    for (const userName of [null, "", "  "]) {
      const body = { schemas: [CORE_USER], active: true, userName, emails: [] };
      expectError(await say(gateway, "PUT", `/Users/${id}`, 400, body), 400, "invalidValue");
    }
    await say(gateway, "PUT", `/Users/${NOBODY}`, 404, oktaUser("new@okta.local"));
    expect((await natives(gateway)).map(({ email }) => email)).toEqual(["test.user@okta.local"]);
  });
});

describe("Okta AIW's groups by PUT", () => {
  it.each([KEEPNET, KEEPNET_FULL])(
    "B1 S5: the whole member list is replaced; without members it stays, $title",
    async (profile) => {
      const gateway = await open(profile);
      const [ada, bob, eve] = [
        await create(gateway, "ada@okta.local"),
        await create(gateway, "bob@okta.local"),
        await create(gateway, "eve@okta.local"),
      ];
      const id = await createGroup(gateway, "Push");
      const put = (body: object) => say(gateway, "PUT", `/Groups/${id}`, 200, { schemas: [CORE_GROUP], id, ...body });
      const first = await put({ displayName: "Push", members: [{ value: ada, display: "Ada" }, { value: bob }] });
      expect(first.body.members.map((one: { value: string }) => one.value).sort()).toEqual([ada, bob].sort());
      expect((await nativeGroups(gateway)).Push).toEqual(["ada@okta.local", "bob@okta.local"]);
      await put({ displayName: "Push", members: [{ value: bob }, { value: eve }] });
      expect((await nativeGroups(gateway)).Push).toEqual(["bob@okta.local", "eve@okta.local"]);
      await put({ displayName: "Renamed" });
      expect(await nativeGroups(gateway)).toEqual({ Renamed: ["bob@okta.local", "eve@okta.local"] });
      await put({ displayName: "Renamed", members: [] });
      expect(await nativeGroups(gateway)).toEqual({ Renamed: [] });
      const body = { schemas: [CORE_GROUP], displayName: "Renamed", members: [{ value: "nobody" }] };
      expectError(await say(gateway, "PUT", `/Groups/${id}`, 400, body), 400, "invalidValue");
    },
  );

  it("B1: a large group travels whole in one PUT", async () => {
    const gateway = await open(KEEPNET);
    const ids: string[] = [];
    for (let at = 0; at < 60; at += 10) {
      ids.push(...(await Promise.all(Array.from({ length: 10 }, (_, i) => create(gateway, `u${at + i}@okta.local`)))));
    }
    const id = await createGroup(gateway, "Everybody");
    const members = ids.map((value, index) => ({ value, display: `u${index}@okta.local` }));
    await say(gateway, "PUT", `/Groups/${id}`, 200, { ...oktaGroup("Everybody", members), id });
    expect((await nativeGroups(gateway)).Everybody).toHaveLength(60);
    await gateway.vendor("DELETE", "/log");
    await say(gateway, "PUT", `/Groups/${id}`, 200, { ...oktaGroup("Everybody", members.slice(1)), id });
    // One removal, not sixty writes.
    const writes = (await nativeLog(gateway)).filter(({ method }) => method !== "GET");
    expect(writes.map(({ method, path }) => `${method} ${path.replace(/[A-Za-z0-9]{12}/, "{id}")}`)).toEqual([
      "DELETE /api/target-groups/{id}/users",
    ]);
  });
});

describe("Okta's SPEC test", () => {
  it.each([KEEPNET, KEEPNET_FULL, KEEPABL])("B1 C27 C34: its asserts, one by one, $title", async (profile) => {
    const gateway = await open(profile);
    const id = await create(gateway, "abraham@okta.local");
    const list = await say(gateway, "GET", "/Users?count=1&startIndex=1", 200);
    expect(list.body.schemas).toEqual([LIST]);
    for (const name of ["itemsPerPage", "startIndex", "totalResults"])
      expect(Number.isInteger(list.body[name])).toBe(true);
    const [first] = list.body.Resources;
    expect(first).toMatchObject({ id, userName: "abraham@okta.local", active: true });
    expect(first.name).toMatchObject({ givenName: "Test", familyName: "User" });
    expect(first.emails[0].value).toBe("abraham@okta.local");
    expect((await say(gateway, "GET", `/Users/${id}`, 200)).body.id).toBe(id);
    expect((await say(gateway, "GET", match("invalid-user@okta.local"), 200)).body.totalResults).toBe(0);
    const missing = await say(gateway, "GET", "/Users/010101001010101011001010101011", 404);
    expect(missing.body).toMatchObject({ schemas: [ERROR], detail: expect.stringMatching(/./) });
    const again = await say(gateway, "POST", "/Users", 409, oktaUser("abraham@okta.local"));
    expect(again.body.schemas).toEqual([ERROR]);
    expect((await say(gateway, "GET", match("ABRAHAM@OKTA.LOCAL"), 200)).body.totalResults).toBe(1);
    const refused = await ask(gateway, "GET", "/Users?count=1", 401, undefined, {
      ...AGENT,
      authorization: "Bearer 12345",
    });
    expect(refused.body).toMatchObject({ schemas: [ERROR], status: "401", detail: expect.stringMatching(/./) });
    const startedAt = performance.now();
    await say(gateway, "GET", "/Groups", 200);
    expect(performance.now() - startedAt).toBeLessThan(600);
  });
});

describe("Okta with entitlements", () => {
  it("B1 C102: resource types and schemas are read first, and name only what is there", async () => {
    const gateway = await open(KEEPNET);
    const types = await say(gateway, "GET", "/ResourceTypes", 200);
    expect(types.body.Resources.map((one: { endpoint: string }) => one.endpoint)).toEqual(["/Users", "/Groups"]);
    expect(types.body.Resources[0].schemaExtensions).toEqual([{ schema: ENTERPRISE, required: false }]);
    for (const path of ["/Roles", "/Entitlements", "/Licenses"]) await say(gateway, "GET", path, 404);
  });
});
