import { expect, test } from "vitest";
import { Fault } from "../../src/adapter.ts";
import { nextAttempt } from "../../src/provision/jobs/retry-delay.ts";

const NOW = 1_000_000;
const delays = (error: unknown, times: number) => {
  let failures = 0;
  return Array.from({ length: times }, () => {
    const next = nextAttempt(failures, error, NOW);
    failures = next.failures;
    return (next.dueAt - NOW) / 1_000;
  });
};

test("S32: what fails is tried again after 5 s, then twice as long each time, to half an hour", () => {
  expect(delays(new Error("x"), 11)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_800, 1_800]);
});

test("S29 S32: a vendor's Retry-After is waited for, and is no failure where it only means patience", () => {
  const paced = new Fault("throttled", { retryAfterSeconds: 60 });
  expect(delays(paced, 5)).toEqual([60, 60, 60, 60, 60]);
  expect(delays(new Fault("unavailable", { retryAfterSeconds: 30 }), 5)).toEqual([30, 30, 30, 40, 80]);
  expect(delays(new Fault("throttled"), 3)).toEqual([5, 10, 20]);
});
