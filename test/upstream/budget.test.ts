import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Limits } from "../../src/adapter.ts";
import { type Budget, createBudget, type Lane } from "../../src/upstream/budget.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";

interface Turn {
  lane: Lane;
  from: number;
  to: number;
}

/** Takes a turn that lasts `ms` and notes when it was; a refusal is thrown. */
async function take(budget: Budget, clock: FakeClock, turns: Turn[], lane: Lane, ms: number, latestAt = Infinity) {
  const release = await budget.acquire(lane, latestAt);
  const turn = { lane, from: clock.now(), to: Infinity };
  turns.push(turn);
  clock.after(ms, () => {
    turn.to = clock.now();
    release();
    release();
  });
}

function most(turns: Turn[], lane?: Lane): number {
  const counted = turns.filter((turn) => lane === undefined || turn.lane === lane);
  return Math.max(
    0,
    ...counted.map(({ from }) => counted.filter((turn) => turn.from <= from && from < turn.to).length),
  );
}

describe("rates", () => {
  test("waits for the next second, and the wait counts against the deadline", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ perSecond: 2 }, clock);
    const turns: Turn[] = [];
    for (let i = 0; i < 4; i++) void take(budget, clock, turns, "interactive", 0);
    await clock.advance(1_000);
    expect(turns).toHaveLength(2);
    await clock.advance(100);
    expect(turns).toHaveLength(4);
    await expect(budget.acquire("interactive", clock.now() + 500)).rejects.toMatchObject({
      kind: "throttled",
      retryAfterSeconds: 1,
      ambiguous: false,
    });
  });

  test("a call may have arrived as late as its answer came, so the next second begins there", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ perSecond: 2 }, clock);
    const turns: Turn[] = [];
    for (let i = 0; i < 4; i++) void take(budget, clock, turns, "interactive", 400);
    await clock.advance(1_400);
    expect(turns).toHaveLength(2);
    await clock.advance(100);
    expect(turns).toHaveLength(4);
  });

  test("refuses at once what would come too late, with those ahead in mind", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ perMinute: 2 }, clock);
    const turns: Turn[] = [];
    for (let i = 0; i < 4; i++) void take(budget, clock, turns, "interactive", 0);
    await clock.advance(0);
    await expect(budget.acquire("interactive", clock.now() + 45_000)).rejects.toMatchObject({ retryAfterSeconds: 121 });
    await expect(budget.acquire("background", clock.now() + 119_000)).rejects.toMatchObject({ kind: "throttled" });
    await clock.advance(200_000);
    expect(turns).toHaveLength(4);
  });

  test("a day's limit asks for no more than an hour", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ perDay: 1 }, clock);
    (await budget.acquire("interactive", Infinity))();
    await expect(budget.acquire("interactive", clock.now() + 45_000)).rejects.toMatchObject({
      retryAfterSeconds: 3_600,
    });
  });

  test("less than one a second is one in several", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ perSecond: 0.5 }, clock);
    const turns: Turn[] = [];
    for (let i = 0; i < 3; i++) void take(budget, clock, turns, "interactive", 0);
    await clock.advance(1_999);
    expect(turns).toHaveLength(1);
    await clock.advance(3_000);
    expect(turns).toHaveLength(3);
  });

  test("a clock that is set back does not lock the connection", async () => {
    const clock = createFakeClock();
    let backMs = 0;
    const budget = createBudget({ perMinute: 1 }, { ...clock, now: () => clock.now() - backMs });
    (await budget.acquire("interactive", Infinity))();
    backMs = 3_600_000;
    await expect(budget.acquire("interactive", clock.now() - backMs + 45_000)).rejects.toMatchObject({
      retryAfterSeconds: 61,
    });
  });

  test("a pause delays every call", async () => {
    const clock = createFakeClock();
    const budget = createBudget({}, clock);
    budget.pauseUntil(clock.now() + 5_000);
    const turns: Turn[] = [];
    void take(budget, clock, turns, "interactive", 0);
    await expect(budget.acquire("interactive", clock.now() + 4_000)).rejects.toMatchObject({ retryAfterSeconds: 5 });
    await clock.advance(4_999);
    expect(turns).toHaveLength(0);
    await clock.advance(1);
    expect(turns).toHaveLength(1);
  });
});

describe("lanes", () => {
  test("S33: at most five interactive, two background, six in all", async () => {
    const clock = createFakeClock();
    const budget = createBudget({}, clock);
    const turns: Turn[] = [];
    for (let i = 0; i < 20; i++) {
      void take(budget, clock, turns, "interactive", 10);
      void take(budget, clock, turns, "background", 10);
    }
    await clock.advance(1_000);
    expect(turns).toHaveLength(40);
    expect([most(turns), most(turns, "interactive"), most(turns, "background")]).toEqual([6, 5, 2]);
  });

  test("S33: background alone takes two, interactive alone five", async () => {
    for (const [lane, expected] of [
      ["background", 2],
      ["interactive", 5],
    ] as const) {
      const clock = createFakeClock();
      const budget = createBudget({}, clock);
      const turns: Turn[] = [];
      for (let i = 0; i < 12; i++) void take(budget, clock, turns, lane, 10);
      await clock.advance(1_000);
      expect(most(turns)).toBe(expected);
    }
  });

  test("a serial vendor gets one call at a time, interactive first, background every fifth turn", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ concurrency: 1 }, clock);
    const turns: Turn[] = [];
    void take(budget, clock, turns, "interactive", 10);
    for (let i = 0; i < 3; i++) void take(budget, clock, turns, "background", 10);
    for (let i = 0; i < 12; i++) void take(budget, clock, turns, "interactive", 10);
    await clock.advance(10_000);
    expect(most(turns)).toBe(1);
    expect(turns.map(({ lane }) => lane[0]).join("")).toBe("iiiiibiiiibiiiib");
  });

  test("with two at once background leaves one to interactive", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ concurrency: 2 }, clock);
    const turns: Turn[] = [];
    for (let i = 0; i < 4; i++) void take(budget, clock, turns, "background", 1_000);
    await clock.advance(10);
    void take(budget, clock, turns, "interactive", 10);
    await clock.advance(0);
    expect(turns.map(({ lane }) => lane)).toEqual(["background", "interactive"]);
  });

  test("who waits for a slot until the deadline is throttled, and no timer stays behind", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ concurrency: 1 }, clock);
    const release = await budget.acquire("interactive", Infinity);
    const refused = expect(budget.acquire("interactive", clock.now() + 1_000)).rejects.toMatchObject({
      kind: "throttled",
    });
    await clock.advance(1_000);
    await refused;
    release();
    expect(clock.pending()).toBe(0);
  });
});

describe("a long window", () => {
  const minute = { perMinute: 60 };

  /** Takes one background turn after the other, each as long as a call. */
  async function work(budget: Budget, clock: FakeClock, turns: Turn[], endsAt: number): Promise<void> {
    while (clock.now() < endsAt) {
      await take(budget, clock, turns, "background", 100);
      await new Promise<void>((resolve) => {
        clock.after(100, resolve);
      });
    }
  }

  test("S33: thousands of background turns leave interactive no longer to wait than two of the vendor's turns", async () => {
    const clock = createFakeClock();
    const budget = createBudget(minute, clock);
    const turns: Turn[] = [];
    const endsAt = clock.now() + 300_000;
    void work(budget, clock, turns, endsAt);
    const waits: number[] = [];
    while (clock.now() < endsAt) {
      await clock.advance(4_900);
      const asked = clock.now();
      void budget.acquire("interactive", asked + 45_000).then((release) => {
        waits.push(clock.now() - asked);
        release();
      });
      await clock.advance(100);
    }
    await clock.advance(5_000);
    expect(waits.length).toBeGreaterThanOrEqual(60);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2_000);
    // And background has what interactive left, nine tenths of it at least.
    expect(turns.length).toBeGreaterThanOrEqual(0.9 * (5 * 60 - waits.length) * 0.9);
  });

  test("S33: background goes at nine tenths of the minute, and a sweep's first calls at once", async () => {
    const clock = createFakeClock();
    const budget = createBudget(minute, clock);
    const turns: Turn[] = [];
    const start = clock.now();
    void work(budget, clock, turns, start + 600_000);
    await clock.advance(1_000);
    expect(turns.length).toBeGreaterThanOrEqual(6);
    await clock.advance(600_000);
    expect(turns.length).toBeGreaterThanOrEqual(10 * 54);
    for (const { from } of turns) {
      expect(turns.filter((turn) => turn.from >= from && turn.from < from + 60_000).length).toBeLessThanOrEqual(60);
    }
  });

  test("S33: a restart does not begin a new minute of the vendor's limit", async () => {
    const clock = createFakeClock();
    const noted: number[] = [];
    const ledger = { since: (at: number) => noted.filter((one) => one >= at), note: (at: number) => noted.push(at) };
    const limits = { perSecond: 100, perMinute: 3 };
    const first = createBudget(limits, clock, ledger);
    for (let i = 0; i < 3; i++) (await first.acquire("interactive", Infinity))();
    await clock.advance(20_000);
    const second = createBudget(limits, clock, ledger);
    await expect(second.acquire("interactive", clock.now() + 39_000)).rejects.toMatchObject({
      kind: "throttled",
      retryAfterSeconds: 41,
    });
    const turns: Turn[] = [];
    void take(second, clock, turns, "interactive", 0);
    await clock.advance(40_100);
    expect(turns).toHaveLength(1);
  });

  test("S33: without a limit by the minute nothing is written down", async () => {
    const clock = createFakeClock();
    const ledger = { since: () => [], note: () => expect.unreachable() };
    const budget = createBudget({ perSecond: 3, concurrency: 2 }, clock, ledger);
    (await budget.acquire("background", Infinity))();
  });

  test("an endpoint that is held is refused at once, with its time, and the others are not", async () => {
    const clock = createFakeClock();
    const budget = createBudget({}, clock);
    budget.holdUntil("GET /a", clock.now() + 3_600_000);
    const held = () => budget.acquire("interactive", clock.now() + 45_000, "GET /a");
    await expect(held()).rejects.toMatchObject({ kind: "throttled", retryAfterSeconds: 3_600 });
    (await budget.acquire("interactive", clock.now() + 45_000, "GET /b"))();
    await clock.advance(3_590_000);
    await expect(held()).rejects.toMatchObject({ retryAfterSeconds: 10 });
    await clock.advance(10_000);
    (await held())();
  });
});

test("S33: no window and no lane ever has more than its limit, and every call is made or refused", async () => {
  const limits = fc.record<Limits>(
    {
      perSecond: fc.integer({ min: 1, max: 20 }),
      perMinute: fc.integer({ min: 1, max: 60 }),
      perHour: fc.integer({ min: 1, max: 200 }),
      concurrency: fc.integer({ min: 1, max: 40 }),
    },
    { requiredKeys: [] },
  );
  const arrivals = fc.array(
    fc.record({
      afterMs: fc.nat(400),
      ms: fc.nat(3_000),
      lane: fc.constantFrom<Lane>("interactive", "background"),
      patienceMs: fc.constantFrom(100, 2_000, 45_000),
    }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(limits, arrivals, async (allowed, calls) => {
      const clock = createFakeClock();
      const budget = createBudget(allowed, clock);
      const turns: Turn[] = [];
      let settled = 0;
      for (const call of calls) {
        await clock.advance(call.afterMs);
        const latestAt = clock.now() + call.patienceMs;
        void take(budget, clock, turns, call.lane, call.ms, latestAt).then(
          () => {
            settled++;
            expect(clock.now()).toBeLessThan(latestAt);
          },
          (error) => {
            settled++;
            expect(error).toMatchObject({ kind: "throttled" });
            expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(1);
          },
        );
      }
      await clock.advance(60_000);
      expect(settled).toBe(calls.length);
      expect(clock.pending()).toBe(0);
      for (const [limit, spanMs] of [
        [allowed.perSecond, 1_000],
        [allowed.perMinute, 60_000],
        [allowed.perHour, 3_600_000],
      ] as const) {
        for (const { from } of limit === undefined ? [] : turns) {
          expect(turns.filter((turn) => turn.from >= from && turn.from < from + spanMs).length).toBeLessThanOrEqual(
            limit ?? 0,
          );
        }
      }
      const total = Math.min(32, allowed.concurrency ?? 6);
      expect(most(turns)).toBeLessThanOrEqual(total);
      expect(most(turns, "interactive")).toBeLessThanOrEqual(total < 6 ? total : total - 1);
      expect(most(turns, "background")).toBeLessThanOrEqual(2);
    }),
    { numRuns: 60 },
  );
}, 60_000);

describe("turns that are counted on", () => {
  test("are all there or none is begun, also beside others that count on theirs", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ perMinute: 60 }, clock);
    const latestAt = clock.now() + 43_000;
    const first = budget.reserve(40, latestAt);
    // Forty and thirty are more than a minute has; the last of them would come in the next one.
    expect(() => budget.reserve(30, latestAt)).toThrow(
      expect.objectContaining({ kind: "throttled", retryAfterSeconds: 18 }),
    );
    const turns: Turn[] = [];
    for (let i = 0; i < 40; i++) {
      first.spend();
      void take(budget, clock, turns, "interactive", 0);
    }
    await clock.advance(0);
    expect(() => budget.reserve(21, latestAt)).toThrow();
    budget.reserve(20, latestAt).end();
    first.end();
    await clock.advance(18_000);
    budget.reserve(30, clock.now() + 43_000).end();
  });

  test("are given back when the work is over", () => {
    const budget = createBudget({ perMinute: 60 }, createFakeClock());
    const soon = Date.UTC(2026, 0, 1) + 1_000;
    for (let i = 0; i < 3; i++) {
      const turns = budget.reserve(60, soon);
      turns.spend();
      turns.end();
      turns.spend();
      turns.end();
    }
    expect(() => budget.reserve(61, soon)).toThrow();
  });
});
