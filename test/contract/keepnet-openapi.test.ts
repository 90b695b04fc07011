// The Keepnet simulator answers as Keepnet's published contract says, and the check would notice if it did not.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createKeepnetSimulation, keepnetState } from "../../adapters/keepnet/simulator.ts";
import { checkExchangeFile, checkExchanges } from "./keepnet-openapi.ts";
import { type Exchange, WAIVERS } from "./keepnet-waivers.ts";
import { readDocument } from "./openapi.ts";

const document = readDocument();
const contract = it.skipIf(document === undefined);
if (!document) console.warn("skipped: Keepnet's contract document is not here; set KEEPNET_OPENAPI");

const { clientId, clientSecret, companyResourceId } = keepnetState.parse({});
const page = { pageNumber: 1, pageSize: 20, orderBy: "CreateTime", ascending: false };
const filter = {
  Condition: "AND",
  SearchInputTextValue: "",
  FilterGroups: [
    {
      Condition: "AND",
      FilterItems: [{ FieldName: "IsDeleted", Operator: "Contains", Value: "false" }],
      FilterGroups: [],
    },
  ],
};

/** Every endpoint of the simulator, each in the ways that matter. */
async function driveEveryEndpoint(): Promise<readonly Exchange[]> {
  const simulation = createKeepnetSimulation();
  const origin = "https://keepnet.invalid";
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: "api1" };
  const answer = await simulation.fetch(
    new Request(`${origin}/connect/token`, { method: "POST", body: new URLSearchParams(form) }),
  );
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const call = async (method: string, path: string, body?: unknown): Promise<string> => {
    const response = await simulation.fetch(
      new Request(origin + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const { data } = (await response.json()) as { data: { resourceId?: string } | null };
    return data?.resourceId ?? "";
  };

  const customFields = [{ resourceId: "field0000001", name: "Badge", dataType: "Text", value: "7" }];
  const ann = await call("POST", "/api/target-users", { email: "ann@acme.example", firstName: "Ann", lastName: "Ode" });
  const bob = await call("POST", "/api/target-users", {
    ...{ email: "bob@acme.example", phoneNumber: "", priority: "High", isActive: false, customFields },
    ...{ timeZoneId: "simTimeZon01", preferredLanguageId: "simLanguag01", managerEmail: "ann@acme.example" },
  });
  await call("POST", "/api/target-users", { email: "ANN@acme.example", phoneNumber: "1" });
  await call("GET", `/api/target-users/${bob}?companyId=${companyResourceId}`);
  await call("GET", "/api/target-users/nobody000000");
  await call("PUT", `/api/target-users/${bob}`, { email: "bob@acme.example", phoneNumber: "+39 1", customFields });
  await call("POST", "/api/target-users/search", { ...page, filter });
  await call("POST", "/api/target-users/search-email", { ...page, email: "acme" });
  await call("POST", "/api/target-users/by-resource-ids", { targetUserResourceIds: [ann, bob] });
  await call("GET", "/api/target-users/count-summary");
  await call("GET", `/api/companies/${companyResourceId}/license-check`);

  const group = await call("POST", "/api/target-groups", { name: "Finance", priority: "Medium" });
  await call("PUT", "/api/target-groups/users", { targetUserResourceIds: [ann, bob], targetGroupResourceIds: [group] });
  await call("GET", "/api/target-groups");
  await call("GET", `/api/target-groups/${group}`);
  await call("PUT", `/api/target-groups/${group}`, { name: "Finance and more", priority: "High", isActive: true });
  await call("POST", "/api/target-groups/search", { ...page, systemGeneratedGroups: false });
  await call("POST", "/api/target-groups/search-name", { ...page, groupName: "fin" });
  await call("POST", `/api/target-groups/${group}/users`, { ...page, excludeGroupUsers: false });
  await call("POST", `/api/target-users/${ann}/groups`, page);
  await call("DELETE", `/api/target-groups/${group}/users`, { targetUserResourceIds: [ann] });
  await call("DELETE", `/api/target-groups/${group}`);
  await call("DELETE", `/api/target-users/${bob}`);
  await call("POST", "/api/target-users/include-deleted/by-resource-ids", { targetUserResourceIds: [bob] });
  return simulation.calls;
}

contract("every answer of the simulator conforms, and every waiver is needed", async () => {
  if (!document) return;
  const exchanges = await driveEveryEndpoint();
  expect(checkExchanges(exchanges, document)).toEqual([]);
  expect(new Set(exchanges.map(({ status }) => status))).toEqual(new Set([200, 404, 409]));
});

contract("an unused waiver is reported", () => {
  if (!document) return;
  expect(checkExchanges([], document)).toHaveLength(WAIVERS.length);
});

const record = { resourceId: "a", email: "a@b.example", isActive: true };
const ok = (data: unknown) => ({ data, status: "SUCCESS", message: "", validationMessages: [] });
const user = { email: "a@b.example", phoneNumber: "1" };
const search = { method: "POST", path: "/api/target-users/search", status: 200 };
const paged = ok({ pageNumber: 1, pageSize: 1, totalNumberOfPages: 0, totalNumberOfRecords: 0, results: [] });

const WRONG: [name: string, exchange: Exchange, because: RegExp][] = [
  ["an unknown path", { method: "GET", path: "/api/users", status: 200, response: ok([]) }, /not in the document/],
  [
    "an unknown method",
    { method: "PATCH", path: "/api/target-users/a", status: 200, request: user, response: ok({}) },
    /not in the document/,
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
    /does not declare/,
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
    /201/,
  ],
  [
    "an error body of another kind",
    { method: "GET", path: "/api/target-users/a", status: 404, response: { error: "no" } },
    /no error body/,
  ],
];

for (const [name, exchange, because] of WRONG) {
  contract(`refuses ${name}`, () => {
    if (!document) return;
    const violations = checkExchanges([exchange], document, { unusedWaivers: "ignore" });
    expect(violations.join("\n")).toMatch(because);
  });
}

contract("of a call that met a fault only the request counts", () => {
  if (!document) return;
  const exchange: Exchange = { ...search, request: {}, response: "cut", fault: "malformed" };
  expect(checkExchanges([exchange], document, { unusedWaivers: "ignore" })).toEqual([]);
});

contract("checks a file of exchanges", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "portico-contract-")), "exchanges.ndjson");
  const lines = (exchanges: readonly unknown[]) => exchanges.map((one) => `${JSON.stringify(one)}\n`).join("");
  writeFileSync(path, "");
  expect(checkExchangeFile(path)).toHaveLength(1);
  writeFileSync(path, lines(await driveEveryEndpoint()));
  expect(checkExchangeFile(path)).toEqual([]);
  writeFileSync(path, lines([{ method: "GET", path: "/api/users", status: 200 }]));
  expect(checkExchangeFile(path)).toHaveLength(1);
});
