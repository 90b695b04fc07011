// Protected principals: what no request may take from them, however it is written [S22].

import { expect } from "vitest";
import type { Answer } from "../../worker/gateway.ts";
import { canDisable, firstOf, noGroupRemoval, noGroups, noSeats, oneSeat, type Scenario } from "../scenario.ts";
import { bodyOf, groupBodyOf, keyPath, personOf, put, type Subject } from "../subject.ts";
import { effectIn, open, strangerOf, type World } from "../world.ts";
import { add, grouped, remove, seatGroupsOf, seatOf } from "./seats.ts";

const noAccount = ({ adapter }: Subject) =>
  adapter.account ? undefined : "cannot tell whose credential it is (no account): an operator names it";

/** The request is refused, says why here and in its trace, and writes nothing. */
async function expectKept(world: World, why: RegExp, what: string, work: () => Promise<Answer>): Promise<void> {
  const { answer, calls } = await world.watch(work);
  expect([what, answer.status, answer.body.detail]).toEqual([what, 403, expect.stringMatching(why)]);
  expect(effectIn(world.subject, calls), what).toBe(-1);
  const { gateway } = world;
  const trace = await gateway.api("GET", `/connections/${gateway.name}/traces/${answer.headers.get("x-request-id")}`);
  expect(trace.body.notes.join(), what).toMatch(/^refused: /);
}

/** Everything that would take a user away or rename them. */
function attemptsOn(world: World, id: string, n: number): [what: string, work: () => Promise<Answer>][] {
  const { subject } = world;
  const person = personOf(subject, n);
  const other = personOf(subject, n, 1);
  const path = `/Users/${id}`;
  const replaced = (values: Record<string, unknown>) => {
    const body = bodyOf(person);
    for (const [name, value] of Object.entries(values)) put(body, name, value as string | boolean);
    return body;
  };
  const names = subject.adapter.attributes.User.filter(
    (row) => !row.immutable && (row.path === "userName" || row.path.startsWith("emails")),
  ).map((row) => row.path);
  const renamed = Object.fromEntries(names.map((name) => [name, other.values[name]]));
  return [
    ...(canDisable(subject.adapter)
      ? ([
          ["PATCH of active", () => world.patch(path, { op: "replace", path: "active", value: false })],
          ["PATCH without a path", () => world.patch(path, { op: "replace", value: { active: false } })],
          ["PATCH as a text", () => world.patch(path, { op: "Replace", path: "active", value: "False" })],
          ["PUT of active", () => world.scim("PUT", path, replaced({ active: false }))],
        ] satisfies [string, () => Promise<Answer>][])
      : []),
    ...names.map((name): [string, () => Promise<Answer>] => [
      `PATCH of ${name}`,
      () => world.patch(path, { op: "replace", path: name, value: other.values[name] }),
    ]),
    ...(names.length > 0
      ? ([["PUT of names", () => world.scim("PUT", path, replaced(renamed))]] satisfies [
          string,
          () => Promise<Answer>,
        ][])
      : []),
    ["PATCH of a password", () => world.patch(path, { op: "replace", path: "password", value: "correct horse" })],
    ["DELETE", () => world.scim("DELETE", path)],
  ];
}

export const protection: Scenario[] = [
  {
    name: "S22 S18: a protected user is not disabled, renamed or deleted, however the request is written",
    async run(subject) {
      const person = personOf(subject, 1);
      const world = await open(subject, {
        protected: { users: [person.key.toUpperCase()], groups: [] },
        brake: { share: 0, count: 1, minutes: 60 },
      });
      const id = await world.create(1);
      await world.outwait();
      const before = await world.user(person.key);
      for (const [what, attempt] of attemptsOn(world, id, 1)) await expectKept(world, /protected/, what, attempt);
      expect(await world.user(person.key)).toEqual(before);
      const row = subject.adapter.attributes.User.find(
        (one) => !one.reference && !one.immutable && /^(name\.|displayName)/.test(one.path),
      );
      if (!row || row.path === keyPath(subject)) return;
      const value = personOf(subject, 1, 1).values[row.path];
      expect(await world.patch(`/Users/${id}`, { op: "replace", path: row.path, value })).toMatchObject({
        status: 200,
      });
    },
  },
  {
    name: "S22: the account whose credential the connection uses is protected without being named",
    unless: noAccount,
    async run(subject) {
      const { native } = subject;
      const person = personOf(subject, 1);
      const world = await open(subject, { strangers: [strangerOf(subject, 1), strangerOf(subject, 2)] });
      const account = await world.user(person.key);
      await world.change((state) => native.withAccount?.(state, account.id) ?? {});
      await world.sweep();
      const found = await world.find("Users", `userName eq "${person.values.userName}"`);
      const { id } = found.body.Resources[0];
      const before = await world.user(person.key);
      for (const [what, attempt] of attemptsOn(world, id, 1)) await expectKept(world, /credential/, what, attempt);
      expect(await world.user(person.key)).toEqual(before);
      const other = await world.find("Users", `userName eq "${personOf(subject, 2).values.userName}"`);
      expect(await world.scim("DELETE", `/Users/${other.body.Resources[0].id}`)).toMatchObject({ status: 204 });
    },
  },
  {
    name: "S22: a protected user does not leave a protected group, which keeps its name and stays",
    unless: noGroups,
    async run(subject) {
      const { group } = subject.adapter;
      const world = await open(subject, {
        protected: { users: [personOf(subject, 1).key], groups: ["break glass"] },
      });
      const [admin, other] = [await world.create(1), await world.create(2)];
      const id = await world.createGroup("Break glass", [admin, other]);
      const path = `/Groups/${id}`;
      const whole = (members: string[]) => groupBodyOf(subject, "Break glass", members);
      const attempts: [string, () => Promise<Answer>][] = [
        ["remove by filter", () => world.patch(path, remove(admin))],
        ["remove by value", () => world.patch(path, { op: "remove", path: "members", value: [{ value: admin }] })],
        ["remove of all", () => world.patch(path, { op: "remove", path: "members" })],
        ["replace", () => world.patch(path, { op: "replace", path: "members", value: [{ value: other }] })],
        ["PUT of members", () => world.scim("PUT", path, { ...whole([other]), members: [{ value: other }] })],
        ["PUT of no members", () => world.scim("PUT", path, { ...whole([]), members: [] })],
        ["DELETE", () => world.scim("DELETE", path)],
        ...(group?.update
          ? ([
              ["PATCH of displayName", () => world.patch(path, { op: "replace", path: "displayName", value: "Other" })],
            ] satisfies [string, () => Promise<Answer>][])
          : []),
      ];
      for (const [what, attempt] of attempts) await expectKept(world, /protected/, what, attempt);
      expect((await world.group("Break glass")).memberIds).toHaveLength(2);
      expect(await world.patch(path, remove(other))).toMatchObject({ status: 204 });
      expect((await world.get(path)).body.members).toMatchObject([{ value: admin }]);
    },
  },
  {
    name: "S22 S17: a protected user keeps the licence: by leaving, by the group's change and by its end",
    unless: firstOf(noSeats, noGroupRemoval),
    async run(subject) {
      const { better, nothing, none } = seatGroupsOf(subject);
      const world = await open(subject, { protected: { users: [personOf(subject, 1).key], groups: [] } });
      const [admin, other] = [await world.create(1), await world.create(2)];
      const id = await grouped(world, better, "paid", [admin, other]);
      const path = `/Groups/${id}`;
      const changes = Object.entries(nothing.of("plain"));
      const attempts: [string, () => Promise<Answer>][] = [
        ["leaving", () => world.patch(path, remove(admin))],
        [
          "replacing the members",
          () => world.patch(path, { op: "replace", path: "members", value: [{ value: other }] }),
        ],
        [
          "changing the group",
          () => world.patch(path, ...changes.map(([name, value]) => ({ op: "replace", path: name, value }))),
        ],
        ["deleting the group", () => world.scim("DELETE", path)],
      ];
      for (const [what, attempt] of attempts) await expectKept(world, /protected/, what, attempt);
      expect([await seatOf(world, 1), await seatOf(world, 2)]).toEqual([better.seat, better.seat]);
      expect(await world.patch(path, remove(other))).toMatchObject({ status: 204 });
      expect(await seatOf(world, 2)).toBe(none ?? better.seat);
    },
  },
  {
    name: "S22 S16: a protected user with a licence of the vendor's own giving joins no group that gives a lower one",
    unless: firstOf(noSeats, oneSeat),
    async run(subject) {
      const { lesser } = seatGroupsOf(subject);
      if (!lesser) throw new Error("no lesser seat");
      const person = personOf(subject, 1);
      const world = await open(subject, {
        strangers: [strangerOf(subject, 1)],
        protected: { users: [person.key], groups: [] },
      });
      const found = await world.find("Users", `userName eq "${person.values.userName}"`);
      const admin: string = found.body.Resources[0].id;
      const before = await seatOf(world, 1);
      expect(before).not.toBe(lesser.seat);
      const id = await grouped(world, lesser, "low");
      await expectKept(world, /protected/, "joining", () => world.patch(`/Groups/${id}`, add(admin)));
      const body = groupBodyOf(subject, lesser.of("new").displayName ?? "new", [admin]);
      for (const [name, value] of Object.entries(lesser.of("new"))) put(body, name, value);
      await expectKept(world, /protected/, "a new group", () => world.scim("POST", "/Groups", body));
      expect(await seatOf(world, 1)).toBe(before);
    },
  },
];
