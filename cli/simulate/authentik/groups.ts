// authentik's groups: found page by page, replaced by PATCH without a path, one operation for each member [B1] [B4].

import { type Conversation, type Created, type Group, livingGroups, type Task } from "../conversation.ts";
import { createGroup, listJoining, livingMembers, renameGroup } from "../groups.ts";
import type { StepId } from "../ledger.ts";
import { type Json, type Operation, toPatch, WRITTEN } from "../patch.ts";
import type { Person } from "../people.ts";
import { rereadGroup } from "../reread.ts";
import { CORE_GROUP } from "../schema.ts";

// All groups of the product, page by page, without a count.
export async function discoverGroups(conversation: Conversation): Promise<void> {
  let seen = 0;
  for (let expected = 1; seen < expected; ) {
    const query: Record<string, string> = seen === 0 ? {} : { startIndex: String(seen + 1) };
    const list = await conversation.list("E23", "/Groups", query);
    if (!list) return;
    if (list.resources.length === 0 && seen < list.totalResults) {
      conversation.ledger.deviate("E23", list.answer, `the other ${list.totalResults - seen} groups`, "an empty page");
      return;
    }
    expected = list.totalResults;
    seen += list.resources.length;
  }
}

export const toGroup = ({ id, displayName, externalId = "" }: Group): { [name: string]: Json } => ({
  schemas: [CORE_GROUP],
  ...(id === undefined ? {} : { id }),
  externalId,
  displayName,
});

export function createGroups(conversation: Conversation, chunk: number): Task[] {
  return conversation.groups.map((group) => async () => {
    const created = await createGroup(conversation, group, toGroup(group));
    if (!created) return;
    const known = livingGroups(conversation).find(({ index }) => index === group.index) ?? created;
    const joining = listJoining(conversation, known);
    await changeMembers(conversation, "E19", known, "add", joining, chunk);
    await rereadGroup(conversation, "E19", known);
  });
}

async function changeMembers(
  conversation: Conversation,
  step: StepId,
  group: Created<Group>,
  op: "add" | "remove",
  people: readonly Created<Person>[],
  chunk: number,
): Promise<void> {
  for (let at = 0; at < people.length; at += chunk) {
    const some = people.slice(at, at + chunk);
    const operations: Operation[] = some.map(({ id }) => ({ op, path: "members", value: [{ value: id }] }));
    const answer = await conversation.ask(step, "PATCH", `/Groups/${group.id}`, WRITTEN, { body: toPatch(operations) });
    if (!WRITTEN.includes(answer.status)) return;
    for (const person of some) {
      if (op === "add") group.members.add(person);
      else group.members.delete(person);
    }
  }
}

export function changeGroups(conversation: Conversation, chunk: number): Task[] {
  return livingGroups(conversation).map((group) => async () => {
    await renameGroup(conversation, group, {}, (displayName) => ({
      method: "PATCH",
      body: toPatch([{ op: "replace", value: toGroup({ ...group, displayName }) }]),
    }));
    // It reads the members and sends what differs.
    const members = livingMembers(group);
    const leaving = members.slice(0, Math.ceil(members.length / 2));
    await changeMembers(conversation, "E20", group, "remove", leaving, chunk);
    await rereadGroup(conversation, "E20", group);
    await changeMembers(conversation, "E19", group, "add", leaving, chunk);
    await rereadGroup(conversation, "E19", group);
  });
}
