// What is declared or derived of a vendor's answers to writes, seen at the vendor: told where it is so, and nowhere else.

import { expect } from "vitest";
import { firstOf, groupsHeld, noAddress, noDisable, noGroups, type Scenario } from "../scenario.ts";
import { bodyOf, editableRow, hasShape, personOf, put, type Subject, withTransport, withUser } from "../subject.ts";
import { effectIn, open, strangerOf } from "../world.ts";

/** Whether some value in an answer is the id. */
function names(answer: unknown, id: string): boolean {
  if (typeof answer !== "object" || answer === null) return String(answer) === id;
  return Object.values(answer).some((value) => names(value, id));
}

/** A vendor's record without the values that no attribute maps. */
function withoutPlanted({ native }: Subject, record: unknown): object {
  const unmapped = new Set(Object.values(native.unmapped).map((value) => JSON.stringify(value)));
  const fields = Object.entries(typeof record === "object" && record !== null ? record : {});
  return Object.fromEntries(fields.filter(([, value]) => !unmapped.has(JSON.stringify(value))));
}

const ticketed = ({ adapter }: Subject) =>
  adapter.finish ? "is asynchronous (finish): the answer to a call is a ticket" : undefined;

export const deviationsInWrites: Scenario[] = [
  {
    name: "S23: the answer to a create names the new user, unless createAnswersNoId is declared",
    decidedBy: ["createAnswersNoId"],
    unless: ticketed,
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const { answer, calls } = await world.watch(() => world.scim("POST", "/Users", bodyOf(person)));
      expect(answer).toMatchObject({ status: 201 });
      const { id } = await world.user(person.key);
      // A name that the request gave needs no telling.
      const named = id === person.key || names(calls[effectIn(subject, calls)]?.response, id);
      expect(named).toBe(subject.adapter.deviations.createAnswersNoId === undefined);
    },
  },
  {
    name: "S3: an update that carries nothing forward loses unmapped fields only where fullReplace is shown",
    decidedBy: ["fullReplace"],
    async run(original) {
      const subject = withUser(original, (user) => ({
        async update(api, id, change) {
          const written = await user.update(api, id, { ...change, native: withoutPlanted(original, change.native) });
          // A change of plain values is made without the record where `updateNeeds` says "changes".
          return change.native ?? written;
        },
      }));
      const { unmapped } = subject.native;
      const stranger = strangerOf(subject, 1);
      const world = await open(subject, { strangers: [stranger] });
      const found = await world.find("Users", `userName eq "${stranger.key}"`);
      const path = editableRow(subject)?.path ?? "";
      const value = personOf(subject, 1, 1).values[path];
      const changed = await world.patch(`/Users/${found.body.Resources[0].id}`, { op: "replace", path, value });
      expect(changed).toMatchObject({ status: 200 });
      const { record } = await world.user(stranger.key);
      expect(subject.native.held(record, await world.state())[path]).toBe(value);
      const kept = JSON.stringify(Object.keys(unmapped).map((field) => record[field]));
      expect(kept === JSON.stringify(Object.values(unmapped)), kept).toBe(!hasShape(subject, "fullReplace"));
    },
  },
  {
    name: "S8: a deleted user is gone at the vendor, or where disableOnly is shown disabled there",
    decidedBy: ["disableOnly"],
    async run(original) {
      const stays = hasShape(original, "disableOnly");
      const subject = withTransport(original, { onDelete: stays ? "disable" : "remove" });
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
      const left = (await world.users()).filter((user) => user.key === person.key);
      expect(left.map((user) => user.active)).toEqual(stays ? [false] : []);
      expect(await world.get(`/Users/${id}`)).toMatchObject({ status: 404 });
    },
  },
  {
    name: "S19: a user who is created inactive is disabled at the vendor, or where invitedCannotBeDisabled is declared waits for it",
    decidedBy: ["invitedCannotBeDisabled"],
    unless: noDisable,
    async run(subject) {
      const world = await open(subject, { createInactive: "now" });
      const person = personOf(subject, 1);
      const body = bodyOf(person, ["active"]);
      put(body, "active", false);
      const answer = await world.scim("POST", "/Users", body);
      expect(answer).toMatchObject({ status: 201, body: { active: false } });
      expect((await world.get(`/Users/${answer.body.id}`)).body.active).toBe(false);
      const waits = subject.adapter.deviations.invitedCannotBeDisabled !== undefined;
      expect((await world.user(person.key)).active).toBe(waits);
      if (!subject.native.accept) return;
      await world.change((state) => subject.native.accept?.(state, person.key) ?? {});
      await world.patch(`/Users/${answer.body.id}`, { op: "replace", path: "active", value: false });
      expect((await world.user(person.key)).active).toBe(false);
    },
  },
  {
    name: "S25: an outcome is asked for after the answer only where asynchronous is shown",
    decidedBy: ["asynchronous"],
    async run(subject) {
      const world = await open(subject);
      const { answer, all, calls } = await world.watch(() =>
        world.scim("POST", "/Users", bodyOf(personOf(subject, 1))),
      );
      expect(answer).toMatchObject({ status: 201 });
      expect(all.length > calls.length).toBe(hasShape(subject, "asynchronous"));
    },
  },
  {
    name: "S29: what is not there comes with an error's status, unless errorsInSuccess is declared",
    decidedBy: ["errorsInSuccess"],
    unless: noAddress,
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      await world.outwait();
      const { id: nativeId } = await world.user(person.key);
      await world.change((state) => subject.native.withoutUser(state, nativeId));
      const { answer, calls } = await world.watch(() => world.get(`/Users/${id}`));
      expect(answer).toMatchObject({ status: 404 });
      expect((calls[0]?.status ?? 0) < 400).toBe(subject.adapter.deviations.errorsInSuccess !== undefined);
    },
  },
  {
    name: "S14: the vendor refuses a member who is added again only where addMemberNotIdempotent is declared; to a client it is a success",
    decidedBy: ["addMemberNotIdempotent", "addMemberDuplicates"],
    unless: firstOf(noGroups, groupsHeld),
    async run(subject) {
      const world = await open(subject);
      const [one, two] = [await world.create(1), await world.create(2)];
      const id = await world.createGroup("Sales", [one]);
      const behind = await world.user(personOf(subject, 2).key);
      const group = await world.group("Sales");
      await world.change((state) => subject.native.withMember(state, group.id, behind.id));
      const add = { op: "add", path: "members", value: [{ value: two }] };
      const { answer, all } = await world.watch(() => world.patch(`/Groups/${id}`, add));
      expect(answer).toMatchObject({ status: 204 });
      expect((await world.group("Sales")).memberIds).toHaveLength(2);
      const isRefused = all.some((call) => (call.status ?? 0) >= 400);
      expect(isRefused).toBe(subject.adapter.deviations.addMemberNotIdempotent !== undefined);
    },
  },
];
