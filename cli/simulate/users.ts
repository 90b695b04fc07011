// Users as every identity provider asks for them: match, create, delete, and the duplicate that must be refused [E2] [E3] [E9].

import { randomUUID } from "node:crypto";
import type { Answer } from "./client.ts";
import { type Conversation, type Created, livingGroups, livingPeople, quote, type Task } from "./conversation.ts";
import type { StepId } from "./ledger.ts";
import type { Json } from "./patch.ts";
import { ENTERPRISE, type Person } from "./people.ts";
import { judgeUser, rereadGroup } from "./reread.ts";
import { CORE_USER, findHeld, member } from "./schema.ts";

export const MANAGER = `${ENTERPRISE}:manager.value`;

/** Creates a user and judges the answer; undefined where the server has none of them. */
export async function createUser(
  conversation: Conversation,
  person: Person,
  body: Json,
  step: StepId = "E3",
): Promise<Created<Person> | undefined> {
  const { ledger } = conversation;
  const answer = await conversation.ask(step, "POST", "/Users", [201], { body });
  if (answer.status < 200 || answer.status > 299) return undefined;
  const id = member(answer.body, "id");
  if (typeof id !== "string" || id === "") {
    ledger.deviate(step, answer, "a non-empty id", id);
    return undefined;
  }
  person.id = id;
  const created = { ...person, id };
  const location = member(member(answer.body, "meta"), "location");
  if (answer.location === undefined || answer.location !== location) {
    ledger.deviate(step, answer, `Location = meta.location = ${JSON.stringify(location)}`, answer.location);
  }
  const schemas = member(answer.body, "schemas");
  if (!Array.isArray(schemas) || !schemas.includes(CORE_USER)) ledger.deviate(step, answer, CORE_USER, schemas);
  judgeUser(conversation, step, created, answer, answer.body);
  return created;
}

/** [E2]: exactly these users have the name. */
export async function matchUser(
  conversation: Conversation,
  userName: string | boolean | undefined,
  ids: readonly string[],
  more: { formEncoded?: boolean; page?: Record<string, string> } = {},
): Promise<void> {
  const { formEncoded = false, page = {} } = more;
  await conversation.match("E2", "/Users", { filter: `userName eq ${quote(userName)}`, ...page }, ids, { formEncoded });
}

/** [E9]: the user is gone everywhere; who names it as manager or member is no longer expected to. */
export async function deleteUser(conversation: Conversation, person: Created<Person>): Promise<boolean> {
  const { id } = person;
  const path = `/Users/${id}`;
  const answer = await conversation.ask("E9", "DELETE", path, [204]);
  if (answer.status !== 204) return false;
  await conversation.ask("E9", "GET", path, [404]);
  await conversation.ask("E9", "DELETE", path, [404]);
  for (const original of conversation.people) {
    if (original.id === id) delete original.id;
    if (original.values.get(MANAGER) === id) original.values.delete(MANAGER);
  }
  for (const group of conversation.groups) {
    group.members = new Set([...group.members].filter(({ index }) => index !== person.index));
  }
  return true;
}

/** Groups that one of these people is in are as they were, while they are disabled and afterwards [E8]. */
export function rereadGroupsOf(conversation: Conversation, step: StepId, people: readonly Person[]): Task[] {
  const indexes = new Set(people.map(({ index }) => index));
  const touched = livingGroups(conversation).filter((group) =>
    [...group.members].some(({ index }) => indexes.has(index)),
  );
  return touched.map((group) => () => rereadGroup(conversation, step, group));
}

/** A second create of the same user is 409 `uniqueness`; an unknown id is 404. */
export async function refuseDuplicates(conversation: Conversation, toBody: (person: Person) => Json): Promise<void> {
  for (const person of livingPeople(conversation).slice(0, 2)) {
    await refuseDuplicate(conversation, "E3", "/Users", toBody(person));
  }
  await conversation.ask("E4", "GET", `/Users/${randomUUID()}`, [404]);
}

/** A second create of the same name is 409 `uniqueness`. */
export async function refuseDuplicate(
  conversation: Conversation,
  step: StepId,
  path: "/Users" | "/Groups",
  body: unknown,
): Promise<void> {
  const answer = await conversation.ask(step, "POST", path, [409], { body });
  judgeUniqueness(conversation, step, answer);
  const id = member(answer.body, "id");
  const known = [...conversation.people, ...conversation.groups].some((each) => each.id === id);
  if (answer.status < 300 && typeof id === "string" && !known) conversation.strays.push(`${path}/${id}`);
}

/** A conflict says `uniqueness`. */
export function judgeUniqueness(conversation: Conversation, step: StepId, answer: Answer): void {
  const scimType = member(answer.body, "scimType");
  if (answer.status === 409 && scimType !== "uniqueness") {
    conversation.ledger.deviate(step, answer, "scimType uniqueness", scimType);
  }
}

/** Whether all of these attributes may change; those that may not are listed as not exercised. */
export function isChangeable(conversation: Conversation, paths: readonly string[]): boolean {
  const fixed = paths.filter((path) => findHeld(conversation.held.user, path)?.changeable === false);
  for (const path of fixed) conversation.notExercised.add(`change of ${path}: immutable, so sent at creation only`);
  return fixed.length === 0;
}
