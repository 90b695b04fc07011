// What all simulators share: faults on command, log, clock, state and hosting under prefixes.

import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { SIMULATOR_MARKER } from "../../adapters/simulation/exchange.ts";
import { CutConnection, type FaultOrder } from "../../adapters/simulation/faults.ts";
import { createSimulatorHost } from "../../adapters/simulation/host.ts";
import { createSimulation, type SimulatorEnv } from "../../adapters/simulation.ts";

const ORIGIN = "https://counter.invalid";
const counterState = z.strictObject({ count: z.int().default(0) });

/** A vendor whose only effect is to count. */
const createCounter = () =>
  createSimulation({
    name: "counter",
    state: counterState,
    createApp: (state, clock) =>
      new Hono<SimulatorEnv>()
        .post("/count", (c) => c.json({ count: ++state.count, base: c.env.base }))
        .get("/now", (c) => c.json({ now: clock.now() }))
        .delete("/count", (c) => c.body(null, 204)),
  });

let counter = createCounter();
beforeEach(() => {
  counter = createCounter();
});
const count = () => counter.fetch(new Request(`${ORIGIN}/count`, { method: "POST", body: "{}" }));
const control = (method: string, path: string, body?: unknown) =>
  counter.fetch(
    new Request(`${ORIGIN}/__simulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
const order = async (...faults: FaultOrder[]) => expect((await control("POST", "/faults", faults)).status).toBe(204);

describe("faults", () => {
  it("status: answers instead of running, or after the effect", async () => {
    await order(
      { kind: "status", status: 503, body: { message: "down" }, headers: { "x-why": "test" } },
      { kind: "status", status: 500, body: "oops", when: "after" },
    );
    const before = await count();
    expect([before.status, await before.json(), before.headers.get("x-why")]).toEqual([
      503,
      { message: "down" },
      "test",
    ]);
    expect(counter.state).toEqual({ count: 0 });
    const after = await count();
    expect([after.status, await after.text()]).toEqual([500, "oops"]);
    expect(counter.state).toEqual({ count: 1 });
    expect((await count()).status).toBe(200);
  });

  it("delay: waits, and lets go when the faults are cleared", async () => {
    await order({ kind: "delay", delayMs: 30 });
    const started = performance.now();
    expect((await count()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(25);

    await order({ kind: "delay", delayMs: 60_000, when: "after" });
    const held = count();
    await expect.poll(() => counter.calls.at(-1)).toMatchObject({ effect: true, status: null });
    await control("DELETE", "/faults");
    expect((await held).status).toBe(200);
  });

  it("delay: a call that waits during a reset is cut and leaves no effect", async () => {
    await order({ kind: "delay", delayMs: 60_000 });
    const held = count();
    const cut = expect(held).rejects.toBeInstanceOf(CutConnection);
    await expect.poll(() => counter.calls).toHaveLength(1);
    await control("POST", "/reset");
    await cut;
    expect(counter.state).toEqual({ count: 0 });
  });

  it("drop: cuts before the effect; lostResponse: cuts after it", async () => {
    await order({ kind: "drop" }, { kind: "lostResponse" });
    await expect(count()).rejects.toBeInstanceOf(CutConnection);
    expect(counter.state).toEqual({ count: 0 });
    await expect(count()).rejects.toBeInstanceOf(CutConnection);
    expect(counter.state).toEqual({ count: 1 });
    expect(counter.calls).toMatchObject([
      { effect: false, status: null, fault: "drop" },
      { effect: true, status: null, fault: "lostResponse" },
    ]);
  });

  it("late: cuts at once, and the effect comes after that of the next call", async () => {
    await order({ kind: "late", delayMs: 60 });
    await expect(count()).rejects.toBeInstanceOf(CutConnection);
    expect((await count()).status).toBe(200);
    expect(counter.state).toEqual({ count: 1 });
    await expect.poll(() => counter.state).toEqual({ count: 2 });
    expect(counter.calls).toMatchObject([
      { effect: true, status: null, fault: "late" },
      { effect: true, status: 200 },
    ]);
    await order({ kind: "late", delayMs: 60_000 });
    await expect(count()).rejects.toBeInstanceOf(CutConnection);
    await control("POST", "/reset");
    await sleep(20);
    expect(counter.state).toEqual({ count: 0 });
  });

  it("malformed: broken JSON, another shape or HTML, with or without the effect", async () => {
    await order(
      { kind: "malformed" },
      { kind: "malformed", shape: "wrongShape", when: "before" },
      { kind: "malformed", shape: "html", status: 502 },
    );
    await expect((await count()).json()).rejects.toBeInstanceOf(SyntaxError);
    expect(await (await count()).json()).toBeInstanceOf(Array);
    const html = await count();
    expect([html.status, html.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(counter.state).toEqual({ count: 2 });
  });

  it("throttle: 429 with seconds, a date or no header", async () => {
    const date = "Wed, 21 Oct 2026 07:28:00 GMT";
    await order(
      { kind: "throttle", retryAfter: "7" },
      { kind: "throttle", retryAfter: date },
      { kind: "throttle", retryAfter: "" },
    );
    for (const expected of ["7", date, null]) {
      const answer = await count();
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, expected]);
    }
    expect(counter.state).toEqual({ count: 0 });
  });

  it("match by method and path, skip some and meet several", async () => {
    await order({ kind: "status", status: 418, match: { method: "post", path: "^/co" }, skip: 1, times: 2 });
    expect((await counter.fetch(new Request(`${ORIGIN}/now`))).status).toBe(200);
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await count()).status);
    expect(statuses).toEqual([200, 418, 418, 200]);
    expect(await (await control("GET", "/faults")).json()).toEqual([]);
  });

  it("are checked when ordered", async () => {
    for (const wrong of [
      { kind: "status" },
      { kind: "vanish" },
      { kind: "drop", match: { path: "(" } },
      { kind: "drop", delay: 1 },
    ]) {
      expect((await control("POST", "/faults", [wrong])).status).toBe(400);
    }
  });
});

describe("the log", () => {
  it("records calls with their bodies, but no control call and no form", async () => {
    const json = { "content-type": "application/json" };
    await counter.fetch(new Request(`${ORIGIN}/count?a=1`, { method: "POST", headers: json, body: '{"x":1}' }));
    await counter.fetch(new Request(`${ORIGIN}/count`, { method: "POST", body: new URLSearchParams({ secret: "s" }) }));
    const { calls } = (await (await control("GET", "/log")).json()) as { calls: unknown[] };
    expect(calls).toEqual([
      {
        ...{ seq: 1, method: "POST", path: "/count", target: "/count?a=1", effect: true, status: 200 },
        ...{ ms: expect.any(Number), request: { x: 1 }, response: { count: 1, base: ORIGIN } },
      },
      expect.not.objectContaining({ request: expect.anything() }),
    ]);
    const { calls: later } = (await (await control("GET", "/log?since=1")).json()) as { calls: unknown[] };
    expect(later).toHaveLength(1);
  });

  it("is bounded and counts the busiest second and the most calls at once", async () => {
    await order({ kind: "delay", delayMs: 20, times: 5 });
    await Promise.all(Array.from({ length: 5 }, count));
    const summary = async () => ((await (await control("GET", "/log")).json()) as { summary: unknown }).summary;
    expect(await summary()).toEqual({ total: 5, dropped: 0, maxPerSecond: 5, maxConcurrent: 5 });
    await control("DELETE", "/log");
    for (let n = 0; n < 10_003; n++) await count();
    expect(await summary()).toMatchObject({ total: 10_003, dropped: 3, maxConcurrent: 1 });
    expect(counter.calls).toHaveLength(10_000);
  });

  it("tells watchers each phase, and a watcher can hold a call", async () => {
    const seen: string[] = [];
    const stop = counter.watch(async (call, phase) => {
      await Promise.resolve();
      seen.push(`${call.seq} ${phase} ${(counter.state as { count: number }).count}`);
    });
    await count();
    stop();
    await count();
    expect(seen).toEqual(["1 before 0", "1 after 1"]);
  });
});

describe("state", () => {
  it("is read, seeded, changed in part, refused when wrong, and reset", async () => {
    expect((await control("PUT", "/state", { count: 5 })).status).toBe(204);
    await count();
    expect(await (await control("GET", "/state")).json()).toEqual({ count: 6 });
    expect((await control("PATCH", "/state", { count: 2 })).status).toBe(204);
    expect((await control("PUT", "/state", { count: "many" })).status).toBe(400);
    expect((await control("PUT", "/state", { counts: 1 })).status).toBe(400);
    expect(counter.state).toEqual({ count: 2 });
    await control("POST", "/reset");
    expect(counter.state).toEqual({ count: 0 });
    expect(counter.calls).toEqual([]);
  });

  it("is handed out as a copy", () => {
    (counter.state as { count: number }).count = 9;
    expect(counter.state).toEqual({ count: 0 });
  });

  it("survives in a snapshot with the clock's offset, and no other vendor takes it", async () => {
    await count();
    await control("POST", "/clock", { advanceMs: 3_600_000 });
    const saved = counter.snapshot();
    counter = createCounter();
    counter.restore(saved);
    expect(counter.state).toEqual({ count: 1 });
    const { now } = (await (await counter.fetch(new Request(`${ORIGIN}/now`))).json()) as { now: number };
    expect(now - Date.now()).toBeGreaterThan(3_500_000);
    expect(() => counter.restore(saved.replace("counter", "other"))).toThrow();
  });
});

describe("hosting", () => {
  it("serves each instance under its prefix with a state of its own", async () => {
    const host = createSimulatorHost(
      new Map([
        ["one", counter],
        ["two", createCounter()],
      ]),
    );
    const post = (path: string) => host.fetch(new Request(ORIGIN + path, { method: "POST", body: "{}" }));
    await post("/one/count");
    expect(await (await post("/one/count")).json()).toEqual({ count: 2, base: `${ORIGIN}/one` });
    expect(await (await post("/two/count")).json()).toEqual({ count: 1, base: `${ORIGIN}/two` });
    expect(counter.calls.map(({ path }) => path)).toEqual(["/count", "/count"]);
    expect((await post("/three/count")).status).toBe(404);
    const health = await host.fetch(new Request(`${ORIGIN}/two/__simulator/health`));
    expect(await health.json()).toEqual({ status: "ok", name: "counter" });
  });

  it("marks every answer", async () => {
    await order({ kind: "status", status: 500 });
    const host = createSimulatorHost(new Map());
    const answers = [
      await count(),
      await count(),
      await control("GET", "/state"),
      await host.fetch(new Request(ORIGIN)),
    ];
    answers.push(await counter.fetch(new Request(`${ORIGIN}/count`, { method: "DELETE" })));
    for (const answer of answers) expect(answer.headers.get("x-simulator")).toBe(SIMULATOR_MARKER);
    expect(answers.at(-1)?.status).toBe(204);
  });
});
