// Groups and memberships [S13] to [S15].

import { expect } from "vitest";
import {
  canDisable,
  firstOf,
  groupsHeld,
  noDisable,
  noGroupRemoval,
  noGroups,
  noGroupUpdate,
  type Scenario,
} from "../scenario.ts";
import { editableRow, groupBodyOf, personOf, type Subject, withChunk, withTransport } from "../subject.ts";
import { expectHeld, open, strangerOf, type World } from "../world.ts";

const add = (...ids: string[]) => ({ op: "add", path: "members", value: ids.map((value) => ({ value })) });
const remove = (id: string) => ({ op: "remove", path: `members[value eq "${id}"]` });

/** The keys of a native group's members. */
async function membersAt(world: World, name: string): Promise<string[]> {
  const users = await world.users();
  return (await world.group(name)).memberIds.map((id) => users.find((user) => user.id === id)?.key ?? id).sort();
}
const keysOf = (subject: Subject, ...numbers: number[]) => numbers.map((n) => personOf(subject, n).key).sort();
const idsOf = (body: { members?: { value: string }[] }) => (body.members ?? []).map((one) => one.value).sort();

export const groups: Scenario[] = [
  {
    name: "a product without groups has an empty list of them and refuses to make one with 501",
    unless: ({ adapter }) => (adapter.group ? "declares groups" : undefined),
    async run(subject) {
      const world = await open(subject);
      expect(await world.get("/Groups")).toMatchObject({ status: 200, body: { totalResults: 0 } });
      expect(await world.scim("POST", "/Groups", groupBodyOf(subject, "Sales"))).toMatchObject({ status: 501 });
    },
  },
  {
    name: "S13: a group is created with its members, read back, and found",
    unless: noGroups,
    async run(subject) {
      const world = await open(subject);
      const users = [await world.create(1), await world.create(2)];
      const id = await world.createGroup("Sales", users);
      expect(await membersAt(world, "Sales")).toEqual(keysOf(subject, 1, 2));
      expect((await world.find("Groups", 'displayName eq "SALES"')).body.Resources).toMatchObject([{ id }]);
      const { body } = await world.get(`/Groups/${id}`);
      expect(body).toMatchObject({ displayName: "Sales", externalId: "ext-Sales" });
      expect(idsOf(body)).toEqual([...users].sort());
      expect((await world.get(`/Users/${users[0]}`)).body.groups).toMatchObject([{ value: id, display: "Sales" }]);
      expect(await world.scim("POST", "/Groups", groupBodyOf(subject, "sales"))).toMatchObject({
        status: 409,
        body: { scimType: "uniqueness" },
      });
      expect(await world.groups()).toHaveLength(1);
    },
  },
  {
    name: "S13: a group is renamed, keeping members and unmapped native fields",
    unless: firstOf(noGroups, groupsHeld, noGroupUpdate),
    async run(subject) {
      const world = await open(subject);
      const id = await world.createGroup("Sales", [await world.create(1)]);
      const { unmappedOfGroup: unmapped } = subject.native;
      await world.change((state) => subject.native.withGroup(state, "Adopted", []));
      if (!subject.adapter.group?.find?.displayName) await world.sweep();
      const adopted = (await world.find("Groups", 'displayName eq "Adopted"')).body.Resources[0].id;
      for (const [group, name] of [[id, "Sales EMEA"] as const, [adopted, "Renamed"] as const]) {
        const answer = await world.patch(`/Groups/${group}`, { op: "replace", path: "displayName", value: name });
        expect(answer.status).toBe(204);
        expect((await world.get(`/Groups/${group}`)).body.displayName).toBe(name);
      }
      expect(await membersAt(world, "Sales EMEA")).toEqual(keysOf(subject, 1));
      expect((await world.group("Renamed")).record).toMatchObject(unmapped);
    },
  },
  {
    name: "S13: a deleted group is gone at the vendor; its members stay users",
    unless: firstOf(noGroups, noGroupRemoval),
    async run(subject) {
      const world = await open(subject);
      const user = await world.create(1);
      const id = await world.createGroup("Sales", [user]);
      expect(await world.scim("DELETE", `/Groups/${id}`)).toMatchObject({ status: 204 });
      expect(await world.groups()).toEqual([]);
      expect(await world.users()).toHaveLength(1);
      expect(await world.get(`/Groups/${id}`)).toMatchObject({ status: 404 });
      expect((await world.get(`/Users/${user}`)).body.groups).toBeUndefined();
    },
  },
  {
    name: "S10: a group removed behind our back is 404, and a member of it can still be disabled",
    unless: firstOf(noGroups, groupsHeld, noDisable),
    async run(original) {
      const subject = withTransport(original, { onDelete: "disable" });
      const world = await open(subject);
      const leaver = await world.create(1);
      const id = await world.createGroup("Sales", [leaver, await world.create(2)]);
      const { id: nativeId } = await world.group("Sales");
      await world.change((state) => subject.native.withoutGroup(state, nativeId));
      expect(await world.scim("DELETE", `/Users/${leaver}`)).toMatchObject({ status: 204 });
      expect((await world.user(personOf(subject, 1).key)).active).toBe(false);
      expect(await world.get(`/Groups/${id}`)).toMatchObject({ status: 404 });
      expect((await world.find("Groups", 'displayName eq "Sales"')).body).toMatchObject({ totalResults: 0 });
    },
  },
  {
    name: "S13: the first touch of an adopted group keeps the members it has",
    unless: firstOf(noGroups, groupsHeld),
    async run(subject) {
      const world = await open(subject, { strangers: [strangerOf(subject, 1), strangerOf(subject, 2)] });
      const [first, second] = (await world.users()).map((user) => user.id);
      await world.change((state) => subject.native.withGroup(state, "Old", [first ?? "", second ?? ""]));
      const newcomer = await world.create(3);
      await world.sweep();
      const { body } = await world.find("Groups", 'displayName eq "Old"');
      const id = body.Resources[0].id;
      expect(await world.patch(`/Groups/${id}`, add(newcomer))).toMatchObject({ status: 204 });
      expect(await membersAt(world, "Old")).toEqual(keysOf(subject, 1, 2, 3));
      expect(idsOf((await world.get(`/Groups/${id}`)).body)).toHaveLength(3);
    },
  },
  {
    name: "S13: a member added behind our back survives the next write",
    unless: firstOf(noGroups, groupsHeld),
    async run(subject) {
      const world = await open(subject);
      const [one, , three] = [await world.create(1), await world.create(2), await world.create(3)];
      const id = await world.createGroup("Old", [one]);
      const behind = await world.user(personOf(subject, 2).key);
      const group = await world.group("Old");
      await world.change((state) => subject.native.withMember(state, group.id, behind.id));
      expect(await world.patch(`/Groups/${id}`, add(three))).toMatchObject({ status: 204 });
      expect(await membersAt(world, "Old")).toEqual(keysOf(subject, 1, 2, 3));
    },
  },
  {
    name: "S14: adding a member twice and removing one twice are successes without a native call",
    unless: noGroups,
    async run(subject) {
      const world = await open(subject);
      const [one, two] = [await world.create(1), await world.create(2)];
      const id = await world.createGroup("Sales", [one]);
      expect(await world.patch(`/Groups/${id}`, add(one, two))).toMatchObject({ status: 204 });
      expect(await membersAt(world, "Sales")).toEqual(keysOf(subject, 1, 2));
      for (const operation of [add(one), add(two, one)]) {
        const { answer, all } = await world.watch(() => world.patch(`/Groups/${id}`, operation));
        expect(answer.status).toBe(204);
        expect(all).toEqual([]);
      }
      expect(await world.patch(`/Groups/${id}`, remove(one))).toMatchObject({ status: 204 });
      const { answer, all } = await world.watch(() => world.patch(`/Groups/${id}`, remove(one)));
      expect(answer.status).toBe(204);
      expect(all).toEqual([]);
      expect(await membersAt(world, "Sales")).toEqual(keysOf(subject, 2));
    },
  },
  {
    name: "S14: an unknown, deleted or group id among members is 400 naming it, and nothing is applied",
    unless: noGroups,
    async run(subject) {
      const world = await open(subject);
      const [one, gone] = [await world.create(1), await world.create(2)];
      const id = await world.createGroup("Sales");
      const group = await world.createGroup("Other");
      await world.scim("DELETE", `/Users/${gone}`);
      for (const stranger of ["019aaaaa-0000-7000-8000-000000000000", gone, group]) {
        const { answer, all } = await world.watch(() => world.patch(`/Groups/${id}`, add(one, stranger)));
        expect(answer).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
        expect(answer.body.detail).toContain(stranger);
        expect(all).toEqual([]);
      }
      expect(await membersAt(world, "Sales")).toEqual([]);
      const refused = await world.scim("POST", "/Groups", groupBodyOf(subject, "New", [one, gone]));
      expect(refused).toMatchObject({ status: 400 });
      expect((await world.groups()).map((one) => one.name).sort()).toEqual(["Other", "Sales"]);
    },
  },
  {
    name: "S13: concurrent changes of one group's members add up",
    unless: noGroups,
    async run(subject) {
      const world = await open(subject);
      const users: string[] = [];
      for (const n of [1, 2, 3, 4, 5]) users.push(await world.create(n));
      const id = await world.createGroup("Sales", users.slice(0, 1));
      const answers = await Promise.all([
        ...users.slice(1).map((user) => world.patch(`/Groups/${id}`, add(user))),
        world.patch(`/Groups/${id}`, remove(users[0] ?? "")),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual([204, 204, 204, 204, 204]);
      expect(await membersAt(world, "Sales")).toEqual(keysOf(subject, 2, 3, 4, 5));
      expect(idsOf((await world.get(`/Groups/${id}`)).body)).toEqual(users.slice(1).sort());
    },
  },
  {
    name: "S24: a user who joins two groups while a value changes is in both, and the value is there",
    unless: noGroups,
    async run(subject) {
      const world = await open(subject);
      const user = await world.create(1);
      const groups = [await world.createGroup("Sales"), await world.createGroup("Berlin")];
      const row = editableRow(subject);
      const wanted = row && personOf(subject, 1, 1).values[row.path];
      const answers = await Promise.all([
        ...groups.map((id) => world.patch(`/Groups/${id}`, add(user))),
        ...(row ? [world.patch(`/Users/${user}`, { op: "replace", path: row.path, value: wanted })] : []),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual([204, 204, 200].slice(0, answers.length));
      for (const name of ["Sales", "Berlin"]) expect(await membersAt(world, name)).toEqual(keysOf(subject, 1));
      if (row) await expectHeld(world, personOf(subject, 1).key, { [row.path]: wanted });
    },
  },
  {
    name: "S13: more members than fit one call all arrive, and all leave",
    unless: noGroups,
    async run(original) {
      const subject = withChunk(original, Math.min(2, original.adapter.group?.members.chunk ?? 2));
      const world = await open(subject);
      const users: string[] = [];
      for (const n of [1, 2, 3, 4, 5]) users.push(await world.create(n));
      const id = await world.createGroup("Sales");
      expect(await world.patch(`/Groups/${id}`, add(...users))).toMatchObject({ status: 204 });
      expect(await membersAt(world, "Sales")).toEqual(keysOf(subject, 1, 2, 3, 4, 5));
      const some = { op: "replace", path: "members", value: users.slice(3).map((value) => ({ value })) };
      expect(await world.patch(`/Groups/${id}`, some)).toMatchObject({ status: 204 });
      expect(await membersAt(world, "Sales")).toEqual(keysOf(subject, 4, 5));
      expect(await world.patch(`/Groups/${id}`, { op: "remove", path: "members" })).toMatchObject({ status: 204 });
      expect(await membersAt(world, "Sales")).toEqual([]);
    },
  },
  {
    name: "S5: PUT without members keeps them, PUT with an empty list removes them",
    unless: firstOf(noGroups, noGroupUpdate),
    async run(subject) {
      const world = await open(subject);
      const user = await world.create(1);
      const id = await world.createGroup("Sales", [user]);
      expect(await world.scim("PUT", `/Groups/${id}`, groupBodyOf(subject, "Sales 2"))).toMatchObject({ status: 200 });
      expect(await membersAt(world, "Sales 2")).toEqual(keysOf(subject, 1));
      const empty = { ...groupBodyOf(subject, "Sales 2"), members: [] };
      expect(await world.scim("PUT", `/Groups/${id}`, empty)).toMatchObject({ status: 200 });
      expect(await membersAt(world, "Sales 2")).toEqual([]);
    },
  },
  {
    name: "S14: disabling and restoring a user keeps their memberships",
    unless: firstOf(noGroups, noDisable),
    async run(subject) {
      const world = await open(subject);
      const user = await world.create(1);
      const id = await world.createGroup("Sales", [user]);
      for (const active of [false, true]) {
        if (!canDisable(subject.adapter)) return;
        await world.patch(`/Users/${user}`, { op: "replace", path: "active", value: active });
        expect(idsOf((await world.get(`/Groups/${id}`)).body)).toEqual([user]);
      }
      expect(await membersAt(world, "Sales")).toEqual(keysOf(subject, 1));
      const other = await world.create(2);
      await world.patch(`/Users/${other}`, { op: "replace", path: "active", value: false });
      expect(await world.patch(`/Groups/${id}`, add(other)), "a disabled user is a valid member").toMatchObject({
        status: 204,
      });
    },
  },
  {
    name: "S15: excludedAttributes=members costs no native member call",
    unless: firstOf(noGroups, groupsHeld),
    async run(subject) {
      const world = await open(subject, { strangers: [strangerOf(subject, 1)] });
      const [member] = await world.users();
      await world.change((state) => subject.native.withGroup(state, "Old", [member?.id ?? ""]));
      await world.sweep();
      const { answer, calls } = await world.watch(() =>
        world.get(`/Groups?filter=${encodeURIComponent('displayName eq "Old"')}&excludedAttributes=members`),
      );
      expect(answer.body.Resources).toMatchObject([{ displayName: "Old" }]);
      expect(answer.body.Resources[0].members).toBeUndefined();
      expect(calls.length).toBeLessThanOrEqual(1);
    },
  },
];
