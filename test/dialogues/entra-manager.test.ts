// Entra ID's dialogue about managers: the reference query and every spelling of the value ([E10]; test 25 of [A5]).

import { describe, expect, it } from "vitest";
import type { Gateway } from "../worker/gateway.ts";
import {
  ask,
  createUser,
  ENTERPRISE,
  expectError,
  filtered,
  KEEPABL,
  KEEPNET,
  KEEPNET_FULL,
  KEEPNET_PROFILES,
  NOBODY,
  nativeOf,
  open,
  patch,
  patchOf,
  read,
} from "./dialogue.ts";

const MANAGER = `${ENTERPRISE}:manager`;

async function openWithUsers(profile: (typeof KEEPNET_PROFILES)[number], more: Record<string, unknown> = {}) {
  const gateway = await open(profile, more);
  const boss = await createUser(gateway, "boss@contoso.com", { name: { givenName: "Grace", familyName: "Hopper" } });
  const chief = await createUser(gateway, "chief@contoso.com");
  const user = await createUser(gateway, "ada@contoso.com");
  return { gateway, boss, chief, user };
}

const managerOf = async (gateway: Gateway, id: string): Promise<unknown> =>
  (await read(gateway, id))[ENTERPRISE]?.manager?.value;
const nativeManager = async (gateway: Gateway): Promise<string | null> =>
  (await nativeOf(gateway, "ada@contoso.com")).managerEmail || null;

describe.each(KEEPNET_PROFILES)("Entra about managers, $title", (profile) => {
  it("E10 Q14 C48: the reference query answers in either order, and does not match before the manager is set", async () => {
    const { gateway, boss, chief, user } = await openWithUsers(profile);
    const totals = async (manager: string) => {
      const filters = [
        `id eq "${user}" and manager eq "${manager}"`,
        `manager eq "${manager}" and id eq "${user}"`,
        `id eq "${user}" and ${MANAGER} eq "${manager}"`,
        `id eq "${user}" and ${MANAGER}.value eq "${manager}"`,
      ];
      const answers = [];
      for (const filter of filters) {
        const { body } = await ask(gateway, "GET", filtered("/Users", filter, "&attributes=id"), 200);
        for (const found of body.Resources) expect(Object.keys(found).sort()).toEqual(["id", "schemas"]);
        answers.push(body.totalResults);
      }
      return answers;
    };
    expect(await totals(boss)).toEqual([0, 0, 0, 0]);
    await patch(gateway, user, { op: "Add", path: MANAGER, value: boss });
    expect(await totals(boss)).toEqual([1, 1, 1, 1]);
    expect(await totals(chief)).toEqual([0, 0, 0, 0]);
  });

  it.each([
    [
      "an array of one under the bare name",
      (id: string) => ({ op: "Add", path: "manager", value: [{ $ref: `https://x/Users/${id}`, value: id }] }),
    ],
    ["a bare id under the whole path", (id: string) => ({ op: "Add", path: MANAGER, value: id })],
    ["an object", (id: string) => ({ op: "Replace", path: MANAGER, value: { value: id } })],
    ["the sub-attribute", (id: string) => ({ op: "Replace", path: `${MANAGER}.value`, value: id })],
    ["a key of a path-less value", (id: string) => ({ op: "replace", value: { [MANAGER]: id } })],
    ["a null $ref", (id: string) => ({ op: "Add", path: "manager", value: [{ $ref: null, value: id }] })],
  ])("E10 Q6 Q5: set by %s", async (_title, toOperation) => {
    const { gateway, boss, user } = await openWithUsers(profile);
    await patch(gateway, user, toOperation(boss));
    const shown = (await read(gateway, user))[ENTERPRISE].manager;
    expect(shown).toMatchObject({ value: boss, $ref: `https://scim.example.com/scim/v2/Users/${boss}` });
    const native = await gateway.vendor("GET", "/state");
    const record = Object.values(native.body.users).find(
      (one) => (one as { email: string }).email === "ada@contoso.com",
    );
    expect(record).toMatchObject({
      managerEmail: "boss@contoso.com",
      managerFirstName: "Grace",
      managerLastName: "Hopper",
      department: "R&D",
    });
  });

  it.each([
    ["the empty text", { op: "replace", path: MANAGER, value: "" }],
    ["null", { op: "Replace", path: "manager", value: null }],
    ["a removal", { op: "Remove", path: MANAGER }],
    ["an empty list", { op: "Replace", path: "manager", value: [] }],
    ["an empty value", { op: "Replace", path: MANAGER, value: { value: "" } }],
  ])("E10 Q6: removed by %s, and again when there is none", async (_title, operation) => {
    const { gateway, boss, user } = await openWithUsers(profile);
    await patch(gateway, user, { op: "Add", path: MANAGER, value: boss });
    for (let turn = 0; turn < 2; turn++) {
      await patch(gateway, user, operation);
      expect(await managerOf(gateway, user)).toBeUndefined();
      expect(await nativeManager(gateway)).toBeNull();
    }
    expect((await nativeOf(gateway, "ada@contoso.com")).department).toBe("R&D");
  });

  it("E10 V15 A5: validator 25 adds, replaces and empties the manager as strings", async () => {
    const { gateway, boss, chief, user } = await openWithUsers(profile);
    await patch(gateway, user, { op: "Add", path: MANAGER, value: boss });
    expect(await managerOf(gateway, user)).toBe(boss);
    await patch(gateway, user, { op: "Replace", path: MANAGER, value: chief });
    expect(await managerOf(gateway, user)).toBe(chief);
    expect(await nativeManager(gateway)).toBe("chief@contoso.com");
    await patch(gateway, user, { op: "Replace", path: MANAGER, value: "" });
    expect(await managerOf(gateway, user)).toBeUndefined();
    expect(await nativeManager(gateway)).toBeNull();
  });

  it("E10: with references: reject a manager who is no user of the connection is refused by name, and nothing else of the request is done", async () => {
    const { gateway, user } = await openWithUsers(profile, { references: "reject" });
    const body = patchOf(
      { op: "Replace", path: "name.familyName", value: "King" },
      { op: "Add", path: MANAGER, value: NOBODY },
    );
    const refused = await ask(gateway, "PATCH", `/Users/${user}`, 400, body);
    expectError(refused, 400, "invalidValue");
    expect(refused.body.detail).toContain("manager");
    expect((await nativeOf(gateway, "ada@contoso.com")).familyName).toBe("L");
  });

  it("E10: a manager's new address does not lose whom they manage", async () => {
    const { gateway, boss, user } = await openWithUsers(profile);
    await patch(gateway, user, { op: "Add", path: MANAGER, value: boss });
    await patch(
      gateway,
      boss,
      { op: "Replace", path: "userName", value: "hopper@contoso.com" },
      { op: "Replace", path: 'emails[type eq "work"].value', value: "hopper@contoso.com" },
    );
    expect(await managerOf(gateway, user)).toBe(boss);
    await patch(gateway, user, { op: "Replace", path: "name.familyName", value: "King" });
    expect(await managerOf(gateway, user)).toBe(boss);
  });

  it("E10: an attribute's update does not touch the manager, nor the manager's update another attribute", async () => {
    const { gateway, boss, user } = await openWithUsers(profile);
    await patch(gateway, user, { op: "Add", path: "manager", value: boss });
    await patch(gateway, user, { op: "Replace", path: "name.familyName", value: "King" });
    expect(await managerOf(gateway, user)).toBe(boss);
    expect(await nativeManager(gateway)).toBe("boss@contoso.com");
    expect((await nativeOf(gateway, "ada@contoso.com")).familyName).toBe("King");
  });
});

it("E10 S1: where the product has no manager, it is accepted and named as dropped in the trace", async () => {
  const gateway = await open(KEEPABL);
  const boss = await createUser(gateway, "boss@contoso.com");
  const user = await createUser(gateway, "ada@contoso.com");
  const answer = await patch(gateway, user, { op: "Add", path: MANAGER, value: boss });
  expect(answer.body[ENTERPRISE]).toBeUndefined();
  const trace = await gateway.api("GET", `/connections/${gateway.name}/traces/${answer.headers.get("x-request-id")}`);
  expect(trace.body.dropped.join()).toContain("manager");
});

it("E10 C59: the manager's display name is refused where it is read-only, and dropped where the vendor does not hold it", async () => {
  for (const [profile, status] of [
    [KEEPNET_FULL, 400],
    [KEEPNET, 200],
  ] as const) {
    const { gateway, user } = await openWithUsers(profile);
    const body = patchOf({ op: "Replace", path: `${MANAGER}.displayName`, value: "Mine" });
    await ask(gateway, "PATCH", `/Users/${user}`, status, body);
    expect((await read(gateway, user))[ENTERPRISE]?.manager).toBeUndefined();
  }
});
