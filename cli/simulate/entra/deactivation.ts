// Deactivations that must get through: beside what cannot be done, under other URNs, and at the creation [S48] [S1] [E3].

import { randomUUID } from "node:crypto";
import { type Conversation, type Created, livingPeople } from "../conversation.ts";
import type { StepId } from "../ledger.ts";
import { type Json, type Operation, toPatch, WRITTEN } from "../patch.ts";
import { ENTERPRISE, type Person } from "../people.ts";
import { rereadUser } from "../reread.ts";
import { CORE_USER, findHeld, member } from "../schema.ts";
import { createUser, judgeUniqueness, matchUser } from "../users.ts";
import { toUser } from "./shapes.ts";

/** Longer than any product's name of a person. */
const LONG_NAME = "x".repeat(300);

const removeName: Operation = { op: "Remove", path: "userName" };
const toActive = (active: boolean): Operation => ({ op: "Replace", path: "active", value: active ? "True" : "False" });

/** `active` as clients spell it besides `active`. */
const SPELLINGS: readonly ((active: boolean) => Operation)[] = [
  (active) => ({ op: "Replace", path: `${CORE_USER}.active`, value: active ? "True" : "False" }),
  (active) => ({ op: "Replace", path: `${CORE_USER}:active`, value: active ? "True" : "False" }),
  (active) => ({ op: "replace", value: { [CORE_USER]: { active } } }),
  (active) => ({ op: "replace", path: "urn:scim:schemas:core:2.0:User:active", value: active }),
  (active) => ({ op: "replace", value: { "urn:scim:schemas:core:2.0:User": { active } } }),
];

async function send(
  conversation: Conversation,
  step: StepId,
  person: Created<Person>,
  expected: readonly number[],
  operations: readonly Operation[],
) {
  const body = toPatch(operations);
  return conversation.ask(step, "PATCH", `/Users/${person.id}`, expected, { body });
}

/** [S48]: a PATCH that disables does so whatever else in it cannot be done; without that the refusal stays. */
export async function deactivateAnyway(conversation: Conversation, person: Created<Person>): Promise<void> {
  const other = livingPeople(conversation).find(({ id }) => id !== person.id);
  const taken: Operation = { op: "Replace", path: "userName", value: String(other?.values.get("userName")) };
  const troubles: Operation[] = [
    removeName,
    { op: "Replace", path: `${ENTERPRISE}:manager`, value: randomUUID() },
    { op: "Replace", path: "name.givenName", value: LONG_NAME },
    ...(other ? [taken] : []),
  ];
  for (const trouble of troubles) {
    const answer = await send(conversation, "S48", person, WRITTEN, [trouble, toActive(false)]);
    if (!WRITTEN.includes(answer.status)) continue;
    await judgeState(conversation, person, false);
    await send(conversation, "S48", person, WRITTEN, [toActive(true), ...cure(conversation, person)]);
    await judgeState(conversation, person, true);
  }
  await send(conversation, "S48", person, [400], [removeName, toActive(true)]);
  if (other) {
    const isFixed = findHeld(conversation.held.user, "userName")?.changeable === false;
    const refused = await send(conversation, "S48", person, isFixed ? [400, 409] : [409], [taken, toActive(true)]);
    judgeUniqueness(conversation, "S48", refused);
    await matchUser(conversation, other.values.get("userName"), [other.id]);
  }
  await rereadUser(conversation, "S48", person);
}

// A server may have taken the long name; the next value takes its place either way.
function cure({ held }: Conversation, { values, givenName }: Person): Operation[] {
  const isChangeable = findHeld(held.user, "name.givenName")?.changeable !== false;
  return isChangeable && values.has("name.givenName")
    ? [{ op: "Replace", path: "name.givenName", value: givenName }]
    : [];
}

// What was set aside may or may not be shown, so only the state and the name are judged.
async function judgeState(conversation: Conversation, { id, values }: Created<Person>, active: boolean): Promise<void> {
  const answer = await conversation.ask("E4", "GET", `/Users/${id}`, [200]);
  const got = member(answer.body, "active");
  const name = values.get("userName");
  const shown = member(answer.body, "userName");
  if (got !== active) conversation.ledger.deviate("S48", answer, `active = ${active}`, got);
  if (shown !== name) conversation.ledger.deviate("S48", answer, `userName = ${JSON.stringify(name)}`, shown);
  conversation.ledger.reread("S48", got === active && shown === name);
  await matchUser(conversation, name, [id]);
}

/** [S1]: `active` under each spelling of the core URN, there and back. */
export async function disableByUrns(conversation: Conversation, person: Created<Person>): Promise<void> {
  for (const toOperation of SPELLINGS) {
    for (const active of [false, true]) {
      const answer = await send(conversation, "S1", person, WRITTEN, [toOperation(active)]);
      if (!WRITTEN.includes(answer.status)) continue;
      person.values.set("active", active);
      await rereadUser(conversation, "S1", person);
    }
  }
}

/** [E3] [Q24]: who is created inactive is inactive, is found, and can be activated. */
export async function createInactive(conversation: Conversation, person: Person): Promise<void> {
  const whole = toUser(person);
  const body: Json = { ...(typeof whole === "object" && !Array.isArray(whole) ? whole : {}), active: false };
  person.values.set("active", false);
  const created = await createUser(conversation, person, body);
  if (!created) return;
  await rereadUser(conversation, "E3", created);
  await matchUser(conversation, created.values.get("userName"), [created.id]);
  const answer = await send(conversation, "E8", created, WRITTEN, [toActive(true)]);
  if (!WRITTEN.includes(answer.status)) return;
  created.values.set("active", true);
  await rereadUser(conversation, "E8", created);
}
