// What is asked about awkward texts: whether the product takes them, and gives them back as they were.

import type { Values } from "../../src/adapter.ts";
import { isMail, isText, keyOf } from "./people.ts";
import type { Subject } from "./subject.ts";

const TEXTS: readonly (readonly [label: string, text: string])[] = [
  ["single quotes", "O'Probe 'x'"],
  ["double quotes", 'Pro"be "x"'],
  ["plus, ampersand and percent", "Pro+be & 100%20"],
  ["angle brackets", "<b>Probe</b> <x"],
  ["a backslash", "Pro\\be"],
  ["Unicode", "Zoë 佐藤 😀"],
  ["a decomposed letter", "Zoe\u0308"],
  ["blanks around", "  Probe  "],
  ["a line break", "Pro\nbe"],
  ["the word true", "true"],
  ["the word null", "null"],
  ["digits", "0012"],
  ["300 characters", "x".repeat(300)],
];

const tellKept = (path: string, text: string) => (values: Values) =>
  values[path] === text ? "kept" : values[path] === undefined ? "dropped" : "changed";

export async function askTexts(subject: Subject): Promise<void> {
  const { ask, adapter, newUser, update, read } = subject;
  const rows = adapter.attributes.User.filter((row) => isText(row) && !isMail(row.path) && row.path !== keyOf(adapter));
  const free = ["name.familyName", "displayName", "title", "name.formatted"].find((path) =>
    rows.some((row) => row.path === path),
  );
  if (free) {
    const made = await newUser();
    for (const [label, text] of TEXTS) {
      const write = async () => {
        await update(made, { [free]: text });
        return read(made.id);
      };
      await ask(`${free}: ${label}`, write, tellKept(free, text));
    }
  }
  await askKeys(subject);
  await askGroupNames(subject);
}

/** Names in which a search could stumble. */
async function askKeys({ ask, adapter, newUser, nextName, wire, keyIn }: Subject): Promise<void> {
  const key = keyOf(adapter);
  const find = adapter.user.find?.[key];
  const around = (text: string) => (isMail(key) ? `${text}.${nextName()}@example.com` : `${nextName()}${text}`);
  for (const [label, text] of [
    ["a single quote", "o'x"],
    ["a plus", "o+x"],
    ["a wildcard", "o%_x"],
  ] as const) {
    const made = await ask(`${key}: ${label}`, () => newUser({ [key]: around(text) }));
    if (!made || !find) continue;
    const isFound = async () =>
      (await find(wire.api, keyIn(made.values))).some((row) => adapter.user.id(row) === made.id);
    await ask(`${key}: found by ${label}`, isFound, (is) => (is ? "found" : "not found"));
  }
}

async function askGroupNames({ ask, adapter, newGroup, nextName, wire }: Subject): Promise<void> {
  const { group } = adapter;
  if (!group) return;
  for (const [label, text] of TEXTS) {
    const name = `${text.trimEnd().slice(0, text.length > 255 ? text.length : 40)}${text.endsWith(" ") ? `${nextName()}  ` : nextName()}`;
    const make = async () => group.toScim(await group.read(wire.api, (await newGroup({ displayName: name })).id));
    await ask(`group name: ${label}`, make, tellKept("displayName", name));
  }
}
