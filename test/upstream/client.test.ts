import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type CallOptions, Fault, type Method } from "../../src/adapter.ts";
import { createBreaker } from "../../src/upstream/breaker.ts";
import { createBudget } from "../../src/upstream/budget.ts";
import { createFakeClock } from "./fake-clock.ts";
import { faultOf, never, play } from "./vendor.ts";

const User = z.object({ id: z.number(), mail: z.string() });
const user = { id: 7, mail: "jane.canary@example.com" };
const status = (code: number, headers: Record<string, string> = {}) => new Response(null, { status: code, headers });
const MIB = 1_024 * 1_024;

/** A body of so many bytes, in chunks, that notes how far it was read and whether it was cancelled. */
function createBody(bytes: number, chunkBytes = 64 * 1_024) {
  const seen = { bytes: 0, cancelled: false };
  const body = new ReadableStream({
    pull(controller) {
      if (seen.bytes >= bytes) return controller.close();
      seen.bytes += chunkBytes;
      controller.enqueue(new Uint8Array(chunkBytes).fill(32));
    },
    cancel() {
      seen.cancelled = true;
    },
  });
  return { body, seen };
}

describe("requests", () => {
  test("carry JSON, forms, queries and headers as the adapter says", async () => {
    const { api, sent } = play(() => Response.json({}));
    await api.post("/users", { json: { a: 1, b: undefined }, query: { notify: false, x: undefined } });
    await api.put("/users/{id}", { params: { id: "a/b" }, form: { n: 1, on: true, name: "ü &", no: undefined } });
    await api.patch("/users", { json: [], headers: { "content-type": "application/merge-patch+json" } });
    await api.delete("/groups/{id}/users", { params: { id: "1" }, json: { ids: ["2"] } });
    await api.delete("/users/1");
    expect(sent.map(({ method, url, body }) => [method, url.pathname + url.search, body])).toEqual([
      ["POST", "/v1/users?notify=false", '{"a":1}'],
      ["PUT", "/v1/users/a%2Fb", "n=1&on=true&name=%C3%BC+%26"],
      ["PATCH", "/v1/users", "[]"],
      ["DELETE", "/v1/groups/1/users", '{"ids":["2"]}'],
      ["DELETE", "/v1/users/1", ""],
    ]);
    expect(sent.map(({ headers }) => headers.get("content-type"))).toEqual([
      "application/json",
      "application/x-www-form-urlencoded",
      "application/merge-patch+json",
      "application/json",
      null,
    ]);
  });

  test.each<[Method, CallOptions<unknown>, string]>([
    ["GET", { json: {} }, "protocol"],
    ["GET", { form: {} }, "protocol"],
    ["POST", { headers: { "x-name": "a\r\nb" } }, "invalid"],
    ["POST", { headers: { "x-name": "☃" } }, "invalid"],
    ["POST", { form: { name: "\ud800" } }, ""],
  ])("%s %j cannot be sent: %s", async (method, options, kind) => {
    const { api, sent } = play(() => Response.json({}));
    if (kind === "") return void (await api.send(method, "/users", options));
    expect(await faultOf(api.send(method, "/users", options))).toMatchObject({ kind, ambiguous: false });
    expect(sent).toHaveLength(0);
  });

  test("what JSON cannot say is invalid", async () => {
    const { api, sent } = play(() => Response.json({}));
    expect((await faultOf(api.post("/users", { json: { n: 1n } }))).kind).toBe("invalid");
    expect(sent).toHaveLength(0);
  });

  test("S36: redirects are never followed", async () => {
    for (const code of [301, 302, 303, 307, 308]) {
      const { api, sent } = play(() => status(code, { location: "https://evil.example/" }));
      expect(await faultOf(api.get("/users"))).toMatchObject({ kind: "protocol", ambiguous: false });
      expect(await faultOf(api.post("/users"))).toMatchObject({ kind: "protocol", ambiguous: true });
      expect(sent).toHaveLength(2);
      expect(sent[0]?.init.redirect).toBe("manual");
    }
  });

  test("S36: an address that may not be called is refused before anything", () => {
    for (const baseUrl of ["http://api.example.com", "https://10.0.0.1", "http://localhost:1"]) {
      expect(() => play(never, { baseUrl })).toThrow(/^The address/);
    }
    expect(() => play(never, { baseUrl: "http://127.0.0.1:1" }, { allowLoopback: true })).not.toThrow();
  });
});

describe("answers", () => {
  test("give body, status and Location", async () => {
    const { api } = play(() => Response.json(user, { status: 201, headers: { location: "/v1/users/7" } }));
    expect(await api.send("POST", "/users", { returns: User })).toEqual({
      status: 201,
      body: user,
      location: "/users/7",
    });
    expect(await api.post("/users")).toBeUndefined();
  });

  test("S36: a Location elsewhere is not passed on", async () => {
    const { api } = play(() => Response.json(user, { headers: { location: "https://evil.example/v1/users/7" } }));
    expect((await api.send("POST", "/users")).location).toBeUndefined();
  });

  test("that is dropped is no page and no half of an answer: the write may not have happened", async () => {
    const answers = [
      new Response("<!doctype html><title>Sign in</title>", { headers: { "content-type": "text/html" } }),
      new Response('{"data": {"id', { headers: { "content-type": "application/json" } }),
      new Response("OK", { headers: { "content-type": "text/plain; charset=utf-8" } }),
      new Response(" ", { headers: { "content-type": "text/html" } }),
    ];
    const { api } = play(() => answers.shift() ?? new Response(null, { status: 500 }));
    for (const _ of [1, 2]) {
      expect(await faultOf(api.delete("/users/7"))).toMatchObject({ kind: "protocol", ambiguous: true });
    }
    for (const _ of [1, 2]) expect(await api.delete("/users/7")).toBeUndefined();
  });

  test("204 fits only a shape that can be absent", async () => {
    const { api } = play(() => status(204));
    expect(await api.delete("/users/7")).toBeUndefined();
    expect(await api.delete("/users/7", { returns: User.optional() })).toBeUndefined();
    expect((await faultOf(api.delete("/users/7", { returns: User }))).kind).toBe("protocol");
  });

  test("JSON counts whatever its content type, with or without a mark", async () => {
    const { api } = play(
      () => new Response(`\ufeff${JSON.stringify(user)}`, { headers: { "content-type": "text/html" } }),
    );
    expect(await api.get("/users/7", { returns: User })).toEqual(user);
  });

  test("S37: another shape is protocol, and names the template and fields but no value", async () => {
    const { api, records } = play(() => Response.json({ id: "jane.canary", mail: 5 }));
    const fault = await faultOf(
      api.get("/users/{id}", { params: { id: "canary" }, query: { q: "canary" }, returns: User }),
    );
    expect(fault).toMatchObject({ kind: "protocol", ambiguous: false });
    expect(fault.message).toContain("GET /users/{id}");
    expect(fault.message).toContain("id, mail");
    expect(`${fault.message} ${fault.cause} ${JSON.stringify(records)}`).not.toContain("canary");
  });

  test("S37: keys that are values are masked", async () => {
    const { api } = play(() =>
      Response.json({ "jane.canary@example.com": "x", "4711canary": "x", rows: [{ "a b": 1 }] }),
    );
    const shape = z.object({ rows: z.array(z.record(z.string(), z.string())) }).catchall(z.number());
    const fault = await faultOf(api.get("/users", { returns: shape }));
    expect(fault.message).toContain("rows.0.*");
    expect(fault.message).not.toMatch(/canary|a b/);
  });

  test.each(["<html>down for maintenance</html>", "{", "{} trailing"])("the text %j is protocol", async (text) => {
    const { api } = play(() => new Response(text));
    expect((await faultOf(api.get("/users", { returns: User }))).kind).toBe("protocol");
    expect(await faultOf(api.post("/users", { returns: User }))).toMatchObject({ kind: "protocol", ambiguous: true });
    expect(await faultOf(api.post("/users", { returns: User, safe: true }))).toMatchObject({ ambiguous: false });
    expect(await api.post("/users")).toBeUndefined();
  });

  test("a shape that throws is a fault like any other", async () => {
    const { api } = play(() => Response.json(1));
    const shape = z.number().transform((): number => {
      throw new Error("canary");
    });
    expect((await faultOf(api.get("/users", { returns: shape }))).message).not.toContain("canary");
  });

  test("accepted statuses stand for what they say where the answer is none of the vendor's own", async () => {
    const pages: [number, string][] = [
      [500, "unavailable"],
      [404, "notFound"],
      [409, "conflict"],
      [200, "protocol"],
    ];
    for (const [code, kind] of pages) {
      const { api } = play(() => new Response("<h1>Bad gateway</h1>", { status: code }));
      const call = { accept: [500, 404, 409], returns: User };
      expect(await faultOf(api.send("POST", "/users", call))).toMatchObject({
        kind,
        ambiguous: code < 400 || code > 499,
      });
    }
    const { api } = play(() => Response.json(user, { status: 500 }));
    expect(await api.send("POST", "/users", { accept: [500], returns: User })).toMatchObject({ body: user });
  });

  test("accepted statuses are successes although rules and defaults name a fault", async () => {
    const { api, records } = play(() => status(404), { faults: [{ status: 404, fault: "conflict" }] });
    expect(await api.send("DELETE", "/users/7", { accept: [404] })).toMatchObject({ status: 404 });
    expect(records).toEqual([{ purpose: "write", method: "DELETE", path: "/users/7", status: 404, ms: 0, attempt: 1 }]);
    expect((await faultOf(api.delete("/users/7"))).kind).toBe("conflict");
  });

  test("S29: rules see the template, and find faults inside a 200", async () => {
    const { api } = play(() => Response.json({ success: false, error: "Login already in use" }), {
      faults: [
        { path: "/groups", body: { at: "success", is: false }, fault: "invalid" },
        { path: "/users/{id}", body: { at: "error", matches: /in use/ }, fault: "conflict", attribute: "userName" },
      ],
    });
    expect(await faultOf(api.put("/users/{id}", { params: { id: "1" } }))).toMatchObject({
      kind: "conflict",
      attribute: "userName",
    });
    expect((await faultOf(api.post("/groups"))).kind).toBe("invalid");
  });
});

describe("S36: answers end at 8 MiB", () => {
  test("by their announced length, without reading", async () => {
    const { body, seen } = createBody(9 * MIB);
    const { api } = play(() => new Response(body, { headers: { "content-length": String(9 * MIB) } }));
    expect((await faultOf(api.get("/users", { returns: User }))).message).toContain("is larger than 8 MiB");
    expect(seen.cancelled).toBe(true);
    expect(seen.bytes).toBeLessThan(MIB);
  });

  test("by what arrives, and the rest is cancelled", async () => {
    const { body, seen } = createBody(100 * MIB);
    const { api } = play(() => new Response(body));
    expect(await faultOf(api.post("/users", { returns: User }))).toMatchObject({ kind: "protocol", ambiguous: true });
    expect(seen.cancelled).toBe(true);
    expect(seen.bytes).toBeLessThan(9 * MIB);
  });

  test("also where the status is an error, which still counts", async () => {
    const { api } = play(() => new Response(createBody(9 * MIB).body, { status: 404 }));
    expect((await faultOf(api.get("/users"))).kind).toBe("notFound");
  });

  test("exactly 8 MiB are read", async () => {
    const { api } = play(() => new Response(`${" ".repeat(8 * MIB - 1)}1`));
    expect(await api.get("/users", { returns: z.number() })).toBe(1);
  });

  test("bodies nobody wants are read to their end", async () => {
    const { body, seen } = createBody(MIB);
    await play(() => new Response(body)).api.get("/users");
    expect(seen.bytes).toBe(MIB);
  });
});

describe("time", () => {
  test("S23: a timeout of a write is unavailable and in doubt, and is not repeated", async () => {
    const { api, clock, sent, records } = play(never);
    const fault = await faultOf(api.post("/users"), clock, 20_000);
    expect(fault).toMatchObject({ kind: "unavailable", ambiguous: true });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.init.signal?.aborted).toBe(true);
    expect(records).toEqual([
      { purpose: "write", method: "POST", path: "/users", ms: 20_000, attempt: 1, fault: "unavailable" },
    ]);
    expect(clock.pending()).toBe(0);
  });

  test("a timeout of a read is repeated once, within the deadline", async () => {
    const { api, clock, sent, records } = play(never);
    expect(await faultOf(api.get("/users"), clock)).toMatchObject({ kind: "unavailable", ambiguous: false });
    expect(sent).toHaveLength(2);
    expect(records.map(({ attempt, ms }) => [attempt, ms])).toEqual([
      [1, 20_000],
      [2, 20_000],
    ]);
    const short = play(never, { timeoutMs: 5_000 });
    await faultOf(short.api.get("/users"), short.clock, 10_300);
    expect(short.sent).toHaveLength(2);
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

test("S37: records hold templates and figures only", async () => {
  const { api, records, clock } = play((_, count) => (count === 1 ? status(500) : Response.json(user)));
  const read = api.get("/users/{id}", {
    params: { id: "canary" },
    query: { email: "canary" },
    headers: { "x-a": "canary" },
  });
  await clock.advance(1_000);
  await read;
  await api.post("/users", { json: { mail: "canary" } });
  expect(records.map((record) => Object.keys(record).sort())).toEqual([
    ["attempt", "fault", "method", "ms", "path", "purpose", "status"],
    ["attempt", "method", "ms", "path", "purpose", "status"],
    ["attempt", "method", "ms", "path", "purpose", "status"],
  ]);
  expect(JSON.stringify(records)).not.toContain("canary");
});

test("S29: whatever goes wrong is a Fault", async () => {
  const odd = [
    () => Promise.reject("text"),
    () => Promise.reject(undefined),
    () => {
      throw new Error("x");
    },
  ];
  for (const answer of odd) {
    const { api, clock } = play(answer);
    expect(await faultOf(api.post("/users"), clock)).toBeInstanceOf(Fault);
  }
});
