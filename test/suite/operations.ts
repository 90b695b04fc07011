// One request of each kind that makes native calls, ready to be made as often as there are ways to fail.

import { expect } from "vitest";
import type { Answer } from "../worker/gateway.ts";
import {
  firstOf,
  noDisable,
  noGroupRemoval,
  noGroups,
  noGroupUpdate,
  noRemove,
  noSearch,
  type Scenario,
} from "./scenario.ts";
import { bodyOf, groupBodyOf, personOf, type withTransport } from "./subject.ts";
import { expectHeld, type World } from "./world.ts";

/** One kind of request, ready to be made as often as there are faults. */
export interface Operation {
  name: string;
  unless?: Scenario["unless"];
  /** What must exist before request `n`. */
  prepare(world: World, n: number): Promise<string>;
  request(world: World, n: number, id: string): Promise<Answer>;
  success: number;
  /** Looks behind the adapter once the request has succeeded. */
  verify(world: World, n: number, id: string): Promise<void>;
  changes: boolean;
  transport?: Parameters<typeof withTransport>[1];
}

const nothing = async () => "";
const groupName = (n: number) => `Group ${n}`;

export const operations: readonly Operation[] = [
  {
    name: "create of a user",
    prepare: nothing,
    request: (world, n) => world.scim("POST", "/Users", bodyOf(personOf(world.subject, n))),
    success: 201,
    verify: (world, n) => expectHeld(world, personOf(world.subject, n).key, personOf(world.subject, n).values),
    changes: true,
  },
  {
    name: "read of a user",
    prepare: (world, n) => world.create(n),
    request: (world, _n, id) => world.get(`/Users/${id}`),
    success: 200,
    verify: nothing as never,
    changes: false,
  },
  {
    name: "match of a user whom Portico has not seen",
    unless: noSearch,
    prepare: nothing,
    request: (world, n) => world.find("Users", `userName eq "${personOf(world.subject, n).values.userName}"`),
    success: 200,
    verify: nothing as never,
    changes: false,
  },
  {
    name: "update of a user",
    prepare: (world, n) => world.create(n),
    request: (world, n, id) => world.scim("PUT", `/Users/${id}`, bodyOf(personOf(world.subject, n, 1))),
    success: 200,
    verify: (world, n) => expectHeld(world, personOf(world.subject, n, 1).key, personOf(world.subject, n, 1).values),
    changes: true,
  },
  {
    name: "deactivation of a user",
    unless: noDisable,
    prepare: (world, n) => world.create(n),
    request: (world, _n, id) => world.patch(`/Users/${id}`, { op: "replace", path: "active", value: false }),
    success: 200,
    verify: async (world, n) => expect((await world.user(personOf(world.subject, n).key)).active).toBe(false),
    changes: true,
  },
  {
    name: "removal of a user",
    unless: noRemove,
    transport: { onDelete: "remove" },
    prepare: (world, n) => world.create(n),
    request: (world, _n, id) => world.scim("DELETE", `/Users/${id}`),
    success: 204,
    verify: async (world, n) => {
      const { key } = personOf(world.subject, n);
      expect((await world.users()).filter((user) => user.key === key)).toEqual([]);
    },
    changes: true,
  },
  {
    name: "create of a group with a member",
    unless: noGroups,
    prepare: (world, n) => world.create(n),
    request: (world, n, id) => world.scim("POST", "/Groups", groupBodyOf(world.subject, groupName(n), [id])),
    success: 201,
    verify: async (world, n) => expect((await world.group(groupName(n))).memberIds).toHaveLength(1),
    changes: true,
  },
  {
    name: "read of a group",
    unless: noGroups,
    prepare: (world, n) => world.createGroup(groupName(n)),
    request: (world, _n, id) => world.get(`/Groups/${id}`),
    success: 200,
    verify: nothing as never,
    changes: false,
  },
  {
    name: "change of a group's name",
    unless: firstOf(noGroups, noGroupUpdate),
    prepare: (world, n) => world.createGroup(groupName(n)),
    request: (world, n, id) =>
      world.patch(`/Groups/${id}`, { op: "replace", path: "displayName", value: `Renamed ${n}` }),
    success: 204,
    verify: async (world, n) => expect(await world.group(`Renamed ${n}`)).toBeDefined(),
    changes: true,
  },
  {
    name: "removal of a group",
    unless: firstOf(noGroups, noGroupRemoval),
    prepare: (world, n) => world.createGroup(groupName(n)),
    request: (world, _n, id) => world.scim("DELETE", `/Groups/${id}`),
    success: 204,
    verify: async (world, n) =>
      expect((await world.groups()).filter((group) => group.name === groupName(n))).toEqual([]),
    changes: true,
  },
  {
    name: "deletion of a member who stays disabled",
    unless: firstOf(noGroups, noDisable),
    transport: { onDelete: "disable" },
    prepare: async (world, n) => {
      const user = await world.create(n);
      await world.createGroup(groupName(n), [user]);
      return user;
    },
    request: (world, _n, id) => world.scim("DELETE", `/Users/${id}`),
    success: 204,
    verify: async (world, n) => {
      expect((await world.user(personOf(world.subject, n).key)).active).toBe(false);
      expect((await world.group(groupName(n))).memberIds).toEqual([]);
    },
    changes: true,
  },
  {
    name: "addition of a member",
    unless: noGroups,
    prepare: async (world, n) => {
      const user = await world.create(n);
      return `${user} ${await world.createGroup(groupName(n))}`;
    },
    request: (world, _n, ids) => {
      const [user, group] = ids.split(" ");
      return world.patch(`/Groups/${group}`, { op: "add", path: "members", value: [{ value: user }] });
    },
    success: 204,
    verify: async (world, n) => expect((await world.group(groupName(n))).memberIds).toHaveLength(1),
    changes: true,
  },
  {
    name: "removal of a member",
    unless: noGroups,
    prepare: async (world, n) => {
      const user = await world.create(n);
      return `${user} ${await world.createGroup(groupName(n), [user])}`;
    },
    request: (world, _n, ids) => {
      const [user, group] = ids.split(" ");
      return world.patch(`/Groups/${group}`, { op: "remove", path: `members[value eq "${user}"]` });
    },
    success: 204,
    verify: async (world, n) => expect((await world.group(groupName(n))).memberIds).toEqual([]),
    changes: true,
  },
];
