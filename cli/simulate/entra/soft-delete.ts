// How users leave and return in Entra: soft-delete names, new hires under them, restores and deletes [S45] [S9] [S14].

import { randomBytes } from "node:crypto";
import { type Conversation, type Created, livingGroups, livingPeople, type Task } from "../conversation.ts";
import type { Phase } from "../cycle.ts";
import { hirePeople } from "../discovery.ts";
import { type Json, type Operation, toPatch, WRITTEN } from "../patch.ts";
import { type Person, setMail, WORK_MAIL } from "../people.ts";
import { judgeUser, rereadGroup, rereadUser } from "../reread.ts";
import { findHeld, member, readPath } from "../schema.ts";
import { createUser, deleteUser, judgeUniqueness, matchUser, refuseDuplicate, rereadGroupsOf } from "../users.ts";
import { createInactive, deactivateAnyway, disableByUrns } from "./deactivation.ts";
import { toAddMembers, toUser } from "./shapes.ts";

type Leaver = Created<Person>;

/** Sends what one leaver's soft delete consists of; false where the server did not do it. */
type Way = (conversation: Conversation, leaver: Leaver, softName: string) => Promise<boolean>;

const disable: Operation = { op: "Replace", path: "active", value: "False" };
const enable: Operation = { op: "Replace", path: "active", value: "True" };
const rename = (value: string): Operation => ({ op: "Replace", path: "userName", value });

/** In the order of the leavers. The rename comes with the disable, days later or before it. */
const WAYS: readonly Way[] = [
  (c, { id }, name) => write(c, id, [disable, rename(name)]),
  async (c, { id }, name) => (await write(c, id, [disable])) && (await write(c, id, [rename(name)])),
  async (c, { id }, name) =>
    (await write(c, id, [{ op: "Replace", value: { userName: name } }])) && (await write(c, id, [disable])),
  (c, { id }, name) => write(c, id, [{ op: "replace", value: { active: false, userName: name } }]),
  putWhole,
];
/** Who has a part in the play besides those who leave in one of the ways. */
const OTHERS = 3;

export const SOFT_DELETE: readonly Phase[] = [
  { title: "leavers arrive", tasks: arrive },
  { title: "leavers join a group", tasks: (c) => [() => join(c)] },
  { title: "soft delete", tasks: (c) => listLeavers(c).map((leaver) => () => softDelete(c, leaver)) },
  { title: "members while gone", tasks: (c) => rereadGroupsOf(c, "S14", listLeavers(c)) },
  { title: "new hires and restores", tasks: (c) => listLeavers(c).map((leaver) => () => comeBack(c, leaver)) },
  { title: "members when back", tasks: (c) => rereadGroupsOf(c, "S14", listLeavers(c)) },
  { title: "deactivations", tasks: (c) => listOthers(c).flatMap((person, at) => toDeactivation(c, person, at)) },
];

function arrive(conversation: Conversation): Task[] {
  return hirePeople(conversation, WAYS.length + OTHERS).map((person) => async () => {
    // The last one is created inactive, in a phase of its own.
    if (placeOf(conversation, person) === WAYS.length + OTHERS - 1) return;
    const created = await createUser(conversation, person, toUser(person));
    if (created) await rereadUser(conversation, "E3", created);
  });
}

const placeOf = ({ plan }: Conversation, { index }: Person): number => index - plan.userCount;

function listLeavers(conversation: Conversation): Leaver[] {
  return livingPeople(conversation).filter((person) => {
    const place = placeOf(conversation, person);
    return place >= 0 && place < WAYS.length;
  });
}

function listOthers(conversation: Conversation): Person[] {
  return conversation.people.slice(conversation.plan.userCount + WAYS.length).slice(0, OTHERS);
}

function toDeactivation(conversation: Conversation, person: Person, at: number): Task[] {
  if (at === OTHERS - 1) return [() => createInactive(conversation, person)];
  const { id } = person;
  if (id === undefined) return [];
  const known = { ...person, id };
  return [() => (at === 0 ? deactivateAnyway(conversation, known) : disableByUrns(conversation, known))];
}

async function join(conversation: Conversation): Promise<void> {
  const [group] = livingGroups(conversation);
  const leavers = listLeavers(conversation);
  if (!group || leavers.length === 0) {
    conversation.notExercised.add("groups of leavers: there is no group");
    return;
  }
  const body = toPatch([toAddMembers(leavers.map(({ id }) => id))]);
  const answer = await conversation.ask("E19", "PATCH", `/Groups/${group.id}`, WRITTEN, { body });
  if (WRITTEN.includes(answer.status)) for (const leaver of leavers) group.members.add(leaver);
  await rereadGroup(conversation, "E19", group);
}

async function write(conversation: Conversation, id: string, operations: readonly Operation[]): Promise<boolean> {
  const body = toPatch(operations);
  const answer = await conversation.ask("S45", "PATCH", `/Users/${id}`, WRITTEN, { body });
  return WRITTEN.includes(answer.status);
}

// Clients that write by PUT read the user first and send everything back.
async function putWhole(conversation: Conversation, { id }: Leaver, userName: string): Promise<boolean> {
  const { body } = await conversation.ask("E4", "GET", `/Users/${id}`, [200]);
  const whole = { ...(typeof body === "object" ? body : {}), userName, active: false };
  const answer = await conversation.ask("S45", "PUT", `/Users/${id}`, [200], { body: whole });
  return answer.status === 200;
}

/** The name before the soft delete. */
const cleanName = ({ values }: Person): string => String(values.get("userName")).replace(/^[0-9a-f]{32}/, "");

async function softDelete(conversation: Conversation, leaver: Leaver): Promise<void> {
  const old = cleanName(leaver);
  const softName = `${randomBytes(16).toString("hex")}${old}`;
  if (!(await WAYS[placeOf(conversation, leaver)]?.(conversation, leaver, softName))) return;
  leaver.values.set("active", false);
  // Where names cannot change, the deactivation is what counts.
  await rereadAs(conversation, leaver, isNameFixed(conversation) ? [softName, old] : [softName]);
  if (leaver.values.get("userName") === softName) await matchUser(conversation, old, []);
}

const isNameFixed = ({ held }: Conversation): boolean => findHeld(held.user, "userName")?.changeable === false;

// Reads a user back who may have any of these names, and matches them under the name that is shown.
async function rereadAs(conversation: Conversation, person: Leaver, names: readonly string[]): Promise<void> {
  const answer = await conversation.ask("E4", "GET", `/Users/${person.id}`, [200]);
  const shown = member(answer.body, "userName");
  const name = names.find((each) => each === shown) ?? names[0] ?? "";
  person.values.set("userName", name);
  // Where the address is the same value as the name, it goes with it.
  if (readPath(answer.body, WORK_MAIL) === name) person.values.set(WORK_MAIL, name);
  else if (person.values.has(WORK_MAIL)) person.values.set(WORK_MAIL, cleanName(person));
  const ok = answer.status === 200 && judgeUser(conversation, "S45", person, answer, answer.body);
  conversation.ledger.reread("S45", ok);
  await matchUser(conversation, name, [person.id]);
}

async function comeBack(conversation: Conversation, leaver: Leaver): Promise<void> {
  const place = placeOf(conversation, leaver);
  const old = cleanName(leaver);
  const hired = place < 2 ? await hire(conversation, leaver, old) : undefined;
  if (place === 0) return leaveForGood(conversation, leaver, old, hired);
  if (hired) await deleteUser(conversation, hired);
  // Some restores come with the clean name; without it the server may show either.
  const isClean = place % 2 === 1;
  const softName = String(leaver.values.get("userName"));
  if (!(await write(conversation, leaver.id, isClean ? [enable, rename(old)] : [enable]))) return;
  leaver.values.set("active", true);
  await rereadAs(conversation, leaver, isClean ? [old] : [old, softName]);
  if (place === WAYS.length - 1) await createAgain(conversation, leaver);
}

// Somebody new under the old name is somebody else; where accounts cannot be renamed the name is still taken.
async function hire(conversation: Conversation, leaver: Leaver, userName: string): Promise<Leaver | undefined> {
  const [person] = hirePeople(conversation, 1);
  if (!person) return undefined;
  setMail(person.values, userName);
  if (isNameFixed(conversation)) {
    await refuseDuplicate(conversation, "S9", "/Users", toUser(person));
    return undefined;
  }
  await matchUser(conversation, userName, []);
  const hired = await createNew(conversation, person, leaver.id);
  if (!hired) return undefined;
  await matchUser(conversation, userName, [hired.id]);
  await rereadUser(conversation, "S45", leaver);
  return hired;
}

async function createNew(conversation: Conversation, person: Person, oldId: string): Promise<Leaver | undefined> {
  const created = await createUser(conversation, person, toUser(person), "S9");
  if (!created) return undefined;
  const answer = await conversation.ask("E4", "GET", `/Users/${created.id}`, [200]);
  if (created.id === oldId) conversation.ledger.deviate("S9", answer, `another id than ${oldId}`, created.id);
  const ok = answer.status === 200 && judgeUser(conversation, "S9", created, answer, answer.body);
  conversation.ledger.reread("S9", ok);
  return created;
}

// A name that is somebody's keeps the leaver out, and the end of the leaver leaves the other one alone.
async function leaveForGood(conversation: Conversation, leaver: Leaver, old: string, hired: Leaver | undefined) {
  const path = `/Users/${leaver.id}`;
  if (hired) {
    const body: Json = toPatch([enable, rename(old)]);
    judgeUniqueness(conversation, "S45", await conversation.ask("S45", "PATCH", path, [409], { body }));
    await rereadUser(conversation, "S45", leaver);
  }
  await deleteUser(conversation, leaver);
  if (!hired) return;
  await rereadUser(conversation, "S45", hired);
  await matchUser(conversation, old, [hired.id]);
}

/** [S9]: who was deleted and comes again has a new id. */
async function createAgain(conversation: Conversation, leaver: Leaver): Promise<void> {
  const { id, index } = leaver;
  if (!(await deleteUser(conversation, leaver))) return;
  const person = conversation.people.find((each) => each.index === index);
  if (!person) return;
  person.values.set("userName", cleanName(leaver));
  const again = await createNew(conversation, person, id);
  if (again && again.id !== id) await conversation.ask("E4", "GET", `/Users/${id}`, [404]);
}
