import { expect, test } from "vitest";
import { createBreaker } from "../../src/upstream/breaker.ts";
import { createFakeClock } from "./fake-clock.ts";

function fail(breaker: ReturnType<typeof createBreaker>, times: number): void {
  for (let i = 0; i < times; i++) breaker.enter()(false);
}

test("opens after five failures in a row, and says for how long", () => {
  const breaker = createBreaker(createFakeClock());
  fail(breaker, 4);
  breaker.enter()(true);
  fail(breaker, 4);
  expect(() => breaker.check()).not.toThrow();
  fail(breaker, 1);
  const open = expect.objectContaining({ kind: "unavailable", retryAfterSeconds: 15, ambiguous: false });
  expect(() => breaker.check()).toThrow(open);
  expect(() => breaker.enter()).toThrow(open);
});

test("lets one probe through when half open, and closes on its success", async () => {
  const clock = createFakeClock();
  const breaker = createBreaker(clock);
  fail(breaker, 5);
  await clock.advance(14_999);
  expect(() => breaker.enter()).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }));
  await clock.advance(1);
  const probe = breaker.enter();
  expect(() => breaker.enter()).toThrow();
  expect(() => breaker.check()).toThrow();
  probe(true);
  fail(breaker, 4);
  expect(() => breaker.enter()).not.toThrow();
});

test("doubles its time to five minutes, and begins with the first time again after closing", async () => {
  const clock = createFakeClock();
  const breaker = createBreaker(clock);
  fail(breaker, 5);
  for (const seconds of [15, 30, 60, 120, 240, 300, 300]) {
    expect(() => breaker.check()).toThrow(expect.objectContaining({ retryAfterSeconds: seconds }));
    await clock.advance(seconds * 1_000);
    fail(breaker, 1);
  }
  await clock.advance(300_000);
  breaker.enter()(true);
  fail(breaker, 5);
  expect(() => breaker.check()).toThrow(expect.objectContaining({ retryAfterSeconds: 15 }));
});

test("answers of calls that began before it opened change nothing", async () => {
  const clock = createFakeClock();
  const breaker = createBreaker(clock);
  const late = [breaker.enter(), breaker.enter()];
  fail(breaker, 5);
  late[0]?.(false);
  late[1]?.(true);
  expect(() => breaker.check()).toThrow(expect.objectContaining({ retryAfterSeconds: 15 }));
});

test("does not stay open for hours when the clock is set back", async () => {
  const clock = createFakeClock();
  let backMs = 0;
  const breaker = createBreaker({ now: () => clock.now() - backMs });
  fail(breaker, 5);
  backMs = 10 * 3_600_000;
  expect(() => breaker.check()).toThrow(expect.objectContaining({ retryAfterSeconds: 15 }));
  await clock.advance(15_000);
  breaker.enter()(true);
  expect(() => breaker.check()).not.toThrow();
});
