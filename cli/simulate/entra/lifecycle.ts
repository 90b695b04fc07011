// Leaving and coming back: disable, restore, delete [E7] [E8] [E9].

import { type Conversation, type Created, livingGroups, livingPeople, type Task } from "../conversation.ts";
import type { StepId } from "../ledger.ts";
import { toPatch, WRITTEN } from "../patch.ts";
import type { Person } from "../people.ts";
import { rereadGroup, rereadUser } from "../reread.ts";
import { deleteUser, matchUser, rereadGroupsOf } from "../users.ts";
import { type Form, toActive } from "./shapes.ts";

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
  const answer = await conversation.ask(step, "PATCH", `/Users/${person.id}`, WRITTEN, { body });
  if (!WRITTEN.includes(answer.status)) return;
  person.values.set("active", active);
  await rereadUser(conversation, step, person);
  await matchUser(conversation, person.values.get("userName"), [person.id]);
}

/** Disabled users stay members, and restored ones are not sent again [E8]. */
export function rereadTheirGroups(conversation: Conversation, step: "E7" | "E8"): Task[] {
  return rereadGroupsOf(conversation, step, listLeavers(conversation));
}

/** [E9]: as Entra does it, disabled first; then gone everywhere, also from groups. */
export async function deleteUsers(conversation: Conversation): Promise<void> {
  const doomed = listLeavers(conversation).slice(0, MAX_DELETED);
  for (const person of doomed) {
    await setActive(conversation, "E7", person, false);
    if (await deleteUser(conversation, person)) await matchUser(conversation, person.values.get("userName"), []);
  }
  for (const group of livingGroups(conversation)) await rereadGroup(conversation, "E9", group);
}
