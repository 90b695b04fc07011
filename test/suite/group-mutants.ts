// Mistakes that an adapter can make with groups and seats, and the scenarios that notice them [S42].

import type { Adapter } from "../../src/adapter.ts";
import { type Mutant, swallowing } from "./mutant.ts";
import { firstOf, noGroupRemoval, noGroups, noGroupUpdate, noSeats } from "./scenario.ts";
import type { Subject } from "./subject.ts";

type Group = NonNullable<Adapter["group"]>;
type Members = Group["members"];

const withGroup = (change: (group: Group) => Partial<Group>) => (adapter: Adapter) =>
  adapter.group ? { ...adapter, group: { ...adapter.group, ...change(adapter.group) } } : adapter;
const withMembers = (change: (members: Members) => Partial<Members>) =>
  withGroup((group) => ({ members: { ...group.members, ...change(group.members) } }));

const onlyReplaces = ({ adapter }: Subject) =>
  adapter.group && !adapter.group.members.add ? "declares that member lists are replaced" : undefined;

export const groupMutants: readonly Mutant[] = [
  {
    mistake: "the last member of a call is lost",
    kind: "lost member",
    unless: noGroups,
    mutate: withMembers(({ add, replace }) => ({
      ...(add
        ? {
            async add(api, id, members) {
              if (members.length > 1) await add(api, id, members.slice(0, -1));
            },
          }
        : {}),
      ...(replace ? { replace: (api, id, members) => replace(api, id, members.slice(0, -1)) } : {}),
    })),
    killedBy: "S13: more members than fit one call",
  },
  {
    mistake: "removing members does nothing",
    kind: "false success",
    unless: firstOf(noGroups, onlyReplaces),
    mutate: withMembers(() => ({ remove: async () => {} })),
    killedBy: "S14: adding a member twice",
  },
  {
    mistake: "an error of adding members is swallowed",
    kind: "swallowed error",
    unless: firstOf(noGroups, onlyReplaces),
    mutate: withMembers(({ add }) => ({
      async add(api, id, members) {
        await swallowing(async () => add?.(api, id, members), undefined);
      },
    })),
    killedBy: "S29: addition of a member",
  },
  {
    mistake: "the member list leaves one out",
    kind: "lost member",
    unless: noGroups,
    mutate: withMembers(({ list }) => ({
      async list(api, id, cursor) {
        const page = await list(api, id, cursor);
        return { ...page, items: page.items.slice(1) };
      },
    })),
    killedBy: "S13: the first touch of an adopted group",
  },
  {
    mistake: "renaming a group does nothing",
    kind: "false success",
    unless: firstOf(noGroups, noGroupUpdate),
    mutate: withGroup(() => ({ update: async (_api, _id, change) => change.native })),
    killedBy: "S13: a group is renamed",
  },
  {
    mistake: "deleting a group does nothing",
    kind: "false success",
    unless: firstOf(noGroups, noGroupRemoval),
    mutate: withGroup(() => ({ remove: async () => {} })),
    killedBy: "S13: a deleted group",
  },
  {
    mistake: "granting a seat does nothing",
    kind: "false success",
    unless: noSeats,
    mutate: (adapter) => ({
      ...adapter,
      ...(adapter.seats ? { seats: { ...adapter.seats, set: async () => {} } } : {}),
    }),
    killedBy: "S16: joining a group grants its seat",
  },
  {
    mistake: "a refused seat is swallowed",
    kind: "swallowed error",
    unless: firstOf(noSeats, ({ adapter }) => (adapter.seats?.free ? undefined : "declares no count of free seats")),
    mutate(adapter) {
      const { seats } = adapter;
      if (!seats) return adapter;
      const { free: _free, ...rest } = seats;
      return {
        ...adapter,
        seats: { ...rest, set: (api, id, seat) => swallowing(() => seats.set(api, id, seat), undefined) },
      };
    },
    killedBy: "S16: without a free seat",
  },
];
