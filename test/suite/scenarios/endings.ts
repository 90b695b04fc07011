// What a vendor does besides a write: it mails the person first, or leaves open what they have open [S59].

import { expect } from "vitest";
import { noConfirmation, noDisable, noSessions, type Scenario } from "../scenario.ts";
import { get, keyPath, personOf } from "../subject.ts";
import { open } from "../world.ts";

export const endings: Scenario[] = [
  {
    name: "S59: an address that waits for the person is shown, sent once, and the vendor's once they confirm it",
    decidedBy: ["confirmsAddresses"],
    unless: noConfirmation,
    async run(subject) {
      const world = await open(subject, { isUnconfirmed: true });
      const id = await world.create(1);
      const path = subject.adapter.user.confirms?.paths[0] ?? keyPath(subject);
      const value = personOf(subject, 1, 1).values[path];
      const change = () => world.patch(`/Users/${id}`, { op: "replace", path, value });
      expect(await change()).toMatchObject({ status: 200 });
      const waiting = await world.users();
      expect(waiting).toMatchObject([{ key: personOf(subject, 1).key }]);
      expect(await change()).toMatchObject({ status: 200 });
      expect(await world.users()).toEqual(waiting);
      expect(get((await world.get(`/Users/${id}`)).body, path)).toBe(value);
      await world.change((state) => subject.native.confirm?.(state) ?? {});
      expect(get((await world.get(`/Users/${id}`)).body, path)).toBe(value);
      expect(subject.native.held((await world.users())[0]?.record ?? {}, await world.state())[path]).toBe(value);
    },
  },
  {
    name: "S59: a disable ends what the user has open",
    decidedBy: ["endsSessions"],
    unless: (subject) => noDisable(subject) ?? noSessions(subject),
    async run(subject) {
      const world = await open(subject);
      const id = await world.create(1);
      const sessions = async () => subject.native.openSessions?.((await world.users())[0]?.record ?? {});
      expect(await sessions()).toBeGreaterThan(0);
      const disable = { op: "replace", path: "active", value: false };
      expect(await world.patch(`/Users/${id}`, disable)).toMatchObject({ status: 200, body: { active: false } });
      expect(await sessions()).toBe(0);
    },
  },
];
