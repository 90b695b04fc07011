// Members that a path selects: by value, $ref, type and display, and never more than the path says [S14].

import { describe, expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  expectError,
  filtered,
  membersOf,
  nativeLog,
  patchGroup,
  patchOf,
} from "../dialogues/dialogue.ts";
import { CONNECTIONS, nativeMembers, openVendor } from "./native-side.ts";

const WITH_GROUPS = CONNECTIONS.filter(({ vendor }) => ["keepnet", "keeper", "redmine"].includes(vendor));

/** A group of three; Klaxoon and kpifire need other bodies. */
async function groupOfThree(opened: (typeof CONNECTIONS)[number]) {
  const gateway = await openVendor(opened);
  const [ada = "", bob = "", eve = ""] = await Promise.all(
    ["ada", "bob", "eve"].map((name) => createUser(gateway, `${name}@contoso.com`)),
  );
  const group = await createGroup(gateway, "Sales");
  const members = [ada, bob, eve].map((value) => ({ value }));
  await patchGroup(gateway, group, { op: "add", path: "members", value: members });
  return { gateway, group, ada, bob, eve };
}

describe.each(WITH_GROUPS)("S14: members selected by a path, $title", (opened) => {
  it("S14 E20 C66: value, $ref, type and display select whom they name, in every spelling of the operation", async () => {
    const { gateway, group, ada, bob, eve } = await groupOfThree(opened);
    const all = [ada, bob, eve].sort();
    const { body } = await ask(gateway, "GET", `/Groups/${group}`, 200);
    expect(body.members).toContainEqual({
      value: ada,
      $ref: `https://scim.example.com/scim/v2/Users/${ada}`,
      type: "User",
      display: "ada@contoso.com",
    });
    const native = await nativeMembers(opened, gateway);
    const keyOf = (id: string) => native.Sales?.[[ada, bob, eve].indexOf(id)];
    for (const [filter, stay] of [
      [`$ref eq "https://scim.example.com/scim/v2/Users/${ada}"`, [bob, eve]],
      [`$ref eq "../Users/${ada}"`, [bob, eve]],
      [`$ref ne "https://elsewhere.example/v2/Users/${ada}"`, [ada]],
      [`not ($ref eq "Users/${ada}")`, [ada]],
      [`$ref ew "/${ada}"`, [bob, eve]],
      [`value ne "${ada}"`, [ada]],
      [`display eq "ADA@contoso.com"`, [bob, eve]],
      [`not (display eq "ada@contoso.com")`, [ada]],
      [`type eq "user" and value eq "${ada}"`, [bob, eve]],
      [`type eq "Group"`, [ada, bob, eve]],
      [`type ne "User" or display sw "b"`, [ada, eve]],
      [`value eq "${ada}" or $ref eq "../Users/${bob}"`, [eve]],
    ] as const) {
      await patchGroup(gateway, group, { op: "remove", path: `members[${filter}]` });
      expect([filter, await membersOf(gateway, group)]).toEqual([filter, [...stay].sort()]);
      expect([filter, (await nativeMembers(opened, gateway)).Sales]).toEqual([filter, [...stay].map(keyOf).sort()]);
      await patchGroup(gateway, group, { op: "replace", value: { members: all.map((value) => ({ value })) } });
    }
    // The same names find the group.
    for (const filter of [`members[$ref eq "../Users/${ada}"]`, `members.display eq "bob@contoso.com"`]) {
      expect((await ask(gateway, "GET", filtered("/Groups", filter), 200)).body.totalResults).toBe(1);
    }
    const search = { filter: `members.$ref eq "https://scim.example.com/scim/v2/Users/${eve}"` };
    expect((await ask(gateway, "POST", "/Groups/.search", 200, search)).body.totalResults).toBe(1);
  });

  it("S14: what members do not have is invalidFilter, and nobody leaves", async () => {
    const { gateway, group, ada, bob, eve } = await groupOfThree(opened);
    const before = await nativeMembers(opened, gateway);
    await gateway.vendor("DELETE", "/log");
    for (const filter of [
      'colour eq "red"',
      'colour ne "red"',
      'not (colour eq "red")',
      "not (colour pr)",
      `value eq "${ada}" or colour ne "red"`,
      `$ref ne "https://scim.example.com/scim/v2/Groups/${group}"`,
      '$ref ne "somewhere"',
      `externalId eq "ada"`,
    ]) {
      const path = `members[${filter}]`;
      for (const operation of [
        { op: "remove", path },
        { op: "replace", path, value: null },
        { op: "replace", value: { [path]: null } },
      ]) {
        const refused = await ask(gateway, "PATCH", `/Groups/${group}`, 400, patchOf(operation));
        expectError(refused, 400, "invalidFilter");
      }
    }
    expect(await nativeMembers(opened, gateway)).toEqual(before);
    expect(await membersOf(gateway, group)).toEqual([ada, bob, eve].sort());
    const rename = patchOf({ op: "replace", path: `members[value eq "${ada}"].display`, value: "x" });
    expectError(await ask(gateway, "PATCH", `/Groups/${group}`, 400, rename), 400, "mutability");
    expect((await nativeLog(gateway)).filter(({ method }) => method === "PUT")).toEqual([]);
  });

  it("S14 C63: a filter that names whom to add adds them", async () => {
    const { gateway, group, ada, bob } = await groupOfThree(opened);
    await patchGroup(gateway, group, { op: "remove", path: "members" });
    const path = `members[$ref eq "../Users/${ada}" or value eq "${bob}"]`;
    await patchGroup(gateway, group, { op: "add", path, value: { type: "User" } });
    expect(await membersOf(gateway, group)).toEqual([ada, bob].sort());
    expect((await nativeMembers(opened, gateway)).Sales).toHaveLength(2);
  });
});
