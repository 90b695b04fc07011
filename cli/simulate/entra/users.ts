// Users of the initial cycle: match, create, manager [E2] [E3] [E10].

import { type Conversation, type Created, livingPeople, quote, type Task } from "../conversation.ts";
import { type Operation, toPatch, WRITTEN } from "../patch.ts";
import { ENTERPRISE, type Person, WORK_MAIL } from "../people.ts";
import { rereadUser } from "../reread.ts";
import { findHeld } from "../schema.ts";
import { createUser, MANAGER, matchUser } from "../users.ts";
import { toManager, toUser } from "./shapes.ts";

export function createUsers(conversation: Conversation): Task[] {
  return conversation.people.map((person) => async () => {
    await matchUser(conversation, person.values.get("userName"), [], { formEncoded: person.index % 2 === 0 });
    const created = await createUser(conversation, person, toUser(person));
    if (!created) return;
    await rereadUser(conversation, "E3", created);
    if (person.index % 5 === 0) await matchEveryWay(conversation, created);
  });
}

// The matching attributes that administrators choose, another case, and names that only contain or begin this one.
async function matchEveryWay(conversation: Conversation, person: Created<Person>): Promise<void> {
  const { values, id } = person;
  const userName = String(values.get("userName"));
  const swapped = userName === userName.toUpperCase() ? userName.toLowerCase() : userName.toUpperCase();
  await matchUser(conversation, userName, [id]);
  await matchUser(conversation, swapped, [id], { formEncoded: true });
  await matchUser(conversation, userName.slice(0, -1), []);
  await matchUser(conversation, userName.slice(1), []);
  for (const path of ["externalId", WORK_MAIL]) {
    if (!findHeld(conversation.held.user, path)) continue;
    await conversation.match("E2", "/Users", { filter: `${path} eq ${quote(values.get(path))}` }, [id]);
  }
}

/** [E10]: everyone but the first person has one of the people before them as manager. */
export function setManagers(conversation: Conversation): Task[] {
  return livingPeople(conversation).flatMap((person) => {
    const managerId = person.index === 0 ? undefined : conversation.people[Math.floor((person.index - 1) / 5)]?.id;
    return managerId === undefined ? [] : [() => setManager(conversation, person, managerId)];
  });
}

async function setManager(conversation: Conversation, person: Created<Person>, managerId: string): Promise<void> {
  const isHeld = findHeld(conversation.held.user, MANAGER) !== undefined;
  await checkManager(conversation, person, managerId, []);
  const add = toManager(managerId, conversation.plan.usersUrl, person.index);
  await patchManager(conversation, person, add, managerId);
  if (isHeld) await checkManager(conversation, person, managerId, [person.id]);
  if (person.index % 7 !== 3) return;
  await patchManager(conversation, person, { op: "replace", path: `${ENTERPRISE}:manager`, value: "" }, undefined);
  await patchManager(conversation, person, { op: "Add", path: `${ENTERPRISE}:manager`, value: managerId }, managerId);
}

async function checkManager(
  conversation: Conversation,
  person: Created<Person>,
  managerId: string,
  ids: readonly string[],
): Promise<void> {
  const terms = [`id eq ${quote(person.id)}`, `manager eq ${quote(managerId)}`];
  const filter = (person.index % 2 === 0 ? terms : terms.reverse()).join(" and ");
  await conversation.match("E10", "/Users", { filter, attributes: "id" }, ids, { formEncoded: person.index % 3 === 0 });
}

async function patchManager(
  conversation: Conversation,
  person: Created<Person>,
  operation: Operation,
  managerId: string | undefined,
): Promise<void> {
  const answer = await conversation.ask("E10", "PATCH", `/Users/${person.id}`, WRITTEN, {
    body: toPatch([operation]),
  });
  if (!WRITTEN.includes(answer.status)) return;
  if (managerId === undefined) person.values.delete(MANAGER);
  else person.values.set(MANAGER, managerId);
  await rereadUser(conversation, "E10", person, new Set([MANAGER]));
}
