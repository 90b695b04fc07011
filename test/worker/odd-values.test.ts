// Numbers where texts belong, and JSON inside texts [S1].

import { describe, expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  ENTERPRISE,
  entraUser,
  expectError,
  filtered,
  membersOf,
  patch,
  patchGroup,
  patchOf,
  read,
  WORK_MAIL,
} from "../dialogues/dialogue.ts";
import { CONNECTIONS, nativeUsers, openVendor } from "./native-side.ts";

const SOME = CONNECTIONS.filter(({ vendor }) => ["keepnet", "klaxoon", "redmine"].includes(vendor));

describe.each(SOME)("S1: odd values, $title", (opened) => {
  const isFull = opened.title.endsWith("-full");

  it("S1 C75: a number is a text's digits, by POST, PUT and PATCH, and is found as a text", async () => {
    const gateway = await openVendor(opened);
    const more = {
      externalId: 157663,
      name: { givenName: "Ada", familyName: 1815 },
      addresses: [{ type: "work", postalCode: 8001 }],
      [ENTERPRISE]: { employeeNumber: 77 },
    };
    const { body } = await ask(gateway, "POST", "/Users", 201, entraUser({ email: "ada@contoso.com" }, more));
    expect(body).toMatchObject({ externalId: "157663", name: { familyName: "1815" } });
    if (isFull)
      expect(body).toMatchObject({ addresses: [{ postalCode: "8001" }], [ENTERPRISE]: { employeeNumber: "77" } });
    const native = async () => Object.values(await nativeUsers(opened, gateway)).map((held) => held["name.familyName"]);
    expect(await native()).toEqual(["1815"]);
    await patch(gateway, body.id, { op: "Replace", path: "name.familyName", value: 1816 });
    await patch(gateway, body.id, { op: "replace", value: { externalId: 42 } });
    expect(await native()).toEqual(["1816"]);
    const present = await read(gateway, body.id);
    const put = { ...present, externalId: 43, name: { givenName: 7, familyName: 1817 } };
    expect((await ask(gateway, "PUT", `/Users/${body.id}`, 200, put)).body.externalId).toBe("43");
    expect(await native()).toEqual(["1817"]);
    expect((await ask(gateway, "GET", filtered("/Users", 'externalId eq "43"'), 200)).body.totalResults).toBe(1);
  });

  it("S1 C75: JSON in a text is read where an object belongs", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, "ada@contoso.com");
    for (const [at, operation] of [
      { op: "replace", path: "name", value: '{"familyName":"L0"}' },
      { op: "Add", value: '{"name":{"familyName":"L1"}}' },
      { op: "replace", value: { name: ' {"familyName":"L2"}' } },
    ].entries()) {
      await patch(gateway, id, operation);
      const natives = Object.values(await nativeUsers(opened, gateway));
      expect(natives.map((held) => held["name.familyName"])).toEqual([`L${at}`]);
    }
  });

  it("S1 C75: JSON never becomes an address", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, "ada@contoso.com");
    const before = [await read(gateway, id), await nativeUsers(opened, gateway)];
    const value = '{"value":"new@contoso.com"}';
    for (const operation of [
      { op: "Replace", path: WORK_MAIL, value },
      { op: "replace", path: "emails[primary eq true].value", value },
      { op: "replace", value: { [WORK_MAIL]: value } },
      { op: "replace", path: "emails", value: [{ type: "work", value }] },
      { op: "replace", path: "userName", value },
      { op: "replace", value: { userName: `[${value}]` } },
    ]) {
      expectError(await ask(gateway, "PATCH", `/Users/${id}`, 400, patchOf(operation)), 400, "invalidValue");
    }
    const made = { ...entraUser({ email: "bob@contoso.com" }), emails: [{ type: "work", value }] };
    expectError(await ask(gateway, "POST", "/Users", 400, made), 400, "invalidValue");
    expect([await read(gateway, id), await nativeUsers(opened, gateway)]).toEqual(before);
  });
});

describe.each(SOME.filter(({ vendor }) => vendor !== "klaxoon"))("S1: members in a text, $title", (opened) => {
  it("S1 E19 E20: members as JSON inside a text join and leave", async () => {
    const gateway = await openVendor(opened);
    const [ada, bob] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
    const group = await createGroup(gateway, "Sales");
    const both = JSON.stringify([{ value: ada }, { value: bob }]);
    await patchGroup(gateway, group, { op: "Add", path: "members", value: both });
    expect(await membersOf(gateway, group)).toEqual([ada, bob].sort());
    await patchGroup(gateway, group, { op: "Remove", path: "members", value: JSON.stringify([{ value: ada }]) });
    expect(await membersOf(gateway, group)).toEqual([bob]);
  });
});
