// A user's life: create, read, disable, restore, remove, come back [S6] to [S10].

import { expect } from "vitest";
import {
  firstOf,
  groupsHeld,
  noAddress,
  noDisable,
  noGroups,
  noRemove,
  noRename,
  noSearch,
  type Scenario,
} from "../scenario.ts";
import { barePersonOf, bodyOf, get, hasShape, keyPath, personOf, put, withTransport } from "../subject.ts";
import { effectIn, expectHeld, open, strangerOf } from "../world.ts";

export const lifecycle: Scenario[] = [
  {
    name: "S1: a created user exists at the vendor, reads back by id, and is found",
    decidedBy: ["readLag"],
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const created = await world.scim("POST", "/Users", bodyOf(person));
      expect(created).toMatchObject({ status: 201 });
      const { id } = created.body;
      expect(created.headers.get("location")).toMatch(new RegExp(`/Users/${id}$`));
      expect(await world.user(person.key)).toBeDefined();
      for (const resource of [
        created.body,
        (await world.get(`/Users/${id}`)).body,
        (await world.find("Users", `userName eq "${person.values.userName}"`)).body.Resources?.[0],
      ]) {
        expect(resource).toMatchObject({ id, externalId: person.externalId });
        expect(get(resource, "userName")).toBe(person.values.userName);
      }
    },
  },
  {
    name: "S6: a second create of the same name is 409 uniqueness, in any case, and changes nothing",
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      await world.create(person);
      const before = await world.users();
      const twin = { ...personOf(subject, 1), externalId: "another" };
      for (const body of [bodyOf(person), bodyOf(twin), upperCased(bodyOf(twin))]) {
        expect(await world.scim("POST", "/Users", body)).toMatchObject({
          status: 409,
          body: { scimType: "uniqueness" },
        });
      }
      expect(await world.users()).toEqual(before);
    },
  },
  {
    name: "S6: a create of a user whom only the vendor knows is 409, and the account is left alone",
    async run(subject) {
      const world = await open(subject);
      await world.change((state) => subject.native.withUsers(state, [strangerOf(subject, 1)]));
      const before = await world.users();
      const answer = await world.scim("POST", "/Users", bodyOf(personOf(subject, 1)));
      expect(answer).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
      expect(await world.users()).toEqual(before);
    },
  },
  {
    name: "S8: active false disables at the vendor, keeps the person, and active true restores them",
    unless: noDisable,
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      for (const active of [false, true, true, false]) {
        const answer = await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: active });
        expect(answer).toMatchObject({ status: 200, body: { id, active } });
        expect((await world.user(person.key)).active).toBe(active);
        expect((await world.get(`/Users/${id}`)).body.active).toBe(active);
        const found = await world.find("Users", `userName eq "${person.values.userName}"`);
        expect(found.body.Resources).toMatchObject([{ id, active }]);
        await expectHeld(world, person.key, { ...person.values, active });
      }
    },
  },
  {
    name: "S5, S20, S22: active that is removed, empty or null stays as it is, by PATCH and by PUT, and nothing is written",
    unless: noDisable,
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      const isRequired = subject.adapter.attributes.User.some((row) => row.path === "active" && row.required);
      for (const active of [true, false]) {
        await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: active });
        await world.outwait();
        const before = (await world.user(person.key)).record;
        const body = bodyOf(person, ["active"]);
        const patches = [
          { op: "remove", path: "active" },
          { op: "replace", path: "active", value: "" },
          { op: "replace", path: "active", value: null },
          { op: "replace", value: { active: null } },
        ].map((operation) => [isRequired ? 400 : 200, () => world.patch(`/Users/${id}`, operation)] as const);
        const puts = [null, ""].map(
          (empty) => [200, () => world.scim("PUT", `/Users/${id}`, { ...body, active: empty })] as const,
        );
        for (const [status, clear] of [...patches, ...puts]) {
          const { answer, calls } = await world.watch(clear);
          expect(answer).toMatchObject(status === 200 ? { status, body: { id, active } } : { status });
          expect(effectIn(subject, calls)).toBe(-1);
        }
        expect((await world.user(person.key)).record).toEqual(before);
      }
    },
  },
  {
    name: "S8: DELETE removes the user at the vendor; afterwards no search finds them, and a second DELETE is 404",
    unless: noRemove,
    async run(original) {
      const subject = withTransport(original, { onDelete: "remove" });
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      await world.create(2);
      expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
      expect(await world.users()).toHaveLength(1);
      await expectGone(world, id, person.values.userName);
    },
  },
  {
    name: "S8: DELETE where deletion is to disable disables, hides, and survives a sweep",
    unless: noDisable,
    async run(original) {
      const subject = withTransport(original, { onDelete: "disable" });
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      await world.create(2);
      expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
      expect((await world.user(person.key)).active).toBe(false);
      await world.sweep();
      await expectGone(world, id, person.values.userName);
    },
  },
  {
    name: "S8: a deleted user leaves every group, at the vendor too",
    unless: noGroups,
    async run(subject) {
      const world = await open(subject);
      const id = await world.create(1);
      const other = await world.create(2);
      const group = await world.createGroup("Leaving", [id, other]);
      expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
      const stays = await world.user(personOf(subject, 2).key);
      expect((await world.group("Leaving")).memberIds).toEqual([stays.id]);
      expect((await world.get(`/Groups/${group}`)).body.members).toMatchObject([{ value: other }]);
    },
  },
  {
    name: "S8 S23: a deleted user leaves the group, too, into which a lost answer had put them",
    unless: firstOf(noGroups, groupsHeld),
    async run(subject) {
      const world = await open(subject);
      const id = await world.create(1);
      const other = await world.create(2);
      const group = await world.createGroup("Leaving", [other]);
      const first = await world.createGroup("First", [other]);
      const join = (user: string) => ({ op: "add", path: "members", value: [{ value: user }] });
      const third = await world.create(3);
      const { all } = await world.watch(() => world.patch(`/Groups/${first}`, join(third)));
      await world.fail({ kind: "lostResponse", skip: effectIn(subject, all) });
      expect((await world.patch(`/Groups/${group}`, join(id))).status).toBe(503);
      expect((await world.group("Leaving")).memberIds).toHaveLength(2);
      expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
      const stays = await world.user(personOf(subject, 2).key);
      expect((await world.group("Leaving")).memberIds).toEqual([stays.id]);
      expect((await world.get(`/Groups/${group}`)).body.members).toMatchObject([{ value: other }]);
    },
  },
  {
    name: "S13 S23: a user whose renaming was not answered leaves a group under the name that the vendor has",
    unless: firstOf(noGroups, noRename, (subject) =>
      hasShape(subject, "membersByEmail") ? undefined : "names members by id (no membersByEmail)",
    ),
    async run(subject) {
      const world = await open(subject);
      const id = await world.create(1);
      const group = await world.createGroup("Leaving", [id, await world.create(2)]);
      const path = keyPath(subject);
      const rename = (n: number) => ({ op: "replace", path, value: personOf(subject, n, 1).values[path] });
      const { all } = await world.watch(() => world.patch(`/Users/${id}`, rename(3)));
      const last = all.findLastIndex((call) => effectIn(subject, [call]) === 0);
      await world.fail({ kind: "lostResponse", skip: last });
      expect((await world.patch(`/Users/${id}`, rename(4))).status).toBe(503);
      const leave = { op: "remove", path: "members", value: [{ value: id }] };
      expect(await world.patch(`/Groups/${group}`, leave)).toMatchObject({ status: 204 });
      expect((await world.group("Leaving")).memberIds).toHaveLength(1);
    },
  },
  {
    name: "S9: the same person and another person who are created after a deletion each get a new id",
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      await world.scim("DELETE", `/Users/${id}`);
      await world.catchUp();
      const back = await world.scim("POST", "/Users", bodyOf(person));
      expect(back).toMatchObject({ status: 201, body: { externalId: person.externalId } });
      expect(back.body.id).not.toBe(id);
      expect(await world.get(`/Users/${id}`)).toMatchObject({ status: 404 });
      if (subject.native.accept) await world.change((state) => subject.native.accept?.(state, person.key) ?? {});
      expect((await world.user(person.key)).active).toBe(true);
      await world.scim("DELETE", `/Users/${back.body.id}`);
      await world.catchUp();
      const other = { ...barePersonOf(subject, 1), externalId: "another-person" };
      const taken = await world.scim("POST", "/Users", bodyOf(other));
      expect(taken).toMatchObject({ status: 201, body: { externalId: "another-person" } });
      expect([id, back.body.id]).not.toContain(taken.body.id);
      expect(await world.get(`/Users/${back.body.id}`)).toMatchObject({ status: 404 });
      // Nothing of the person before.
      const cleared = Object.keys(person.values).filter((path) => !(path in other.values) && path !== "active");
      await expectHeld(world, person.key, {
        ...other.values,
        ...Object.fromEntries(cleared.map((path) => [path, undefined])),
      });
    },
  },
  {
    name: "S9: where deletion is to disable, the next person's values are written before the account is enabled",
    unless: firstOf(noDisable, ({ adapter }) =>
      adapter.user.setActive ? undefined : "writes active together with the other attributes (no setActive)",
    ),
    async run(original) {
      const subject = withTransport(original, { onDelete: "disable" });
      const world = await open(subject);
      const id = await world.create(1);
      await world.scim("DELETE", `/Users/${id}`);
      await world.catchUp();
      const other = { ...personOf(subject, 1), externalId: "another-person" };
      const changed = personOf(subject, 1, 1).values;
      for (const path of Object.keys(changed)) {
        if (path !== "userName" && path !== keyPath(subject)) other.values[path] = changed[path] ?? "";
      }
      const { answer, calls } = await world.watch(() => world.scim("POST", "/Users", bodyOf(other)));
      expect(answer).toMatchObject({ status: 201 });
      // The last write is the one that enables: cut before it, the account is the new person's and still disabled.
      const writes = calls.filter((call) => call.method !== "GET");
      await world.scim("DELETE", `/Users/${answer.body.id}`);
      await world.catchUp();
      const again = { ...personOf(subject, 1), externalId: "a-third-person" };
      await world.fail({
        kind: "status",
        status: 422,
        skip: calls.indexOf(writes.at(-1) ?? (calls[0] as never)),
        times: 50,
      });
      const cut = await world.scim("POST", "/Users", bodyOf(again));
      expect(cut.status).toBeGreaterThanOrEqual(400);
      expect((await world.user(again.key)).active).toBe(false);
    },
  },
  {
    name: "S10: a user removed behind our back is 404 by id and gone from the search",
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      for (const n of [2, 3]) await world.create(n);
      await world.outwait();
      const { id: nativeId } = await world.user(person.key);
      await world.change((state) => subject.native.withoutUser(state, nativeId));
      expect(await world.get(`/Users/${id}`)).toMatchObject({ status: 404 });
      const found = await world.find("Users", `userName eq "${person.values.userName}"`);
      expect(found.body).toMatchObject({ totalResults: 0 });
    },
  },
  {
    name: "S10: a 404 by id is no absence while the search still shows the user",
    unless: firstOf(noSearch, noAddress),
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      await world.outwait();
      const { id: nativeId } = await world.user(person.key);
      const address = encodeURIComponent(nativeId).replace(/[.*+?^$()|[\]\\]/g, "\\$&");
      // Some vendors say with a 403, too, that a user is not there.
      for (const status of [404, 403]) {
        await world.fail({ kind: "status", status, match: { path: `/${address}(\\.json)?$` }, times: 50 });
        expect((await world.get(`/Users/${id}`)).status, `${status}`).toBe(503);
        await world.sweep();
        await world.heal();
        expect(await world.get(`/Users/${id}`)).toMatchObject({ status: 200, body: { id } });
      }
    },
  },
  {
    name: "S10: while the credential is refused everywhere no user is lost",
    async run(subject) {
      const world = await open(subject);
      const id = await world.create(1);
      await world.outwait();
      for (const status of [401, 403]) {
        await world.fail({ kind: "status", status, times: 50 });
        expect((await world.get(`/Users/${id}`)).status, `${status}`).toBe(503);
        await world.heal();
        expect(await world.get(`/Users/${id}`)).toMatchObject({ status: 200, body: { id } });
      }
    },
  },
  {
    name: "S10: a bare 404 from everywhere is an outage, not an absence",
    async run(subject) {
      const world = await open(subject);
      const id = await world.create(1);
      await world.outwait();
      await world.fail({ kind: "malformed", shape: "html", status: 404, when: "before", times: 50 });
      expect((await world.get(`/Users/${id}`)).status).toBeGreaterThanOrEqual(500);
      await world.heal();
      expect(await world.get(`/Users/${id}`)).toMatchObject({ status: 200 });
    },
  },
];

function upperCased(body: ReturnType<typeof bodyOf>) {
  const changed = structuredClone(body);
  put(changed, "userName", String(body.userName).toUpperCase());
  if (Array.isArray(changed.emails)) {
    changed.emails = JSON.parse(
      JSON.stringify(changed.emails)
        .toUpperCase()
        .replaceAll("TYPE", "type")
        .replaceAll("VALUE", "value")
        .replaceAll("WORK", "work"),
    );
  }
  return changed;
}

async function expectGone(world: Awaited<ReturnType<typeof open>>, id: string, userName: unknown): Promise<void> {
  expect(await world.get(`/Users/${id}`)).toMatchObject({ status: 404 });
  expect((await world.find("Users", `userName eq "${userName}"`)).body).toMatchObject({ totalResults: 0 });
  expect((await world.get("/Users")).body).toMatchObject({
    totalResults: 1 + (world.subject.native.residents ?? 0),
  });
  expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 404 });
  expect(await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: true })).toMatchObject({
    status: 404,
  });
}
