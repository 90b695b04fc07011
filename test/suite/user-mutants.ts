// Mistakes that an adapter can make with users, and the scenarios that notice them [S42].

import { type Adapter, Fault } from "../../src/adapter.ts";
import { type Mutant, swallowing } from "./mutant.ts";
import { firstOf, noDisable, noRemove, noSearch } from "./scenario.ts";
import { differencesOf, hasShape, type Subject } from "./subject.ts";

type User = Adapter["user"];

const withUser = (change: (user: User, adapter: Adapter) => Partial<User>) => (adapter: Adapter) => ({
  ...adapter,
  user: { ...adapter.user, ...change(adapter.user, adapter) },
});
const withFinds = (
  find: (user: User, search: NonNullable<User["find"]>[string]) => NonNullable<User["find"]>[string],
) =>
  withUser((user) => ({
    find: Object.fromEntries(Object.entries(user.find ?? {}).map(([path, search]) => [path, find(user, search)])),
  }));

/** What a search shows of a row, by any of the paths that it may be found by. */
const shownIn = (user: User, row: unknown) => Object.values((user.rowToScim ?? user.toScim)(row)).map(String);

/** Texts that can change and are not what users are told apart by; the optional ones last. */
function textsOf({ attributes, userNameIs }: Adapter): [first: string, last: string] {
  const key = userNameIs ?? "userName";
  const texts = attributes.User.filter(
    (row) =>
      !row.reference &&
      !row.immutable &&
      (row.type ?? "string") === "string" &&
      !["active", "userName", "externalId", key].includes(row.path),
  ).sort((left, right) => Number(right.required ?? false) - Number(left.required ?? false));
  const [first, last] = [texts.at(0)?.path, texts.at(-1)?.path];
  if (first === undefined || last === undefined) throw new Error("the table has no text to make a mistake with");
  return [first, last];
}

const withoutPath = (values: Parameters<User["create"]>[1], path: string) => ({ ...values, [path]: undefined });
const noVerbs = ({ adapter }: Subject) => (adapter.user.setActive ? undefined : "declares no setActive");
const without = (name: "fullReplace" | "errorsInSuccess") => (subject: Subject) =>
  differencesOf(subject).includes(name) ? undefined : `shows no ${name}`;

function defined<T extends object>(values: T): Partial<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  // Only properties whose value is undefined are left out.
  return Object.fromEntries(entries) as Partial<T>;
}

export const userMutants: readonly Mutant[] = [
  {
    mistake: "create drops an attribute",
    kind: "dropped field",
    mutate: withUser((user, adapter) => ({
      create: (api, values) => user.create(api, withoutPath(values, textsOf(adapter)[1])),
    })),
    killedBy: "S1: every attribute of the table lands",
  },
  {
    mistake: "two attributes land in each other's field",
    unless: ({ adapter }) => {
      const [one, other] = textsOf(adapter);
      return one === other ? "declares one text only" : undefined;
    },
    mutate: withUser((user, adapter) => {
      const [one, other] = textsOf(adapter);
      const swapped = <T extends { [path: string]: unknown }>(values: T) => ({
        ...values,
        [one]: values[other],
        [other]: values[one],
      });
      return {
        create: async (api, values) => user.create(api, swapped(values)),
        toScim: (native) => swapped(user.toScim(native)),
      };
    }),
    killedBy: "S1: every attribute of the table lands",
  },
  {
    mistake: "update drops an attribute",
    kind: "dropped field",
    mutate: withUser((user, adapter) => ({
      update(api, id, change) {
        const path = textsOf(adapter)[1];
        const changed = new Set([...change.changed].filter((one) => one !== path));
        const values = { ...change.values, [path]: user.toScim(change.native)[path] };
        return user.update(api, id, { ...change, changed, values });
      },
    })),
    killedBy: "S1: every attribute can be changed by PATCH",
  },
  {
    mistake: "reading drops an attribute",
    kind: "dropped field",
    mutate: withUser((user, adapter) => ({
      toScim: (native) => withoutPath(user.toScim(native), textsOf(adapter)[1]),
    })),
    killedBy: "S1: every attribute of the table lands",
  },
  {
    mistake: "clearing an attribute is forgotten",
    kind: "dropped field",
    mutate: withUser((user) => ({
      update(api, id, change) {
        const present = user.toScim(change.native);
        const kept = Object.fromEntries(Object.entries(present).filter(([path]) => change.values[path] === undefined));
        const changed = new Set([...change.changed].filter((path) => change.values[path] !== undefined));
        return user.update(api, id, { ...change, changed, values: { ...kept, ...defined(change.values) } });
      },
    })),
    killedBy: "S1: every optional attribute can be cleared",
  },
  {
    mistake: "an error of update is swallowed",
    kind: "swallowed error",
    mutate: withUser((user) => ({
      update: (api, id, change) => swallowing(() => user.update(api, id, change), change.native),
    })),
    killedBy: "S29: update of a user",
  },
  {
    mistake: "an error of remove is swallowed",
    kind: "swallowed error",
    unless: noRemove,
    mutate: withUser((user) => ({
      async remove(api, id) {
        await swallowing(async () => user.remove?.(api, id), undefined);
      },
    })),
    killedBy: "S29: removal of a user",
  },
  {
    mistake: "an error of setActive is swallowed",
    kind: "swallowed error",
    unless: noVerbs,
    mutate: withUser(({ setActive }) => ({
      setActive: (api, id, active, native) =>
        swallowing(async () => setActive?.(api, id, active, native) ?? native, native),
    })),
    killedBy: "S29: deactivation of a user",
  },
  {
    mistake: "update answers success and does nothing",
    kind: "false success",
    mutate: withUser(() => ({ update: async (_api, _id, change) => change.native })),
    killedBy: "S1: every attribute can be changed by PATCH",
  },
  {
    mistake: "setActive answers success and does nothing",
    kind: "false success",
    unless: noVerbs,
    mutate: withUser(() => ({ setActive: async (_api, _id, _active, native) => native })),
    killedBy: "S8: active false disables",
  },
  {
    mistake: "remove answers success and does nothing",
    kind: "false success",
    unless: noRemove,
    mutate: withUser(() => ({ remove: async () => {} })),
    killedBy: "S8: DELETE removes",
  },
  {
    mistake: "a wrong native id is taken for the user's",
    mutate: withUser((user) => ({ id: (record) => `${user.id(record)}0` })),
    killedBy: "S1: every attribute of the table lands",
  },
  {
    mistake: "a create that found no answer is simply repeated",
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
    mistake: "search takes the last row that contains the text",
    kind: "substring match",
    unless: noSearch,
    mutate: withFinds((user) => async (api, value) => {
      const { items } = await user.list(api, undefined);
      return items.filter((row) => shownIn(user, row).some((text) => text.includes(value))).slice(-1);
    }),
    killedBy: "S26: eq finds exactly one",
  },
  {
    mistake: "search tells upper from lower case",
    unless: noSearch,
    mutate: withFinds(
      (user, search) => async (api, value) =>
        (await search(api, value)).filter((row) => shownIn(user, row).includes(value)),
    ),
    killedBy: "S26: eq finds exactly one",
  },
  {
    mistake: "search leaves signs out of what it looks for",
    unless: noSearch,
    mutate: withFinds((_, search) => (api, value) => search(api, value.replace(/[^\w@.-]/g, ""))),
    killedBy: "S26: a user whose name has quotes",
  },
  {
    mistake: "search finds no user",
    unless: noSearch,
    mutate: withFinds(() => async () => []),
    killedBy: "S26: eq finds exactly one",
  },
  {
    mistake: "records of the first read are used for ever",
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
    unless: without("fullReplace"),
    mutate: withUser((user) => ({
      async update(api, id, change) {
        await user.update(api, id, { ...change, native: {} }).catch(() => undefined);
        return user.read(api, id);
      },
    })),
    killedBy: "S3: native fields",
  },
  {
    mistake: "update enables",
    unless: noDisable,
    mutate: withUser((user) => ({
      async update(api, id, change) {
        const values = { ...change.values, active: true };
        const changed = new Set([...change.changed, "active"]);
        const native = await user.update(api, id, user.setActive ? change : { ...change, values, changed });
        return user.setActive ? user.setActive(api, id, true, native) : native;
      },
    })),
    killedBy: "S1: an update does not enable",
  },
  {
    mistake: "the list ends after its first page",
    unless: ({ transport }) =>
      (transport.paging ?? { kind: "none" }).kind === "none" ? "declares that one answer holds everything" : undefined,
    mutate: withUser((user) => ({ list: async (api) => ({ items: (await user.list(api, undefined)).items }) })),
    killedBy: "S27: the index reads the vendor's list to its last page",
  },
  {
    mistake: "disabled users are missing from the list",
    unless: firstOf(noDisable, (subject) =>
      hasShape(subject, "partialRows") ? "has rows that do not show who is disabled" : undefined,
    ),
    mutate: withUser((user) => ({
      async list(api, cursor) {
        const page = await user.list(api, cursor);
        return { ...page, items: page.items.filter((row) => user.toScim(row).active !== false) };
      },
    })),
    killedBy: "S6: adopted users",
  },
  {
    mistake: "errors that come as successes are not looked for",
    unless: without("errorsInSuccess"),
    mutate: (adapter) => ({
      ...adapter,
      connect: (settings) => ({ ...adapter.connect(settings), faults: [] }),
    }),
    killedBy: "S10: a user removed behind our back",
  },
  {
    mistake: "a user costs one call too many",
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
    unless: ({ transport }) => (transport.limits?.perSecond ? undefined : "declares no limit per second"),
    mutate(adapter) {
      let isDeclared = false;
      return {
        ...adapter,
        // The suite asks first and is told of a slow pace, so that a slow machine is fast enough; the client is told of none.
        connect(settings) {
          const { limits: _limits, ...transport } = adapter.connect(settings);
          if (isDeclared) return transport;
          isDeclared = true;
          return { ...transport, limits: { perSecond: 2 } };
        },
      };
    },
    killedBy: "S33: a burst of requests",
  },
];
