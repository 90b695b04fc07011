// Groups: match, create, members, rename, removal [E14] to [E21].

import { randomUUID } from "node:crypto";
import { detailOf } from "./client.ts";
import { type Conversation, type Created, type Group, livingGroups, livingPeople, quote } from "./conversation.ts";
import { refuseDuplicate } from "./lifecycle.ts";
import type { Person } from "./people.ts";
import { rereadGroup } from "./reread.ts";
import { CORE_GROUP, findHeld, member } from "./schema.ts";
import { toAddMembers, toGroup, toPatch, toRemoveMembers } from "./shapes.ts";
import type { Task } from "./users.ts";

/** Members in one add, at most; Entra sends many at once and in parallel. */
const MAX_BATCH = 100;
const WRITTEN: readonly number[] = [200, 204];

export function createGroups(conversation: Conversation): Task[] {
  return conversation.groups.map((group) => async () => {
    await matchGroup(conversation, group.displayName, []);
    const body = toGroup(group.displayName, group.externalId);
    const answer = await conversation.ask("E15", "POST", "/Groups", [201], { body });
    const id = member(answer.body, "id");
    if (answer.status < 200 || answer.status > 299) return;
    if (typeof id !== "string" || id === "") return conversation.ledger.deviate("E15", answer, "a non-empty id", id);
    group.id = id;
    const schemas = member(answer.body, "schemas");
    if (!Array.isArray(schemas) || !schemas.includes(CORE_GROUP)) {
      conversation.ledger.deviate("E15", answer, CORE_GROUP, schemas);
    }
    await rereadGroup(conversation, "E15", { ...group, id });
    await matchGroup(conversation, group.displayName, [id]);
    await readWithoutMembers(conversation, id);
    if (group.index === 0) await refuseDuplicate(conversation, "E15", "/Groups", body);
  });
}

async function matchGroup(conversation: Conversation, displayName: string, ids: readonly string[]): Promise<void> {
  const query = { excludedAttributes: "members", filter: `displayName eq ${quote(displayName)}` };
  const list = await conversation.match("E14", "/Groups", query, ids);
  if (list?.resources.some((each) => member(each, "members") !== undefined)) {
    conversation.ledger.deviate("E14", list.answer, "no members", list.answer.body);
  }
}

async function readWithoutMembers(conversation: Conversation, id: string): Promise<void> {
  const query = { excludedAttributes: "members" };
  const answer = await conversation.ask("E16", "GET", `/Groups/${id}`, [200], { query });
  if (member(answer.body, "members") !== undefined) {
    conversation.ledger.deviate("E16", answer, "no members", answer.body);
  }
}

/** [E17] [E19]: batches of one group travel in parallel, so the server's changes must commute. */
export function addMembers(conversation: Conversation): Task[] {
  const groups = livingGroups(conversation);
  return groups.flatMap((group) => {
    const joining = livingPeople(conversation).filter(({ index }) => belongs(index, group.index, groups.length));
    const size = Math.min(MAX_BATCH, Math.max(1, Math.ceil(joining.length / 4)));
    const batches = Array.from({ length: Math.ceil(joining.length / size) }, (_, index) =>
      joining.slice(index * size, (index + 1) * size),
    );
    return batches.map((batch) => async () => {
      const [first] = batch;
      if (first) await checkMember(conversation, group, first, false);
      await add(conversation, group, batch);
    });
  });
}

function belongs(person: number, group: number, groupCount: number): boolean {
  return person % groupCount === group || (person * 7 + 3) % groupCount === group;
}

/** What the parallel batches left. */
export function checkGroups(conversation: Conversation): Task[] {
  return livingGroups(conversation).map((group) => async () => {
    const [first] = livingMembers(group);
    if (first) await checkMember(conversation, group, first, true);
    await rereadGroup(conversation, "E19", group);
  });
}

async function add(conversation: Conversation, group: Created<Group>, people: Created<Person>[]): Promise<void> {
  const body = toPatch([toAddMembers(people.map(({ id }) => id))]);
  const answer = await conversation.ask("E19", "PATCH", `/Groups/${group.id}`, WRITTEN, { body });
  if (WRITTEN.includes(answer.status)) for (const person of people) group.members.add(person);
}

async function remove(conversation: Conversation, group: Created<Group>, people: Created<Person>[], flagged: boolean) {
  const ids = people.map(({ id }) => id);
  const body = toPatch(toRemoveMembers(ids, flagged ? "flagged" : "default"));
  const answer = await conversation.ask("E20", "PATCH", `/Groups/${group.id}`, WRITTEN, { body });
  if (WRITTEN.includes(answer.status)) for (const person of people) group.members.delete(person);
}

async function checkMember(
  conversation: Conversation,
  group: Created<Group>,
  person: Created<Person>,
  isMember: boolean,
) {
  const terms = [`id eq ${quote(group.id)}`, `members eq ${quote(person.id)}`];
  const filter = (person.index % 2 === 0 ? terms : terms.reverse()).join(" and ");
  await conversation.match("E17", "/Groups", { filter, attributes: "id" }, isMember ? [group.id] : []);
}

/** [E18], [E20] and [E19] again, each read back. */
export function changeGroups(conversation: Conversation): Task[] {
  return livingGroups(conversation).map((group) => async () => {
    if (group.index % 2 === 0) await rename(conversation, group);
    const leaving = livingMembers(group).filter((_, position) => position % 3 === 0);
    if (leaving.length === 0) return;
    const half = Math.ceil(leaving.length / 2);
    // On-demand provisioning ignores the flag here too.
    await remove(conversation, group, leaving.slice(0, half), conversation.plan.flag);
    if (leaving.length > half) await remove(conversation, group, leaving.slice(half), false);
    await rereadGroup(conversation, "E20", group);
    await remove(conversation, group, leaving.slice(0, 1), conversation.plan.flag);
    if (group.index === 0) await refuseUnknownMember(conversation, group, leaving);
    await add(conversation, group, leaving);
    await add(conversation, group, leaving.slice(0, 1));
    await rereadGroup(conversation, "E19", group);
  });
}

async function rename(conversation: Conversation, group: Created<Group>): Promise<void> {
  const { held, notExercised } = conversation;
  if (held.group && findHeld(held.group, "displayName")?.changeable === false) {
    notExercised.add("change of a group's displayName: immutable, so sent at creation only");
    return;
  }
  const old = group.displayName;
  const value = `${old} EMEA`;
  const body = toPatch([{ op: conversation.plan.flag ? "replace" : "Replace", path: "displayName", value }]);
  const answer = await conversation.ask("E18", "PATCH", `/Groups/${group.id}`, WRITTEN, { body });
  if (!WRITTEN.includes(answer.status)) return;
  group.displayName = value;
  await rereadGroup(conversation, "E18", group);
  await matchGroup(conversation, value, [group.id]);
  await matchGroup(conversation, old, []);
}

// Atomic: the known user beside the unknown one must not become a member.
async function refuseUnknownMember(conversation: Conversation, group: Created<Group>, known: Created<Person>[]) {
  const unknown = randomUUID();
  const body = toPatch([toAddMembers([...known.map(({ id }) => id), unknown])]);
  const answer = await conversation.ask("E19", "PATCH", `/Groups/${group.id}`, [400], { body });
  if (answer.status === 400) {
    const scimType = member(answer.body, "scimType");
    if (scimType !== "invalidValue") conversation.ledger.deviate("E19", answer, "scimType invalidValue", scimType);
    const detail = detailOf(answer.body);
    if (!detail.includes(unknown)) conversation.ledger.deviate("E19", answer, `a detail that names ${unknown}`, detail);
  }
  await rereadGroup(conversation, "E19", group);
}

/** [E21]: the last group. */
export async function deleteGroup(conversation: Conversation): Promise<void> {
  const group = livingGroups(conversation).at(-1);
  if (!group) return;
  const path = `/Groups/${group.id}`;
  const answer = await conversation.ask("E21", "DELETE", path, [204]);
  if (answer.status !== 204) return;
  await conversation.ask("E21", "GET", path, [404]);
  await conversation.ask("E21", "DELETE", path, [404]);
  await matchGroup(conversation, group.displayName, []);
  for (const each of conversation.groups) if (each.index === group.index) delete each.id;
}

function livingMembers(group: Group): Created<Person>[] {
  return [...group.members].filter((person): person is Created<Person> => person.id !== undefined);
}
