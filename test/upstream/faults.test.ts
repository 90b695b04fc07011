import { describe, expect, test } from "vitest";
import type { FaultKind, FaultRule } from "../../src/adapter.ts";
import { FAULTS, toFault, toRetryAfterSeconds } from "../../src/upstream/faults.ts";
import { parseJson } from "../../src/upstream/json.ts";

const READ = { method: "GET", path: "/users/{id}", safe: true } as const;
const WRITE = { method: "POST", path: "/users", safe: false } as const;

function faultOf(
  rules: readonly FaultRule[],
  status: number,
  body: unknown = "",
  call: typeof READ | typeof WRITE = WRITE,
  headers: Record<string, string> = {},
) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const json = parseJson(text);
  return toFault(rules, call, status, text, json.ok ? json.value : undefined, new Headers(headers));
}

const WIRE: [FaultKind, number, string | undefined][] = [
  ["unauthorized", 503, undefined],
  ["throttled", 429, undefined],
  ["unavailable", 503, undefined],
  ["protocol", 502, undefined],
  ["notFound", 404, undefined],
  ["conflict", 409, "uniqueness"],
  ["invalid", 400, "invalidValue"],
  ["immutable", 400, "mutability"],
  ["unsupported", 501, undefined],
  ["noSeat", 403, undefined],
];

test.each(WIRE)("S29: %s is %s %s on the wire", (kind, status, scimType) => {
  expect(FAULTS[kind].status).toBe(status);
  expect(FAULTS[kind].scimType).toBe(scimType);
});

test("S29: pending is a success, no fault is a 401, every sentence is one", () => {
  expect(FAULTS.pending.status).toBeLessThan(300);
  expect(Object.keys(FAULTS)).toHaveLength(WIRE.length + 1);
  for (const { status, sentence } of Object.values(FAULTS)) {
    expect(status).not.toBe(401);
    expect(sentence).toMatch(/^[A-Z].+\.$/);
  }
});

test.each([
  [200, undefined],
  [201, undefined],
  [204, undefined],
  [301, "protocol"],
  [302, "protocol"],
  [304, "protocol"],
  [400, "invalid"],
  [401, "unauthorized"],
  [402, "protocol"],
  [403, "unauthorized"],
  [404, "notFound"],
  [405, "unsupported"],
  [408, "unavailable"],
  [409, "conflict"],
  [410, "notFound"],
  [418, "protocol"],
  [422, "invalid"],
  [429, "throttled"],
  [500, "unavailable"],
  [501, "unsupported"],
  [502, "unavailable"],
  [503, "unavailable"],
  [504, "unavailable"],
  [530, "unavailable"],
])("S29: without a rule, status %s is %s", (status, kind) => {
  expect(faultOf([], status)?.kind).toBe(kind);
});

test.each([
  [500, WRITE, true],
  [503, WRITE, true],
  [302, WRITE, true],
  [408, WRITE, false],
  [400, WRITE, false],
  [409, WRITE, false],
  [429, WRITE, false],
  [500, READ, false],
  [302, READ, false],
])("S23: status %s to %j is ambiguous: %s", (status, call, ambiguous) => {
  expect(faultOf([], status, "", call)?.ambiguous).toBe(ambiguous);
});

describe("rules", () => {
  test("S29: the first rule whose every condition holds wins", () => {
    const rules: FaultRule[] = [
      { status: 409, method: "PUT", fault: "immutable", attribute: null },
      { status: 409, path: "/groups", fault: "immutable", attribute: null },
      { status: 409, body: { at: "error.code", is: "user_confirmation_pending" }, fault: "pending" },
      { status: [400, 499], fault: "conflict", attribute: "userName", detail: "The login is taken." },
      { status: 409, fault: "invalid", attribute: null },
    ];
    expect(faultOf(rules, 409, { error: { code: "user_confirmation_pending" } })?.kind).toBe("pending");
    expect(faultOf(rules, 409, { error: { code: "other" } })).toMatchObject({
      kind: "conflict",
      attribute: "userName",
      detail: "The login is taken.",
    });
    expect(faultOf(rules, 400)?.kind).toBe("conflict");
    expect(faultOf(rules, 500)?.kind).toBe("unavailable");
  });

  test("S29: an error inside a 200 is found", () => {
    const rules: FaultRule[] = [
      { body: { at: "error", matches: /login already in use/i }, fault: "conflict", attribute: "userName" },
      { body: { at: "success", is: false }, fault: "invalid", attribute: null },
    ];
    expect(faultOf(rules, 200, { success: false, error: "Login already in use" })?.kind).toBe("conflict");
    expect(faultOf(rules, 200, { success: false, error: "No" })?.kind).toBe("invalid");
    expect(faultOf(rules, 200, { success: true, result: {} })).toBeUndefined();
    expect(faultOf(rules, 200, "<html>")).toBeUndefined();
  });

  test("S29: a rule looks at whole texts, numbers, null, presence and every line of a list", () => {
    const fault = "notFound";
    expect(faultOf([{ body: { matches: /no such user/i }, fault }], 500, "Error: No such user(s)")?.kind).toBe(fault);
    expect(faultOf([{ body: { at: "meta.code", is: 104 }, fault }], 200, { meta: { code: 104 } })?.kind).toBe(fault);
    expect(faultOf([{ body: { at: "user", is: null }, fault }], 200, { user: null })?.kind).toBe(fault);
    expect(faultOf([{ body: { at: "error" }, fault }], 200, { error: {} })?.kind).toBe(fault);
    expect(
      faultOf([{ body: { at: "errors", matches: /taken/ }, fault }], 422, { errors: ["a", "is taken"] })?.kind,
    ).toBe(fault);
    expect(
      faultOf([{ body: { at: "errors.1", matches: /taken/ }, fault }], 422, { errors: ["a", "is taken"] })?.kind,
    ).toBe(fault);
    expect(faultOf([{ body: { at: "error" }, fault }], 200, {})).toBeUndefined();
    expect(faultOf([{ body: { at: "constructor.name", matches: /./ }, fault }], 200, {})).toBeUndefined();
  });

  test("S29: a global expression answers the same every time", () => {
    const rules: FaultRule[] = [{ body: { matches: /taken/g }, fault: "conflict", attribute: null }];
    expect([1, 2, 3].map(() => faultOf(rules, 200, "is taken")?.kind)).toEqual(["conflict", "conflict", "conflict"]);
  });

  test("S23: a rule that names a refusal takes the doubt away, one that names an outage keeps it", () => {
    expect(faultOf([{ status: 500, fault: "notFound" }], 500)?.ambiguous).toBe(false);
    expect(faultOf([{ status: 503, fault: "throttled" }], 503)?.ambiguous).toBe(false);
    expect(faultOf([{ status: 200, fault: "unavailable" }], 200)?.ambiguous).toBe(true);
    expect(faultOf([{ status: 423, fault: "unavailable" }], 423)?.ambiguous).toBe(false);
  });

  test("S29: the vendor's text is nowhere in the fault", () => {
    for (const status of [200, 400, 401, 404, 409, 429, 500]) {
      const fault = faultOf([{ status: 200, body: { matches: /canary/ }, fault: "invalid", attribute: null }], status, {
        message: "canary jane@example.com",
      });
      expect(JSON.stringify([fault, fault?.message, fault?.cause])).not.toMatch(/canary|jane/);
    }
  });
});

test.each([
  ["0", 1],
  ["1", 1],
  [" 30 ", 30],
  ["1.2", 2],
  ["3600", 3_600],
  ["999999999999999999999", 3_600],
  ["-5", undefined],
  ["soon", undefined],
  ["2", 2],
  ["", undefined],
  [null, undefined],
  ["Thu, 01 Jan 2026 00:00:30 GMT", 30],
  ["Thursday, 01-Jan-26 00:00:30 GMT", 30],
  ["Thu Jan  1 00:00:30 2026", 30],
  ["Thu, 01 Jan 2026 00:00:00 GMT", 1],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 1],
  ["Fri, 02 Jan 2026 00:00:00 GMT", 3_600],
  ["Nonsense, 99 Foo 2026", undefined],
])("S29: Retry-After %j is %s seconds", (header, seconds) => {
  expect(toRetryAfterSeconds(header, Date.UTC(2026, 0, 1))).toBe(seconds);
});
