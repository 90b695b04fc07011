// Reading back what was written, as Entra and its validators do, and comparing it with what was sent.

import type { Answer } from "./client.ts";
import type { Conversation, Created, Group } from "./conversation.ts";
import type { StepId } from "./ledger.ts";
import type { Person } from "./people.ts";
import { compare, findHeld, listNotHeld, member, readPath } from "./schema.ts";

/** Reads a user back after a write of `step`; compares only what the server says it holds [S44]. */
export async function rereadUser(
  conversation: Conversation,
  step: StepId,
  person: Created<Person>,
  cleared: ReadonlySet<string> = new Set(),
): Promise<void> {
  const answer = await conversation.ask("E4", "GET", `/Users/${person.id}`, [200]);
  const ok = answer.status === 200 && judgeUser(conversation, step, person, answer, answer.body, cleared);
  conversation.ledger.reread(step, ok);
}

/** Compares a resource that came with an answer; each difference is a deviation. */
export function judgeUser(
  conversation: Conversation,
  step: StepId,
  person: Created<Person>,
  answer: Answer,
  resource: unknown,
  cleared: ReadonlySet<string> = new Set(),
): boolean {
  const { ledger, held } = conversation;
  for (const path of listNotHeld(held.user, person.values)) conversation.notHeld.add(path);
  const sameId = member(resource, "id") === person.id;
  if (!sameId) ledger.deviate(step, answer, `id ${person.id}`, member(resource, "id"));
  const differences = compare(held.user, person.values, cleared, resource);
  for (const { path, expected, got } of differences) {
    const should = expected === undefined ? "nothing" : JSON.stringify(expected);
    ledger.deviate(step, answer, `${path} = ${should}`, got === undefined ? "nothing" : JSON.stringify(got));
    // Each loss is named once: later re-reads expect what the server has shown.
    if (typeof got === "string" || typeof got === "boolean") person.values.set(path, got);
    else person.values.delete(path);
  }
  return sameId && differences.length === 0;
}

/** Reads a group back after a write of `step` and compares its names and members. */
export async function rereadGroup(conversation: Conversation, step: StepId, group: Created<Group>): Promise<void> {
  const { ledger, held } = conversation;
  const answer = await conversation.ask("E16", "GET", `/Groups/${group.id}`, [200]);
  if (answer.status !== 200) return ledger.reread(step, false);
  let ok = true;
  for (const path of ["displayName", "externalId"] as const) {
    if (!held.group || !findHeld(held.group, path) || group[path] === undefined) continue;
    const got = readPath(answer.body, path);
    if (got === group[path]) continue;
    ok = false;
    ledger.deviate(step, answer, `${path} = ${JSON.stringify(group[path])}`, got);
    if (typeof got === "string") group[path] = got;
  }
  const shown = toIds(member(answer.body, "members"));
  const present = new Set(shown);
  const expected = new Set([...group.members].flatMap((person) => person.id ?? []));
  const missing = [...expected].filter((id) => !present.has(id));
  const extra = shown.filter((id) => !expected.has(id));
  if (missing.length > 0 || extra.length > 0 || shown.length !== expected.size) {
    ok = false;
    const got = `${shown.length}: missing [${missing.join(", ")}], too many [${extra.join(", ")}]`;
    ledger.deviate(step, answer, `the ${expected.size} members of ${group.displayName}`, got);
    group.members = new Set(conversation.people.filter(({ id }) => id !== undefined && present.has(id)));
  }
  ledger.reread(step, ok);
}

function toIds(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  const elements: unknown[] = list;
  return elements.flatMap((each) => {
    const id = member(each, "value");
    return typeof id === "string" ? [id] : [];
  });
}
