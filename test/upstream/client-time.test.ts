// How long the client waits, and what it sends again: timeouts, deadlines, repeats and the breaker.

import { describe, expect, test } from "vitest";
import * as z from "zod";
import { createBreaker } from "../../src/upstream/breaker.ts";
import { createBudget } from "../../src/upstream/budget.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createBody, faultOf, MIB, never, play, status } from "./vendor.ts";

const User = z.object({ id: z.number(), mail: z.string() });
const user = { id: 7, mail: "jane.canary@example.com" };

describe("time", () => {
  test("S23: a timeout of a write is unavailable and in doubt, and is not repeated", async () => {
    const { api, clock, sent, records } = play(never);
    const sentAt = clock.now();
    const fault = await faultOf(api.post("/users"), clock, 20_000);
    expect(fault).toMatchObject({ kind: "unavailable", ambiguous: true });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.init.signal?.aborted).toBe(true);
    expect(records).toEqual([
      {
        purpose: "write",
        method: "POST",
        path: "/users",
        sentAt,
        ms: 20_000,
        waitMs: 0,
        pauseMs: 0,
        attempt: 1,
        fault: "unavailable",
      },
    ]);
    expect(clock.pending()).toBe(0);
  });

  test("a timeout of a read is repeated once, within the deadline", async () => {
    const { api, clock, sent, records } = play(never);
    expect(await faultOf(api.get("/users"), clock)).toMatchObject({ kind: "unavailable", ambiguous: false });
    expect(sent).toHaveLength(2);
    expect(records.map(({ attempt, ms, pauseMs }) => [attempt, ms, pauseMs])).toEqual([
      [1, 20_000, 0],
      [2, 20_000, 300],
    ]);
    const short = play(never, { timeoutMs: 5_000 });
    await faultOf(short.api.get("/users"), short.clock, 10_300);
    expect(short.sent).toHaveLength(2);
  });

  test("a record says how long a call has waited for the vendor's limits", async () => {
    const clock = createFakeClock();
    const { api, records } = play(() => Response.json(user), { limits: { perSecond: 1 } }, { clock });
    const both = Promise.all([api.get("/users/7"), api.get("/users/7")]);
    await clock.advance(2_000);
    await both;
    expect(records.map(({ waitMs, sentAt }) => [waitMs, sentAt - (records[0]?.sentAt ?? 0)])).toEqual([
      [0, 0],
      [1_050, 1_050],
    ]);
  });

  test("the deadline cuts a call short, and leaves no time for another", async () => {
    const clock = createFakeClock();
    const deadlineAt = clock.now() + 3_000;
    const { api, sent } = play(never, {}, { clock, deadline: () => deadlineAt });
    await faultOf(api.get("/users"), clock, 3_000);
    expect(sent).toHaveLength(1);
  });

  test("a body that stops coming is a timeout, and is cancelled", async () => {
    let cancelled = false;
    const body = new ReadableStream({
      cancel() {
        cancelled = true;
      },
    });
    const { api, clock } = play(() => new Response(body, { status: 201 }));
    expect(await faultOf(api.post("/users"), clock)).toMatchObject({ kind: "unavailable", ambiguous: true });
    expect(cancelled).toBe(true);
  });

  test("an answer that comes too late is cancelled", async () => {
    const { body, seen } = createBody(MIB);
    let answer = (_: Response) => {};
    const { api, clock } = play(() => new Promise((resolve) => (answer = resolve)));
    await faultOf(api.post("/users"), clock);
    answer(new Response(body));
    await clock.advance(0);
    expect(seen.cancelled).toBe(true);
  });

  test.each([-1, 0, 200])("S23: with %s ms left nothing is sent and nothing is in doubt", async (leftMs) => {
    const { api, sent, records } = play(never, {}, { deadline: () => createFakeClock().now() + leftMs });
    expect(await faultOf(api.post("/users"))).toMatchObject({ kind: "unavailable", ambiguous: false });
    expect([sent, records]).toEqual([[], []]);
  });

  test("waiting for the budget counts against the deadline", async () => {
    const played = play(() => Response.json({}), { limits: { perMinute: 1 } });
    await played.api.get("/users");
    expect(await faultOf(played.api.post("/users"))).toMatchObject({
      kind: "throttled",
      retryAfterSeconds: 61,
      ambiguous: false,
    });
    expect(played.sent).toHaveLength(1);
    const patient = play(() => Response.json({}), { limits: { perSecond: 1 } });
    const calls = [1, 2, 3].map(() => patient.api.get("/users"));
    await patient.clock.advance(2_100);
    await Promise.all(calls);
  });
});

describe("repeating", () => {
  const lost = () => Promise.reject(new TypeError("connection lost"));

  test("S23: a lost connection is repeated for a read, and leaves a write in doubt", async () => {
    const played = play((_, count) => (count === 1 ? lost() : Response.json(user)));
    const read = played.api.get("/users/{id}", { params: { id: "7" }, returns: User });
    await played.clock.advance(1_000);
    expect(await read).toEqual(user);
    expect(played.records).toMatchObject([
      { attempt: 1, fault: "unavailable" },
      { attempt: 2, status: 200 },
    ]);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
      const write = play(lost);
      const fault = await faultOf(write.api.send(method, "/users"), write.clock);
      expect(fault).toMatchObject({ kind: "unavailable", ambiguous: true });
      expect(fault.cause).toBeInstanceOf(TypeError);
      expect(write.sent).toHaveLength(1);
    }
  });

  test("S23: a body that breaks off leaves a write in doubt", async () => {
    const body = () => new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    const { api, clock } = play(() => new Response(body(), { status: 201 }));
    expect(await faultOf(api.post("/users"), clock)).toMatchObject({ kind: "unavailable", ambiguous: true });
  });

  test.each<[number, Record<string, string>, number]>([
    [500, {}, 2],
    [503, {}, 2],
    [503, { "retry-after": "5" }, 2],
    [503, { "retry-after": "6" }, 1],
    [429, {}, 1],
    [429, { "retry-after": "5" }, 2],
    [429, { "retry-after": "6" }, 1],
    [408, {}, 2],
    [501, {}, 1],
    [400, {}, 1],
    [404, {}, 1],
    [401, {}, 1],
    [302, {}, 1],
  ])("a read that gets %s %j is sent %s times", async (code, headers, times) => {
    const { api, sent, clock } = play(() => status(code, headers));
    await faultOf(api.get("/users"), clock);
    expect(sent).toHaveLength(times);
  });

  test.each([500, 503, 429, 408])("a write that gets %s is sent once, unless it is safe", async (code) => {
    const { api, sent, clock } = play(() => status(code, { "retry-after": "1" }));
    expect((await faultOf(api.post("/users"), clock, 2_000)).ambiguous).toBe(code >= 500);
    expect(sent).toHaveLength(1);
    expect((await faultOf(api.post("/users/search", { safe: true }), clock, 5_000)).ambiguous).toBe(false);
    expect(sent).toHaveLength(3);
  });

  test("a rule decides whether a status is worth repeating", async () => {
    const { api, sent, clock } = play(() => status(500), { faults: [{ status: 500, fault: "notFound" }] });
    await faultOf(api.get("/users/7"), clock);
    expect(sent).toHaveLength(1);
  });

  test("a Retry-After beyond the deadline is passed on at once", async () => {
    const clock = createFakeClock();
    const deadlineAt = clock.now() + 4_000;
    const { api, sent } = play(() => status(429, { "retry-after": "4" }), {}, { clock, deadline: () => deadlineAt });
    expect(await faultOf(api.get("/users"))).toMatchObject({ kind: "throttled", retryAfterSeconds: 4 });
    expect(sent).toHaveLength(1);
  });

  test("S33: repeats count against the budget, and a 429 holds the whole connection back", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ perMinute: 3 }, clock);
    const played = play(
      (_, count) => (count === 1 ? status(429, { "retry-after": "2" }) : Response.json({})),
      {},
      { clock, budget },
    );
    const calls = [played.api.get("/a"), clock.advance(0).then(() => played.api.post("/b"))];
    await clock.advance(1_999);
    expect(played.sent).toHaveLength(1);
    await clock.advance(1_000);
    await Promise.all(calls);
    expect(played.sent).toHaveLength(3);
    expect((await faultOf(played.api.get("/c"))).kind).toBe("throttled");
  });

  test("S29: a Retry-After of an hour holds that endpoint for the hour, and the others for a minute", async () => {
    const clock = createFakeClock();
    const played = play(
      ({ url }) => (url.pathname.endsWith("/a") ? status(429, { "retry-after": "3600" }) : Response.json({})),
      {},
      { clock, deadline: () => clock.now() + 45_000 },
    );
    const retryAfter = async (path: string) => (await faultOf(played.api.get(path))).retryAfterSeconds;
    expect(await retryAfter("/a")).toBe(3_600);
    expect(await retryAfter("/b")).toBe(60);
    await clock.advance(60_000);
    await played.api.get("/b");
    expect(await retryAfter("/a")).toBe(3_540);
    expect(played.sent.map(({ url }) => url.pathname)).toEqual(["/v1/a", "/v1/b"]);
    await clock.advance(3_540_000);
    expect(await retryAfter("/a")).toBe(3_600);
    expect(played.sent).toHaveLength(3);
  });
});

describe("breaker", () => {
  test("five outages open it for every call, one answer closes it", async () => {
    const clock = createFakeClock();
    let down = true;
    const played = play(
      () => status(down ? 503 : 404),
      {},
      { clock, breaker: createBreaker(clock), deadline: () => Infinity },
    );
    for (let i = 0; i < 5; i++) await faultOf(played.api.post("/users"));
    expect(await faultOf(played.api.post("/users"))).toMatchObject({
      kind: "unavailable",
      ambiguous: false,
      retryAfterSeconds: 15,
    });
    expect(await faultOf(played.api.get("/users"))).toMatchObject({ kind: "unavailable", retryAfterSeconds: 15 });
    expect(played.sent).toHaveLength(5);
    down = false;
    await clock.advance(15_000);
    expect((await faultOf(played.api.get("/users"))).kind).toBe("notFound");
    expect((await faultOf(played.api.get("/users"))).kind).toBe("notFound");
  });

  test("refusals, throttling and unreadable answers do not open it", async () => {
    const clock = createFakeClock();
    const answers = [status(429), status(400), status(404), status(401), new Response("<html>")];
    const played = play(
      (_, count) => answers[count % 5]?.clone() ?? status(500),
      {},
      { clock, breaker: createBreaker(clock) },
    );
    for (let i = 0; i < 20; i++) await faultOf(played.api.post("/users", { returns: User }));
    expect(played.sent).toHaveLength(20);
  });

  test("calls that waited while it opened are not sent", async () => {
    const clock = createFakeClock();
    const played = play(() => status(500), { limits: { concurrency: 1 } }, { clock, breaker: createBreaker(clock) });
    const faults = await Promise.all(Array.from({ length: 9 }, () => faultOf(played.api.post("/users"))));
    expect(played.sent).toHaveLength(5);
    expect(faults.map(({ ambiguous }) => ambiguous)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test("a timeout counts, and one outage of the token endpoint counts once for all who wait", async () => {
    const clock = createFakeClock();
    const breaker = createBreaker(clock);
    const auth = { kind: "clientCredentials", tokenUrl: "/token", clientId: "i", clientSecret: "s" } as const;
    const played = play(never, { auth, timeoutMs: 1_000 }, { clock, breaker });
    await Promise.all(Array.from({ length: 8 }, () => faultOf(played.api.post("/users"), clock, 10_000)));
    expect(() => breaker.check()).not.toThrow();
  });
});
