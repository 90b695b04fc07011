// What each quirk says of a vendor, seen at the vendor: a deviation that is declared is there, and one that is not is not.

import { expect } from "vitest";
import type { Adapter, Api, Page, Pointer } from "../../../src/adapter.ts";
import { noDisable, noGroups, noSearch, type Scenario } from "../scenario.ts";
import { bodyOf, editableRow, personOf, put, type Subject, variantOf, withTransport } from "../subject.ts";
import { effectIn, open, strangerOf } from "../world.ts";

type User = Adapter["user"];

const withUser = (subject: Subject, change: (user: User) => Partial<User>): Subject =>
  variantOf(subject, (adapter) => ({ ...adapter, user: { ...adapter.user, ...change(adapter.user) } }));

/** The subject, and what its vendor's lists of users show. */
function withRows(subject: Subject, asked: (api: Api) => Api = (api) => api): { subject: Subject; rows: unknown[] } {
  const rows: unknown[] = [];
  const list = (user: User) => async (api: Api, cursor: string | undefined) => {
    const page = await user.list(asked(api), cursor);
    rows.push(...page.items);
    return page;
  };
  return { subject: withUser(subject, (user) => ({ list: list(user) })), rows };
}

/** Asks for a list and says nothing of which rows it wants. */
const unconditional = (api: Api): Api => ({
  ...api,
  page: (method, path, { query: _query, ...options }) => api.page(method, path, options),
  get: (path, { query: _query, ...options } = {}) => api.get(path, options),
});

/** Whether some value in an answer is the id. */
function names(answer: unknown, id: string): boolean {
  if (typeof answer !== "object" || answer === null) return String(answer) === id;
  return Object.values(answer).some((value) => names(value, id));
}

/** A vendor's record without the values that no attribute maps. */
function withoutPlanted({ native }: Subject, record: unknown): object {
  const planted = new Set(Object.values(native.planted).map((value) => JSON.stringify(value)));
  const fields = Object.entries(typeof record === "object" && record !== null ? record : {});
  return Object.fromEntries(fields.filter(([, value]) => !planted.has(JSON.stringify(value))));
}

const ticketed = ({ adapter }: Subject) =>
  adapter.quirks.asynchronous ? "declares asynchronous: the answer to a call is a ticket" : undefined;

export const deviations: Scenario[] = [
  {
    name: "S26: a search shows more than equals only where fuzzySearch is declared",
    quirks: ["fuzzySearch"],
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
      expect(shown.size > 1, `${shown.size} shown`).toBe(original.adapter.quirks.fuzzySearch !== undefined);
    },
  },
  {
    name: "S27: somebody whom only the vendor knows is found at once, or where noSearch is declared after the next sweep",
    quirks: ["noSearch"],
    async run(subject) {
      const isBlind = subject.adapter.quirks.noSearch !== undefined;
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
    name: "S23: the answer to a create names the new user, unless createAnswersNoId is declared",
    quirks: ["createAnswersNoId"],
    unless: ticketed,
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const { answer, calls } = await world.watch(() => world.scim("POST", "/Users", bodyOf(person)));
      expect(answer).toMatchObject({ status: 201 });
      const { id } = await world.user(person.key);
      const named = names(calls[effectIn(subject, calls)]?.response, id);
      expect(named).toBe(subject.adapter.quirks.createAnswersNoId === undefined);
    },
  },
  {
    name: "S3: an update that carries nothing forward loses unmapped fields only where fullReplace is declared",
    quirks: ["fullReplace"],
    async run(original) {
      const subject = withUser(original, (user) => ({
        async update(api, id, change) {
          await user.update(api, id, { ...change, native: withoutPlanted(original, change.native) });
          return change.native;
        },
      }));
      const { planted } = subject.native;
      const stranger = strangerOf(subject, 1);
      const world = await open(subject, { strangers: [stranger] });
      const found = await world.find("Users", `userName eq "${stranger.key}"`);
      const path = editableRow(subject)?.path ?? "";
      const value = personOf(subject, 1, 1).values[path];
      const changed = await world.patch(`/Users/${found.body.Resources[0].id}`, { op: "replace", path, value });
      expect(changed).toMatchObject({ status: 200 });
      const { record } = await world.user(stranger.key);
      expect(subject.native.held(record, await world.state())[path]).toBe(value);
      const kept = JSON.stringify(Object.keys(planted).map((field) => record[field]));
      expect(kept === JSON.stringify(Object.values(planted)), kept).toBe(
        subject.adapter.quirks.fullReplace === undefined,
      );
    },
  },
  {
    name: "S28: rows of the list are whole records, unless partialRows is declared",
    quirks: ["partialRows"],
    async run(original) {
      const { user, quirks } = original.adapter;
      const { subject: listing, rows } = withRows(original);
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
      expect(records.every(isWhole)).toBe(quirks.partialRows === undefined);
    },
  },
  {
    name: "S6: lists show disabled users without being asked, unless listsHideDisabled is declared",
    quirks: ["listsHideDisabled"],
    unless: noDisable,
    async run(original) {
      const { subject, rows } = withRows(original, unconditional);
      const people = [strangerOf(subject, 1), strangerOf(subject, 2, { active: false })];
      const world = await open(subject, { strangers: people });
      const shown = new Set(rows.map((row) => original.adapter.user.id(row)));
      const [active, disabled] = [await world.user(people[0]?.key ?? ""), await world.user(people[1]?.key ?? "")];
      expect(shown).toContain(active.id);
      expect(shown.has(disabled.id)).toBe(subject.adapter.quirks.listsHideDisabled === undefined);
    },
  },
  {
    name: "S8: whoever is deleted is gone at the vendor, or where disableOnly is declared disabled there",
    quirks: ["disableOnly"],
    async run(original) {
      const stays = original.adapter.quirks.disableOnly !== undefined;
      const subject = withTransport(original, { onDelete: stays ? "disable" : "remove" });
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
      const left = (await world.users()).filter((user) => user.key === person.key);
      expect(left.map((user) => user.active)).toEqual(stays ? [false] : []);
      expect(await world.get(`/Users/${id}`)).toMatchObject({ status: 404 });
    },
  },
  {
    name: "S19: whoever is created inactive is disabled at the vendor, or where invitedCannotBeDisabled is declared waits for it",
    quirks: ["invitedCannotBeDisabled"],
    unless: noDisable,
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const body = bodyOf(person, ["active"]);
      put(body, "active", false);
      const answer = await world.scim("POST", "/Users", body);
      expect(answer).toMatchObject({ status: 201, body: { active: false } });
      expect((await world.get(`/Users/${answer.body.id}`)).body.active).toBe(false);
      const waits = subject.adapter.quirks.invitedCannotBeDisabled !== undefined;
      expect((await world.user(person.key)).active).toBe(waits);
      if (!subject.native.accept) return;
      await world.change((state) => subject.native.accept?.(state, person.key) ?? {});
      await world.patch(`/Users/${answer.body.id}`, { op: "replace", path: "active", value: false });
      expect((await world.user(person.key)).active).toBe(false);
    },
  },
  {
    name: "S25: an outcome is asked for after the answer only where asynchronous is declared",
    quirks: ["asynchronous"],
    async run(subject) {
      const world = await open(subject);
      const { answer, all, calls } = await world.watch(() =>
        world.scim("POST", "/Users", bodyOf(personOf(subject, 1))),
      );
      expect(answer).toMatchObject({ status: 201 });
      expect(all.length > calls.length).toBe(subject.adapter.quirks.asynchronous !== undefined);
    },
  },
  {
    name: "S29: what is not there comes with an error's status, unless errorsInSuccess is declared",
    quirks: ["errorsInSuccess"],
    unless: ticketed,
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      await world.outwait();
      const { id: nativeId } = await world.user(person.key);
      await world.change((state) => subject.native.withoutUser(state, nativeId));
      const { answer, calls } = await world.watch(() => world.get(`/Users/${id}`));
      expect(answer).toMatchObject({ status: 404 });
      expect((calls[0]?.status ?? 0) < 400).toBe(subject.adapter.quirks.errorsInSuccess !== undefined);
    },
  },
  {
    name: "S14: the vendor refuses who is a member already only where addMemberNotIdempotent is declared; to a client it is a success",
    quirks: ["addMemberNotIdempotent"],
    unless: noGroups,
    async run(subject) {
      const world = await open(subject);
      const [one, two] = [await world.create(1), await world.create(2)];
      const id = await world.createGroup("Sales", [one]);
      const behind = await world.user(personOf(subject, 2).key);
      const group = await world.group("Sales");
      await world.change((state) => subject.native.withMember(state, group.id, behind.id));
      const add = { op: "add", path: "members", value: [{ value: two }] };
      const { answer, all } = await world.watch(() => world.patch(`/Groups/${id}`, add));
      expect(answer).toMatchObject({ status: 204 });
      expect((await world.group("Sales")).memberIds).toHaveLength(2);
      const isRefused = all.some((call) => (call.status ?? 0) >= 400);
      expect(isRefused).toBe(subject.adapter.quirks.addMemberNotIdempotent !== undefined);
    },
  },
  {
    name: "S13: a group names its members by e-mail only where membersByEmail is declared",
    quirks: ["membersByEmail"],
    unless: noGroups,
    async run(original) {
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
      const world = await open(subject, { strangers: [strangerOf(subject, 1)] });
      const [member] = await world.users();
      await world.change((state) => subject.native.withGroup(state, "Old", [member?.id ?? ""]));
      await world.sweep();
      expect((await world.find("Groups", 'displayName eq "Old"')).body.Resources[0].members).toHaveLength(1);
      const byName = original.adapter.quirks.membersByEmail !== undefined;
      expect(new Set(shown.map((pointer) => "key" in pointer))).toEqual(new Set([byName]));
    },
  },
];
