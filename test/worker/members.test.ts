// Memberships as rows: adopted groups, members who are refused, and groups that cannot take them [S13] [S14].

import { describe, expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  entraGroup,
  expectError,
  filtered,
  KEEPNET,
  membersOf,
  nativeGroups,
  nativeLog,
  open,
  patchGroup,
  patchOf,
} from "../dialogues/dialogue.ts";
import { change, idOf, seedUsers } from "./strangers.ts";

describe("S13 S14: members", () => {
  const seed = () => ({
    users: seedUsers(3),
    groups: {
      simGroup0001: {
        resourceId: "simGroup0001",
        name: "Old",
        createTime: "2025-01-01T00:00:00Z",
        members: Object.keys(seedUsers(3)),
      },
    },
  });

  it("S13: an adopted group keeps its native members when one is added, removed or asked about", async () => {
    const gateway = await open(KEEPNET, { seed: seed() });
    const ada = await createUser(gateway, "ada@contoso.com");
    const group = (await ask(gateway, "GET", filtered("/Groups", 'displayName eq "Old"', "&attributes=id"), 200)).body
      .Resources[0].id;
    await patchGroup(gateway, group, { op: "Add", path: "members", value: [{ value: ada }] });
    const all = ["ada@contoso.com", "old0@contoso.com", "old1@contoso.com", "old2@contoso.com"];
    expect(await nativeGroups(gateway)).toEqual({ Old: all });
    expect(await membersOf(gateway, group)).toHaveLength(4);
    const old = await idOf(gateway, "old1@contoso.com");
    const check = filtered("/Groups", `id eq "${group}" and members eq "${old}"`, "&attributes=id");
    expect((await ask(gateway, "GET", check, 200)).body.totalResults).toBe(1);
    await patchGroup(gateway, group, { op: "Remove", path: "members", value: [{ value: old }] });
    expect((await nativeGroups(gateway)).Old).toEqual(all.filter((email) => email !== "old1@contoso.com"));
  });

  it("S13: the list of an adopted group is read for the first change, and for none after it", async () => {
    const gateway = await open(KEEPNET, { seed: seed() });
    const ids = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
    const group = (await ask(gateway, "GET", filtered("/Groups", 'displayName eq "Old"', "&attributes=id"), 200)).body
      .Resources[0].id;
    const calls: number[] = [];
    for (const value of ids) {
      await gateway.vendor("DELETE", "/log");
      await patchGroup(gateway, group, { op: "Add", path: "members", value: [{ value }] });
      calls.push((await nativeLog(gateway)).length);
    }
    expect(calls).toEqual([2, 1]);
    expect((await nativeGroups(gateway)).Old).toHaveLength(5);
  });

  it("S13: the membership check itself loads an adopted group first", async () => {
    const gateway = await open(KEEPNET, { seed: seed() });
    const group = (await ask(gateway, "GET", filtered("/Groups", 'displayName eq "Old"', "&attributes=id"), 200)).body
      .Resources[0].id;
    const old = await idOf(gateway, "old2@contoso.com");
    const check = filtered("/Groups", `id eq "${group}" and members eq "${old}"`, "&attributes=id");
    expect((await ask(gateway, "GET", check, 200)).body.totalResults).toBe(1);
    // Replacing by what is there changes nothing.
    const members = (await membersOf(gateway, group)).map((value) => ({ value }));
    await gateway.vendor("DELETE", "/log");
    await patchGroup(gateway, group, { op: "Replace", path: "members", value: members });
    expect((await nativeLog(gateway)).filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("S14: unknown, deleted and nested members are refused by name without a native call", async () => {
    const gateway = await open(KEEPNET);
    const ada = await createUser(gateway, "ada@contoso.com");
    const gone = await createUser(gateway, "gone@contoso.com");
    const group = await createGroup(gateway, "Sales");
    const nested = await createGroup(gateway, "Inner");
    await ask(gateway, "DELETE", `/Users/${gone}`, 204);
    await gateway.vendor("DELETE", "/log");
    for (const member of [
      { value: "nobody" },
      { value: gone },
      { value: nested },
      { value: nested, type: "Group" },
      { value: nested, $ref: `https://scim.example.com/scim/v2/Groups/${nested}` },
    ]) {
      const body = patchOf({ op: "Add", path: "members", value: [{ value: ada }, member] });
      const refused = await ask(gateway, "PATCH", `/Groups/${group}`, 400, body);
      expectError(refused, 400, "invalidValue");
      expect(refused.body.detail).toContain(member.value);
    }
    expect(await nativeLog(gateway)).toEqual([]);
    expect(await nativeGroups(gateway)).toEqual({ Inner: [], Sales: [] });
  });

  it("S14 C77: adding a member and removing a user who is none cost no native call; order within a request counts", async () => {
    const gateway = await open(KEEPNET);
    const [ada, bob] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
    const group = await createGroup(gateway, "Sales");
    await patchGroup(gateway, group, { op: "Add", path: "members", value: [{ value: ada }] });
    await gateway.vendor("DELETE", "/log");
    const none = await patchGroup(
      gateway,
      group,
      { op: "Add", path: "members", value: [{ value: ada }] },
      { op: "Remove", path: "members", value: [{ value: bob }] },
      { op: "Add", path: "members", value: [{ value: bob }] },
      { op: "Remove", path: "members", value: [{ value: bob }] },
    );
    expect(none.headers.get("x-portico-native-calls")).toBe("0");
    expect(await nativeLog(gateway)).toEqual([]);
    expect((await nativeGroups(gateway)).Sales).toEqual(["ada@contoso.com"]);
  });

  it("S14 S10: a member who is gone at the vendor is named with 400 and the others are added; the group is not taken for gone", async () => {
    const gateway = await open(KEEPNET);
    const [ada, bob] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
    const group = await createGroup(gateway, "Sales");
    await change(gateway, (users) => {
      for (const [key, user] of Object.entries(users)) if (user.email === "bob@contoso.com") delete users[key];
    });
    const body = patchOf({ op: "Add", path: "members", value: [{ value: ada }, { value: bob }] });
    const refused = await ask(gateway, "PATCH", `/Groups/${group}`, 400, body);
    expectError(refused, 400, "invalidValue");
    expect(refused.body.detail).toContain(bob);
    expect(refused.body.detail).not.toContain(ada);
    expect(await nativeGroups(gateway)).toEqual({ Sales: ["ada@contoso.com"] });
    expect((await ask(gateway, "GET", `/Groups/${group}`, 200)).body.members).toMatchObject([{ value: ada }]);
    await patchGroup(gateway, group, { op: "Add", path: "members", value: [{ value: ada }] });
    expect(await nativeGroups(gateway)).toEqual({ Sales: ["ada@contoso.com"] });
  });

  it("S14: a refusal midway takes the members back", async () => {
    const gateway = await open(KEEPNET);
    const [ada, bob] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
    const group = await createGroup(gateway, "Sales");
    await patchGroup(gateway, group, { op: "Add", path: "members", value: [{ value: ada }] });
    const fault = {
      kind: "status",
      status: 400,
      body: { status: "INPUT_ERROR" },
      match: { method: "PUT", path: "^/api/target-groups/users$" },
    };
    await gateway.vendor("POST", "/faults", [fault]);
    const body = patchOf({ op: "Replace", path: "members", value: [{ value: bob }] });
    expectError(await ask(gateway, "PATCH", `/Groups/${group}`, 400, body), 400);
    expect((await nativeGroups(gateway)).Sales).toEqual(["ada@contoso.com"]);
    expect(await membersOf(gateway, group)).toEqual([ada]);
  });

  it("S14: a group that cannot take its members is not made", async () => {
    const gateway = await open(KEEPNET);
    const ada = await createUser(gateway, "ada@contoso.com");
    const fault = {
      kind: "status",
      status: 400,
      body: { status: "INPUT_ERROR" },
      match: { method: "PUT", path: "^/api/target-groups/users$" },
    };
    await gateway.vendor("POST", "/faults", [fault]);
    await ask(gateway, "POST", "/Groups", 400, { ...entraGroup("Sales"), members: [{ value: ada }] });
    expect(await nativeGroups(gateway)).toEqual({});
    await ask(gateway, "POST", "/Groups", 201, { ...entraGroup("Sales"), members: [{ value: ada }] });
    expect(await nativeGroups(gateway)).toEqual({ Sales: ["ada@contoso.com"] });
  });
});
