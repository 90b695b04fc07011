// Names of groups that differ in blanks only, and names of nothing but blanks [S7].

import { describe, expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  entraGroup,
  expectError,
  filtered,
  patch,
  patchGroup,
  patchOf,
  read,
} from "../dialogues/dialogue.ts";
import { CONNECTIONS, nativeMembers, nativeUsers, openVendor } from "./native-side.ts";

const SOME = CONNECTIONS.filter(({ vendor }) => ["keepnet", "keeper", "redmine"].includes(vendor));

describe.each(SOME)("S7: names and blanks, $title", (opened) => {
  it("S7: a group's name is compared trimmed by create, rename, filter and search", async () => {
    const gateway = await openVendor(opened);
    const eng = await createGroup(gateway, "Eng");
    const other = await createGroup(gateway, "Ops");
    for (const name of ["Eng ", " eng", "ENG\t"]) {
      expectError(await ask(gateway, "POST", "/Groups", 409, entraGroup(name)), 409, "uniqueness");
      for (const operation of [
        { op: "Replace", path: "displayName", value: name },
        { op: "replace", value: { displayName: name } },
      ]) {
        const refused = await ask(gateway, "PATCH", `/Groups/${other}`, 409, patchOf(operation));
        expectError(refused, 409, "uniqueness");
      }
      expectError(await ask(gateway, "PUT", `/Groups/${other}`, 409, entraGroup(name)), 409, "uniqueness");
      const found = await ask(gateway, "GET", filtered("/Groups", `displayName eq ${JSON.stringify(name)}`), 200);
      expect(found.body.Resources.map(({ id }: { id: string }) => id)).toEqual([eng]);
      const search = { filter: `displayName eq ${JSON.stringify(name)}` };
      expect((await ask(gateway, "POST", "/Groups/.search", 200, search)).body.totalResults).toBe(1);
    }
    expect(Object.keys(await nativeMembers(opened, gateway)).sort()).toEqual(["Eng", "Ops"]);
    await patchGroup(gateway, eng, { op: "replace", path: "displayName", value: "Eng " });
    expect(
      Object.keys(await nativeMembers(opened, gateway))
        .map((name) => name.trim())
        .sort(),
    ).toEqual(["Eng", "Ops"]);
  });

  it("S7: a name of blanks is 400 by create and change, of a group and of a user", async () => {
    const gateway = await openVendor(opened);
    const group = await createGroup(gateway, "Eng");
    const id = await createUser(gateway, "ada@contoso.com");
    const before = [await nativeMembers(opened, gateway), await nativeUsers(opened, gateway), await read(gateway, id)];
    for (const blank of [" ", " \t "]) {
      for (const [method, path, body] of [
        ["POST", "/Groups", entraGroup(blank)],
        ["PUT", `/Groups/${group}`, entraGroup(blank)],
        ["PATCH", `/Groups/${group}`, patchOf({ op: "Replace", path: "displayName", value: blank })],
        ["PATCH", `/Users/${id}`, patchOf({ op: "Replace", path: "userName", value: blank })],
        ["PATCH", `/Users/${id}`, patchOf({ op: "Replace", value: { 'emails[type eq "work"].value': blank } })],
      ] as const) {
        expectError(await ask(gateway, method, path, 400, body), 400, "invalidValue");
      }
    }
    expect([await nativeMembers(opened, gateway), await nativeUsers(opened, gateway), await read(gateway, id)]).toEqual(
      before,
    );
    await patch(gateway, id, { op: "Replace", path: "active", value: true });
  });
});
