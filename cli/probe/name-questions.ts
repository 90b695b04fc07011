// What is asked about names: the same twice, in another case, in another Unicode form, and none at all.

import type { Values } from "../../src/adapter.ts";
import { isMail, keyOf, toPerson } from "./people.ts";
import type { Subject } from "./subject.ts";

/** One letter in two forms: composed, and decomposed. */
const COMPOSED = "é";
const DECOMPOSED = COMPOSED.normalize("NFD");

export async function askNames(subject: Subject): Promise<void> {
  const { ask, adapter, createUser, newUser, nextName } = subject;
  const key = keyOf(adapter);
  const first = await newUser();
  await ask("user: create the same twice", () => createUser(first.values));
  const unique = [
    key,
    ...adapter.attributes.User.map(({ path }) => path).filter((path) => path !== key && isMail(path)),
  ];
  for (const path of unique) {
    const value = String(first.values[path]);
    await ask(`${path}: the same twice`, () => newUser({ [path]: value }));
    await ask(`${path}: the same in another case`, () => newUser({ [path]: value.toUpperCase() }));
    await askForms(subject, path);
    const other = await newUser();
    await ask(`${path}: changed to another's`, () => subject.update(other, { [path]: value }));
  }
  const nameless: Values = { ...toPerson(adapter, nextName()), [key]: undefined };
  await ask("user: create without a name", () => createUser(nameless));
}

async function askForms({ ask, pass, newUser, nextName }: Subject, path: string): Promise<void> {
  const spelled = (letter: string) => (isMail(path) ? `${letter}.${name}@example.com` : `${letter}-${name}`);
  const name = nextName();
  const composed = await ask(`${path}: with a letter beyond ASCII`, () => newUser({ [path]: spelled(COMPOSED) }));
  const question = `${path}: the same in another Unicode form`;
  if (composed) await ask(question, () => newUser({ [path]: spelled(DECOMPOSED) }));
  else pass(question);
}
