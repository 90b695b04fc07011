// A product that does not tell accents apart: Portico does, and says what stands in the way [S7].

import { describe, expect, it } from "vitest";
import { isJoinedByVendor, isOneToVendor, isSameAtVendor } from "../../src/provision/vendor/vendor-names.ts";
import "./played/register.ts";
import { groupBodyOf, patchOf, subjectOf } from "./subject.ts";
import { open, strangerOf } from "./world.ts";

const at = (name: string) => `${name}@example.com`;
const bodyOf = (name: string) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName: at(name),
  displayName: name,
});

it("S7: josé and jose are two, of whom such a product holds one", async () => {
  const world = await open(subjectOf("roster"));
  const { id } = (await world.scim("POST", "/Users", bodyOf("josé"))).body;
  expect((await world.find("Users", `userName eq "${at("jose")}"`)).body.totalResults).toBe(0);
  expect((await world.find("Users", `userName eq "${at("JOSÉ")}"`)).body.Resources).toMatchObject([{ id }]);
  const refused = await world.scim("POST", "/Users", bodyOf("jose"));
  expect(refused).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
  expect(refused.body.detail).toContain(`Roster does not tell it apart from another name`);
  expect(refused.body.detail).toContain(`the user ${id} on this connection has that name`);
  const other = (await world.scim("POST", "/Users", bodyOf("ada"))).body.id;
  const renamed = await world.patch(`/Users/${other}`, { op: "replace", path: "userName", value: at("jose") });
  expect(renamed.body.detail).toContain(`the user ${id} on this connection has that name`);
  expect((await world.users()).map(({ key }) => key).sort()).toEqual([at("ada"), at("josé")]);
});

it("S7 S6: a search that joins accents shows another user, who gets a link and is no match", async () => {
  const subject = subjectOf("roster");
  const world = await open(subject);
  await world.change((state) => subject.native.withUsers(state, [strangerOf(subject, 1, { key: at("josé") })]));
  expect((await world.find("Users", `userName eq "${at("jose")}"`)).body.totalResults).toBe(0);
  const [found] = (await world.find("Users", `userName eq "${at("josé")}"`)).body.Resources;
  const refused = await world.scim("POST", "/Users", bodyOf("jose"));
  expect(refused.body.detail).toContain(`the user ${found.id} on this connection has that name`);
});

it("S7 S23: a create whose answer was lost does not take over who only the product takes for the same", async () => {
  const world = await open(subjectOf("roster"));
  const { id } = (await world.scim("POST", "/Users", bodyOf("josé"))).body;
  await world.fail({ kind: "drop", match: { method: "POST", path: "^/v1/users$" } });
  expect((await world.scim("POST", "/Users", bodyOf("jose"))).status).toBe(503);
  await world.heal();
  expect((await world.scim("POST", "/Users", bodyOf("jose"))).status).toBe(409);
  expect((await world.get(`/Users/${id}`)).body).toMatchObject({ userName: at("josé"), displayName: "josé" });
  expect((await world.users()).map(({ key }) => key)).toEqual([at("josé")]);
});

it("S7: groups likewise", async () => {
  const subject = subjectOf("roster");
  const world = await open(subject);
  const id = await world.createGroup("Équipe");
  const refused = await world.scim("POST", "/Groups", groupBodyOf(subject, "Equipe"));
  expect(refused).toMatchObject({ status: 409 });
  const other = await world.createGroup("Ops");
  const rename = await world.scim(
    "PATCH",
    `/Groups/${other}`,
    patchOf({ op: "replace", path: "displayName", value: "EQUIPE" }),
  );
  for (const { body } of [refused, rename]) {
    expect(body.detail).toContain(`the group ${id} on this connection has that name`);
  }
  expect((await world.groups()).map(({ name }) => name).sort()).toEqual(["Ops", "Équipe"]);
});

describe("what is one to a vendor", () => {
  const names = [
    ["ADA", "ada", ["unicode", "ascii", "accentless"]],
    ["STRASSE", "straße", ["unicode", "accentless"]],
    ["É", "é", ["unicode", "accentless"]],
    ["e\u0301", "é", ["unicode", "accentless"]],
    ["José", "jose", ["accentless"]],
    ["ø", "o", []],
  ] as const;

  it.each(names)("S7: %s and %s", (left, right, joined) => {
    const by = (["unicode", "ascii", "accentless"] as const).filter((name) =>
      isOneToVendor({ names: name }, "User", left, right),
    );
    expect(by).toEqual(joined);
  });

  it("S7: case and composition are no other name, whatever a vendor compares", () => {
    expect(isSameAtVendor({ names: "ascii" }, "User", "É", "e\u0301")).toBe(true);
    expect(isSameAtVendor({ names: "ascii" }, "User", "strasse", "straße")).toBe(false);
    expect(isJoinedByVendor({}, "User", "É", "é")).toBe(false);
    expect(isJoinedByVendor({}, "User", "strasse", "straße")).toBe(true);
    expect(isOneToVendor({}, "Group", "Eng ", "eng")).toBe(true);
  });
});
