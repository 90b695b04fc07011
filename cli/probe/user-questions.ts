// What is asked about one user: created, read, found, emptied, disabled, removed, and one who is not there.

import type { Values } from "../../src/adapter.ts";
import { isText, keyOf } from "./people.ts";
import { type Made, type Subject, tellValues } from "./subject.ts";

/** An id of the product's own form that is nobody's. */
export function toMissingId(id: string): string {
  if (/^\d+$/.test(id)) return "999999999";
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return "00000000-0000-4000-8000-000000000000";
  return "portico-probe-nobody";
}

export async function askUsers(subject: Subject): Promise<void> {
  const { ask, adapter, newUser } = subject;
  const made = await ask(
    "user: create",
    () => newUser(),
    ({ native }) => tellValues(adapter.user.toScim(native)),
  );
  if (!made) return;
  await ask("user: read", () => subject.read(made.id), tellValues);
  await askFinding(subject, made);
  await askMissing(subject, made);
  await askEmptying(subject);
  await askDisabling(subject);
  await askRemoval(subject);
}

async function askFinding({ ask, adapter, wire }: Subject, { values }: Made): Promise<void> {
  for (const [path, find] of Object.entries(adapter.user.find ?? {})) {
    const value = String(values[path]);
    const tell = (rows: unknown[]) => `${rows.length} found`;
    await ask(`user: find by ${path}`, () => find(wire.api, value), tell);
    await ask(`user: find by ${path}, in another case`, () => find(wire.api, value.toUpperCase()), tell);
    await ask(`user: find nobody by ${path}`, () => find(wire.api, `nobody-${value}`), tell);
    await ask(
      `user: find by an empty ${path}`,
      () => find(wire.api, ""),
      (rows) => (rows.length > 0 ? "some found" : "0 found"),
      {
        withoutShapes: true,
      },
    );
  }
}

async function askMissing(subject: Subject, made: Made): Promise<void> {
  const { ask, pass, adapter, wire, setActive, update } = subject;
  const id = toMissingId(made.id);
  const { remove } = adapter.user;
  const [path = keyOf(adapter)] = adapter.attributes.User.filter(isText)
    .map((row) => row.path)
    .filter((one) => one !== keyOf(adapter));
  await ask("missing user: read", () => subject.read(id), tellValues);
  await ask("missing user: update", () => update({ ...made, id }, { [path]: made.values[path] }));
  await ask("missing user: disable", () => setActive({ ...made, id }, false));
  if (remove) await ask("missing user: remove", () => remove(wire.api, id));
  else pass("missing user: remove");
}

async function askEmptying({ ask, adapter, newUser, read, update }: Subject): Promise<void> {
  for (const { path } of adapter.attributes.User.filter(isText)) {
    const made = await newUser();
    const empty = async (): Promise<Values> => {
      await update(made, { [path]: undefined });
      return read(made.id);
    };
    await ask(`user: empty ${path}`, empty, (values) => (values[path] === undefined ? "emptied" : "kept"));
  }
}

async function askDisabling(subject: Subject): Promise<void> {
  const { ask, pass, adapter, setActive, read, newUser } = subject;
  const steps = [
    ["user: disable", false],
    ["user: disable again", false],
    ["user: enable", true],
    ["user: enable again", true],
  ] as const;
  if (!adapter.user.setActive && !adapter.attributes.User.some(({ path }) => path === "active")) {
    for (const [question] of steps) pass(question);
    return;
  }
  const made = await newUser();
  for (const [question, active] of steps) {
    const turn = async () => {
      await setActive(made, active);
      return read(made.id);
    };
    await ask(question, turn, (values) => (values.active === active ? "ok" : "unchanged"));
  }
}

async function askRemoval(subject: Subject): Promise<void> {
  const { ask, pass, adapter, wire, users, createUser } = subject;
  const { remove } = adapter.user;
  const names = ["remove", "read a removed one", "remove again", "update a removed one", "create a removed one again"];
  const [first, read, again, change, create] = names.map((name) => `user: ${name}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (!remove) {
    for (const name of names) pass(`user: ${name}`);
    return;
  }
  const made = await subject.newUser();
  await ask(first, () => remove(wire.api, made.id));
  await ask(read, () => subject.read(made.id), tellValues);
  await ask(again, () => remove(wire.api, made.id));
  await ask(change, () => subject.update({ ...made }, { [keyOf(adapter)]: made.values[keyOf(adapter)] }));
  users.delete(made.id);
  await ask(create, () => createUser(made.values));
}
