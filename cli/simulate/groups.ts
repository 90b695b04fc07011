// Groups as every identity provider asks for them: match, create, rename, delete, and who belongs where [E14] to [E21].

import { type Conversation, type Created, type Group, livingGroups, livingPeople, quote } from "./conversation.ts";
import { type Json, WRITTEN } from "./patch.ts";
import type { Person } from "./people.ts";
import { rereadGroup } from "./reread.ts";
import { CORE_GROUP, findHeld, member } from "./schema.ts";

/** Creates a group, judges the answer and reads it back; undefined where the server has none. */
export async function createGroup(
  conversation: Conversation,
  group: Group,
  body: Json,
): Promise<Created<Group> | undefined> {
  const answer = await conversation.ask("E15", "POST", "/Groups", [201], { body });
  const id = member(answer.body, "id");
  if (answer.status < 200 || answer.status > 299) return undefined;
  if (typeof id !== "string" || id === "") {
    conversation.ledger.deviate("E15", answer, "a non-empty id", id);
    return undefined;
  }
  group.id = id;
  const schemas = member(answer.body, "schemas");
  if (!Array.isArray(schemas) || !schemas.includes(CORE_GROUP)) {
    conversation.ledger.deviate("E15", answer, CORE_GROUP, schemas);
  }
  const created = { ...group, id };
  await rereadGroup(conversation, "E15", created);
  return created;
}

/** [E14]: exactly these groups have the name; `query` is what the provider adds to its filter. */
export async function matchGroup(
  conversation: Conversation,
  displayName: string,
  ids: readonly string[],
  query: Record<string, string>,
): Promise<void> {
  const list = await conversation.match(
    "E14",
    "/Groups",
    { ...query, filter: `displayName eq ${quote(displayName)}` },
    ids,
  );
  const isExcluded = query.excludedAttributes === "members";
  if (isExcluded && list?.resources.some((each) => member(each, "members") !== undefined)) {
    conversation.ledger.deviate("E14", list.answer, "no members", list.answer.body);
  }
}

/** [E18]: gives a group another name by the request that `send` makes; where names are immutable nothing is asked. */
export async function renameGroup(
  conversation: Conversation,
  group: Created<Group>,
  query: Record<string, string>,
  toBody: (displayName: string) => { method: "PATCH" | "PUT"; body: Json },
): Promise<void> {
  const { held, notExercised } = conversation;
  if (held.group && findHeld(held.group, "displayName")?.changeable === false) {
    notExercised.add("change of a group's displayName: immutable, so sent at creation only");
    return;
  }
  const old = group.displayName;
  const value = `${old} EMEA`;
  const { method, body } = toBody(value);
  const answer = await conversation.ask("E18", method, `/Groups/${group.id}`, WRITTEN, { body });
  if (!WRITTEN.includes(answer.status)) return;
  group.displayName = value;
  await rereadGroup(conversation, "E18", group);
  await matchGroup(conversation, value, [group.id], query);
  await matchGroup(conversation, old, [], query);
}

/** [E21]: the last group. */
export async function deleteGroup(conversation: Conversation, query: Record<string, string>): Promise<void> {
  const group = livingGroups(conversation).at(-1);
  if (!group) return;
  const path = `/Groups/${group.id}`;
  const answer = await conversation.ask("E21", "DELETE", path, [204]);
  if (answer.status !== 204) return;
  await conversation.ask("E21", "GET", path, [404]);
  await conversation.ask("E21", "DELETE", path, [404]);
  await matchGroup(conversation, group.displayName, [], query);
  for (const each of conversation.groups) if (each.index === group.index) delete each.id;
}

/** The users who are to join a group. */
export function listJoining(conversation: Conversation, group: Group): Created<Person>[] {
  const groupCount = livingGroups(conversation).length;
  return livingPeople(conversation).filter(
    ({ index }) => index % groupCount === group.index || (index * 7 + 3) % groupCount === group.index,
  );
}

/** The members of a group whom the server has. */
export function livingMembers(group: Group): Created<Person>[] {
  return [...group.members].filter((person): person is Created<Person> => person.id !== undefined);
}
