// What is declared or derived of a vendor's lists and searches, seen at the vendor: told where it is so, and nowhere else.

import { expect } from "vitest";
import type { Adapter, Api, Page, Pointer } from "../../../src/adapter.ts";
import { firstOf, groupsHeld, noDisable, noGroups, noSearch, type Scenario } from "../scenario.ts";
import { hasShape, type Subject, variantOf, withUser } from "../subject.ts";
import { open, strangerOf } from "../world.ts";

type User = Adapter["user"];

/** The subject, and the rows that its vendor shows in a list that is asked for as `asked` does. */
function withRows(subject: Subject, asked: (api: Api) => Api): { subject: Subject; rows: unknown[] } {
  const rows: unknown[] = [];
  const list = (user: User) => async (api: Api, cursor: string | undefined) => {
    rows.push(...(await user.list(asked(api), undefined)).items);
    return user.list(api, cursor);
  };
  return { subject: withUser(subject, (user) => ({ list: list(user) })), rows };
}

/** The subject, and whom its vendor shows in groups. */
function withMemberLists(original: Subject): { subject: Subject; shown: Pointer[] } {
  const shown: Pointer[] = [];
  const subject = variantOf(original, (adapter) => {
    const { group } = adapter;
    if (!group) return adapter;
    const list = async (...asked: Parameters<typeof group.members.list>): Promise<Page<Pointer>> => {
      const page = await group.members.list(...asked);
      shown.push(...page.items);
      return page;
    };
    return { ...adapter, group: { ...group, members: { ...group.members, list } } };
  });
  return { subject, shown };
}

/** Of a query what says how rows look, and not which rows are wanted. */
const onlyShowing = ({ showingParameters = [] }: Subject["native"], query: object = {}) =>
  Object.fromEntries(Object.entries(query).filter(([name]) => showingParameters.includes(name)));

/** Asks for a list and says nothing of which rows it wants. */
const unconditional =
  ({ native }: Subject) =>
  (api: Api): Api => ({
    ...api,
    get: (path, { query, ...options } = {}) => api.get(path, { ...options, query: onlyShowing(native, query) }),
    page: (method, path, { query, json, ...options }) =>
      api.page(method, path, {
        ...options,
        query: onlyShowing(native, query),
        ...(json ? { json: native.withoutConditions?.(json) ?? json } : {}),
      }),
  });

export const deviationsInReads: Scenario[] = [
  {
    name: "S26: a search shows more than equals only where fuzzySearch is declared",
    decidedBy: ["fuzzySearch"],
    unless: noSearch,
    async run(original) {
      const shown = new Set<string>();
      const subject = withUser(original, (user) => ({
        find: Object.fromEntries(
          Object.entries(user.find ?? {}).map(([path, find]) => [
            path,
            async (api: Api, value: string) => {
              const rows = await find(api, value);
              for (const row of rows) shown.add(user.id(row));
              return rows;
            },
          ]),
        ),
      }));
      const world = await open(subject);
      const keys = ["ann@example.com", "joann@example.com", "ann@example.com.org"];
      const people = keys.map((key, n) => strangerOf(subject, n, { key, email: key }));
      await world.change((state) => subject.native.withUsers(state, people));
      expect((await world.find("Users", `userName eq "${keys[0]}"`)).body).toMatchObject({ totalResults: 1 });
      expect(shown.size > 1, `${shown.size} shown`).toBe(original.adapter.deviations.fuzzySearch !== undefined);
    },
  },
  {
    name: "S27: a user whom only the vendor knows is found at once, or where noSearch is shown after the next sweep",
    decidedBy: ["noSearch"],
    async run(subject) {
      const isBlind = hasShape(subject, "noSearch");
      const world = await open(subject);
      const people = ["ann@example.com", "joann@example.com", "Bob@Example.com"];
      await world.change((state) =>
        subject.native.withUsers(
          state,
          people.map((key, n) => strangerOf(subject, n, { key, email: key })),
        ),
      );
      const totalOf = async (name: string) => (await world.find("Users", `userName eq "${name}"`)).body.totalResults;
      const { answer, all } = await world.watch(() => world.find("Users", 'userName eq "ann@example.com"'));
      expect(answer.body).toMatchObject({ totalResults: isBlind ? 0 : 1 });
      expect(all.length > 0).toBe(!isBlind);
      await world.sweep();
      for (const name of ["ann@example.com", "BOB@EXAMPLE.com"]) expect(await totalOf(name), name).toBe(1);
      expect(await totalOf("nn@example.com")).toBe(0);
    },
  },
  {
    name: "S28: rows of the list are whole records, unless partialRows is shown",
    decidedBy: ["partialRows"],
    async run(original) {
      const { user } = original.adapter;
      const { subject: listing, rows } = withRows(original, (api) => api);
      const records: unknown[] = [];
      const subject = withUser(listing, ({ list }) => ({
        list,
        async read(api, id) {
          const record = await user.read(api, id);
          records.push(record);
          return record;
        },
      }));
      const world = await open(subject, { strangers: [strangerOf(subject, 1), strangerOf(subject, 2)] });
      for (const { id } of (await world.get("/Users")).body.Resources) await world.get(`/Users/${id}`);
      const held = (shown: unknown) => {
        try {
          return user.toScim(shown);
        } catch {
          return undefined;
        }
      };
      const isWhole = (record: unknown) => {
        const row = rows.find((one) => user.id(one) === user.id(record));
        return JSON.stringify(held(row)) === JSON.stringify(held(record));
      };
      expect(records.length).toBeGreaterThan(1);
      expect(records.every(isWhole)).toBe(!hasShape(original, "partialRows"));
    },
  },
  {
    name: "S6: lists show disabled users without being asked, unless listsHideDisabled is declared",
    decidedBy: ["listsHideDisabled"],
    unless: noDisable,
    async run(original) {
      const { subject, rows } = withRows(original, unconditional(original));
      const people = [strangerOf(subject, 1), strangerOf(subject, 2, { active: false })];
      const world = await open(subject, { strangers: people });
      const shown = new Set(rows.map((row) => original.adapter.user.id(row)));
      const [active, disabled] = [await world.user(people[0]?.key ?? ""), await world.user(people[1]?.key ?? "")];
      expect([...shown], "the list, asked without query and conditions").toContain(active.id);
      expect(shown.has(disabled.id)).toBe(subject.adapter.deviations.listsHideDisabled === undefined);
    },
  },
  {
    name: "S8: a removed user stays in the vendor's own lists only where softDelete is declared, and in none of Portico's",
    decidedBy: ["softDelete"],
    async run(original) {
      const { subject, rows } = withRows(original, unconditional(original));
      const world = await open(subject, { strangers: [strangerOf(subject, 1), strangerOf(subject, 2)] });
      const [stays, leaves] = await world.users();
      await world.change((state) => subject.native.withoutUser(state, leaves?.id ?? ""));
      rows.length = 0;
      await world.sweep();
      const shown = new Set(rows.map((row) => original.adapter.user.id(row)));
      expect([...shown], "the list, asked without query and conditions").toContain(stays?.id);
      expect(shown.has(leaves?.id ?? "")).toBe(subject.adapter.deviations.softDelete !== undefined);
      const { body } = await world.get("/Users");
      expect(body.Resources.map((one: { userName: string }) => one.userName)).toContain(stays?.key);
      expect(body.Resources.map((one: { userName: string }) => one.userName)).not.toContain(leaves?.key);
    },
  },
  {
    name: "S14: a group's member list shows disabled users, unless memberListsHideDisabled is shown",
    decidedBy: ["memberListsHideDisabled"],
    unless: firstOf(noGroups, groupsHeld, noDisable),
    async run(original) {
      const { subject, shown } = withMemberLists(original);
      const people = [strangerOf(subject, 1), strangerOf(subject, 2, { active: false })];
      const world = await open(subject, { strangers: people });
      const members = await world.users();
      await world.change((state) =>
        subject.native.withGroup(
          state,
          "Old",
          members.map(({ id }) => id),
        ),
      );
      await world.sweep();
      await world.find("Groups", 'displayName eq "Old"');
      expect(shown).toHaveLength(hasShape(original, "memberListsHideDisabled") ? 1 : 2);
    },
  },
  {
    name: "S13: a group names its members by e-mail only where membersByEmail is shown",
    decidedBy: ["membersByEmail"],
    unless: firstOf(noGroups, groupsHeld),
    async run(original) {
      const { subject, shown } = withMemberLists(original);
      const world = await open(subject, { strangers: [strangerOf(subject, 1)] });
      const [member] = await world.users();
      await world.change((state) => subject.native.withGroup(state, "Old", [member?.id ?? ""]));
      await world.sweep();
      expect((await world.find("Groups", 'displayName eq "Old"')).body.Resources[0].members).toHaveLength(1);
      const byName = hasShape(original, "membersByEmail");
      expect(new Set(shown.map((pointer) => "key" in pointer))).toEqual(new Set([byName]));
    },
  },
];
