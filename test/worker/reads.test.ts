// What reads cost: calls to the vendor, and statements in the object's own database [S26] [S30].

import { describe, expect, it } from "vitest";
import { subjectOf } from "../suite/subject.ts";
import { open, strangerOf, type World } from "../suite/world.ts";
import { watchStatements } from "./statements.ts";

const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

/** What a request costs: calls to the vendor, and statements. */
async function costOf(world: World, path: string) {
  const { answer, statements } = await watchStatements(world.gateway, () => world.watch(() => world.get(path)));
  expect(answer.answer.status, JSON.stringify(answer.answer.body)).toBe(200);
  const { body } = answer.answer;
  return { body, calls: answer.calls.length, statements };
}

const named = (path: string, name: string) => `${path}?filter=${encodeURIComponent(`userName eq "${name}"`)}`;

describe("statements of a read", () => {
  it("S26: a get, a match, a miss and a list of 100 take few, however many people there are", async () => {
    const subject = subjectOf("rest");
    const world = await open(subject, { strangers: many(120).map((n) => strangerOf(subject, n)) });
    const list = await costOf(world, "/Users?count=100");
    expect(list.body.Resources).toHaveLength(100);
    expect(list.calls).toBeLessThanOrEqual(2);
    expect(list.statements.length, list.statements.join("\n")).toBeLessThanOrEqual(12);
    const { id, userName } = list.body.Resources[7];
    // Whom a client meets for the first time in an hour is noted.
    await world.get(named("/Users", userName));
    for (const [path, most] of [
      [`/Users/${id}`, 3],
      [named("/Users", userName), 4],
      [named("/Users", "nobody"), 4],
    ] as const) {
      const { calls, statements } = await costOf(world, path);
      expect(calls, path).toBe(1);
      expect(statements.length, statements.join("\n")).toBeLessThanOrEqual(most);
    }
  });
});
