// Leaving and coming back: disable, restore, delete, and the duplicate that must be refused [E7] [E8] [E9] [E3].

import { randomUUID } from "node:crypto";
import { type Conversation, type Created, livingGroups, livingPeople } from "./conversation.ts";
import type { StepId } from "./ledger.ts";
import type { Person } from "./people.ts";
import { rereadGroup, rereadUser } from "./reread.ts";
import { member } from "./schema.ts";
import { type Form, toActive, toPatch, toUser } from "./shapes.ts";
import { forgetManager, matchUser, type Task } from "./users.ts";

/** Share of the users that a cycle disables, so that no brake is touched [S44]. */
const DISABLED_SHARE = 0.05;
/** Users that a cycle removes for good, at most. */
const MAX_DELETED = 2;

function listLeavers(conversation: Conversation): Created<Person>[] {
  const living = livingPeople(conversation);
  return living.slice(-Math.max(1, Math.floor(living.length * DISABLED_SHARE)));
}

/** [E7] [Q24]: a disabled user is still found. */
export function disableUsers(conversation: Conversation): Task[] {
  return listLeavers(conversation).map((person) => () => setActive(conversation, "E7", person, false));
}

/** [E8] */
export function restoreUsers(conversation: Conversation): Task[] {
  return listLeavers(conversation).map((person) => () => setActive(conversation, "E8", person, true));
}

async function setActive(
  conversation: Conversation,
  step: StepId,
  person: Created<Person>,
  active: boolean,
): Promise<void> {
  const form: Form = conversation.plan.flag && person.index % 3 !== 0 ? "flagged" : "default";
  const body = toPatch([toActive(active, form, person.index)]);
  const answer = await conversation.ask(step, "PATCH", `/Users/${person.id}`, [200, 204], { body });
  if (answer.status !== 200 && answer.status !== 204) return;
  person.values.set("active", active);
  await rereadUser(conversation, step, person);
  await matchUser(conversation, person.values.get("userName"), [person.id]);
}

/** Disabled users stay members, and restored ones are not sent again [E8]. */
export function rereadTheirGroups(conversation: Conversation, step: "E7" | "E8"): Task[] {
  const ids = new Set(listLeavers(conversation).map(({ index }) => index));
  const touched = livingGroups(conversation).filter((group) => [...group.members].some(({ index }) => ids.has(index)));
  return touched.map((group) => () => rereadGroup(conversation, step, group));
}

/** [E9]: as Entra does it, disabled first; then gone everywhere, also from groups. */
export async function deleteUsers(conversation: Conversation): Promise<void> {
  const doomed = listLeavers(conversation).slice(0, MAX_DELETED);
  for (const person of doomed) {
    await setActive(conversation, "E7", person, false);
    await deleteUser(conversation, person);
  }
  for (const group of livingGroups(conversation)) await rereadGroup(conversation, "E9", group);
}

async function deleteUser(conversation: Conversation, person: Created<Person>): Promise<void> {
  const { id } = person;
  const path = `/Users/${id}`;
  const answer = await conversation.ask("E9", "DELETE", path, [204]);
  if (answer.status !== 204) return;
  await conversation.ask("E9", "GET", path, [404]);
  await conversation.ask("E9", "DELETE", path, [404]);
  await matchUser(conversation, person.values.get("userName"), []);
  for (const original of conversation.people) if (original.index === person.index) delete original.id;
  for (const group of conversation.groups) {
    group.members = new Set([...group.members].filter(({ index }) => index !== person.index));
  }
  forgetManager(conversation, id);
}

/** A second create of the same user is 409 `uniqueness`; an unknown id is 404. */
export async function refuseDuplicates(conversation: Conversation): Promise<void> {
  for (const person of livingPeople(conversation).slice(0, 2)) {
    await refuseDuplicate(conversation, "E3", "/Users", toUser(person));
  }
  await conversation.ask("E4", "GET", `/Users/${randomUUID()}`, [404]);
}

export async function refuseDuplicate(
  conversation: Conversation,
  step: StepId,
  path: "/Users" | "/Groups",
  body: unknown,
): Promise<void> {
  const answer = await conversation.ask(step, "POST", path, [409], { body });
  if (answer.status === 409 && member(answer.body, "scimType") !== "uniqueness") {
    conversation.ledger.deviate(step, answer, "scimType uniqueness", member(answer.body, "scimType"));
  }
  const id = member(answer.body, "id");
  const known = [...conversation.people, ...conversation.groups].some((each) => each.id === id);
  if (answer.status < 300 && typeof id === "string" && !known) conversation.strays.push(`${path}/${id}`);
}
