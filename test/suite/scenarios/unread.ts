// A change of plain values goes to the vendor without a read before it [S54].

import { expect } from "vitest";
import type { Adapter, AttributeRow } from "../../../src/adapter.ts";
import type { Scenario } from "../scenario.ts";
import { ownRows, personOf, type Subject, withUser } from "../subject.ts";
import { open } from "../world.ts";

/** A value by itself: nobody's name, and nothing that is given once, made, or another user. */
const plainRow = (subject: Subject): AttributeRow | undefined =>
  ownRows(subject).find(
    ({ path, immutable, reference, required }) =>
      !/^(userName|active|emails)/.test(path) &&
      !immutable &&
      !reference &&
      typeof required !== "object" &&
      !path.includes("["),
  );

type Update = Adapter["user"]["update"];

/** The update, which throws where it looks at a value that does not change, and notes whether it was given the record. */
const guarded =
  (update: Update, given: unknown[]): Update =>
  (api, id, change) => {
    given.push(change.native);
    const values = new Proxy(change.values, {
      get(target, path) {
        if (typeof path === "string" && !change.changed.has(path)) {
          throw new Error(`updateNeeds says "changes", and update looks at ${path}, which does not change`);
        }
        return Reflect.get(target, path);
      },
    });
    return update(api, id, { ...change, values });
  };

export const unread: Scenario[] = [
  {
    name: "S54: a change of a plain value is one call, whose answer shows what a read would",
    unless: (subject) =>
      subject.adapter.user.updateNeeds !== "changes"
        ? 'does not declare updateNeeds: "changes"'
        : plainRow(subject)
          ? undefined
          : "maps no plain value",
    async run(original) {
      const given: unknown[] = [];
      const subject = withUser(original, ({ update }) => ({ update: guarded(update, given) }));
      const path = plainRow(subject)?.path ?? "";
      const world = await open(subject);
      const id = await world.create(1);
      await world.outwait();
      const value = personOf(subject, 1, 1).values[path];
      const { answer, calls } = await world.watch(() => world.patch(`/Users/${id}`, { op: "replace", path, value }));
      expect(answer).toMatchObject({ status: 200, body: { id } });
      expect(given).toEqual([undefined]);
      expect(calls.map(({ method, path: called }) => `${method} ${called}`)).toHaveLength(1);
      await world.outwait();
      const later = await world.get(`/Users/${id}`);
      expect(answer.body).toEqual(later.body);
      const drift = await world.gateway.api("GET", `/connections/${world.gateway.name}/drift`);
      expect(drift.body.findings).toEqual([]);
    },
  },
];
