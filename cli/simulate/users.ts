// Users of the initial cycle: match, create, manager [E2] [E3] [E10].

import { type Conversation, type Created, livingPeople, quote } from "./conversation.ts";
import { ENTERPRISE, type Person, WORK_MAIL } from "./people.ts";
import { judgeUser, rereadUser } from "./reread.ts";
import { CORE_USER, findHeld, member } from "./schema.ts";
import { toManager, toPatch, toUser } from "./shapes.ts";

export type Task = () => Promise<void>;

const MANAGER = `${ENTERPRISE}:manager.value`;

export function createUsers(conversation: Conversation): Task[] {
  return conversation.people.map((person) => async () => {
    await matchUser(conversation, person.values.get("userName"), [], person.index % 2 === 0);
    const created = await createUser(conversation, person);
    if (!created) return;
    await rereadUser(conversation, "E3", created);
    if (person.index % 5 === 0) await matchEveryWay(conversation, created);
  });
}

async function createUser(conversation: Conversation, person: Person): Promise<Created<Person> | undefined> {
  const { ledger } = conversation;
  const answer = await conversation.ask("E3", "POST", "/Users", [201], { body: toUser(person) });
  if (answer.status < 200 || answer.status > 299) return undefined;
  const id = member(answer.body, "id");
  if (typeof id !== "string" || id === "") {
    ledger.deviate("E3", answer, "a non-empty id", id);
    return undefined;
  }
  person.id = id;
  const created = { ...person, id };
  const location = member(member(answer.body, "meta"), "location");
  if (answer.location === undefined || answer.location !== location) {
    ledger.deviate("E3", answer, `Location = meta.location = ${JSON.stringify(location)}`, answer.location);
  }
  const schemas = member(answer.body, "schemas");
  if (!Array.isArray(schemas) || !schemas.includes(CORE_USER)) ledger.deviate("E3", answer, CORE_USER, schemas);
  judgeUser(conversation, "E3", created, answer, answer.body);
  return created;
}

/** [E2]: exactly these users have the name. */
export async function matchUser(
  conversation: Conversation,
  userName: string | boolean | undefined,
  ids: readonly string[],
  formEncoded = false,
): Promise<void> {
  await conversation.match("E2", "/Users", { filter: `userName eq ${quote(userName)}` }, ids, { formEncoded });
}

// The matching attributes that administrators choose, another case, and names that only contain or begin this one.
async function matchEveryWay(conversation: Conversation, person: Created<Person>): Promise<void> {
  const { values, id } = person;
  const userName = String(values.get("userName"));
  const swapped = userName === userName.toUpperCase() ? userName.toLowerCase() : userName.toUpperCase();
  await matchUser(conversation, userName, [id]);
  await matchUser(conversation, swapped, [id], true);
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
  operation: ReturnType<typeof toManager>,
  managerId: string | undefined,
): Promise<void> {
  const answer = await conversation.ask("E10", "PATCH", `/Users/${person.id}`, [200, 204], {
    body: toPatch([operation]),
  });
  if (answer.status !== 200 && answer.status !== 204) return;
  if (managerId === undefined) person.values.delete(MANAGER);
  else person.values.set(MANAGER, managerId);
  await rereadUser(conversation, "E10", person, new Set([MANAGER]));
}

/** Once a user is gone, no user is expected to have it as manager. */
export function forgetManager(conversation: Conversation, id: string): void {
  for (const { values } of conversation.people) if (values.get(MANAGER) === id) values.delete(MANAGER);
}
