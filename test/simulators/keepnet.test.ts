// Keepnet as vendors.md 1 documents it: expiring tokens, contains searches, soft deletes, full updates.

import { beforeEach, describe, expect, it } from "vitest";
import { createKeepnetSimulation, keepnetState } from "../../adapters/keepnet/simulator.ts";
import type { Simulation } from "../../adapters/simulation.ts";

const ORIGIN = "https://keepnet.invalid";
const { clientId, clientSecret, companyResourceId } = keepnetState.parse({});
const PAGE = { pageNumber: 1, pageSize: 20, orderBy: "Email", ascending: true };
const filtered = (FieldName: string, Operator: string, Value: unknown) => ({
  ...PAGE,
  filter: { Condition: "AND", FilterGroups: [{ Condition: "AND", FilterItems: [{ FieldName, Operator, Value }] }] },
});

let simulation: Simulation;
let token: string;

async function fetchToken(body: BodyInit, headers: HeadersInit = {}) {
  const answer = await simulation.fetch(new Request(`${ORIGIN}/connect/token`, { method: "POST", body, headers }));
  const text = await answer.text();
  return { status: answer.status, json: text === "" ? {} : JSON.parse(text) };
}
const form = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    ...{ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: "api1" },
    ...more,
  });

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await simulation.fetch(
    new Request(`${ORIGIN}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    }),
  );
  const text = await answer.text();
  return { status: answer.status, text, ...(text === "" ? {} : { json: JSON.parse(text) }) };
}
const create = async (email: string, more: object = {}): Promise<string> =>
  (await call("POST", "/target-users", { email, ...more })).json.data.resourceId;
const found = async (path: string, body: unknown): Promise<string[]> =>
  (await call("POST", path, body)).json.data.results.map(
    (row: { email?: string; name?: string }) => row.email ?? row.name,
  );

beforeEach(async () => {
  simulation = createKeepnetSimulation();
  token = (await fetchToken(form())).json.access_token;
});

describe("tokens", () => {
  it("are given for a form only, and name their permissions", async () => {
    expect((await fetchToken(form())).json).toMatchObject({
      ...{ token_type: "Bearer", expires_in: 3600, scope: "api1", permissions: expect.any(Array) },
    });
    const json = { "content-type": "application/json" };
    expect((await fetchToken(JSON.stringify(Object.fromEntries(form())), json)).status).toBe(500);
    const wrong = await fetchToken(form({ client_secret: "no" }));
    expect(wrong).toEqual({ status: 400, json: { error: "invalid_client" } });
  });

  it("expire after an hour by the account's clock; several live at once", async () => {
    simulation.advance(3_599_000);
    expect((await call("GET", "/target-groups")).status).toBe(200);
    const second = (await fetchToken(form())).json.access_token;
    simulation.advance(2000);
    expect(await call("GET", "/target-groups")).toEqual({ status: 401, text: "" });
    token = second;
    expect((await call("GET", "/target-groups")).status).toBe(200);
  });

  it("open one company only", async () => {
    const as = (company: string) => call("GET", "/target-groups", undefined, { "x-keepnet-company-id": company });
    expect((await as(companyResourceId)).status).toBe(200);
    expect(await as("other")).toMatchObject({ status: 403, json: { status: "PRIVACY_ERROR" } });
  });
});

describe("target users", () => {
  it("create answers 200 and an id, read answers the record", async () => {
    const { status, json } = await call("POST", "/target-users", { email: "Ann@acme.example", userName: "ignored" });
    expect([status, json]).toEqual([
      200,
      {
        ...{ data: { resourceId: expect.stringMatching(/^\w{12}$/) }, status: "SUCCESS" },
        message: "",
        validationMessages: [],
      },
    ]);
    const record = (await call("GET", `/target-users/${json.data.resourceId}`)).json.data;
    expect(record).toMatchObject({ email: "Ann@acme.example", isActive: true, priority: "Medium", phoneNumber: "" });
    expect(record).not.toHaveProperty("createTime");
    expect(await call("GET", "/target-users/nobody")).toMatchObject({ status: 404, json: { data: null } });
    expect(await call("GET", "/nowhere")).toEqual({ status: 404, text: "" });
  });

  it("limits differ: 256 on create, 40/40/64 on update", async () => {
    const id = await create("ann@acme.example", { firstName: "x".repeat(256), department: "x".repeat(256) });
    const put = (more: object) =>
      call("PUT", `/target-users/${id}`, { email: "ann@acme.example", phoneNumber: "", ...more });
    expect((await put({ firstName: "x".repeat(40), department: "x".repeat(64) })).status).toBe(200);
    for (const more of [
      { firstName: "x".repeat(41) },
      { managerLastName: "x".repeat(41) },
      { department: "x".repeat(65) },
    ]) {
      expect(await put(more)).toMatchObject({ status: 400, json: { validationMessages: [expect.any(String)] } });
    }
    expect((await call("POST", "/target-users", { email: "b@acme.example", lastName: "x".repeat(257) })).status).toBe(
      400,
    );
    expect((await call("POST", "/target-users", { email: "b" })).status).toBe(400);
    expect((await call("POST", "/target-users", { email: "b@acme.example", phoneNumber: null })).status).toBe(400);
  });

  it("an update that omits a field clears it, and keeps what it carries", async () => {
    const customFields = [{ resourceId: "f", name: "Badge", value: "7" }];
    const carried = { priority: "High", timeZoneId: "z", preferredLanguageId: "l", isActive: true, customFields };
    const id = await create("ann@acme.example", carried);
    const read = async () => (await call("GET", `/target-users/${id}`)).json.data;
    const planted = { priority: "High", timeZoneId: "z", preferredLanguageId: "l", customFieldValues: customFields };
    await call("PUT", `/target-users/${id}`, { email: "ann@acme.example", phoneNumber: "", ...carried });
    expect(await read()).toMatchObject(planted);
    await call("PUT", `/target-users/${id}`, { email: "ann@acme.example", phoneNumber: "" });
    expect(await read()).toMatchObject({
      ...{ priority: "VeryLow", timeZoneId: null, preferredLanguageId: null, customFieldValues: [], isActive: false },
    });
  });

  it("e-mails are unique in any case among users that are not deleted", async () => {
    const ann = await create("ann@acme.example");
    const bob = await create("bob@acme.example");
    expect(await call("POST", "/target-users", { email: "ANN@acme.example" })).toMatchObject({
      ...{ status: 409, json: { data: null, status: "ERROR", message: expect.stringContaining("already exists") } },
    });
    expect((await call("PUT", `/target-users/${bob}`, { email: "ann@acme.example", phoneNumber: "" })).status).toBe(
      409,
    );
    expect((await call("DELETE", `/target-users/${ann}`)).status).toBe(200);
    expect(await create("ann@acme.example")).not.toBe(ann);
  });

  it("a deleted user is Not Found, stays in lists, and leaves them by a filter", async () => {
    const ann = await create("ann@acme.example");
    await create("bob@acme.example");
    await call("DELETE", `/target-users/${ann}`);
    for (const method of ["GET", "DELETE"]) expect((await call(method, `/target-users/${ann}`)).status).toBe(404);
    expect(await found("/target-users/search", PAGE)).toEqual(["ann@acme.example", "bob@acme.example"]);
    expect(await found("/target-users/search", filtered("IsDeleted", "Contains", false))).toEqual(["bob@acme.example"]);
    const ids = { targetUserResourceIds: [ann] };
    expect((await call("POST", "/target-users/by-resource-ids", ids)).json.data).toEqual([]);
    expect((await call("POST", "/target-users/include-deleted/by-resource-ids", ids)).json.data).toMatchObject([
      { resourceId: ann, isDeleted: true, status: 1 },
    ]);
    expect((await call("GET", "/target-users/count-summary")).json.data).toMatchObject({
      activeUserCount: 1,
      deletedUserCount: 1,
    });
  });

  it("only allowed domains are let in", async () => {
    simulation.seed({ allowedDomains: ["acme.example"] });
    await create("ann@ACME.example");
    const refused = await call("POST", "/target-users", { email: "bob@other.example" });
    expect(refused).toMatchObject({
      status: 400,
      json: { validationMessages: [expect.stringContaining("allowed domains")] },
    });
  });

  it("a licence that is exceeded refuses nobody", async () => {
    simulation.seed({ licenseLimit: 1 });
    await create("ann@acme.example");
    await create("bob@acme.example");
    expect((await call("GET", `/companies/${companyResourceId}/license-check`)).json.data).toEqual({
      ...{ isLimited: true, licenseLimit: 1, activeUserCount: 2, totalUserCount: 2, isLicenseExceeded: true },
    });
  });
});

describe("searches", () => {
  beforeEach(async () => {
    await create("ann@acme.example", { firstName: "Ann", lastName: "Ode", timeZoneId: "simTimeZon01" });
    await create("joann@acme.example.org", { firstName: "Jo", isActive: false });
  });

  it("by e-mail contain, ignoring case, and answer records", async () => {
    expect(await found("/target-users/search-email", { ...PAGE, email: "ANN@acme.example" })).toEqual([
      "ann@acme.example",
      "joann@acme.example.org",
    ]);
    const body = { ...PAGE, pageNumber: 2, pageSize: 1, email: "ann" };
    expect((await call("POST", "/target-users/search-email", body)).json.data).toMatchObject({
      ...{ pageNumber: 2, pageSize: 1, totalNumberOfPages: 2, totalNumberOfRecords: 2 },
      results: [{ email: "joann@acme.example.org", isActive: false }],
    });
  });

  it("show rows, with labels and a status word", async () => {
    const { results } = (await call("POST", "/target-users/search", PAGE)).json.data;
    expect(results).toMatchObject([
      { status: "Active", timeZone: "(UTC+01:00) Amsterdam, Berlin, Rome" },
      { status: "Inactive" },
    ]);
    for (const field of ["isActive", "timeZoneId", "managerEmail"]) expect(results[0]).not.toHaveProperty(field);
  });

  it.each([
    ["Email", "Contains", "ANN@", ["ann@acme.example", "joann@acme.example.org"]],
    ["email", "Equals", "ann@acme.example", ["ann@acme.example"]],
    ["FirstName", "=", "jo", ["joann@acme.example.org"]],
    ["Name", "Equal", "ann ode", ["ann@acme.example"]],
    ["Status", "Include", "0,7", ["joann@acme.example.org"]],
    ["Email", ">", "b", ["joann@acme.example.org"]],
    ["Email", "<=", "b", ["ann@acme.example"]],
  ])("filter %s %s %s", async (field, operator, value, expected) => {
    expect(await found("/target-users/search", filtered(field, operator, value))).toEqual(expected);
  });

  it("combine groups, in either case of the names", async () => {
    const one = (fieldName: string, value: string) => ({
      condition: "AND",
      filterItems: [{ fieldName, operator: "=", value }],
    });
    const both = (condition: string) => ({
      ...PAGE,
      filter: {
        condition,
        filterGroups: [one("FirstName", "ann"), one("Status", "0"), { condition: "OR", filterItems: [] }],
      },
    });
    expect(await found("/target-users/search", both("AND"))).toEqual([]);
    expect(await found("/target-users/search", both("or"))).toHaveLength(2);
  });

  it.each([
    ["an empty body", ""],
    ["filter null", { ...PAGE, filter: null }],
    ["orderBy null", { ...PAGE, orderBy: null }],
    ["SearchInputTextValue null", { ...PAGE, filter: { SearchInputTextValue: null } }],
    ["no page number", { ...PAGE, pageNumber: undefined }],
    ["an unknown field", filtered("userName", "=", "x")],
    ["an unknown operator", filtered("Email", "StartsWith", "x")],
    ["an unknown column", { ...PAGE, orderBy: "Rank" }],
  ])("refuse %s", async (_, body) => {
    expect(await call("POST", "/target-users/search", body)).toMatchObject({
      status: 400,
      json: { status: "INPUT_ERROR" },
    });
  });

  it("refuse the media type that the document names first", async () => {
    const patch = { "content-type": "application/json-patch+json" };
    expect((await call("POST", "/target-users/search", PAGE, patch)).status).toBe(400);
    expect((await call("POST", "/target-users/search", PAGE, { "content-type": "text/plain" })).status).toBe(415);
  });
});

describe("target groups", () => {
  const createGroup = async (name: string): Promise<string> =>
    (await call("POST", "/target-groups", { name, priority: "Medium" })).json.data.resourceId;
  const members = (group: string, more: object = {}) => found(`/target-groups/${group}/users`, { ...PAGE, ...more });

  it("want a name of at most 64 and a priority, also when renamed", async () => {
    expect((await call("POST", "/target-groups", { name: "Finance" })).status).toBe(400);
    expect((await call("POST", "/target-groups", { name: "x".repeat(65), priority: "Low" })).status).toBe(400);
    const group = await createGroup("x".repeat(64));
    expect((await call("PUT", `/target-groups/${group}`, { name: "Finance" })).status).toBe(400);
    expect((await call("PUT", `/target-groups/${group}`, { name: "Finance", priority: "Low" })).status).toBe(200);
    expect((await call("GET", `/target-groups/${group}`)).json.data).toMatchObject({
      name: "Finance",
      isEditable: true,
    });
  });

  it("are listed whole, found by part of the name, and deleted without their users", async () => {
    const finance = await createGroup("Finance");
    await createGroup("Refinancing");
    const ann = await create("ann@acme.example", { targetGroupResourceIds: [finance] });
    expect((await call("GET", "/target-groups")).json.data).toHaveLength(2);
    expect(await found("/target-groups/search-name", { ...PAGE, orderBy: "Name", groupName: "FINANC" })).toEqual([
      "Finance",
      "Refinancing",
    ]);
    expect(await found(`/target-users/${ann}/groups`, { ...PAGE, orderBy: "Name" })).toEqual(["Finance"]);
    await call("DELETE", `/target-groups/${finance}`);
    expect((await call("GET", `/target-groups/${finance}`)).status).toBe(404);
    expect((await call("GET", `/target-users/${ann}`)).status).toBe(200);
  });

  it("take users in a cross product, show the inactive ones too, and give them back", async () => {
    const groups = [await createGroup("One"), await createGroup("Two")];
    const users = [await create("ann@acme.example"), await create("bob@acme.example", { isActive: false })];
    await create("eve@acme.example");
    const add = { targetUserResourceIds: users, targetGroupResourceIds: groups };
    for (let twice = 0; twice < 2; twice++) expect((await call("PUT", "/target-groups/users", add)).status).toBe(200);
    for (const group of groups) expect(await members(group)).toEqual(["ann@acme.example", "bob@acme.example"]);
    expect(await members(groups[0] ?? "", { excludeGroupUsers: true })).toEqual(["eve@acme.example"]);
    await call("DELETE", `/target-groups/${groups[0]}/users`, { targetUserResourceIds: [users[0]] });
    expect(await members(groups[0] ?? "")).toEqual(["bob@acme.example"]);
    expect(await members(groups[1] ?? "")).toHaveLength(2);
    await call("DELETE", `/target-users/${users[1]}`);
    expect(await members(groups[1] ?? "")).toEqual(["ann@acme.example"]);
    expect((await call("PUT", "/target-groups/users", add)).status).toBe(404);
  });

  it("that are managed elsewhere take no members by hand", async () => {
    const group = await createGroup("New Hires");
    const state = keepnetState.parse(simulation.state);
    const system = state.groups[group];
    if (system) system.ownedBy = "system";
    simulation.seed({ groups: state.groups });
    const add = { targetUserResourceIds: [await create("ann@acme.example")], targetGroupResourceIds: [group] };
    expect((await call("PUT", "/target-groups/users", add)).status).toBe(400);
    expect(await found("/target-groups/search", PAGE_BY_NAME)).toEqual([]);
    expect(await found("/target-groups/search", { ...PAGE_BY_NAME, systemGeneratedGroups: true })).toEqual([
      "New Hires",
    ]);
  });
  const PAGE_BY_NAME = { ...PAGE, orderBy: "Name" };
});

it("goes on after a restart with its users and tokens", async () => {
  const ann = await create("ann@acme.example");
  const saved = simulation.snapshot();
  simulation = createKeepnetSimulation();
  simulation.restore(saved);
  expect((await call("GET", `/target-users/${ann}`)).status).toBe(200);
  expect((await call("POST", "/target-users", { email: "ann@acme.example" })).status).toBe(409);
});
