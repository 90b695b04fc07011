// Managers and members that are named by `$ref` alone, and where a resource is said to be [S14].

import { describe, expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  ENTERPRISE,
  entraUser,
  expectError,
  membersOf,
  patch,
  patchGroup,
  patchOf,
  read,
} from "../dialogues/dialogue.ts";
import { CONNECTIONS, nativeMembers, nativeUsers, openVendor } from "./native-side.ts";

const KEEPNETS = CONNECTIONS.filter(({ vendor }) => vendor === "keepnet");
const GROUPED = CONNECTIONS.filter(({ vendor }) => ["keepnet", "keeper"].includes(vendor));
const MANAGER = `${ENTERPRISE}:manager`;

describe.each(KEEPNETS)("E10: a manager by address, $title", (opened) => {
  it("E10 Q6: is set by POST, PUT and PATCH in every form, and removed", async () => {
    const gateway = await openVendor(opened);
    const boss = await createUser(gateway, "boss@contoso.com");
    const address = { $ref: `https://elsewhere.example/scim/Users/${boss}` };
    const made = entraUser({ email: "ada@contoso.com" }, { [ENTERPRISE]: { manager: address } });
    const { id, ...body } = (await ask(gateway, "POST", "/Users", 201, made)).body;
    const native = async () => (await nativeUsers(opened, gateway))["ada@contoso.com"]?.[MANAGER];
    const there = await native();
    expect([body[ENTERPRISE].manager.value, typeof there]).toEqual([boss, "string"]);
    for (const operation of [
      { op: "Add", path: "manager", value: [address] },
      { op: "replace", path: MANAGER, value: address },
      { op: "replace", path: `${MANAGER}.$ref`, value: `../Users/${boss}` },
      { op: "replace", value: { [MANAGER]: address } },
      { op: "replace", value: { [ENTERPRISE]: { "manager.$ref": address.$ref } } },
    ]) {
      await patch(gateway, id, { op: "remove", path: MANAGER });
      expect(await native()).toBeUndefined();
      await patch(gateway, id, operation);
      expect(await native()).toBe(there);
    }
    const present = await read(gateway, id);
    await ask(gateway, "PUT", `/Users/${id}`, 200, { ...present, manager: address });
    expect(await native()).toBe(there);
    for (const $ref of ["../Groups/x", "somebody", "../Users/nobody"]) {
      const refused = await ask(
        gateway,
        "PATCH",
        `/Users/${id}`,
        400,
        patchOf({ op: "add", path: "manager", value: { $ref } }),
      );
      expectError(refused, 400, "invalidValue");
    }
    expect(await native()).toBe(there);
  });
});

describe.each(GROUPED)("C57: where resources are, $title", (opened) => {
  it("S14 E19 E20: members join and leave by their address alone", async () => {
    const gateway = await openVendor(opened);
    const [ada, bob] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
    const group = await createGroup(gateway, "Sales");
    const members = [ada, bob].map((id) => ({ $ref: `../Users/${id}` }));
    await patchGroup(gateway, group, { op: "add", path: "members", value: members });
    expect((await nativeMembers(opened, gateway)).Sales).toHaveLength(2);
    await patchGroup(gateway, group, { op: "remove", path: "members", value: members.slice(0, 1) });
    expect(await membersOf(gateway, group)).toEqual([bob]);
    expect((await nativeMembers(opened, gateway)).Sales).toHaveLength(1);
  });

  it("C57: Location is meta.location on every answer with one resource; excludedAttributes asks for a body", async () => {
    const gateway = await openVendor(opened);
    const [ada, group] = [await createUser(gateway, "ada@contoso.com"), await createGroup(gateway, "Sales")];
    for (const path of [`/Users/${ada}`, `/Groups/${group}`]) {
      const got = await ask(gateway, "GET", path, 200);
      const put = await ask(gateway, "PUT", path, 200, got.body);
      const rename = patchOf({ op: "replace", path: "displayName", value: "Renamed" });
      const patched = await ask(gateway, "PATCH", `${path}?excludedAttributes=members`, 200, rename);
      expect(patched.body.members).toBeUndefined();
      for (const { headers, body } of [got, put, patched]) expect(headers.get("location")).toBe(body.meta.location);
    }
    expect(Object.keys(await nativeMembers(opened, gateway))).toEqual(["Renamed"]);
  });
});

describe.each(CONNECTIONS)("S1: what /Schemas calls required, $title", (opened) => {
  it("S1 C17: a create without it is refused", async () => {
    const gateway = await openVendor(opened);
    const { body } = await ask(gateway, "GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", 200);
    type Shown = { name: string; required: boolean; subAttributes?: Shown[] };
    const required = (body.attributes as Shown[]).flatMap(({ name, subAttributes = [], required: isWhole }) => {
      const subs = subAttributes.filter((sub) => sub.required).map((sub) => `${name}.${sub.name}`);
      return subs.length > 0 ? subs : isWhole ? [name] : [];
    });
    const needs: Record<string, string[]> = {
      klaxoon: ["emails.value", "name.familyName", "name.givenName"],
      kpifire: [],
      redmine: ["emails.value", "name.familyName", "name.givenName"],
    };
    const expected = ["userName", ...(needs[opened.vendor] ?? ["emails.value"])].sort();
    expect(required.filter((name) => name !== "active").sort()).toEqual(expected);
  });
});
