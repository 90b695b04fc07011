// What an adapter's table promises: every row round-trips, clears, refuses what it must; what it does not map survives.

import { expect } from "vitest";
import type { NativeRecord } from "../../../adapters/native-view.ts";
import type { AttributeRow } from "../../../src/adapter.ts";
import { canDisable, firstOf, noCoupling, noReferences, noRename, type Scenario } from "../scenario.ts";
import { bodyOf, get, keyPath, ownRows, type Person, personOf, put, type Subject } from "../subject.ts";
import { expectHeld, open, strangerOf, type World } from "../world.ts";

const isText = (row: AttributeRow) => !row.reference && (row.type ?? "string") === "string" && row.path !== "active";
const textRows = (subject: Subject) => ownRows(subject).filter(isText);
const optionalRows = (subject: Subject) => textRows(subject).filter((row) => row.required !== true);
const createLimit = ({ maxLength }: AttributeRow): number | undefined =>
  typeof maxLength === "number" ? maxLength : maxLength && Math.min(maxLength.create, maxLength.update);

/** The value that a client sees: coupled attributes show one value under both paths. */
async function expectSeen(world: World, id: string, person: Person, without: readonly string[] = []): Promise<void> {
  const { body } = await world.get(`/Users/${id}`);
  for (const [path, value] of Object.entries(person.values)) {
    expect(get(body, path), path).toEqual(without.includes(path) ? undefined : value);
  }
}

export const attributes: Scenario[] = [
  {
    name: "S1: every attribute of the table lands in its own native field and reads back, at once and later",
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      await expectHeld(world, person.key, person.values);
      await expectSeen(world, id, person);
      await world.outwait();
      await expectSeen(world, id, person);
    },
  },
  {
    name: "S1: every attribute can be changed by PATCH alone, and nothing else changes with it",
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const edited = personOf(subject, 1, 1).values;
      const id = await world.create(person);
      // From here on the vendor's reads show the user, even if late.
      await world.outwait();
      for (const row of textRows(subject)) {
        const value = edited[row.path] ?? "";
        const answer = await world.patch(`/Users/${id}`, { op: "replace", path: row.path, value });
        expect(answer, row.path).toMatchObject({ status: 200, body: { id } });
        person.values[row.path] = value;
        if (row.path === subject.adapter.userNameIs) person.values.userName = value;
        if (row.path === keyPath(subject)) person.key = String(value);
        await expectHeld(world, person.key, person.values);
        await expectSeen(world, id, person);
      }
      await world.outwait();
      await expectSeen(world, id, person);
    },
  },
  {
    name: "S1: every attribute can be changed by PUT, all at once",
    async run(subject) {
      const world = await open(subject);
      const id = await world.create(1);
      const edited = { ...personOf(subject, 1, 1), externalId: "ext-1b" };
      expect(await world.scim("PUT", `/Users/${id}`, bodyOf(edited))).toMatchObject({ status: 200, body: { id } });
      await expectHeld(world, edited.key, edited.values);
      await expectSeen(world, id, edited);
      expect((await world.get(`/Users/${id}`)).body.externalId).toBe("ext-1b");
    },
  },
  {
    name: "S1: externalId is kept for every vendor, in its exact case, and can be searched",
    async run(subject) {
      const isNative = subject.adapter.attributes.User.some((row) => row.path === "externalId");
      const world = await open(subject);
      const person = { ...personOf(subject, 1), externalId: "Ext-ÄB" };
      const id = await world.create(person);
      for (const externalId of ["Ext-ÄB", "ext-changed"]) {
        const answer = await world.patch(`/Users/${id}`, { op: "replace", path: "externalId", value: externalId });
        expect(answer).toMatchObject({ status: 200, body: { externalId } });
        expect((await world.get(`/Users/${id}`)).body.externalId).toBe(externalId);
        if (isNative) await expectHeld(world, person.key, { externalId });
        expect((await world.find("Users", `externalId eq "${externalId}"`)).body.Resources).toMatchObject([{ id }]);
        expect((await world.find("Users", `externalId eq "${externalId.toUpperCase()}"`)).body.totalResults).toBe(0);
      }
    },
  },
  {
    name: "S1: every optional attribute can be cleared, by PATCH remove and by leaving it out of PUT",
    unless: (subject) => (optionalRows(subject).length > 0 ? undefined : "declares no optional text attribute"),
    async run(subject) {
      const world = await open(subject);
      const optional = optionalRows(subject).map((row) => row.path);
      const byPatch = personOf(subject, 1);
      const patched = await world.create(byPatch);
      for (const path of optional) {
        expect(await world.patch(`/Users/${patched}`, { op: "remove", path }), path).toMatchObject({ status: 200 });
      }
      const byPut = personOf(subject, 2);
      const replaced = await world.create(byPut);
      expect(await world.scim("PUT", `/Users/${replaced}`, bodyOf(byPut, optional))).toMatchObject({ status: 200 });
      const nothing = Object.fromEntries(optional.map((path) => [path, undefined]));
      for (const [id, person] of [[patched, byPatch] as const, [replaced, byPut] as const]) {
        await expectHeld(world, person.key, { ...person.values, ...nothing });
        await expectSeen(world, id, person, optional);
      }
    },
  },
  {
    name: "S5: PUT without active leaves a disabled user disabled",
    unless: ({ adapter }) => (canDisable(adapter) ? undefined : "declares neither setActive nor the attribute active"),
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: false });
      const body = bodyOf(personOf(subject, 1), ["active"]);
      expect(await world.scim("PUT", `/Users/${id}`, body)).toMatchObject({ status: 200, body: { active: false } });
      expect((await world.user(person.key)).active).toBe(false);
    },
  },
  {
    name: "S1: each required attribute is refused by name when it is missing, and when it is cleared",
    async run(subject) {
      const world = await open(subject);
      const id = await world.create(2);
      const required = subject.adapter.attributes.User.filter((row) => row.required === true && row.path !== "active");
      for (const { path } of required) {
        // Of two spellings of one value, either is enough.
        const spellings = path === "userName" || path === subject.adapter.userNameIs;
        const without = spellings && subject.adapter.userNameIs ? ["userName", subject.adapter.userNameIs] : [path];
        const body = bodyOf(personOf(subject, 1), without);
        if (path === "externalId") delete body.externalId;
        const answer = await world.scim("POST", "/Users", body);
        expect(answer, `without ${path}`).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
        expect(
          without.some((one) => answer.body.detail.includes(one.split("[")[0])),
          answer.body.detail,
        ).toBe(true);
        if (path === "externalId") continue;
        const cleared = await world.patch(`/Users/${id}`, { op: "remove", path });
        expect(cleared, `clearing ${path}`).toMatchObject({ status: 400 });
      }
      expect(await world.users()).toHaveLength(1);
      await expectHeld(world, personOf(subject, 2).key, personOf(subject, 2).values);
    },
  },
  {
    name: "S4: a text beyond its declared length is refused by name, one at the length is held",
    unless: (subject) =>
      textRows(subject).some((row) => row.maxLength !== undefined) ? undefined : "declares no length limit",
    async run(subject) {
      const world = await open(subject);
      const limited = textRows(subject).filter((row) => row.maxLength !== undefined && row.path !== keyPath(subject));
      const longest = personOf(subject, 1);
      for (const row of limited) {
        const limit = createLimit(row) ?? 0;
        const tail = row.path.startsWith("emails") ? "@example.com" : "";
        const tooLong = personOf(subject, 2);
        tooLong.values[row.path] = "x".repeat(limit + 1 - tail.length) + tail;
        const answer = await world.scim("POST", "/Users", bodyOf(tooLong));
        expect(answer, row.path).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
        expect(answer.body.detail).toContain(row.path);
        longest.values[row.path] = "y".repeat(limit - tail.length) + tail;
      }
      await world.create(longest);
      await expectHeld(world, longest.key, longest.values);
      expect(await world.users()).toHaveLength(1);
    },
  },
  {
    name: "S2: coupled attributes are one value, whichever of the two a request changes",
    unless: firstOf(noCoupling, noRename),
    async run(subject) {
      const twin = keyPath(subject);
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      for (const [path, value] of [
        ["userName", "renamed1@example.com"],
        [twin, "renamed2@example.com"],
      ] as const) {
        const answer = await world.patch(`/Users/${id}`, { op: "replace", path, value });
        expect(answer, path).toMatchObject({ status: 200, body: { userName: value } });
        expect(get(answer.body, twin)).toBe(value);
        await world.user(value);
      }
      const replaced = personOf(subject, 1);
      replaced.values.userName = "renamed3@example.com";
      replaced.values[twin] = "renamed2@example.com";
      expect(await world.scim("PUT", `/Users/${id}`, bodyOf(replaced))).toMatchObject({ status: 200 });
      await world.user("renamed3@example.com");
    },
  },
  {
    name: "S2: coupled attributes set to two different new values are 400, naming both",
    unless: noCoupling,
    async run(subject) {
      const twin = keyPath(subject);
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      const torn = personOf(subject, 2);
      torn.values.userName = "one@example.com";
      torn.values[twin] = "two@example.com";
      const answers = [await world.scim("POST", "/Users", bodyOf(torn))];
      // A name that is given once is refused as such, before it is compared with its twin.
      if (noRename(subject) === undefined) {
        answers.push(
          await world.scim("PUT", `/Users/${id}`, bodyOf(torn)),
          await world.patch(
            `/Users/${id}`,
            { op: "replace", path: "userName", value: "one@example.com" },
            { op: "replace", path: twin, value: "two@example.com" },
          ),
        );
      }
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
        expect(answer.body.detail).toContain("userName");
        expect(answer.body.detail).toContain(twin);
      }
      expect((await world.users()).map((user) => user.key)).toEqual([person.key]);
    },
  },
  {
    name: "S1: a reference to another user is held, follows a change, and is cleared; an unknown id is 400",
    unless: noReferences,
    async run(subject) {
      const world = await open(subject);
      const boss = await world.create(1);
      const other = await world.create(2);
      const person = personOf(subject, 3);
      const id = await world.create(person);
      for (const { path } of subject.adapter.attributes.User.filter((row) => row.reference)) {
        for (const [manager, n] of [[boss, 1] as const, [other, 2] as const]) {
          const answer = await world.patch(`/Users/${id}`, { op: "replace", path, value: { value: manager } });
          expect(answer, path).toMatchObject({ status: 200 });
          expect(get((await world.get(`/Users/${id}`)).body, path)).toBe(manager);
          await expectHeld(world, person.key, { [path]: (await world.user(personOf(subject, n).key)).id });
        }
        const unknown = await world.patch(`/Users/${id}`, { op: "replace", path, value: { value: "nobody" } });
        expect(unknown).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
        expect(await world.patch(`/Users/${id}`, { op: "remove", path })).toMatchObject({ status: 200 });
        await expectHeld(world, person.key, { ...person.values, [path]: undefined });
      }
    },
  },
  {
    name: "S3: native fields that no attribute maps survive every kind of write",
    async run(subject) {
      const { unmapped } = subject.native;
      const stranger = strangerOf(subject, 1);
      const world = await open(subject, { strangers: [stranger] });
      const found = await world.find("Users", `userName eq "${stranger.key}"`);
      const { id } = found.body.Resources[0];
      const edited = personOf(subject, 1, 1);
      const survived = async (after: string, key: string) => {
        const { record } = await world.user(key);
        const left = Object.fromEntries(Object.keys(unmapped).map((name) => [name, (record as NativeRecord)[name]]));
        expect(left, after).toEqual(unmapped);
      };
      for (const row of textRows(subject).filter((one) => one.path !== keyPath(subject))) {
        await world.patch(`/Users/${id}`, { op: "replace", path: row.path, value: edited.values[row.path] });
        await survived(`PATCH of ${row.path}`, stranger.key);
      }
      if (canDisable(subject.adapter)) {
        for (const active of [false, true]) {
          const answer = await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: active });
          expect(answer).toMatchObject({ status: 200 });
          await survived(`active ${active}`, stranger.key);
        }
      }
      expect(await world.scim("PUT", `/Users/${id}`, bodyOf(edited))).toMatchObject({ status: 200 });
      await survived("PUT", edited.key);
    },
  },
  {
    name: "S1: an update does not enable a disabled user",
    unless: ({ adapter }) => (canDisable(adapter) ? undefined : "declares neither setActive nor the attribute active"),
    async run(subject) {
      const stranger = strangerOf(subject, 1, { active: false });
      const world = await open(subject, { strangers: [stranger] });
      const found = await world.find("Users", `userName eq "${stranger.key}"`);
      expect(found.body.Resources).toMatchObject([{ active: false }]);
      const { id } = found.body.Resources[0];
      const edited = personOf(subject, 1, 1);
      for (const row of textRows(subject).filter((one) => one.path !== keyPath(subject))) {
        await world.patch(`/Users/${id}`, { op: "replace", path: row.path, value: edited.values[row.path] });
        expect((await world.user(stranger.key)).active, `after ${row.path}`).toBe(false);
      }
    },
  },
  {
    name: "S1: what the table does not hold is accepted and dropped",
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const body = bodyOf(person);
      put(body, "nickName", "Countess");
      put(body, "urn:example:nowhere:2.0:User:badge", "B-7");
      const answer = await world.scim("POST", "/Users", body);
      expect(answer).toMatchObject({ status: 201 });
      if (!subject.adapter.attributes.User.some((row) => row.path === "nickName")) {
        expect(answer.body.nickName).toBeUndefined();
      }
      await expectHeld(world, person.key, person.values);
    },
  },
];
