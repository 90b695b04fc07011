// The calls that are written down ahead: a process that is killed at any moment has written down all that it has sent [S33].

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CallStore, createCallLedger } from "../../src/provision/connection/vendor-budget.ts";
import { createBudget } from "../../src/upstream/budget.ts";
import { createFakeClock } from "../upstream/fake-clock.ts";

/** Calls by the second as the object's table has them, and how often that was written. */
function createCallStore(): CallStore & { rows: Map<number, number>; writes: number } {
  const rows = new Map<number, number>();
  return {
    rows,
    writes: 0,
    since: (second) =>
      [...rows]
        .map(([at, calls]) => ({ second: at, calls }))
        .filter((row) => row.second >= second)
        .sort((left, right) => left.second - right.second),
    add(added) {
      this.writes++;
      for (const { second, calls } of added) rows.set(second, (rows.get(second) ?? 0) + calls);
    },
  };
}

const total = ({ rows }: { rows: Map<number, number> }) => [...rows.values()].reduce((sum, calls) => sum + calls, 0);

describe("S33: calls that a vendor limits by the minute, hour or day", () => {
  test("steady work is written down once in a second, and in the end as it was", async () => {
    const clock = createFakeClock();
    const store = createCallStore();
    const ledger = createCallLedger(store, () => 8, clock);
    for (let at = 0; at < 20 * 25; at++) {
      await clock.advance(40);
      ledger.note(clock.now());
      if (at === 24) store.writes = 0;
    }
    // Nineteen whole seconds after the first one, whose blocks grow.
    expect(store.writes).toBeLessThanOrEqual(21);
    await clock.advance(5_000);
    expect(total(store)).toBe(20 * 25);
    expect(clock.pending()).toBe(0);
  });

  test("one call is one write, and gives the rest of its block back", async () => {
    const clock = createFakeClock();
    const store = createCallStore();
    createCallLedger(store, () => 8, clock).note(clock.now());
    expect([store.writes, total(store)]).toEqual([1, 8]);
    await clock.advance(5_000);
    expect([store.writes, total(store)]).toEqual([2, 1]);
  });

  test("a table that cannot be written stops no call, and is written as soon as it can be", async () => {
    const clock = createFakeClock();
    const store = createCallStore();
    const { add } = store;
    store.add = () => {
      throw new Error("disk I/O error");
    };
    const ledger = createCallLedger(store, () => 8, clock);
    ledger.note(clock.now());
    store.add = add;
    ledger.note(clock.now());
    expect(total(store)).toBe(8);
  });

  test("a kill at any moment forgets no call: no minute has more calls than the limit, over any number of processes", async () => {
    const life = fc.record({ calls: fc.array(fc.nat(900), { maxLength: 40 }), downMs: fc.nat(2_500) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        async (lives, perMinute) => {
          const clock = createFakeClock();
          const store = createCallStore();
          const sent: number[] = [];
          for (const { calls, downMs } of lives) {
            // The timers of a process die with it.
            const own = { now: clock.now, after: () => () => {} };
            const budget = createBudget(
              { perMinute },
              own,
              createCallLedger(store, () => 8, own),
            );
            for (const pauseMs of calls) {
              await clock.advance(pauseMs);
              const turn = await budget.acquire("interactive", clock.now() + 1).catch(() => undefined);
              if (turn) sent.push(clock.now());
              turn?.();
            }
            expect(total(store)).toBeGreaterThanOrEqual(sent.length);
            await clock.advance(downMs);
          }
          for (const from of sent) {
            expect(sent.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(perMinute);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
