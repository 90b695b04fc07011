// Hostile and broken requests: never a 500, never a hang, always an error that a SCIM client can read.

import { describe, expect, it } from "vitest";
import {
  ask,
  createUser,
  entraUser,
  expectError,
  filtered,
  KEEPNET,
  KEEPNET_FULL,
  nativeGroups,
  natives,
  open,
  patchOf,
} from "../dialogues/dialogue.ts";
import { type Answer, type Gateway, request } from "./gateway.ts";

const MEBIBYTE = 1_048_576;

const raw = (gateway: Gateway, method: string, path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  request(method, `/scim/v2${path}`, {
    headers: { authorization: `Bearer ${gateway.token}`, "content-type": "application/scim+json", ...headers },
    body,
  });

/** What every refusal owes, whatever was sent. */
function expectRefusal(answer: Answer, status: number, scimType?: string): void {
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(answer.headers.get("content-type")).toMatch(/^application\/scim\+json/);
  expectError(answer, status, scimType);
}

describe("C23: bodies that are none", () => {
  it.each([
    ["broken JSON", '{"userName": "a'],
    ["nothing", ""],
    ["an array", "[]"],
    ["a text", '"hello"'],
    ["a number", "42"],
    ["null", "null"],
    ["two documents", "{}{}"],
    ["a comment", "/* */ {}"],
    ["bytes that are no UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
    ["NUL", "\u0000"],
    ["XML", "<user/>"],
  ])("C23: %s is 400 invalidSyntax on every endpoint that takes a body", async (_title, body) => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    for (const [method, path] of [
      ["POST", "/Users"],
      ["PUT", `/Users/${id}`],
      ["PATCH", `/Users/${id}`],
      ["POST", "/Groups"],
      ["POST", "/Users/.search"],
      ["POST", "/.search"],
    ] as const) {
      expectRefusal(await raw(gateway, method, path, body), 400, "invalidSyntax");
    }
    expect(await natives(gateway)).toMatchObject([{ email: "ada@contoso.com", active: true }]);
  });
});

describe("C22 C23: content types", () => {
  it("C22: SCIM's, JSON's, with parameters or none at all are taken", async () => {
    const gateway = await open(KEEPNET);
    let index = 0;
    for (const type of [
      "application/scim+json",
      "application/json",
      "Application/JSON; charset=utf-8",
      "text/json",
      "",
    ]) {
      const body = new TextEncoder().encode(JSON.stringify(entraUser({ email: `u${index++}@contoso.com` })));
      const headers = new Headers({ authorization: `Bearer ${gateway.token}` });
      if (type) headers.set("content-type", type);
      expect((await request("POST", "/scim/v2/Users", { headers, body })).status).toBe(201);
    }
    expect(await natives(gateway)).toHaveLength(index);
  });

  it("C23: anything else is 415", async () => {
    const gateway = await open(KEEPNET);
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/xml",
    ]) {
      const body = JSON.stringify(entraUser({ email: "ada@contoso.com" }));
      expectRefusal(await raw(gateway, "POST", "/Users", body, { "content-type": type }), 415);
    }
    expect(await natives(gateway)).toEqual([]);
  });
});

describe("bodies that are too much", () => {
  it("C34: beyond a mebibyte is 413, with content-length or without, or with a lie", async () => {
    const gateway = await open(KEEPNET);
    const large = `{"userName":"${"x".repeat(MEBIBYTE)}"}`;
    expectRefusal(await raw(gateway, "POST", "/Users", large), 413);
    const stream = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let chunk = 0; chunk < 20; chunk++) controller.enqueue(new Uint8Array(MEBIBYTE / 8).fill(0x20));
          controller.close();
        },
      });
    expectRefusal(await raw(gateway, "POST", "/Users", stream()), 413);
    expectRefusal(await raw(gateway, "POST", "/Users", "{}", { "content-length": String(10 * MEBIBYTE) }), 413);
    expectRefusal(await raw(gateway, "POST", "/Users", `${" ".repeat(10 * MEBIBYTE)}{}`), 413);
    expect(await natives(gateway)).toEqual([]);
  });

  it("C34: a body just below the limit is read", async () => {
    const gateway = await open(KEEPNET);
    const body = JSON.stringify(entraUser({ email: "ada@contoso.com" }));
    const padded = body + " ".repeat(MEBIBYTE - body.length);
    expect((await raw(gateway, "POST", "/Users", padded)).status).toBe(201);
  });

  it("C34: too many operations, too many members, too long a value", async () => {
    const gateway = await open(KEEPNET_FULL);
    const id = await createUser(gateway, "ada@contoso.com");
    const operation = { op: "replace", path: "title", value: "x" };
    const many = patchOf(...Array.from({ length: 1_001 }, () => operation));
    expectRefusal(await gateway.scim("PATCH", `/Users/${id}`, many), 413);
    const members = Array.from({ length: 10_001 }, (_, index) => ({ value: `m${index}` }));
    expectRefusal(await gateway.scim("POST", "/Groups", { displayName: "Big", members }), 400, "invalidValue");
    const long = patchOf({ op: "replace", path: "title", value: "x".repeat(70_000) });
    expectRefusal(await gateway.scim("PATCH", `/Users/${id}`, long), 400, "invalidValue");
    const long2 = patchOf({ op: "replace", path: `t${"i".repeat(9_000)}`, value: "x" });
    expectRefusal(await gateway.scim("PATCH", `/Users/${id}`, long2), 400, "invalidPath");
    expect(await nativeGroups(gateway)).toEqual({});
  });

  it("C52: filters too long, too deep or with too many parts are refused quickly", async () => {
    const gateway = await open(KEEPNET);
    const attempts = [
      `userName eq "${"x".repeat(8_000)}"`,
      `${"(".repeat(500)}userName pr${")".repeat(500)}`,
      `${"not (".repeat(200)}userName pr${")".repeat(200)}`,
      Array.from({ length: 600 }, () => "a pr").join(" or "),
    ];
    for (const filter of attempts) {
      const startedAt = performance.now();
      expectRefusal(await gateway.scim("POST", "/Users/.search", { filter }), 400, "invalidFilter");
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
  });
});

describe("JSON made to hurt", () => {
  it("C34: __proto__, constructor and toString are names like any other", async () => {
    const gateway = await open(KEEPNET_FULL);
    const body = `{"__proto__":{"active":false,"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","userName":"ada@contoso.com","emails":[{"type":"work","value":"ada@contoso.com","__proto__":{"value":"evil@contoso.com"}}],"name":{"__proto__":{"familyName":"P"},"givenName":"Ada"}}`;
    const created = await raw(gateway, "POST", "/Users", body);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ active: true, name: { givenName: "Ada" } });
    expect(created.body.name.familyName).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    const id = created.body.id;
    for (const path of ["__proto__", "constructor.prototype", "__proto__.polluted", "toString"]) {
      const answer = await gateway.scim("PATCH", `/Users/${id}`, patchOf({ op: "add", path, value: "x" }));
      expect([path, answer.status < 500]).toEqual([path, true]);
    }
    expectRefusal(await gateway.scim("GET", filtered("/Users", '__proto__ eq "x"')), 400, "invalidFilter");
    for (const filter of ['constructor.name eq "Object"', "toString pr", 'name.constructor eq "x"']) {
      const answer = await gateway.scim("GET", filtered("/Users", filter));
      expect([filter, answer.status, answer.body.totalResults]).toEqual([filter, 200, 0]);
    }
    expect(await natives(gateway)).toMatchObject([{ email: "ada@contoso.com", givenName: "Ada", familyName: null }]);
  });

  it("C23: deep nesting is refused or dropped, wherever it stands", async () => {
    const gateway = await open(KEEPNET_FULL);
    const id = await createUser(gateway, "ada@contoso.com");
    const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const deepList = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    for (const [method, path, body] of [
      ["POST", "/Users", deep(100_000)],
      ["POST", "/Users", `{"userName":${deep(50_000)}}`],
      ["POST", "/Users", `{"emails":${deepList}}`],
      ["POST", "/Users/.search", deep(100_000)],
      ["PATCH", `/Users/${id}`, `{"Operations":${deepList}}`],
      ["PATCH", `/Users/${id}`, `{"Operations":[{"op":"add","path":"name","value":${deep(50_000)}}]}`],
      ["PATCH", `/Users/${id}`, `{"Operations":[{"op":"add","path":"emails","value":${deepList}}]}`],
      ["PUT", `/Users/${id}`, `{"userName":"ada@contoso.com","x":${deep(50_000)}}`],
    ] as const) {
      const answer = await raw(gateway, method, path, body);
      expect([method, path, body.slice(0, 30), answer.status < 500]).toEqual([method, path, body.slice(0, 30), true]);
      if (answer.status >= 400) expectRefusal(answer, answer.status);
    }
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("C75: values of the wrong type are 400, each with a path in its detail", async () => {
    const gateway = await open(KEEPNET_FULL);
    for (const [name, value] of [
      ["userName", { a: 1 }],
      ["userName", 7.5],
      ["userName", ["a", "b"]],
      ["active", "perhaps"],
      ["active", 1],
      ["name", "Ada"],
      ["name", [1, 2]],
      ["emails", [[]]],
      ["emails", [null]],
      ["emails", [{ value: { a: 1 } }]],
      ["title", "\ud800"],
    ] as const) {
      const body = { ...entraUser({ email: "ada@contoso.com" }), [name]: value };
      const answer = await gateway.scim("POST", "/Users", body);
      expect([name, JSON.stringify(value), answer.status]).toEqual([name, JSON.stringify(value), 400]);
      expectRefusal(answer, 400, "invalidValue");
      expect(answer.body.detail).toContain(name);
    }
    expect(await natives(gateway)).toEqual([]);
  });
});

describe("C51: addresses and queries made to hurt", () => {
  it("C50 C51: quotes, wildcards, SQL and control characters in filters are values", async () => {
    const gateway = await open(KEEPNET);
    await createUser(gateway, "ada@contoso.com");
    for (const value of [
      "' or 1=1 --",
      "%",
      "_da@contoso.com",
      "*",
      "\\",
      "\u0000",
      "\r\nx: y",
      "💥",
      "a".repeat(3_000),
      '"; drop table links',
    ]) {
      for (const attribute of ["userName", "externalId", "id", 'emails[type eq "work"].value']) {
        const path = filtered("/Users", `${attribute} eq ${JSON.stringify(value)}`);
        expect((await ask(gateway, "GET", path, 200)).body.totalResults).toBe(0);
      }
    }
    for (const filter of [
      "",
      " ",
      "userName",
      "userName eq",
      "eq",
      ")",
      'userName eq "x',
      'userName eq "x" and',
      'a eq 1 "',
    ]) {
      expectRefusal(await gateway.scim("GET", filtered("/Users", filter)), 400, "invalidFilter");
    }
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("C33: broken percent signs, encoded slashes and dots in ids end in 404", async () => {
    const gateway = await open(KEEPNET);
    for (const path of [
      "/Users/%",
      "/Users/%zz",
      "/Users/%2F%2e%2e",
      "/Users/a%00b",
      "/Users/%F0%28",
      `/Users/${"x".repeat(4_000)}`,
    ]) {
      expectRefusal(await gateway.scim("GET", path), 404);
    }
    for (const query of ["%", "filter=%E0%A4%A", "count=%", "attributes=%00", "startIndex=1&startIndex=x"]) {
      const answer = await gateway.scim("GET", `/Users?${query}`);
      expect([query, answer.status < 500]).toEqual([query, true]);
    }
    const calls = (await gateway.vendor("GET", "/log")).body.calls.map((call: { path: string }) => call.path);
    expect(calls.filter((path: string) => path.includes("..") || path.includes("%"))).toEqual([]);
  });

  it("C34: a strange method on a strange path is answered all the same", async () => {
    const gateway = await open(KEEPNET);
    for (const method of ["PROPFIND", "REPORT", "MKCOL", "OPTIONS"]) {
      const answer = await gateway.scim(method, "/Users");
      expect([method, answer.status]).toEqual([method, 405]);
      expectRefusal(answer, 405);
    }
    for (const path of ["/nothing", "/.env", "/scimx/Users"]) {
      const answer = await request("GET", path);
      expectRefusal(answer, 404);
    }
  });
});
