// Finding and listing: search at the vendor, the link index, pages, and people whom Portico did not make [S6] [S26] [S27].

import { expect } from "vitest";
import type { Stranger } from "../../../adapters/native-view.ts";
import { canDisable, firstOf, groupsHeld, noGroups, noSearch, type Scenario } from "../scenario.ts";
import { get, keyPath, type Subject, WORK_MAIL } from "../subject.ts";
import { open, strangerOf, type World } from "../world.ts";

const userFilters = (subject: Subject): readonly string[] =>
  subject.adapter.attributes.User.filter((row) => row.filterable && !row.reference && !row.type).map((row) => row.path);
const residentsOf = ({ native }: Subject) => native.residents ?? 0;
const canSearch = ({ adapter }: Subject) => Object.keys(adapter.user.find ?? {}).length > 0;

const noExternalIdSearch: Scenario["unless"] = ({ adapter }) =>
  adapter.user.find?.externalId ? undefined : "has no search by externalId (user.find)";

/** People whose names contain each other. */
const NEIGHBOURS = [
  "ann@example.com",
  "joann@example.com",
  "ann@example.com.org",
  "joann@example.com.org",
  "Bob@Example.com",
];
const neighbours = (subject: Subject) =>
  NEIGHBOURS.map((key, n) => strangerOf(subject, n, { key, email: key, active: true }));

/** Neighbours by the value of one attribute, and under which name each is shown; names and e-mails are one text. */
function neighboursBy(subject: Subject, path: string): { people: readonly Stranger[]; nameOf(value: string): string } {
  if ([keyPath(subject), "userName", WORK_MAIL].includes(path)) {
    return { people: neighbours(subject), nameOf: (value) => value.toLowerCase() };
  }
  const people = NEIGHBOURS.map((value, n) => strangerOf(subject, n, { values: { [path]: value } }));
  return { people, nameOf: (value) => people[NEIGHBOURS.indexOf(value)]?.key ?? "" };
}

async function namesOf(world: World, filter: string): Promise<string[]> {
  const answer = await world.find("Users", filter);
  expect(answer, filter).toMatchObject({ status: 200 });
  expect(answer.body.totalResults).toBe((answer.body.Resources ?? []).length);
  // Some vendors write every address in lower case (catalogue 5).
  return (answer.body.Resources ?? []).map((one: { userName: string }) => one.userName.toLowerCase()).sort();
}

export const searching: Scenario[] = [
  {
    name: "S26: eq finds exactly one at the vendor, in any case, however its search matches",
    unless: noSearch,
    async run(subject) {
      for (const path of userFilters(subject)) {
        // Unknown to the index: only the vendor's own search can answer.
        const world = await open(subject);
        const { people, nameOf } = neighboursBy(subject, path);
        await world.change((state) => subject.native.withUsers(state, people));
        const isSearched = subject.adapter.user.find?.[path === "userName" ? keyPath(subject) : path] !== undefined;
        if (!isSearched) await world.sweep();
        const { answer, calls } = await world.watch(() => world.find("Users", `${path} eq "joann@example.com.org"`));
        expect(answer.body, path).toMatchObject({ totalResults: 1 });
        // A search costs a call, and a read where its rows are partial; a scan reads every user.
        if (isSearched) expect(calls.length, path).toBeLessThanOrEqual(2);
        expect(await namesOf(world, `${path} eq "ann@example.com"`), path).toEqual([nameOf("ann@example.com")]);
        // Only externalId tells upper from lower case.
        const bob = path === "externalId" ? [] : [nameOf("Bob@Example.com")];
        expect(await namesOf(world, `${path} eq "BOB@example.COM"`), path).toEqual(bob);
        expect(await namesOf(world, `${path} eq "Bob@Example.com"`), path).toEqual([nameOf("Bob@Example.com")]);
        expect(await namesOf(world, `${path} eq "an@example.com"`), path).toEqual([]);
        expect(await namesOf(world, `${path} eq "nn@example.com"`), path).toEqual([]);
      }
    },
  },
  {
    name: "S26: eq on externalId tells upper from lower case, also where the vendor's own search does not",
    unless: noExternalIdSearch,
    async run(subject) {
      const world = await open(subject);
      const people = ["Ab-1", "aB-1"].map((value, n) => strangerOf(subject, n, { values: { externalId: value } }));
      await world.change((state) => subject.native.withUsers(state, people));
      expect(await namesOf(world, 'externalId eq "aB-1"')).toEqual([people[1]?.key]);
      expect(await namesOf(world, 'externalId eq "ab-1"')).toEqual([]);
      await world.sweep();
      expect(await namesOf(world, 'externalId eq "Ab-1"')).toEqual([people[0]?.key]);
    },
  },
  {
    name: "S26: every filter answers as an evaluation of the whole list would",
    async run(subject) {
      const world = await open(subject, { strangers: neighbours(subject) });
      const { body } = await world.get("/Users?count=100");
      expect(body.totalResults).toBe(NEIGHBOURS.length + residentsOf(subject));
      for (const path of userFilters(subject)) {
        for (const [operator, test] of [
          ["eq", (value: string) => value === "ann@example.com"],
          ["sw", (value: string) => value.startsWith("ann@example.com")],
          ["ew", (value: string) => value.endsWith("ann@example.com")],
          ["co", (value: string) => value.includes("ann@example.com")],
        ] as const) {
          const expected = body.Resources.filter((one: unknown) => test(String(get(one, path)).toLowerCase()));
          const filter = `${path} ${operator} "ANN@example.com"`;
          const names = expected.map((one: { userName: string }) => one.userName.toLowerCase()).sort();
          expect(await namesOf(world, filter), filter).toEqual(names);
        }
      }
      expect(await namesOf(world, 'userName eq "ann@example.com" and active eq false')).toEqual([]);
      expect(await namesOf(world, 'userName eq "ann@example.com" or userName eq "bob@example.com"')).toHaveLength(2);
    },
  },
  {
    name: "S6: concurrent first sights of one native account give one id",
    async run(subject) {
      const world = await open(subject, canSearch(subject) ? {} : { strangers: neighbours(subject) });
      if (canSearch(subject)) await world.change((state) => subject.native.withUsers(state, neighbours(subject)));
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => world.find("Users", 'userName eq "ann@example.com"')),
      );
      const ids = answers.flatMap((answer) => answer.body.Resources.map((one: { id: string }) => one.id));
      expect(ids).toHaveLength(4);
      expect(new Set(ids).size).toBe(1);
    },
  },
  {
    name: "S6: adopted users, disabled ones too, are listed, read and changed as created ones are",
    unless: ({ adapter }) => (canDisable(adapter) ? undefined : "declares neither setActive nor the attribute active"),
    async run(subject) {
      const people = [strangerOf(subject, 1), strangerOf(subject, 2, { active: false }), strangerOf(subject, 3)];
      const world = await open(subject, { strangers: people });
      const { body } = await world.get("/Users");
      expect(body.totalResults).toBe(3 + residentsOf(subject));
      const seen = body.Resources.map((one: { userName: string; active: boolean }) => [one.userName, one.active]);
      expect(Object.fromEntries(seen)).toMatchObject(Object.fromEntries(people.map((one) => [one.key, one.active])));
      for (const [path, value] of Object.entries({ "name.givenName": "Given 1", "name.familyName": "Family 1" })) {
        if (!subject.adapter.attributes.User.some((row) => row.path === path)) continue;
        const found = body.Resources.find((one: { userName: string }) => one.userName === people[0]?.key);
        expect(get(found, path)).toBe(value);
      }
      const disabled = body.Resources.find((one: { userName: string }) => one.userName === people[1]?.key);
      const answer = await world.patch(`/Users/${disabled.id}`, { op: "replace", path: "active", value: true });
      expect(answer).toMatchObject({ status: 200, body: { active: true } });
      expect((await world.user(people[1]?.key ?? "")).active).toBe(true);
      expect(await world.users()).toHaveLength(3);
    },
  },
  {
    name: "S26: pages show each user once, in one order, while others join and the last one leaves at the vendor",
    async run(subject) {
      const people = Array.from({ length: 7 }, (_, n) => strangerOf(subject, n));
      const world = await open(subject, { strangers: people });
      const residents = residentsOf(subject);
      const seen: string[] = [];
      const turn = async (startIndex: number) => {
        const { body } = await world.get(`/Users?startIndex=${startIndex}&count=3`);
        expect(body).toMatchObject({ startIndex, itemsPerPage: body.Resources.length });
        seen.push(...body.Resources.map((one: { userName: string }) => one.userName));
      };
      await turn(1);
      for (const n of [20, 21]) await world.create(n);
      await turn(4);
      const leaver = await world.user(people[6]?.key ?? "");
      await world.change((state) => subject.native.withoutUser(state, leaver.id));
      for (let startIndex = 7; startIndex <= 9 + residents; startIndex += 3) await turn(startIndex);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(people.slice(0, 6).map((one) => one.key)));
      expect((await world.get("/Users?startIndex=100")).body).toMatchObject({ Resources: [] });
      expect((await world.get("/Users?count=0")).body.Resources ?? []).toEqual([]);
    },
  },
  {
    name: "S27: the index reads the vendor's list to its last page, however many pages there are",
    async run(subject) {
      const paging = subject.transport.paging ?? { kind: "none" };
      const size = paging.kind === "none" ? 20 : paging.max;
      const people = Array.from({ length: 2 * size + 3 }, (_, n) => strangerOf(subject, n));
      const world = await open(subject, { strangers: people });
      expect((await world.get("/Users?count=0")).body).toMatchObject({
        totalResults: people.length + residentsOf(subject),
      });
      const last = people.at(-1)?.key;
      expect(await namesOf(world, `userName eq "${last}"`)).toEqual([last]);
    },
  },
  {
    name: "S26: eq on displayName finds exactly one group at the vendor, in any case",
    unless: firstOf(noGroups, groupsHeld),
    async run(subject) {
      const world = await open(subject);
      for (const name of ["Sales", "Sales EMEA", "Presales"]) {
        await world.change((state) => subject.native.withGroup(state, name, []));
      }
      const isSearched = subject.adapter.group?.find?.displayName !== undefined;
      if (!isSearched) await world.sweep();
      for (const wanted of ["Sales", "sALES"]) {
        const { body } = await world.find("Groups", `displayName eq "${wanted}"`);
        expect(body.Resources).toMatchObject([{ displayName: "Sales" }]);
      }
      expect((await world.find("Groups", 'displayName eq "ales"')).body).toMatchObject({ totalResults: 0 });
    },
  },
  {
    name: "S26 E1 E2 E14: a match for a value that the vendor cannot even be asked about is an empty list",
    async run(subject) {
      const world = await open(subject);
      const paths = userFilters(subject).map((path) => ["Users", path] as const);
      const all = subject.adapter.group ? [...paths, ["Groups", "displayName"] as const] : paths;
      for (const [endpoint, path] of all) {
        for (const value of ["", "-", "---", "a\nb", "x".repeat(5_000), crypto.randomUUID()]) {
          const filter = `${path} eq ${JSON.stringify(value)}`;
          const answer = await world.find(endpoint, filter);
          expect(answer, filter.slice(0, 80)).toMatchObject({ status: 200, body: { totalResults: 0 } });
        }
      }
    },
  },
];
