// Schema URNs as clients spell them, before paths, as keys and around objects [S1].

import { describe, expect, it } from "vitest";
import {
  ask,
  CORE_GROUP,
  CORE_USER,
  createGroup,
  createUser,
  entraUser,
  filtered,
  membersOf,
  patch,
  patchGroup,
  read,
} from "../dialogues/dialogue.ts";
import { sampleOf } from "../suite/sample.ts";
import { CONNECTIONS, nativeMembers, nativeUsers, openVendor } from "./native-side.ts";

const SOME = CONNECTIONS.filter(({ vendor }) => ["keepnet", "klaxoon", "redmine"].includes(vendor));
const WITH_GROUPS = SOME.filter(({ vendor }) => vendor !== "klaxoon");
const SPELLINGS = [
  `${CORE_USER}:`,
  `${CORE_USER}.`,
  "URN:ietf:params:scim:schemas:core:2.0:user:",
  "urn:ietf:params:scim:schemas:core:2.0User:",
  "urn:ietf:params:scim:schemas:core:1.0:User.",
  "urn:ietf:params:scim:schemas:core:User:",
  "urn:ietf:params:scim:schemas:core:2.0:",
  "urn:scim:schemas:core:2.0:User:",
  "urn:scim:schemas:core:1.0:",
  "urn.ietf.params.scim.schemas.core.2.0.User.",
];
const NAME = "name.familyName";

describe.each(sampleOf(SOME, "users", 2))("S1: URNs in other spellings, $title", (opened) => {
  it("S1 C76: each spelling sets what it names, as a path, as a key and around an object", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, "ada@contoso.com");
    const [key = ""] = Object.keys(await nativeUsers(opened, gateway));
    let turn = 0;
    for (const spelling of SPELLINGS) {
      const whole = spelling.slice(0, -1);
      for (const operation of [
        (name: string) => ({ op: "replace", path: `${spelling}${NAME}`, value: name }),
        (name: string) => ({ op: "Add", value: { [`${spelling}${NAME}`]: name } }),
        (name: string) => ({ op: "replace", value: { [whole]: { name: { familyName: name } } } }),
        (name: string) => ({ op: "replace", value: { [whole]: { [NAME]: name } } }),
        (name: string) => ({ op: "replace", path: whole, value: { [NAME]: name } }),
        (name: string) => ({ op: "replace", path: `${spelling}name:familyName`, value: name }),
      ]) {
        const name = `L${turn++}`;
        const { body } = await patch(gateway, id, operation(name));
        expect([spelling, body.name.familyName]).toEqual([spelling, name]);
        expect((await nativeUsers(opened, gateway))[key]?.[NAME]).toBe(name);
      }
    }
    const found = filtered("/Users", `urn:scim:schemas:core:1.0:${NAME} eq "L${turn - 1}"`);
    expect((await ask(gateway, "GET", found, 200)).body.totalResults).toBe(1);
  });

  it("S1 E7: active in any spelling disables and enables there; PUT and POST read it too", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, "ada@contoso.com");
    const [key = ""] = Object.keys(await nativeUsers(opened, gateway));
    const isActive = async () => (await nativeUsers(opened, gateway))[key]?.active;
    for (const body of [
      { path: `${CORE_USER}.active`, value: "False" },
      { value: { [`${CORE_USER}.active`]: false } },
      { value: { [CORE_USER]: { active: false } } },
      { path: "urn:scim:schemas:core:2.0:User:active", value: false },
    ]) {
      await patch(gateway, id, { op: "Replace", ...body });
      expect([(await read(gateway, id)).active, await isActive()]).toEqual([false, false]);
      await patch(gateway, id, { op: "replace", path: "active", value: true });
      expect(await isActive()).toBe(true);
    }
    const { active: _, ...present } = await read(gateway, id);
    await ask(gateway, "PUT", `/Users/${id}`, 200, { ...present, [CORE_USER]: { active: false } });
    expect(await isActive()).toBe(false);
    const { active: _a, name: _n, ...rest } = entraUser({ email: "bob@contoso.com" });
    const nested = { ...rest, [CORE_USER]: { "name.givenName": "Bob", name: { familyName: "B" } } };
    const made = await ask(gateway, "POST", "/Users", 201, nested);
    expect(made.body).toMatchObject({ active: true, name: { givenName: "Bob", familyName: "B" } });
    const trace = await gateway.api(
      "GET",
      `/connections/${gateway.name}/traces/${made.headers.get("x-request-id") ?? ""}`,
    );
    expect(trace.body.repairs).toContain("urn-spelling");
  });
});

describe.each(sampleOf(WITH_GROUPS, "groups", 2))("S1: URNs of groups, $title", (opened) => {
  it("S1 E19 E20: members under another spelling join and leave", async () => {
    const gateway = await openVendor(opened);
    const [ada, bob] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
    const group = await createGroup(gateway, "Sales");
    for (const prefix of [`${CORE_GROUP}.`, "urn:scim:schemas:core:1.0:Group:", `${CORE_GROUP}:`]) {
      await patchGroup(gateway, group, { op: "add", path: `${prefix}members`, value: [{ value: ada }] });
      await patchGroup(gateway, group, { op: "add", value: { [`${prefix}members`]: [{ value: bob }] } });
      expect((await nativeMembers(opened, gateway)).Sales).toHaveLength(2);
      await patchGroup(gateway, group, { op: "remove", path: `${prefix}members[value eq "${ada}"]` });
      expect(await membersOf(gateway, group)).toEqual([bob]);
      await patchGroup(gateway, group, { op: "replace", value: { [prefix.slice(0, -1)]: { members: [] } } });
      expect((await nativeMembers(opened, gateway)).Sales).toEqual([]);
    }
    const shown = await ask(gateway, "GET", `/Groups/${group}?attributes=${CORE_GROUP}`, 200);
    expect(shown.body.displayName).toBe("Sales");
  });
});
