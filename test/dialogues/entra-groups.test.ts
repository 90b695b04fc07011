// Entra ID's dialogue about groups, request by request, in the default and the flagged form [E14] to [E21].

import { describe, expect, it } from "vitest";
import type { Gateway } from "../worker/gateway.ts";
import {
  ask,
  createGroup,
  createUser,
  entraGroup,
  expectError,
  filtered,
  KEEPABL,
  KEEPNET,
  KEEPNET_PROFILES,
  membersOf,
  NOBODY,
  nativeGroups,
  nativeLog,
  nativeOf,
  open,
  patch,
  patchGroup,
  patchOf,
} from "./dialogue.ts";

const add = (...ids: string[]) => ({ op: "Add", path: "members", value: ids.map((value) => ({ $ref: null, value })) });

async function openWithGroup(profile: (typeof KEEPNET_PROFILES)[number]) {
  const gateway = await open(profile);
  const ada = await createUser(gateway, "ada@contoso.com");
  const bob = await createUser(gateway, "bob@contoso.com");
  const eve = await createUser(gateway, "eve@contoso.com");
  const sales = await createGroup(gateway, "Sales");
  return { gateway, ada, bob, eve, sales };
}

const salesOf = async (gateway: Gateway): Promise<string[] | undefined> => (await nativeGroups(gateway)).Sales;
const idsIn = (body: { Resources: { id: string }[] }): string[] => body.Resources.map((one) => one.id);

describe.each(KEEPNET_PROFILES)("Entra about groups, $title", (profile) => {
  it("E14 C15 V10: a group is matched by displayName or externalId, in any case, without members", async () => {
    const { gateway, ada, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada));
    for (const filter of ['displayName eq "Sales"', 'displayName eq "SALES"', 'externalId eq "object-Sales"']) {
      const path = `/Groups?excludedAttributes=members&filter=${encodeURIComponent(filter)}`;
      const { body } = await ask(gateway, "GET", path, 200);
      expect(idsIn(body)).toEqual([sales]);
      expect(body.Resources[0].displayName).toBe("Sales");
      expect(body.Resources[0].members).toBeUndefined();
    }
    const none = await ask(
      gateway,
      "GET",
      filtered("/Groups", 'displayName eq "Sale"', "&excludedAttributes=members"),
      200,
    );
    expect(none.body.totalResults).toBe(0);
  });

  it("E15 V10 S7: a group is created with an unknown second schema, and once only", async () => {
    const gateway = await open(profile);
    const created = await ask(gateway, "POST", "/Groups", 201, entraGroup("Sales"));
    expect(created.body).toMatchObject({
      displayName: "Sales",
      externalId: "object-Sales",
      meta: { resourceType: "Group" },
    });
    expect(created.body.schemas).toEqual(["urn:ietf:params:scim:schemas:core:2.0:Group"]);
    expect(created.headers.get("location")).toBe(created.body.meta.location);
    expect(created.body.members).toBeUndefined();
    for (const name of ["Sales", "sales"]) {
      expectError(await ask(gateway, "POST", "/Groups", 409, entraGroup(name)), 409, "uniqueness");
    }
    expect(await nativeGroups(gateway)).toEqual({ Sales: [] });
  });

  it("E15: a group may bring its members, and one unknown member refuses the whole group", async () => {
    const { gateway, ada, bob } = await openWithGroup(profile);
    const body = { ...entraGroup("Ops"), members: [{ value: ada }, { $ref: null, value: bob }] };
    const created = await ask(gateway, "POST", "/Groups", 201, body);
    expect(created.body.members).toHaveLength(2);
    expect((await nativeGroups(gateway)).Ops).toEqual(["ada@contoso.com", "bob@contoso.com"]);
    const refused = { ...entraGroup("Dev"), members: [{ value: ada }, { value: NOBODY }] };
    const answer = await ask(gateway, "POST", "/Groups", 400, refused);
    expect(answer.body.detail).toContain(NOBODY);
    expect(Object.keys(await nativeGroups(gateway)).sort()).toEqual(["Ops", "Sales"]);
  });

  it("E16: a known group is read without its members; unknown is 404", async () => {
    const { gateway, ada, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada));
    const { body } = await ask(gateway, "GET", `/Groups/${sales}?excludedAttributes=members`, 200);
    expect(body).toMatchObject({ id: sales, displayName: "Sales", externalId: "object-Sales" });
    expect(body.members).toBeUndefined();
    await ask(gateway, "GET", `/Groups/${NOBODY}?excludedAttributes=members`, 404);
    // A user's id is no group's.
    await ask(gateway, "GET", `/Groups/${ada}`, 404);
  });

  it("E17 Q14 C89: the membership check answers in both orders, from rows, without a native call", async () => {
    const { gateway, ada, bob, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada));
    for (const [user, total] of [
      [ada, 1],
      [bob, 0],
      [NOBODY, 0],
    ] as const) {
      for (const filter of [
        `id eq "${sales}" and members eq "${user}"`,
        `members eq "${user}" and id eq "${sales}"`,
        `id eq "${sales}" and members.value eq "${user}"`,
        `id eq "${sales}" and members[value eq "${user}"]`,
      ]) {
        const answer = await ask(gateway, "GET", filtered("/Groups", filter, "&attributes=id"), 200);
        expect([filter, answer.body.totalResults]).toEqual([filter, total]);
        if (!filter.includes("[")) expect(answer.headers.get("x-portico-native-calls")).toBe("0");
      }
    }
  });

  it("E17: a filter for members of any group finds them", async () => {
    const { gateway, ada, sales } = await openWithGroup(profile);
    const ops = await createGroup(gateway, "Ops");
    await patchGroup(gateway, sales, add(ada));
    const { body } = await ask(gateway, "GET", filtered("/Groups", `members eq "${ada}"`, "&attributes=id"), 200);
    expect(idsIn(body)).toEqual([sales]);
    expect(ops).not.toBe(sales);
  });

  it("E18 C57: renamed with 204, found by the new name only, members kept", async () => {
    const { gateway, ada, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada));
    const answer = await patchGroup(gateway, sales, { op: "Replace", path: "displayName", value: "Sales EMEA" });
    expect(answer.body).toBe("");
    expect(idsIn((await ask(gateway, "GET", filtered("/Groups", 'displayName eq "Sales EMEA"'), 200)).body)).toEqual([
      sales,
    ]);
    expect((await ask(gateway, "GET", filtered("/Groups", 'displayName eq "Sales"'), 200)).body.totalResults).toBe(0);
    expect(await nativeGroups(gateway)).toEqual({ "Sales EMEA": ["ada@contoso.com"] });
    await patchGroup(gateway, sales, { op: "replace", value: { displayName: "Sales APAC", externalId: "other" } });
    expect(await nativeGroups(gateway)).toEqual({ "Sales APAC": ["ada@contoso.com"] });
    expect(idsIn((await ask(gateway, "GET", filtered("/Groups", 'externalId eq "other"'), 200)).body)).toEqual([sales]);
  });

  it("E18 C79: a name that another group has is 409, nothing applied", async () => {
    const { gateway, ada, sales } = await openWithGroup(profile);
    await createGroup(gateway, "Ops");
    const body = patchOf(add(ada), { op: "Replace", path: "displayName", value: "ops" });
    expectError(await ask(gateway, "PATCH", `/Groups/${sales}`, 409, body), 409, "uniqueness");
    expect(await nativeGroups(gateway)).toEqual({ Ops: [], Sales: [] });
  });

  it("E19 Q5 V10: many members in one operation, each once, also when some are there", async () => {
    const { gateway, ada, bob, eve, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada, bob));
    expect(await salesOf(gateway)).toEqual(["ada@contoso.com", "bob@contoso.com"]);
    await patchGroup(gateway, sales, add(bob, eve, eve));
    expect(await salesOf(gateway)).toEqual(["ada@contoso.com", "bob@contoso.com", "eve@contoso.com"]);
    expect(await membersOf(gateway, sales)).toEqual([ada, bob, eve].sort());
    await patchGroup(gateway, sales, { op: "add", value: { members: [{ value: ada }] } });
    expect(await membersOf(gateway, sales)).toHaveLength(3);
  });

  it("E19 S14 C56: an unknown member refuses the whole request, naming the id", async () => {
    const { gateway, ada, bob, sales } = await openWithGroup(profile);
    await ask(gateway, "DELETE", `/Users/${bob}`, 204);
    for (const wrong of [NOBODY, bob, sales]) {
      const answer = await ask(gateway, "PATCH", `/Groups/${sales}`, 400, patchOf(add(ada), add(wrong)));
      expectError(answer, 400, "invalidValue");
      expect(answer.body.detail).toContain(wrong);
    }
    expect(await salesOf(gateway)).toEqual([]);
    expect(await membersOf(gateway, sales)).toEqual([]);
  });

  it.each([
    ["default", (id: string) => ({ op: "Remove", path: "members", value: [{ $ref: null, value: id }] })],
    ["flagged", (id: string) => ({ op: "remove", path: `members[value eq "${id}"]` })],
    ["a single object", (id: string) => ({ op: "Remove", path: "members", value: { value: id } })],
    ["filter and value", (id: string) => ({ op: "remove", path: `members[value eq "${id}"]`, value: [{ value: id }] })],
  ])("E20 Q4 C69: removes only those, %s, and none twice", async (_form, toOperation) => {
    const { gateway, ada, bob, eve, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada, bob));
    await patchGroup(gateway, sales, toOperation(ada));
    expect(await salesOf(gateway)).toEqual(["bob@contoso.com"]);
    expect(await membersOf(gateway, sales)).toEqual([bob]);
    await gateway.vendor("DELETE", "/log");
    for (const absent of [ada, eve, NOBODY]) {
      const answer = await patchGroup(gateway, sales, toOperation(absent));
      expect(answer.headers.get("x-portico-native-calls")).toBe("0");
    }
    expect(await nativeLog(gateway)).toEqual([]);
    expect(await salesOf(gateway)).toEqual(["bob@contoso.com"]);
  });

  it("E20: several members leave in one request of either form", async () => {
    const { gateway, ada, bob, eve, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada, bob, eve));
    const value = [ada, bob].map((id) => ({ $ref: null, value: id }));
    await patchGroup(gateway, sales, { op: "Remove", path: "members", value });
    expect(await salesOf(gateway)).toEqual(["eve@contoso.com"]);
    await patchGroup(gateway, sales, add(ada, bob));
    const removals = [ada, bob].map((id) => ({ op: "remove", path: `members[value eq "${id}"]` }));
    await patchGroup(gateway, sales, ...removals);
    expect(await salesOf(gateway)).toEqual(["eve@contoso.com"]);
  });

  it.each([
    ["remove without a value", { op: "remove", path: "members" }],
    ["replace with null", { op: "replace", path: "members", value: null }],
    ["replace with an empty list", { op: "Replace", path: "members", value: [] }],
  ])("E20 E13 Q19: %s empties the group", async (_title, operation) => {
    const { gateway, ada, bob, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada, bob));
    await patchGroup(gateway, sales, operation);
    expect(await salesOf(gateway)).toEqual([]);
    expect(await membersOf(gateway, sales)).toEqual([]);
  });

  it("E20: a removal that names no member removes none", async () => {
    const { gateway, ada, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada));
    await patchGroup(gateway, sales, { op: "Remove", path: "members", value: [] });
    expect(await salesOf(gateway)).toEqual(["ada@contoso.com"]);
  });

  it("Q15: both forms on one group, one after the other and in one request", async () => {
    const { gateway, ada, bob, eve, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada));
    await patchGroup(gateway, sales, { op: "add", path: "members", value: [{ value: bob }] });
    await patchGroup(
      gateway,
      sales,
      { op: "remove", path: `members[value eq "${ada}"]` },
      add(eve),
      { op: "Remove", path: "members", value: [{ value: bob }] },
      { op: "Replace", path: "displayName", value: "Sales" },
    );
    expect(await salesOf(gateway)).toEqual(["eve@contoso.com"]);
  });

  it("E21: a deleted group is gone, its members stay users", async () => {
    const { gateway, ada, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada));
    await ask(gateway, "DELETE", `/Groups/${sales}`, 204);
    await ask(gateway, "DELETE", `/Groups/${sales}`, 404);
    await ask(gateway, "GET", `/Groups/${sales}?excludedAttributes=members`, 404);
    await ask(gateway, "PATCH", `/Groups/${sales}`, 404, patchOf(add(ada)));
    expect((await ask(gateway, "GET", filtered("/Groups", 'displayName eq "Sales"'), 200)).body.totalResults).toBe(0);
    expect(await nativeGroups(gateway)).toEqual({});
    const user = await ask(gateway, "GET", `/Users/${ada}`, 200);
    expect(user.body.groups).toBeUndefined();
    expect((await nativeOf(gateway, "ada@contoso.com")).active).toBe(true);
  });

  it("E8 Q17: a restored user is still in the groups, which Entra does not send again", async () => {
    const { gateway, ada, bob, sales } = await openWithGroup(profile);
    await patchGroup(gateway, sales, add(ada, bob));
    await patch(gateway, ada, { op: "Replace", path: "active", value: "False" });
    expect(await membersOf(gateway, sales)).toEqual([ada, bob].sort());
    await patchGroup(gateway, sales, { op: "Remove", path: "members", value: [{ $ref: null, value: bob }] });
    await patch(gateway, ada, { op: "Replace", path: "active", value: "True" });
    expect(await membersOf(gateway, sales)).toEqual([ada]);
    expect(await salesOf(gateway)).toEqual(["ada@contoso.com"]);
    const { body } = await ask(gateway, "GET", `/Users/${ada}`, 200);
    expect(body.groups).toMatchObject([{ value: sales, display: "Sales" }]);
  });

  it("E19 S14: a disabled user can become a member", async () => {
    const { gateway, ada, sales } = await openWithGroup(profile);
    await patch(gateway, ada, { op: "Replace", path: "active", value: "False" });
    await patchGroup(gateway, sales, add(ada));
    expect(await salesOf(gateway)).toEqual(["ada@contoso.com"]);
  });

  it("C57: a group's PATCH answers 200 with what was asked for when attributes are named", async () => {
    const { gateway, ada, sales } = await openWithGroup(profile);
    const path = `/Groups/${sales}?attributes=displayName,members`;
    const { body } = await ask(gateway, "PATCH", path, 200, patchOf(add(ada)));
    expect(body).toMatchObject({ id: sales, displayName: "Sales", members: [{ value: ada }] });
    expect(body.externalId).toBeUndefined();
  });
});

describe("Entra and a product without groups", () => {
  it("E14 E15 S29: it lists none, and creating one is 501 with a reason", async () => {
    const gateway = await open(KEEPABL);
    const path = filtered("/Groups", 'displayName eq "Sales"', "&excludedAttributes=members");
    expect((await ask(gateway, "GET", path, 200)).body.totalResults).toBe(0);
    expect((await ask(gateway, "GET", "/Groups", 200)).body.totalResults).toBe(0);
    const refused = await ask(gateway, "POST", "/Groups", 501, entraGroup("Sales"));
    expect(refused.body.detail).toContain(
      "Keepabl has no groups. Switch the group mapping off; only users are provisioned.",
    );
    await ask(gateway, "GET", `/Groups/${NOBODY}`, 404);
  });
});

it("E19: a system group's refusal reaches the client, and the rows do not lie", async () => {
  const gateway = await open(KEEPNET, {
    seed: {
      groups: {
        simGroup0001: {
          resourceId: "simGroup0001",
          name: "Google team",
          ownedBy: "google",
          createTime: "2026-01-01T00:00:00Z",
        },
      },
    },
  });
  const ada = await createUser(gateway, "ada@contoso.com");
  const found = await ask(gateway, "GET", filtered("/Groups", 'displayName eq "Google team"'), 200);
  const [id] = idsIn(found.body);
  expectError(await ask(gateway, "PATCH", `/Groups/${id}`, 400, patchOf(add(ada))), 400, "invalidValue");
  expect(await membersOf(gateway, id ?? "")).toEqual([]);
  expect(await nativeGroups(gateway)).toEqual({ "Google team": [] });
});
