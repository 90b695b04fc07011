// Keepnet's searches and target groups, against its published contract and documents [N1].

import { beforeEach, describe, expect, it } from "vitest";
import { keepnetState } from "../simulator.ts";
import { begin, call, create, filtered, found, PAGE, simulation } from "./client.ts";

beforeEach(begin);

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
