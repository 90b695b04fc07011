// The user tests, through the played provisioning engine [G10] to [G16].

import { member, readPath } from "../simulate/schema.ts";
import { type Dialogue, type Exchange, expectThat, match, only, Skipped, show } from "./dialogue.ts";
import { find } from "./discovered.ts";
import { createEngine, type Engine } from "./engine.ts";
import type { Examinee, Test } from "./examinee.ts";
import { managerPath } from "./mapping.ts";
import { toPerson, type Values } from "./values.ts";

const nameOf = (values: Values): string => String(values.get("userName"));

const open = (examinee: Examinee, dialogue: Dialogue) => {
  const engine = createEngine(examinee, dialogue);
  const subject = examinee.next();
  const person = (stage: 0 | 1 = 0) => toPerson(examinee.mapping, examinee.discovered.user, subject, stage);
  return { engine, person };
};

/** @throws Finding where a query for nobody is no empty list [G3], or the user is not found after a cycle */
const createUser: Test = async (examinee, dialogue) => {
  const { engine, person } = open(examinee, dialogue);
  const values = person();
  const before = await match(dialogue, "/Users", nameOf(values));
  expectThat(before.exchange.status === 200, "a query that finds nobody must be 200 with no results", before.exchange);
  expectThat(before.resources.length === 0, "a query for a name that nobody has finds somebody", before.exchange);
  const id = await engine.provisionUser(values);
  const after = await match(dialogue, "/Users", nameOf(values));
  const found = only(after);
  expectThat(found.id === id, `the user found is ${found.id}, and the one created ${id}`, after.exchange);
};

/** The attributes that change with a person's work; names by which somebody is found stay. */
function changedValues(examinee: Examinee, before: Values, after: Values): Values {
  return new Map(
    [...after].filter(
      ([path, value]) => before.get(path) !== value && !find(examinee.discovered.user, path)?.isImmutable,
    ),
  );
}

const updateUser: Test = async (examinee, dialogue) => {
  const { engine, person } = open(examinee, dialogue);
  const [before, after] = [person(0), person(1)];
  const id = await engine.provisionUser(before);
  await engine.provisionUser(after);
  const exchange = await dialogue.ask("GET", `/Users/${id}`, [200]);
  for (const [path, value] of changedValues(examinee, before, after)) {
    const got = readPath(exchange.body, path);
    expectThat(got === value, `${path} was changed to ${show(value)}, and reads ${show(got)}`, exchange);
  }
};

const disableUser: Test = async (examinee, dialogue) => {
  const { engine, person } = open(examinee, dialogue);
  const id = await engine.provisionUser(person());
  await engine.setActive(id, false);
  const exchange = await dialogue.ask("GET", `/Users/${id}`, [200]);
  const active = member(exchange.body, "active");
  expectThat(active === false, `active must be false after the disable, and reads ${show(active)}`, exchange);
};

/** Whether nobody has the name and nothing the id any more. */
async function requireGone(dialogue: Dialogue, engine: Engine, id: string, name: string): Promise<void> {
  const read = await engine.read("/Users", id);
  if (read.status === 404) return;
  const found = await match(dialogue, "/Users", name);
  expectThat(found.resources.length === 0, "the deleted user is still there", found.exchange);
}

const deleteUser: Test = async (examinee, dialogue) => {
  const { engine, person } = open(examinee, dialogue);
  const values = person();
  const id = await engine.provisionUser(values);
  await engine.remove("/Users", id);
  await requireGone(dialogue, engine, id, nameOf(values));
};

const updateManager: Test = async (examinee, dialogue) => {
  const path = managerPath(examinee.mapping);
  if (path === undefined) throw new Skipped("the manager is not mapped");
  const own = open(examinee, dialogue);
  const id = await own.engine.provisionUser(own.person());
  const managers = [];
  for (let count = 0; count < 2; count++) {
    const { engine, person } = open(examinee, dialogue);
    managers.push(await engine.provisionUser(person()));
  }
  for (const managerId of [...managers, undefined]) {
    await own.engine.setManager(id, managerId);
    requireManager(await dialogue.ask("GET", `/Users/${id}`, [200]), path, managerId);
  }
};

/** The manager as a resource shows it: a reference is an object with the id as its value. */
export function requireManager(exchange: Exchange, path: string, managerId: string | undefined): void {
  const shown = readPath(exchange.body, path);
  const value = typeof shown === "object" ? member(shown, "value") : shown;
  const got = value === null || value === "" ? undefined : value;
  expectThat(got === managerId, `the manager must be ${show(managerId)}, and reads ${show(got)}`, exchange);
}

const restoreUser: Test = async (examinee, dialogue) => {
  const { engine, person } = open(examinee, dialogue);
  const values = person();
  const id = await engine.provisionUser(values);
  await engine.setActive(id, false);
  const left = await engine.read("/Users", id);
  const isAway = left.status === 404 || member(left.body, "active") === false;
  // That a disable has no effect is what Disable_User is about.
  if (isAway) await engine.provisionUser(values);
  const back = await match(dialogue, "/Users", nameOf(values));
  const { resource } = only(back);
  const active = member(resource, "active");
  expectThat(active !== false, `the user was assigned again, and active reads ${show(active)}`, back.exchange);
};

/** One attribute that is changed on demand: the first that people call somebody by. */
const onDemand: Test = async (examinee, dialogue) => {
  const { engine, person } = open(examinee, dialogue);
  const [before, after] = [person(0), person(1)];
  const id = await engine.provisionUser(before, "demand");
  const [changed] = ["name.givenName", "displayName"].filter((path) =>
    changedValues(examinee, before, after).has(path),
  );
  const next = new Map(before);
  const value = changed === undefined ? undefined : after.get(changed);
  if (changed !== undefined && value !== undefined) next.set(changed, value);
  await engine.provisionUser(next, "demand");
  const found = await match(dialogue, "/Users", nameOf(before));
  const shown = only(found);
  expectThat(shown.id === id, "a second provision on demand has made a second user", found.exchange);
  if (changed === undefined) return;
  const exchange = await dialogue.ask("GET", `/Users/${id}`, [200]);
  const got = readPath(exchange.body, changed);
  expectThat(got === value, `${changed} was changed to ${show(value)} on demand, and reads ${show(got)}`, exchange);
};

export const USER_TESTS = {
  G10: createUser,
  G11: updateUser,
  G12: disableUser,
  G13: deleteUser,
  G14: updateManager,
  G15: restoreUser,
  G16: onDemand,
} as const;
