// Paid seats that follow group membership [S16] [S17].

import { expect } from "vitest";
import type { SeatGroups } from "../../../adapters/native-view.ts";
import { firstOf, noConsent, noSeatCount, noSeatLimit, noSeats, type Scenario } from "../scenario.ts";
import { groupBodyOf, personOf, put, type Subject } from "../subject.ts";
import { effectIn, open, strangerOf, type World } from "../world.ts";

export const seatGroupsOf = (subject: Subject): SeatGroups => {
  const { seatGroups } = subject.native;
  if (!seatGroups) throw new Error(`no seat groups in adapters/${subject.vendor}/view.ts`);
  return seatGroups;
};
/** What the scenario does at the vendor, which the fixture must be able to. */
function within<T>(subject: Subject, way: T | undefined): T {
  if (way === undefined) throw new Error(`adapters/${subject.vendor}/view.ts cannot do what the adapter declares`);
  return way;
}
const leaveFree = (world: World, seats: number) =>
  world.change((state) => within(world.subject, world.subject.native.withFreeSeats)(state, seats));

/** Makes a group of the given kind; its SCIM id. */
export async function grouped(
  world: World,
  kind: SeatGroups["nothing"],
  name: string,
  members: string[] = [],
): Promise<string> {
  const values = kind.of(name);
  const body = groupBodyOf(world.subject, values.displayName ?? name, members);
  for (const [path, value] of Object.entries(values)) put(body, path, value);
  const answer = await world.scim("POST", "/Groups", body);
  expect(answer, `creating ${name}`).toMatchObject({ status: 201 });
  return answer.body.id;
}

export const seatOf = async (world: World, n: number) => (await world.user(personOf(world.subject, n).key)).seat;
export const add = (...ids: string[]) => ({ op: "add", path: "members", value: ids.map((value) => ({ value })) });
export const remove = (id: string) => ({ op: "remove", path: `members[value eq "${id}"]` });

export const seats: Scenario[] = [
  {
    name: "S16: joining a group grants its seat, leaving the last one takes it back, a group without seats does neither",
    unless: noSeats,
    async run(subject) {
      const { better, nothing, none } = seatGroupsOf(subject);
      const world = await open(subject);
      const user = await world.create(1);
      const before = await seatOf(world, 1);
      const plain = await grouped(world, nothing, "plain");
      const paid = await grouped(world, better, "paid");
      await world.patch(`/Groups/${plain}`, add(user));
      expect(await seatOf(world, 1)).toBe(before);
      expect(await world.patch(`/Groups/${paid}`, add(user))).toMatchObject({ status: 204 });
      expect(await seatOf(world, 1)).toBe(better.seat);
      expect(await world.patch(`/Groups/${paid}`, remove(user))).toMatchObject({ status: 204 });
      expect(await seatOf(world, 1)).toBe(none ?? better.seat);
    },
  },
  {
    name: "S16: a seat is the union over the groups: the higher wins, and stays while one group gives it",
    unless: noSeats,
    async run(subject) {
      const { better, lesser } = seatGroupsOf(subject);
      const world = await open(subject);
      const user = await world.create(1);
      const one = await grouped(world, better, "one", [user]);
      const two = await grouped(world, lesser ?? better, "two", [user]);
      expect(await seatOf(world, 1)).toBe(better.seat);
      await world.patch(`/Groups/${one}`, remove(user));
      expect(await seatOf(world, 1)).toBe((lesser ?? better).seat);
      await world.patch(`/Groups/${one}`, add(user));
      await world.patch(`/Groups/${two}`, remove(user));
      expect(await seatOf(world, 1)).toBe(better.seat);
    },
  },
  {
    name: "S16: a seat that Portico did not grant is left as found",
    unless: noSeats,
    async run(subject) {
      const { nothing } = seatGroupsOf(subject);
      const world = await open(subject, { strangers: [strangerOf(subject, 1)] });
      const before = await seatOf(world, 1);
      const found = await world.find("Users", `userName eq "${personOf(subject, 1).values.userName}"`);
      const user: string = found.body.Resources[0].id;
      const plain = await grouped(world, nothing, "plain", [user]);
      await world.patch(`/Groups/${plain}`, remove(user));
      expect(await seatOf(world, 1)).toBe(before);
    },
  },
  {
    name: "S16: without a free seat the whole request is refused with 403, and nothing is half-applied",
    unless: firstOf(noSeats, noSeatLimit),
    async run(subject) {
      const { better, none } = seatGroupsOf(subject);
      const world = await open(subject);
      const users = [await world.create(1), await world.create(2)];
      const paid = await grouped(world, better, "paid");
      await leaveFree(world, 1);
      const refused = await world.patch(`/Groups/${paid}`, add(...users));
      expect(refused).toMatchObject({ status: 403 });
      expect((await world.groups())[0]?.memberIds).toEqual([]);
      expect((await world.get(`/Groups/${paid}`)).body.members).toBeUndefined();
      expect([await seatOf(world, 1), await seatOf(world, 2)]).toEqual([none, none]);
      expect(await world.patch(`/Groups/${paid}`, add(users[0] ?? ""))).toMatchObject({ status: 204 });
      expect(await seatOf(world, 1)).toBe(better.seat);
      // A release in the same request makes room.
      const exchange = await world.patch(`/Groups/${paid}`, remove(users[0] ?? ""), add(users[1] ?? ""));
      expect(exchange).toMatchObject({ status: 204 });
      expect([await seatOf(world, 1), await seatOf(world, 2)]).toEqual([none, better.seat]);
    },
  },
  {
    name: "S16: a seat that waits for the person's consent is a success, shown in the trace",
    unless: firstOf(noSeats, noConsent),
    async run(subject) {
      const { better } = seatGroupsOf(subject);
      const world = await open(subject);
      const user = await world.create(1);
      const paid = await grouped(world, better, "paid");
      const { key } = personOf(subject, 1);
      await world.change((state) => within(subject, subject.native.withPendingConsent)(state, key));
      const answer = await world.patch(`/Groups/${paid}`, add(user));
      expect(answer).toMatchObject({ status: 204 });
      const { body } = await world.gateway.api("GET", `/connections/${world.gateway.name}/traces`);
      expect(JSON.stringify(body)).toContain("consent");
      expect((await world.groups())[0]?.memberIds).toHaveLength(1);
    },
  },
  {
    name: "S17: a group's change of seats reaches its members, and so does its deletion",
    unless: noSeats,
    async run(subject) {
      const { better, nothing, none } = seatGroupsOf(subject);
      const world = await open(subject);
      const user = await world.create(1);
      const before = await seatOf(world, 1);
      const id = await grouped(world, nothing, "changing", [user]);
      expect(await seatOf(world, 1)).toBe(before);
      const change = (kind: SeatGroups["nothing"]) =>
        world.patch(
          `/Groups/${id}`,
          ...Object.entries(kind.of("changing")).map(([path, value]) => ({ op: "replace", path, value })),
        );
      expect(await change(better)).toMatchObject({ status: 204 });
      expect(await seatOf(world, 1)).toBe(better.seat);
      expect(await change(nothing)).toMatchObject({ status: 204 });
      expect(await seatOf(world, 1)).toBe(none ?? better.seat);
      await change(better);
      expect(await world.scim("DELETE", `/Groups/${id}`)).toMatchObject({ status: 204 });
      expect(await seatOf(world, 1)).toBe(none ?? better.seat);
    },
  },
  {
    name: "S17: a restored user gets the seat of their groups again",
    unless: noSeats,
    async run(subject) {
      const { better } = seatGroupsOf(subject);
      const world = await open(subject);
      const user = await world.create(1);
      await grouped(world, better, "paid", [user]);
      for (const active of [false, true]) {
        const answer = await world.patch(`/Users/${user}`, { op: "replace", path: "active", value: active });
        expect(answer).toMatchObject({ status: 200, body: { active } });
      }
      expect(await seatOf(world, 1)).toBe(better.seat);
    },
  },
  {
    name: "S17: a user who is restored into groups that give less has what they give, not what was granted before",
    unless: noSeats,
    async run(subject) {
      const { better, lesser, nothing, none } = seatGroupsOf(subject);
      const world = await open(subject);
      const users = [await world.create(1), await world.create(2), await world.create(3)];
      const [leaver, stayer, mover] = users;
      const left = await grouped(world, better, "left", [leaver ?? "", mover ?? ""]);
      const changed = await grouped(world, better, "changed", [stayer ?? ""]);
      const other = await grouped(world, lesser ?? nothing, "other");
      const turn = async (active: boolean) => {
        for (const id of users) {
          const answer = await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: active });
          expect(answer).toMatchObject({ status: 200, body: { active } });
        }
      };
      await turn(false);
      await world.patch(`/Groups/${left}`, remove(leaver ?? ""), remove(mover ?? ""));
      await world.patch(`/Groups/${other}`, add(mover ?? ""));
      await world.patch(
        `/Groups/${changed}`,
        ...Object.entries(nothing.of("changed")).map(([path, value]) => ({ op: "replace", path, value })),
      );
      await turn(true);
      const nothingLeft = none ?? better.seat;
      expect([await seatOf(world, 1), await seatOf(world, 2)]).toEqual([nothingLeft, nothingLeft]);
      expect(await seatOf(world, 3)).toBe(lesser?.seat ?? nothingLeft);
    },
  },
  {
    name: "S17, S21: in plan mode a user with a seat is disabled and restored as if, and keeps it",
    unless: noSeats,
    async run(subject) {
      const { better } = seatGroupsOf(subject);
      const world = await open(subject);
      const user = await world.create(1);
      await grouped(world, better, "paid", [user]);
      const plan = await world.gateway.api("PATCH", `/connections/${world.gateway.name}`, { mode: "plan" });
      expect(plan).toMatchObject({ status: 200 });
      for (const active of [false, true]) {
        const answer = await world.patch(`/Users/${user}`, { op: "replace", path: "active", value: active });
        expect(answer).toMatchObject({ status: 200, body: { active } });
        expect((await world.get(`/Users/${user}`)).body.active).toBe(active);
      }
      expect(await seatOf(world, 1)).toBe(better.seat);
    },
  },
  {
    name: "S16: a restore without a free seat is refused with 403 before anything is written",
    unless: firstOf(noSeats, noSeatLimit, noSeatCount),
    async run(subject) {
      const { better } = seatGroupsOf(subject);
      const world = await open(subject);
      const person = personOf(subject, 1);
      const user = await world.create(person);
      await grouped(world, better, "paid", [user]);
      await world.patch(`/Users/${user}`, { op: "replace", path: "active", value: false });
      await leaveFree(world, 0);
      const before = await world.user(person.key);
      const restore = [
        { op: "replace", path: "name.givenName", value: "Other" },
        { op: "replace", path: "active", value: true },
      ];
      const { answer, calls } = await world.watch(() => world.patch(`/Users/${user}`, ...restore));
      expect(answer).toMatchObject({ status: 403 });
      expect(effectIn(subject, calls)).toBe(-1);
      expect(await world.user(person.key)).toEqual(before);
      expect((await world.get(`/Users/${user}`)).body.active).toBe(false);
      await leaveFree(world, 1);
      expect(await world.patch(`/Users/${user}`, ...restore)).toMatchObject({ status: 200, body: { active: true } });
      expect(await seatOf(world, 1)).toBe(better.seat);
    },
  },
  {
    name: "S16: a group whose members cannot all have a seat is refused with 403 before anything is written",
    unless: firstOf(noSeats, noSeatLimit, noSeatCount),
    async run(subject) {
      const { better } = seatGroupsOf(subject);
      const world = await open(subject);
      const members = [await world.create(1), await world.create(2)];
      await leaveFree(world, 1);
      const body = groupBodyOf(subject, better.of("paid").displayName ?? "paid", members);
      for (const [path, value] of Object.entries(better.of("paid"))) put(body, path, value);
      const { answer, calls } = await world.watch(() => world.scim("POST", "/Groups", body));
      expect(answer).toMatchObject({ status: 403 });
      expect(effectIn(subject, calls)).toBe(-1);
      expect(await world.groups()).toEqual([]);
    },
  },
  {
    name: "S16: parallel changes of several groups leave each user the right seat",
    unless: noSeats,
    async run(subject) {
      const { better, nothing } = seatGroupsOf(subject);
      const world = await open(subject);
      const users = [await world.create(1), await world.create(2)];
      const groups = [
        await grouped(world, better, "one"),
        await grouped(world, better, "two"),
        await grouped(world, nothing, "three"),
      ];
      const answers = await Promise.all(groups.map((id) => world.patch(`/Groups/${id}`, add(...users))));
      expect(answers.map((answer) => answer.status)).toEqual([204, 204, 204]);
      await Promise.all([
        world.patch(`/Groups/${groups[0]}`, remove(users[0] ?? "")),
        world.patch(`/Groups/${groups[2]}`, remove(users[1] ?? "")),
      ]);
      expect([await seatOf(world, 1), await seatOf(world, 2)]).toEqual([better.seat, better.seat]);
    },
  },
];
