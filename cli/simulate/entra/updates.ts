// Updates of the incremental cycle: changed, added and cleared values in both forms [E4] to [E6] [E13].

import { type Conversation, type Created, livingPeople, type Task } from "../conversation.ts";
import { toPatch, WRITTEN } from "../patch.ts";
import { DEPARTMENT, MOBILE, type Person, setFamilyName, setMail, toPhone, type Values } from "../people.ts";
import { rereadUser } from "../reread.ts";
import { findHeld, member } from "../schema.ts";
import { isChangeable, matchUser } from "../users.ts";
import { type Change, type Form, LATE_PHONES, toOperations } from "./shapes.ts";

/** Changes that belong together, because many products hold them as one value. */
type Unit = Change[];

export function updateUsers(conversation: Conversation): Task[] {
  return livingPeople(conversation).map((person) => async () => {
    const units = planUnits(person).filter((unit) =>
      isChangeable(
        conversation,
        unit.map(({ path }) => path),
      ),
    );
    await conversation.ask("E4", "GET", `/Users/${person.id}`, [200]);
    const oldName = person.values.get("userName");
    // On-demand provisioning ignores the flag, so a flagged connection sees both forms, even on one user.
    const half = Math.ceil(units.length / 2);
    if (!conversation.plan.flag) await update(conversation, person, units, "default");
    else if (person.index % 4 !== 3) await update(conversation, person, units, "flagged");
    else {
      await update(conversation, person, units.slice(0, half), "default");
      await update(conversation, person, units.slice(half), "flagged");
    }
    const newName = person.values.get("userName");
    if (newName === oldName) return;
    await matchUser(conversation, newName, [person.id]);
    await matchUser(conversation, oldName, []);
  });
}

async function update(conversation: Conversation, person: Created<Person>, units: Unit[], form: Form): Promise<void> {
  const changes = units.flat();
  if (changes.length === 0) return;
  const step = form === "default" ? "E5" : "E6";
  const body = toPatch(toOperations(changes, form));
  const answer = await conversation.ask(step, "PATCH", `/Users/${person.id}`, WRITTEN, { body });
  if (!WRITTEN.includes(answer.status)) return;
  if (answer.status === 200 && member(answer.body, "id") !== person.id) {
    conversation.ledger.deviate(step, answer, `the user ${person.id}`, answer.body);
  }
  for (const { path, value } of changes) if (value) person.values.set(path, value);
  await rereadUser(conversation, step, person);
}

function planUnits(person: Person): Unit[] {
  const { index, values, givenName, mailNickname } = person;
  const units: Unit[] = [];
  if (index % 4 === 0) units.push(toUnit(values, (next) => setFamilyName(next, givenName, `King-${index}`)));
  if (index % 10 === 1) units.push(toUnit(values, (next) => setMail(next, `${mailNickname}.married@example.com`)));
  if (index % 3 === 0) units.push([{ path: DEPARTMENT, value: `Math ${index % 5}` }]);
  for (const [offset, path] of LATE_PHONES.entries()) {
    if (!values.has(path)) units.push([{ path, value: toPhone(5000 + index * 2 + offset), isNew: true }]);
  }
  if (index % 4 === 2) {
    const path = 'addresses[type eq "work"].locality';
    units.push([{ path, value: "Århus", ...(values.has(path) ? {} : { isNew: true }) }]);
  }
  if (index % 2 === 0 || units.length === 0) units.push([{ path: "title", value: `Lead "${index}" \\ Señor` }]);
  return units;
}

// Applies a change to a copy and lists what became different.
function toUnit(values: Values, apply: (next: Values) => void): Unit {
  const next = new Map(values);
  apply(next);
  return [...next].flatMap(([path, value]) => (values.get(path) === value ? [] : [{ path, value: String(value) }]));
}

/** [E13]: values emptied by "" or null, then once more when nothing is there [Q18]. */
export function clearValues(conversation: Conversation): Task[] {
  const paths = ["title", DEPARTMENT, MOBILE].filter((path) => isClearable(conversation, path));
  const some = livingPeople(conversation).filter((person) => person.index % 6 === 2);
  return some.map((person) => async () => {
    const form = conversation.plan.flag && person.index % 4 !== 0 ? "flagged" : "default";
    for (const value of person.index % 4 === 0 ? [null, ""] : ["", null]) {
      const body = toPatch(
        toOperations(
          paths.map((path) => ({ path, value })),
          form,
        ),
      );
      const answer = await conversation.ask("E13", "PATCH", `/Users/${person.id}`, WRITTEN, { body });
      if (!WRITTEN.includes(answer.status)) return;
      for (const path of paths) person.values.delete(path);
      await rereadUser(conversation, "E13", person, new Set(paths));
    }
  });
}

function isClearable(conversation: Conversation, path: string): boolean {
  const held = findHeld(conversation.held.user, path);
  if (!held || (!held.required && held.changeable)) return true;
  conversation.notExercised.add(`clearing of ${path}: ${held.required ? "required" : "immutable"}`);
  return false;
}
