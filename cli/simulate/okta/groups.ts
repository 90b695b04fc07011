// Okta's group push: by PATCH with the name each time, or the whole group by PUT [B1].

import { type Conversation, type Created, type Group, livingGroups, type Task } from "../conversation.ts";
import { createGroup, listJoining, livingMembers, matchGroup, renameGroup } from "../groups.ts";
import type { StepId } from "../ledger.ts";
import { type Json, type Operation, toPatch, WRITTEN } from "../patch.ts";
import type { Person } from "../people.ts";
import { rereadGroup } from "../reread.ts";
import { CORE_GROUP } from "../schema.ts";
import { PAGE } from "./users.ts";

export function pushGroups(conversation: Conversation, putOnly: boolean): Task[] {
  return conversation.groups.map((group) => async () => {
    await matchGroup(conversation, group.displayName, [], PAGE);
    // Okta sends no externalId for a group.
    delete group.externalId;
    const body = { schemas: [CORE_GROUP], displayName: group.displayName, members: [] };
    const created = await createGroup(conversation, group, body);
    if (!created) return;
    await matchGroup(conversation, group.displayName, [created.id], PAGE);
    if (putOnly) await writeGroup(conversation, "C32", created, []);
  });
}

const toMember = ({ id, values }: Created<Person>): Json => ({ value: id, display: String(values.get("userName")) });

const toWhole = ({ id, displayName }: Created<Group>, members: readonly Created<Person>[]): Json => ({
  schemas: [CORE_GROUP],
  id,
  displayName,
  members: members.map(toMember),
});

// The whole group, as a custom application sends it on every change.
async function writeGroup(
  conversation: Conversation,
  step: StepId,
  group: Created<Group>,
  members: readonly Created<Person>[],
): Promise<void> {
  const body = toWhole(group, members);
  const answer = await conversation.ask(step, "PUT", `/Groups/${group.id}`, [200], { body });
  if (answer.status === 200) group.members = new Set(members);
  await rereadGroup(conversation, step, group);
}

// Every change of members comes with the name of the group.
async function patchMembers(
  conversation: Conversation,
  step: StepId,
  group: Created<Group>,
  operations: readonly Operation[],
  members: readonly Created<Person>[],
): Promise<void> {
  const { id, displayName } = group;
  for (const each of [[{ op: "replace", value: { id, displayName } }], operations]) {
    const answer = await conversation.ask(step, "PATCH", `/Groups/${id}`, WRITTEN, { body: toPatch(each) });
    if (!WRITTEN.includes(answer.status)) return;
  }
  group.members = new Set(members);
  await rereadGroup(conversation, step, group);
}

export function pushMembers(conversation: Conversation, putOnly: boolean): Task[] {
  return livingGroups(conversation).map((group) => async () => {
    const joining = listJoining(conversation, group);
    if (joining.length === 0) return;
    if (putOnly) return writeGroup(conversation, "E19", group, joining);
    await patchMembers(
      conversation,
      "E19",
      group,
      [{ op: "add", path: "members", value: joining.map(toMember) }],
      joining,
    );
  });
}

export function changeGroups(conversation: Conversation, putOnly: boolean): Task[] {
  return livingGroups(conversation).map((group) => async () => {
    const members = livingMembers(group);
    if (group.index % 2 === 0) {
      await renameGroup(conversation, group, PAGE, (displayName) =>
        putOnly
          ? { method: "PUT", body: toWhole({ ...group, displayName }, members) }
          : { method: "PATCH", body: toPatch([{ op: "replace", value: { id: group.id, displayName } }]) },
      );
    }
    const [leaving, ...staying] = members;
    if (!leaving) return;
    const pushed = [leaving, ...staying.slice(1)];
    if (putOnly) {
      await writeGroup(conversation, "E20", group, staying);
      return writeGroup(conversation, "C32", group, pushed);
    }
    const remove: Operation = { op: "remove", path: `members[value eq "${leaving.id}"]` };
    await patchMembers(conversation, "E20", group, [remove], staying);
    // A full push of the membership replaces it.
    const replace: Operation = { op: "replace", path: "members", value: pushed.map(toMember) };
    await patchMembers(conversation, "E19", group, [replace], pushed);
  });
}
