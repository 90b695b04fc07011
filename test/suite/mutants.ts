// Adapters with one seeded mistake each, and the scenario that must notice it (semantics 42).

import { type Adapter, Fault, type GroupOperations, type UserOperations, type Values } from "../../src/adapter.ts";

type User = UserOperations<Values, Values, unknown, unknown>;
type Group = GroupOperations<Values, Values, unknown>;

export interface Mutant {
  mistake: string;
  /** Vendors whose adapter gets the mistake. */
  of: readonly string[];
  mutate(adapter: Adapter): Adapter;
  /** The beginning of the name of the scenario that fails. */
  killedBy: string;
}

const FAMILY = "name.familyName";

const withUser = (change: (user: User) => Partial<User>) => (adapter: Adapter) => ({
  ...adapter,
  user: { ...adapter.user, ...change(adapter.user) },
});
const withGroup = (change: (group: Group) => Partial<Group>) => (adapter: Adapter) =>
  adapter.group ? { ...adapter, group: { ...adapter.group, ...change(adapter.group) } } : adapter;
const withMembers = (change: (members: Group["members"]) => Partial<Group["members"]>) =>
  withGroup((group) => ({ members: { ...group.members, ...change(group.members) } }));
const withFinds = (change: (rows: unknown[], value: string, user: User) => unknown[]) =>
  withUser((user) => ({
    find: Object.fromEntries(
      Object.entries(user.find ?? {}).map(([path, find]) => [
        path,
        async (api, value) => change(await find(api, value), value, user),
      ]),
    ),
  }));

async function swallowing<T>(work: () => Promise<T>, instead: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return instead;
    throw error;
  }
}

/** What a search shows of a row, by any of the paths that it may be found by. */
const shows = (user: User, row: unknown, value: string) =>
  Object.values((user.rowToScim ?? user.toScim)(row)).includes(value);

export const mutants: readonly Mutant[] = [
  {
    mistake: "create drops an attribute",
    of: ["keepnet", "keepabl", "kpifire"],
    mutate: withUser((user) => ({ create: (api, values) => user.create(api, { ...values, [FAMILY]: undefined }) })),
    killedBy: "S1: every attribute of the table lands",
  },
  {
    mistake: "two attributes land in each other's field",
    of: ["keepnet", "redmine"],
    mutate: withUser((user) => ({
      create: (api, values) =>
        user.create(api, { ...values, [FAMILY]: values["name.givenName"], "name.givenName": values[FAMILY] }),
      toScim: (native) => {
        const read = user.toScim(native);
        return { ...read, [FAMILY]: read["name.givenName"], "name.givenName": read[FAMILY] };
      },
    })),
    killedBy: "S1: every attribute of the table lands",
  },
  {
    mistake: "update drops an attribute",
    of: ["keepnet", "klaxoon"],
    mutate: withUser((user) => ({
      update: (api, id, change) =>
        user.update(api, id, {
          ...change,
          changed: new Set([...change.changed].filter((path) => path !== FAMILY)),
          values: { ...change.values, [FAMILY]: user.toScim(change.native)[FAMILY] },
        }),
    })),
    killedBy: "S1: every attribute can be changed by PATCH",
  },
  {
    mistake: "reading drops an attribute",
    of: ["keepabl", "redmine"],
    mutate: withUser((user) => ({ toScim: (native) => ({ ...user.toScim(native), [FAMILY]: undefined }) })),
    killedBy: "S1: every attribute of the table lands",
  },
  {
    mistake: "clearing an attribute is forgotten",
    of: ["keepabl", "kpifire"],
    mutate: withUser((user) => ({
      update: (api, id, change) =>
        user.update(api, id, {
          ...change,
          changed: new Set([...change.changed].filter((path) => change.values[path] !== undefined)),
        }),
    })),
    killedBy: "S1: every optional attribute can be cleared",
  },
  {
    mistake: "an error of update is swallowed",
    of: ["keepnet", "keepabl"],
    mutate: withUser((user) => ({
      update: (api, id, change) => swallowing(() => user.update(api, id, change), change.native),
    })),
    killedBy: "S29: update of a user",
  },
  {
    mistake: "an error of remove is swallowed",
    of: ["keepnet", "keepabl"],
    mutate: withUser((user) => ({
      async remove(api, id) {
        await swallowing(async () => user.remove?.(api, id), undefined);
      },
    })),
    killedBy: "S29: removal of a user",
  },
  {
    mistake: "update answers success and does nothing",
    of: ["keepnet", "redmine"],
    mutate: withUser(() => ({ update: async (_api, _id, change) => change.native })),
    killedBy: "S8: active false disables",
  },
  {
    mistake: "setActive answers success and does nothing",
    of: ["keepabl", "klaxoon"],
    mutate: withUser(() => ({ setActive: async (_api, _id, _active, native) => native })),
    killedBy: "S8: active false disables",
  },
  {
    mistake: "remove answers success and does nothing",
    of: ["keepnet", "keepabl"],
    mutate: withUser(() => ({ remove: async () => {} })),
    killedBy: "S8: DELETE removes",
  },
  {
    mistake: "a wrong native id is taken for the user's",
    of: ["keepnet", "klaxoon"],
    mutate: withUser((user) => ({ id: (record) => [...user.id(record)].reverse().join("") })),
    killedBy: "S1: a created user exists",
  },
  {
    mistake: "a create that found no answer is simply repeated",
    of: ["keepnet", "klaxoon"],
    mutate: withUser((user) => ({
      async create(api, values) {
        try {
          return await user.create(api, values);
        } catch (error) {
          if (error instanceof Fault && error.ambiguous) return user.create(api, values);
          throw error;
        }
      },
    })),
    killedBy: "S23: a create whose answer was lost",
  },
  {
    mistake: "search takes the first row that contains the text",
    of: ["keepabl", "redmine"],
    mutate: withFinds((rows, value, user) =>
      rows
        .filter((row) => !shows(user, row, value))
        .slice(0, 1)
        .concat(rows.length === 1 ? rows : []),
    ),
    killedBy: "S26: eq finds exactly one",
  },
  {
    mistake: "search tells upper from lower case",
    of: ["keepnet", "klaxoon"],
    mutate: withFinds((rows, value, user) => rows.filter((row) => shows(user, row, value))),
    killedBy: "S26: eq finds exactly one",
  },
  {
    mistake: "search finds nobody",
    of: ["keepnet", "keepabl"],
    mutate: withFinds(() => []),
    killedBy: "S26: eq finds exactly one",
  },
  {
    mistake: "records of the first read are used for ever",
    of: ["keepnet", "klaxoon"],
    mutate: withUser((user) => {
      const seen = new Map<string, unknown>();
      return {
        async read(api, id) {
          const native = await user.read(api, id);
          if (!seen.has(id)) seen.set(id, native);
          return seen.get(id);
        },
      };
    }),
    killedBy: "S1: every attribute can be changed by PATCH",
  },
  {
    mistake: "a full replace forgets what no attribute maps",
    of: ["keepnet"],
    mutate: withUser((user) => ({
      update(api, id, change) {
        const { resourceId, email } = Object(change.native);
        return user.update(api, id, { ...change, native: { resourceId, email } });
      },
    })),
    killedBy: "S3: native fields",
  },
  {
    mistake: "update enables",
    of: ["keepnet", "redmine", "kpifire"],
    mutate: withUser((user) => ({
      update: (api, id, change) =>
        user.update(api, id, {
          ...change,
          values: { ...change.values, active: true },
          changed: new Set([...change.changed, "active"]),
        }),
    })),
    killedBy: "S1: an update does not enable",
  },
  {
    mistake: "the list ends after its first page",
    of: ["keepabl", "kpifire", "redmine"],
    mutate: withUser((user) => ({ list: async (api) => ({ items: (await user.list(api, undefined)).items }) })),
    killedBy: "S27: the index reads the vendor's list to its last page",
  },
  {
    mistake: "disabled users are missing from the list",
    of: ["kpifire", "klaxoon"],
    mutate: withUser((user) => ({
      async list(api, cursor) {
        const page = await user.list(api, cursor);
        return { ...page, items: page.items.filter((row) => user.toScim(row).active !== false) };
      },
    })),
    killedBy: "S6: adopted users",
  },
  {
    mistake: "the last member of a chunk is lost",
    of: ["keepnet", "klaxoon", "redmine"],
    mutate: withMembers(({ add }) => ({
      async add(api, id, members) {
        await add?.(api, id, members.length > 1 ? members.slice(0, -1) : members);
      },
    })),
    killedBy: "S13: more members than fit one call",
  },
  {
    mistake: "removing members does nothing",
    of: ["keepnet", "redmine"],
    mutate: withMembers(() => ({ remove: async () => {} })),
    killedBy: "S14: adding a member twice",
  },
  {
    mistake: "the member list leaves one out",
    of: ["keepnet", "kpifire"],
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
    of: ["keepnet", "klaxoon"],
    mutate: withGroup(() => ({ update: async (_api, _id, change) => change.native })),
    killedBy: "S13: a group is renamed",
  },
  {
    mistake: "deleting a group does nothing",
    of: ["keepnet", "kpifire"],
    mutate: withGroup(() => ({ remove: async () => {} })),
    killedBy: "S13: a deleted group",
  },
  {
    mistake: "granting a seat does nothing",
    of: ["klaxoon", "kpifire"],
    mutate: (adapter) => ({
      ...adapter,
      ...(adapter.seats ? { seats: { ...adapter.seats, set: async () => {} } } : {}),
    }),
    killedBy: "S16: joining a group grants its seat",
  },
  {
    mistake: "a refused seat is swallowed",
    of: ["klaxoon"],
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
  {
    mistake: "errors that come as successes are not looked for",
    of: ["kpifire"],
    mutate: (adapter) => ({
      ...adapter,
      connect: (settings) => ({ ...adapter.connect(settings), faults: [] }),
    }),
    killedBy: "S10: a user removed behind our back",
  },
  {
    mistake: "a user costs one call too many",
    of: ["keepnet", "kpifire"],
    mutate: withUser((user) => ({
      async read(api, id) {
        await user.read(api, id);
        return user.read(api, id);
      },
    })),
    killedBy: "S30: a user's operations",
  },
  {
    mistake: "the pace is not kept",
    of: ["klaxoon"],
    mutate: (adapter) => ({
      ...adapter,
      // Declared as before, but given to the client as ten times as much.
      connect(settings) {
        const transport = adapter.connect(settings);
        return { ...transport, limits: { ...transport.limits, perSecond: 10 * (transport.limits?.perSecond ?? 1) } };
      },
    }),
    killedBy: "S33: a burst of requests",
  },
];
