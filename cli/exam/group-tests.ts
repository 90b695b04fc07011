// The group tests, through the played provisioning engine [G17] to [G23].

import { member } from "../simulate/schema.ts";
import { type Dialogue, expectThat, match, only, show } from "./dialogue.ts";
import { createEngine } from "./engine.ts";
import type { Examinee, Test } from "./examinee.ts";
import { toGroupValues, toPerson, type Values } from "./values.ts";

const nameOf = (values: Values): string => String(values.get("displayName"));

const open = (examinee: Examinee, dialogue: Dialogue) => {
  const { mapping, discovered } = examinee;
  const engine = createEngine(examinee, dialogue);
  const values = toGroupValues(mapping, discovered.group, examinee.next());
  const hire = () => engine.provisionUser(toPerson(mapping, discovered.user, examinee.next()));
  return { engine, values, hire };
};

const createGroup: Test = async (examinee, dialogue) => {
  const { engine, values } = open(examinee, dialogue);
  const before = await match(dialogue, "/Groups", nameOf(values));
  expectThat(
    before.exchange.status === 200,
    "a query that finds no group must be 200 with no results",
    before.exchange,
  );
  const id = await engine.provisionGroup(values);
  const after = await match(dialogue, "/Groups", nameOf(values));
  const found = only(after);
  expectThat(found.id === id, `the group found is ${found.id}, and the one created ${id}`, after.exchange);
};

const renameGroup: Test = async (examinee, dialogue) => {
  const { engine, values } = open(examinee, dialogue);
  const id = await engine.provisionGroup(values);
  const name = `${nameOf(values)} EMEA`;
  await engine.rename(id, name);
  const exchange = await dialogue.ask("GET", `/Groups/${id}`, [200]);
  const got = member(exchange.body, "displayName");
  expectThat(got === name, `displayName was changed to ${show(name)}, and reads ${show(got)}`, exchange);
  const found = await match(dialogue, "/Groups", name);
  expectThat(only(found).id === id, "another group is found by the new name", found.exchange);
};

/** @throws Finding where a group is still there */
async function requireGone(dialogue: Dialogue, id: string, name: string): Promise<void> {
  const read = await dialogue.send("GET", `/Groups/${id}`);
  if (read.status === 404) return;
  const found = await match(dialogue, "/Groups", name);
  expectThat(found.resources.length === 0, "the deleted group is still there", found.exchange);
}

const deleteGroup: Test = async (examinee, dialogue) => {
  const { engine, values } = open(examinee, dialogue);
  const id = await engine.provisionGroup(values);
  await engine.remove("/Groups", id);
  await requireGone(dialogue, id, nameOf(values));
};

/** @throws Finding where somebody is, or is not, a member */
async function requireMember(dialogue: Dialogue, groupId: string, userId: string, isMember: boolean): Promise<void> {
  const exchange = await dialogue.ask("GET", `/Groups/${groupId}`, [200]);
  const members = member(exchange.body, "members");
  const elements: unknown[] = Array.isArray(members) ? members : [];
  const isShown = elements.some((each) => member(each, "value") === userId);
  expectThat(isShown === isMember, `the user ${isMember ? "is no member" : "is still a member"}`, exchange);
}

const addMember: Test = async (examinee, dialogue) => {
  const { engine, values, hire } = open(examinee, dialogue);
  const userId = await hire();
  const id = await engine.provisionGroup(values);
  await engine.addMember(id, userId);
  await requireMember(dialogue, id, userId, true);
};

const removeMember: Test = async (examinee, dialogue) => {
  const { engine, values, hire } = open(examinee, dialogue);
  const [leaver, other] = [await hire(), await hire()];
  const id = await engine.provisionGroup(values);
  for (const userId of [leaver, other]) await engine.addMember(id, userId);
  await engine.removeMember(id, leaver);
  await requireMember(dialogue, id, leaver, false);
};

const onDemand: Test = async (examinee, dialogue) => {
  const { engine, values } = open(examinee, dialogue);
  const id = await engine.provisionGroup(values, "demand");
  await engine.provisionGroup(values, "demand");
  const found = await match(dialogue, "/Groups", nameOf(values));
  expectThat(only(found).id === id, "a second provision on demand has made a second group", found.exchange);
};

const restoreGroup: Test = async (examinee, dialogue) => {
  const { engine, values } = open(examinee, dialogue);
  const id = await engine.provisionGroup(values);
  await engine.remove("/Groups", id);
  // That a deletion has no effect is what Delete_Group is about.
  await engine.provisionGroup(values);
  only(await match(dialogue, "/Groups", nameOf(values)));
};

export const GROUP_TESTS = {
  G17: createGroup,
  G18: renameGroup,
  G19: deleteGroup,
  G20: addMember,
  G21: removeMember,
  G22: onDemand,
  G23: restoreGroup,
} as const;
