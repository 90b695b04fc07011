// What a fence lets through: by whom, when, and after it was opened again [S47].

import { describe, expect, it } from "vitest";
import { createFence, Fenced } from "../../src/upstream/fence.ts";

const CLOSED = { detail: "paused", retryAfterSeconds: 300 };
const LATE = Number.MAX_SAFE_INTEGER;

describe("a fence", () => {
  it("S47: refuses whoever has sent no write, and lets whoever has finish", () => {
    const fence = createFence();
    const [begun, reader, waiting] = [1, 2, 3].map(() => fence.begin("interactive", LATE));
    begun?.enter("write")();
    reader?.enter("read")();
    fence.close(CLOSED, false);
    begun?.enter("read")();
    begun?.enter("write")();
    begun?.check();
    for (const permit of [reader, waiting, fence.begin("interactive", LATE)]) {
      for (const purpose of ["read", "write"] as const) expect(() => permit?.enter(purpose)).toThrow(Fenced);
      expect(() => permit?.check()).toThrow("paused");
    }
    // Who finishes may need a token, whoever asks for it.
    reader?.enter("token")();
    expect(fence.underWay()).toBe(1);
    begun?.end();
    expect(fence.underWay()).toBe(0);
    expect(() => reader?.enter("token")).toThrow(Fenced);
  });

  it("S47: cuts also what had begun, whether at once or later", () => {
    for (const steps of [[true], [false, true]]) {
      const fence = createFence();
      const begun = fence.begin("interactive", LATE);
      const leave = begun.enter("write");
      for (const cuts of steps) fence.close(CLOSED, cuts);
      expect(() => begun.enter("write")).toThrow(Fenced);
      expect(() => begun.check()).toThrow(Fenced);
      // The call that is on its way is waited for.
      expect(fence.underWay()).toBe(1);
      leave();
      expect(fence.underWay()).toBe(0);
    }
  });

  it("S47: what waited through a pause is refused after it, too; what is new goes through", () => {
    const fence = createFence();
    const waiting = fence.begin("interactive", LATE);
    const begun = fence.begin("interactive", LATE);
    begun.enter("write")();
    fence.close(CLOSED, false);
    expect(fence.open()).toBe(true);
    expect(fence.open()).toBe(false);
    expect(() => waiting.enter("write")).toThrow(/paused while this request waited/);
    begun.enter("write")();
    fence.begin("interactive", LATE).enter("write")();
  });

  it("S47: background work is cut although it has written, because it goes on where it was cut", () => {
    const fence = createFence();
    const slice = fence.begin("background", LATE);
    slice.enter("write")();
    fence.close(CLOSED, false);
    expect(() => slice.enter("write")).toThrow(Fenced);
    expect(fence.underWay()).toBe(0);
  });

  it("S47: nobody waits for work beyond its deadline", async () => {
    let now = 0;
    const fence = createFence(() => now);
    const begun = fence.begin("interactive", 43_000);
    begun.enter("write")();
    fence.close(CLOSED, false);
    expect(fence.underWay()).toBe(1);
    now = 43_001;
    expect(() => begun.enter("write")).toThrow(Fenced);
    await fence.drained();
  });
});
