// The bucket of requests: exact waits, whatever the clock does.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRequestBucket, Flooded, type RequestBucket } from "../../src/provision/jobs/request-rate.ts";

const RATE = { perSecond: 50, burst: 200 };
const START = 1_700_000_000_000;

/** The refusal of one request, undefined where it is taken. */
function refusalOf(bucket: RequestBucket, now: number, rate = RATE): Flooded | undefined {
  try {
    bucket.take(rate, now);
    return undefined;
  } catch (error) {
    if (!(error instanceof Flooded)) throw error;
    return error;
  }
}

describe("a bucket of requests", () => {
  it("takes the burst at once, and then so many in a second", () => {
    const bucket = createRequestBucket();
    const taken = (at: number, count: number) =>
      Array.from({ length: count }, () => refusalOf(bucket, at)).filter((one) => one === undefined).length;
    expect(taken(START, 300)).toBe(200);
    expect(taken(START + 1_000, 300)).toBe(50);
    expect(taken(START + 1_500, 300)).toBe(25);
    expect(taken(START + 60_000, 300)).toBe(200);
  });

  it("G2 I2: takes 25 requests in every second for an hour, evenly or all at once", () => {
    for (const gapMs of [40, 0]) {
      const bucket = createRequestBucket();
      for (let second = 0; second < 3_600; second++) {
        for (let at = 0; at < 25; at++) {
          expect(refusalOf(bucket, START + second * 1_000 + at * gapMs)).toBeUndefined();
        }
      }
    }
  });

  it("C97 S61: lets the next request wait for the parts of one that was let in whole", () => {
    const bucket = createRequestBucket();
    const rate = { perSecond: 10, burst: 20 };
    bucket.take(rate, START);
    for (let part = 0; part < 100; part++) bucket.count(rate, START);
    // 101 taken, 20 at once: the next one is within the burst after 8.2 s.
    expect(refusalOf(bucket, START, rate)?.retryAfterSeconds).toBe(9);
    expect(refusalOf(bucket, START + 8_100, rate)).toBeDefined();
    expect(refusalOf(bucket, START + 8_200, rate)).toBeUndefined();
  });

  it("says the whole seconds after which a request is taken, and not one more", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 4_000 }),
        (perSecond, burst, lateMs) => {
          const rate = { perSecond, burst };
          const bucket = createRequestBucket();
          let refused: Flooded | undefined;
          while (!refused) refused = refusalOf(bucket, START, rate);
          const wait = refused.retryAfterSeconds ?? 0;
          expect(Number.isInteger(wait) && wait >= 1).toBe(true);
          expect(refusalOf(bucket, START + wait * 1_000 + lateMs, rate)).toBeUndefined();
        },
      ),
    );
    const slow = createRequestBucket();
    const rate = { perSecond: 1, burst: 1 };
    expect(refusalOf(slow, START, rate)).toBeUndefined();
    expect(refusalOf(slow, START + 500, rate)?.retryAfterSeconds).toBe(1);
    expect(refusalOf(slow, START + 1_000, rate)).toBeUndefined();
  });

  it("survives a clock that jumps", () => {
    const bucket = createRequestBucket();
    for (let at = 0; at < 201; at++) refusalOf(bucket, START);
    expect(refusalOf(bucket, START - 3_600_000)).toBeDefined();
    expect(refusalOf(bucket, START - 3_600_000 + 1_000)).toBeUndefined();
  });

  it("writes the first refusal of a minute down", () => {
    const bucket = createRequestBucket();
    for (let at = 0; at < 200; at++) refusalOf(bucket, START);
    const noted = Array.from({ length: 50 }, () => refusalOf(bucket, START)?.isNoted);
    expect(noted.filter(Boolean)).toHaveLength(1);
  });
});
