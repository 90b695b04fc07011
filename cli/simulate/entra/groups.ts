// Groups: match, create, members, rename, removal [E14] to [E21].

import { randomUUID } from "node:crypto";
import { detailOf } from "../client.ts";
import { type Conversation, type Created, type Group, livingGroups, quote, type Task } from "../conversation.ts";
import { createGroup, deleteGroup, listJoining, livingMembers, matchGroup, renameGroup } from "../groups.ts";
import { toPatch, WRITTEN } from "../patch.ts";
import type { Person } from "../people.ts";
import { rereadGroup } from "../reread.ts";
import { member } from "../schema.ts";
import { refuseDuplicate } from "../users.ts";
import { toAddMembers, toGroup, toRemoveMembers } from "./shapes.ts";

/** Entra never needs the members of a group that it looks for. */
const WITHOUT_MEMBERS = { excludedAttributes: "members" };
/** Members in one add, at most; Entra sends many at once and in parallel. */
const MAX_BATCH = 100;

export function createGroups(conversation: Conversation): Task[] {
  return conversation.groups.map((group) => async () => {
    await matchGroup(conversation, group.displayName, [], WITHOUT_MEMBERS);
    const body = toGroup(group.displayName, group.externalId);
    const created = await createGroup(conversation, group, body);
    if (!created) return;
    await matchGroup(conversation, group.displayName, [created.id], WITHOUT_MEMBERS);
    await readWithoutMembers(conversation, created.id);
    if (group.index === 0) await refuseDuplicate(conversation, "E15", "/Groups", body);
  });
}

async function readWithoutMembers(conversation: Conversation, id: string): Promise<void> {
  const answer = await conversation.ask("E16", "GET", `/Groups/${id}`, [200], { query: WITHOUT_MEMBERS });
  if (member(answer.body, "members") !== undefined) {
    conversation.ledger.deviate("E16", answer, "no members", answer.body);
  }
}

/** [E17] [E19]: batches of one group travel in parallel, so the server's changes must commute. */
export function addMembers(conversation: Conversation): Task[] {
  return livingGroups(conversation).flatMap((group) => {
    const joining = listJoining(conversation, group);
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
  const op = conversation.plan.flag ? "replace" : "Replace";
  await renameGroup(conversation, group, WITHOUT_MEMBERS, (value) => ({
    method: "PATCH",
    body: toPatch([{ op, path: "displayName", value }]),
  }));
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

/** [E21] */
export function removeGroup(conversation: Conversation): Promise<void> {
  return deleteGroup(conversation, WITHOUT_MEMBERS);
}
