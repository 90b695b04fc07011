// The Keepnet simulator answers as Keepnet's published contract says, and the check would notice if it did not.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { driveEveryEndpoint } from "./calls.ts";
import { KEEPNET_ENDPOINTS } from "./endpoints.ts";
import { checkExchangeFile, checkExchanges, keepnetContract } from "./openapi.ts";
import { type Exchange, WAIVERS } from "./waivers.ts";

it("every answer of the simulator conforms, and every waiver is needed", async () => {
  const exchanges = await driveEveryEndpoint();
  expect(checkExchanges(exchanges)).toEqual([]);
  expect(new Set(exchanges.map(({ status }) => status))).toEqual(new Set([200, 404, 409]));
});

it("every described endpoint is called", async () => {
  const called = (await driveEveryEndpoint()).map(
    ({ method, path }) => `${method} ${keepnetContract.match(method, path)?.template}`,
  );
  expect(called).toEqual(expect.arrayContaining(Object.keys(KEEPNET_ENDPOINTS)));
});

it("an unused waiver is reported", () => {
  expect(checkExchanges([])).toHaveLength(WAIVERS.length);
});

const record = { resourceId: "a", email: "a@b.example", isActive: true };
const ok = (data: unknown) => ({ data, status: "SUCCESS", message: "", validationMessages: [] });
const user = { email: "a@b.example", phoneNumber: "1" };
const search = { method: "POST", path: "/api/target-users/search", status: 200 };
const paged = ok({ pageNumber: 1, pageSize: 1, totalNumberOfPages: 0, totalNumberOfRecords: 0, results: [] });

const WRONG: [name: string, exchange: Exchange, because: RegExp][] = [
  ["an unknown path", { method: "GET", path: "/api/users", status: 200, response: ok([]) }, /is not described/],
  [
    "an unknown method",
    { method: "PATCH", path: "/api/target-users/a", status: 200, request: user, response: ok({}) },
    /is not described/,
  ],
  [
    "a query",
    {
      method: "GET",
      path: "/api/target-users/a",
      target: "/api/target-users/a?email=x",
      status: 200,
      response: ok(record),
    },
    /query parameter email/,
  ],
  [
    "no e-mail",
    {
      method: "POST",
      path: "/api/target-users",
      status: 200,
      request: { phoneNumber: "1" },
      response: ok({ resourceId: "a" }),
    },
    /required property 'email'/,
  ],
  [
    "an unknown property",
    {
      method: "POST",
      path: "/api/target-users",
      status: 200,
      request: { ...user, userName: "a" },
      response: ok({ resourceId: "a" }),
    },
    /userName/,
  ],
  [
    "a name too long for update",
    {
      method: "PUT",
      path: "/api/target-users/a",
      status: 200,
      request: { ...user, firstName: "x".repeat(41) },
      response: ok({ resourceId: "a" }),
    },
    /40 characters/,
  ],
  [
    "a name too long for create",
    {
      method: "POST",
      path: "/api/target-users",
      status: 200,
      request: { ...user, managerLastName: "x".repeat(257) },
      response: ok({ resourceId: "a" }),
    },
    /256 characters/,
  ],
  [
    "a department too long for update",
    {
      method: "PUT",
      path: "/api/target-users/a",
      status: 200,
      request: { ...user, department: "x".repeat(65) },
      response: ok({ resourceId: "a" }),
    },
    /64 characters/,
  ],
  [
    "an e-mail too long",
    {
      method: "POST",
      path: "/api/target-users",
      status: 200,
      request: { ...user, email: "x".repeat(321) },
      response: ok({ resourceId: "a" }),
    },
    /320 characters/,
  ],
  [
    "a group's name too long",
    {
      method: "POST",
      path: "/api/target-groups",
      status: 200,
      request: { name: "x".repeat(65), priority: "Low" },
      response: ok({ resourceId: "a" }),
    },
    /64 characters/,
  ],
  [
    "null where none may be",
    { ...search, request: { pageNumber: null }, response: paged },
    /\/pageNumber must be integer/,
  ],
  [
    "a refused request is looked at too",
    {
      method: "PUT",
      path: "/api/target-users/a",
      status: 400,
      request: { ...user, isActive: "true" },
    },
    /boolean/,
  ],
  [
    "a group without priority",
    {
      method: "PUT",
      path: "/api/target-groups/a",
      status: 200,
      request: { name: "a" },
      response: ok({ resourceId: "a" }),
    },
    /priority/,
  ],
  [
    "a missing body",
    {
      method: "DELETE",
      path: "/api/target-groups/a/users",
      status: 200,
      response: ok({ resourceId: "a" }),
    },
    /no body/,
  ],
  [
    "a body where none is",
    { method: "GET", path: "/api/target-users/a", status: 200, request: {}, response: ok(record) },
    /body that is not described/,
  ],
  [
    "a wrong value below PascalCase",
    { ...search, request: { filter: { FilterGroups: [{ FilterItems: [{ Value: false }] }] } }, response: paged },
    /must be string/,
  ],
  [
    "an unknown property below PascalCase",
    { ...search, request: { filter: { FilterGroups: [{ Items: [] }] } }, response: paged },
    /items/,
  ],
  ["PascalCase outside of a filter", { ...search, request: { PageNumber: 1 }, response: paged }, /PageNumber/],
  [
    "a bare answer",
    { method: "GET", path: "/api/target-users/a", status: 200, response: record },
    /additional properties/,
  ],
  [
    "a record in a row's shape",
    {
      method: "GET",
      path: "/api/target-users/a",
      status: 200,
      response: ok({ ...record, createTime: "2026-01-01T00:00:00Z" }),
    },
    /createTime/,
  ],
  [
    "a time that is none",
    { ...search, request: {}, response: ok({ results: [{ createTime: "yesterday" }] }) },
    /date-time/,
  ],
  [
    "an undocumented status",
    { method: "POST", path: "/api/target-users", status: 201, request: user, response: ok({ resourceId: "a" }) },
    /201 is not described/,
  ],
  [
    "an error body of another kind",
    { method: "GET", path: "/api/target-users/a", status: 404, response: { error: "no" } },
    /no error body/,
  ],
];

for (const [name, exchange, because] of WRONG) {
  it(`refuses ${name}`, () => {
    const violations = checkExchanges([exchange], { unusedWaivers: "ignore" });
    expect(violations.join("\n")).toMatch(because);
  });
}

it("of a call that met a fault only the request counts", () => {
  const exchange: Exchange = { ...search, request: {}, response: "cut", fault: "malformed" };
  expect(checkExchanges([exchange], { unusedWaivers: "ignore" })).toEqual([]);
});

it("checks a file of exchanges", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "portico-contract-")), "exchanges.ndjson");
  const lines = (exchanges: readonly unknown[]) => exchanges.map((one) => `${JSON.stringify(one)}\n`).join("");
  writeFileSync(path, "");
  expect(checkExchangeFile(path)).toHaveLength(1);
  writeFileSync(path, lines(await driveEveryEndpoint()));
  expect(checkExchangeFile(path)).toEqual([]);
  writeFileSync(path, lines([{ method: "GET", path: "/api/users", status: 200 }]));
  expect(checkExchangeFile(path)).toHaveLength(1);
});
