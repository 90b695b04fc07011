// Products that send each new user an invitation: who is created inactive gets an account when they are activated [S56].

import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { noDisable, type Scenario } from "../scenario.ts";
import { bodyOf, get, keyPath, ownRows, type Person, personOf, put, type Subject } from "../subject.ts";
import { expectHeld, open, strangerOf, type World } from "../world.ts";

const noInvitation = (subject: Subject): string | undefined =>
  noDisable(subject) ??
  (subject.adapter.user.invites ? undefined : "declares no invitation of new users (user.invites)");

export const activate = { op: "replace", path: "active", value: true };
export const isUniqueness = { status: 409, body: { scimType: "uniqueness" } };

export function inactive(person: Person) {
  const body = bodyOf(person);
  put(body, "active", false);
  return body;
}

export async function createInactive(world: World, person: Person): Promise<string> {
  const answer = await world.scim("POST", "/Users", inactive(person));
  expect(answer).toMatchObject({ status: 201, body: { active: false } });
  return answer.body.id;
}

export const keysOf = async (world: World) => (await world.users()).map(({ key }) => key.toLowerCase());

/** A text attribute that a request may change and that names nobody. */
const plainRow = (subject: Subject) =>
  ownRows(subject).find(
    ({ path, immutable, type = "string", reference }) =>
      type === "string" && !immutable && !reference && ![keyPath(subject), "userName", "active"].includes(path),
  );

async function memberKeys(world: World, group: string): Promise<string[]> {
  const { memberIds } = await world.group(group);
  const members = (await world.users()).filter(({ id }) => memberIds.includes(id));
  expect(members).toHaveLength(memberIds.length);
  return members.map(({ key }) => key.toLowerCase()).sort();
}

/** Lets the alarm send what is owed to groups. */
export async function expectMembers(world: World, group: string, keys: readonly string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      await runDurableObjectAlarm(env.CONNECTION.getByName(world.gateway.id));
      expect(await memberKeys(world, group)).toEqual([...keys].sort());
    },
    { timeout: 15_000, interval: 100 },
  );
}

export const invitations: Scenario[] = [
  {
    name: "S56: a user who is created inactive has no account, so no invitation, and reads as any other until activated",
    unless: noInvitation,
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await createInactive(world, person);
      const row = plainRow(subject);
      const changed = row ? { [row.path]: personOf(subject, 1, 1).values[row.path] } : {};
      if (row) {
        const change = { op: "replace", path: row.path, value: changed[row.path] };
        expect(await world.patch(`/Users/${id}`, change)).toMatchObject({ status: 200 });
      }
      for (const turn of ["before a sweep", "after it"]) {
        expect(await keysOf(world), turn).not.toContain(person.key);
        const { body } = await world.get(`/Users/${id}`);
        for (const [path, value] of Object.entries({ ...person.values, ...changed, active: false })) {
          expect(get(body, path), `${path} ${turn}`).toEqual(value);
        }
        const found = await world.find("Users", `userName eq "${person.values.userName}"`);
        expect(found.body.Resources, turn).toMatchObject([{ id, active: false }]);
        await world.sweep();
      }
      expect(await world.scim("POST", "/Users", inactive(person))).toMatchObject(isUniqueness);
      expect(await world.patch(`/Users/${id}`, activate)).toMatchObject({ status: 200, body: { id, active: true } });
      await expectHeld(world, person.key, { ...person.values, ...changed, active: true });
      await world.outwait();
      expect((await world.get(`/Users/${id}`)).body).toMatchObject({ id, active: true, externalId: person.externalId });
      await world.sweep();
      const found = await world.find("Users", `userName eq "${person.values.userName}"`);
      expect(found.body.Resources).toMatchObject([{ id, active: true }]);
    },
  },
  {
    name: "S56: groups of a user without an account are kept, and the product is told them with the activation",
    unless: (subject) => noInvitation(subject) ?? (subject.adapter.group ? undefined : "declares no groups"),
    async run(subject) {
      const world = await open(subject);
      const [waiting, other] = [personOf(subject, 1), personOf(subject, 2)];
      const id = await createInactive(world, waiting);
      const otherId = await world.create(other);
      const groupId = await world.createGroup("Readers", [id, otherId]);
      const left = await world.createGroup("Writers", [id]);
      const leave = { op: "remove", path: `members[value eq "${id}"]` };
      expect(await world.patch(`/Groups/${left}`, leave)).toMatchObject({ status: 204 });
      await world.outwait();
      expect(await memberKeys(world, "Readers")).toEqual([other.key]);
      await world.sweep();
      const members = (await world.get(`/Groups/${groupId}`)).body.members.map((one: { value: string }) => one.value);
      expect(members.sort()).toEqual([id, otherId].sort());
      expect(await world.patch(`/Users/${id}`, activate)).toMatchObject({ status: 200 });
      if (subject.native.accept) await world.change((state) => subject.native.accept?.(state, waiting.key) ?? {});
      await expectMembers(world, "Readers", [waiting.key, other.key]);
      expect(await memberKeys(world, "Writers")).toEqual([]);
    },
  },
  {
    name: "S56: a user without an account is deleted without a word to the product, and a name that the product has is 409",
    unless: noInvitation,
    async run(subject) {
      const world = await open(subject, { strangers: [strangerOf(subject, 2)] });
      const person = personOf(subject, 1);
      const before = await world.state();
      const id = await createInactive(world, person);
      expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
      expect(await world.get(`/Users/${id}`)).toMatchObject({ status: 404 });
      expect(await world.state()).toEqual(before);
      expect(await world.scim("POST", "/Users", inactive(personOf(subject, 2)))).toMatchObject(isUniqueness);
      const again = await createInactive(world, person);
      expect(again).not.toBe(id);
    },
  },
];
