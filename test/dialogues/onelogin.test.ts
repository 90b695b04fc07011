// OneLogin's dialogue: PUT from an administrator's JSON template, deletion or suspension by setting [B1].

import { describe, expect, it } from "vitest";
import {
  ask,
  CORE_USER,
  ENTERPRISE,
  filtered,
  KEEPABL,
  KEEPNET,
  KEEPNET_FULL,
  nativeGroups,
  nativeOf,
  natives,
  open,
  patchOf,
} from "./dialogue.ts";

/** A template whose empty macros leave empty texts, and which forgets `schemas`. */
const template = (email: string, more: Record<string, unknown> = {}) => ({
  userName: email,
  displayName: "Ada L",
  name: { givenName: "Ada", familyName: "L", formatted: "" },
  title: "",
  emails: [{ value: email, type: "work", primary: true }],
  phoneNumbers: [{ value: "", type: "work" }],
  [ENTERPRISE]: { department: "", employeeNumber: "" },
  active: true,
  ...more,
});

describe.each([KEEPNET, KEEPNET_FULL, KEEPABL])("OneLogin, $title", (profile) => {
  it("B1: matched by userName or externalId, created without schemas, empty texts meaning nothing", async () => {
    const gateway = await open(profile);
    for (const filter of ['userName eq "ada@one.example"', 'externalId eq "ol-1"']) {
      expect((await ask(gateway, "GET", filtered("/Users", filter), 200)).body.totalResults).toBe(0);
    }
    const { body } = await ask(gateway, "POST", "/Users", 201, template("ada@one.example", { externalId: "ol-1" }));
    expect(body.schemas[0]).toBe(CORE_USER);
    for (const name of ["title", "phoneNumbers", ENTERPRISE]) expect(body[name]).toBeUndefined();
    for (const filter of ['userName eq "ada@one.example"', 'externalId eq "ol-1"']) {
      expect((await ask(gateway, "GET", filtered("/Users", filter), 200)).body.Resources).toMatchObject([
        { id: body.id },
      ]);
    }
    const native = await nativeOf(gateway, "ada@one.example");
    expect(native).toMatchObject({ givenName: "Ada", familyName: "L", active: true });
    expect(native.phone || null).toBeNull();
  });

  it("B1 S5: updated by PUT of the template, suspended by PUT, restored by PUT", async () => {
    const gateway = await open(profile);
    const { body } = await ask(gateway, "POST", "/Users", 201, template("ada@one.example"));
    const put = (more: object) =>
      ask(gateway, "PUT", `/Users/${body.id}`, 200, template("ada@one.example", { ...more }));
    await put({ name: { givenName: "Augusta", familyName: "King" } });
    expect(await nativeOf(gateway, "ada@one.example")).toMatchObject({ givenName: "Augusta", familyName: "King" });
    expect((await put({ active: "false" })).body.active).toBe(false);
    expect((await nativeOf(gateway, "ada@one.example")).active).toBe(false);
    expect((await put({ active: true })).body.active).toBe(true);
    expect((await nativeOf(gateway, "ada@one.example")).active).toBe(true);
  });

  it("B1 E9: deleted by setting", async () => {
    const gateway = await open(profile);
    const { body } = await ask(gateway, "POST", "/Users", 201, template("ada@one.example"));
    await ask(gateway, "DELETE", `/Users/${body.id}`, 204);
    await ask(gateway, "GET", `/Users/${body.id}`, 404);
    expect(await natives(gateway)).toEqual([]);
  });

  it("B1: the list of groups for its mapping answers, with or without groups", async () => {
    const gateway = await open(profile);
    const { body } = await ask(gateway, "GET", "/Groups", 200);
    expect(body).toMatchObject({ totalResults: 0, Resources: [] });
  });
});

it("B1 E19 E20: members by PATCH of the group, and groups shown on the user", async () => {
  const gateway = await open(KEEPNET);
  const user = (await ask(gateway, "POST", "/Users", 201, template("ada@one.example"))).body.id;
  const group = (await ask(gateway, "POST", "/Groups", 201, { displayName: "Sales" })).body.id;
  await ask(
    gateway,
    "PATCH",
    `/Groups/${group}`,
    204,
    patchOf({ op: "add", path: "members", value: [{ value: user }] }),
  );
  expect(await nativeGroups(gateway)).toEqual({ Sales: ["ada@one.example"] });
  const listed = await ask(gateway, "GET", "/Groups", 200);
  expect(listed.body.Resources).toMatchObject([{ id: group, displayName: "Sales", members: [{ value: user }] }]);
  expect((await ask(gateway, "GET", `/Users/${user}`, 200)).body.groups).toMatchObject([
    { value: group, display: "Sales" },
  ]);
  // A template that echoes the groups changes no membership.
  await ask(gateway, "PUT", `/Users/${user}`, 200, template("ada@one.example", { groups: [] }));
  expect(await nativeGroups(gateway)).toEqual({ Sales: ["ada@one.example"] });
  await ask(gateway, "PATCH", `/Groups/${group}`, 204, patchOf({ op: "remove", path: `members[value eq "${user}"]` }));
  expect(await nativeGroups(gateway)).toEqual({ Sales: [] });
});
