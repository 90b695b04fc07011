// Names with signs that a query, a pattern or a command could take for its own: push-down finds what the core would [S26].

import { expect } from "vitest";
import type { State, Stranger } from "../../../adapters/native-view.ts";
import { foldName } from "../../../src/scim/text.ts";
import { isFull, sampleOf } from "../sample.ts";
import { firstOf, groupsHeld, noGroups, noSearch, type Scenario } from "../scenario.ts";
import { get, keyPath, type Subject } from "../subject.ts";
import { open, strangerOf, type World } from "../world.ts";

/** Each beside what a careless search would take for it. */
const NAMES = [
  "o'neil",
  "oneil",
  'say"hi"',
  "back\\slash",
  "a*b",
  "axb",
  "50%",
  "50x",
  "under_score",
  "underxscore",
  "plus+tag",
  "plus tag",
  "müller",
  "mueller",
  "straße",
  "strasse",
  "ﬁona",
  "fiona",
  "snow☃man",
  "rock🎸star",
  "rock",
  "izmir",
  "ızgara",
  " leading",
  "leading",
  "a&b#c;d,e",
  "a",
  "(b)[c]{d}|e",
  ["$", "{HOME}"].join(""),
  "%41",
  "<b>bold</b>",
  "q=1?r/2",
  "-x --all",
  "long".repeat(40),
];

/** As many as the vendor's own state can hold. */
async function accepted<T>(world: World, all: readonly T[], add: (state: State, one: T) => State): Promise<T[]> {
  const taken: T[] = [];
  for (const one of all) {
    const answer = await world.gateway.vendor("PATCH", "/state", add(await world.state(), one));
    if (answer.status === 204) taken.push(one);
  }
  return taken;
}

function strangers(subject: Subject): Stranger[] {
  const { native } = subject;
  return NAMES.map((name, n) => {
    const email = `${name}@example.com`;
    const key = native.takesName?.(email) === false ? `plain${n}@example.com` : email;
    return strangerOf(subject, n, { key, email });
  });
}

interface Listed {
  id: string;
  [name: string]: unknown;
}

/** In lower case, as some vendors keep every address. */
const nameOf = (one: Listed) => String(one.userName ?? one.displayName).toLowerCase();

/** Asks for each value of the whole list, and expects whom an evaluation of that list gives. */
async function compare(world: World, type: "Users" | "Groups", path: string, whole: readonly Listed[]): Promise<void> {
  // A user without an address is found by none.
  const heldBy = (one: Listed) => String(get(one, path) ?? "");
  const values = [...new Set(whole.map(heldBy))].filter((text) => text !== "");
  for (const [at, value] of sampleOf(
    values,
    `${world.subject.vendor} ${path}`,
    world.subject.triesAll ? 1 : 3,
  ).entries()) {
    const upper = value.replace(/[a-z]/g, (letter) => letter.toUpperCase());
    for (const asked of at % 4 === 0 ? [upper, value] : [value]) {
      const expected = whole.filter((one) => foldName(heldBy(one)) === foldName(asked)).map(nameOf);
      const filter = `${path} eq ${JSON.stringify(asked)}`;
      const answer = await world.find(type, filter);
      expect(answer, filter).toMatchObject({ status: 200 });
      expect(answer.body.Resources.map(nameOf).sort(), filter).toEqual(expected.sort());
    }
  }
}

export const awkward: Scenario[] = [
  {
    name: "S26: a user whose name has quotes, wildcards, blanks or letters of any script is found at the vendor as in the whole list",
    unless: noSearch,
    async run(subject) {
      const { native, adapter } = subject;
      const known = await open(subject);
      const people = await accepted(known, strangers(subject), (state, one) => native.withUsers(state, [one]));
      expect(people.length).toBeGreaterThan(NAMES.length / 2);
      await known.sweep();
      const whole: Listed[] = (await known.get("/Users?count=200")).body.Resources;
      expect(whole).toHaveLength(people.length + (native.residents ?? 0));
      const searched = Object.keys(adapter.user.find ?? {});
      const all = searched.includes(keyPath(subject)) ? [...new Set(["userName", ...searched])] : searched;
      const paths = isFull || subject.triesAll ? all : all.slice(0, 1);
      for (const path of paths) {
        // Portico has seen none of these users before.
        const world = await open(subject);
        await world.change((state) => native.withUsers(state, people));
        await compare(world, "Users", path, whole);
      }
    },
  },
  {
    name: "S26: a group with quotes, wildcards, blanks or letters of any script in its name is found at the vendor as in the whole list",
    unless: firstOf(noGroups, groupsHeld, ({ adapter }) =>
      adapter.group?.find?.displayName ? undefined : "declares no search of groups",
    ),
    async run(subject) {
      const { native } = subject;
      const known = await open(subject);
      const names = await accepted(known, NAMES, (state, name) => native.withGroup(state, name, []));
      expect(names.length).toBeGreaterThan(NAMES.length / 2);
      await known.sweep();
      const { body } = await known.get("/Groups?count=200&excludedAttributes=members");
      expect(body.Resources).toHaveLength(names.length);
      const world = await open(subject);
      for (const name of names) await world.change((state) => native.withGroup(state, name, []));
      await compare(world, "Groups", "displayName", body.Resources);
    },
  },
];
