// kpifire as [N4.2] assumes it: forms, errors with status 200, whole member lists, an unstated limit.

import { beforeEach, describe, expect, it } from "vitest";
import type { Simulation } from "../../simulation.ts";
import { createKpifireSimulation, kpifireDemoSettings, kpifireState, toKpifireUsers } from "../simulator.ts";

const ORIGIN = "https://kpifire.invalid";
const { apiToken } = kpifireState.parse({});

let simulation: Simulation;
beforeEach(() => {
  simulation = createKpifireSimulation();
  simulation.seed({ burst: null });
});

async function call(method: string, path: string, form?: Record<string, string>, token = apiToken) {
  const answer = await simulation.fetch(
    new Request(`${ORIGIN}/api${path}`, {
      method,
      headers: { "x-api-token": token },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    }),
  );
  const text = await answer.text();
  // The tests compare what was answered with literals.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const json: any = text.startsWith("{") ? JSON.parse(text) : text;
  return { status: answer.status, json, headers: answer.headers };
}

const refused = (error: string) => ({ status: 200, json: { success: false, result: null, error } });
const result = async (method: string, path: string, form?: Record<string, string>) =>
  (await call(method, path, form)).json.result;

it("answers 401 for the token only", async () => {
  expect(await call("GET", "/users", undefined, "other")).toMatchObject({ status: 401, json: { success: false } });
  expect(kpifireDemoSettings("http://127.0.0.1:1/k")).toMatchObject({ baseUrl: "http://127.0.0.1:1/k/api", apiToken });
});

describe("users", () => {
  it("creates by form, and changes only the fields sent", async () => {
    const made = await call("POST", "/users", { login: "ann", firstName: "Ann", workPhone: "1", licenseType: "3" });
    const ann = {
      ...{ id: 1, login: "ann", firstName: "Ann", lastName: "", workPhone: "1", department: "" },
      ...{ isActive: 1, licenseType: 3 },
    };
    expect(made).toMatchObject({ status: 200, json: { success: true, result: ann, error: null } });
    expect(await result("POST", "/users/1", { isActive: "0", workPhone: "" })).toEqual({
      ...{ ...ann, isActive: 0, workPhone: "" },
    });
    expect((await result("GET", "/users/1")).licenseType).toBe(3);
  });

  it("answers errors with status 200", async () => {
    await call("POST", "/users", { login: "ann" });
    await call("POST", "/users", { login: "bob" });
    expect(await call("POST", "/users", { login: "ANN" })).toMatchObject(refused("Login already in use"));
    expect(await call("POST", "/users/2", { login: "ann" })).toMatchObject(refused("Login already in use"));
    expect(await call("POST", "/users/2", { isActive: "true" })).toMatchObject(refused("isActive must be 0 or 1"));
    expect(await call("POST", "/users/2", { licenseType: "8" })).toMatchObject(refused("licenseType must be 1 to 7"));
    expect(await call("GET", "/users/99")).toMatchObject(refused("User not found"));
    expect(await call("GET", "/users/constructor")).toMatchObject(refused("User not found"));
    const json = await simulation.fetch(
      new Request(`${ORIGIN}/api/users`, {
        method: "POST",
        headers: { "x-api-token": apiToken, "content-type": "application/json" },
        body: '{"login":"cat"}',
      }),
    );
    expect(await json.json()).toMatchObject({ success: false, error: "Login is required" });
  });

  it("removes a user from every list, and frees the login", async () => {
    await call("POST", "/users", { login: "ann" });
    await call("POST", "/groups", { name: "Staff", memberIds: "1" });
    expect(await call("POST", "/users/1/delete")).toMatchObject({ status: 200, json: { success: true } });
    expect(await call("POST", "/users/1/delete")).toMatchObject(refused("User not found"));
    expect((await result("GET", "/groups/2")).memberIds).toEqual([]);
    expect((await call("POST", "/users", { login: "Ann" })).json.success).toBe(true);
    expect((await result("GET", "/users")).rows).toMatchObject([{ id: 3, login: "Ann" }]);
  });

  it("pages by offset, at most 50 at once, active and inactive, and never searches", async () => {
    simulation.seed(toKpifireUsers(120));
    await call("POST", "/users/1", { isActive: "0" });
    const page = await result("GET", "/users?offset=100&limit=50&login=user1%40acme.example");
    expect(page.total).toBe(120);
    expect(page.rows.map((row: { id: number }) => row.id)).toEqual(Array.from({ length: 20 }, (_, at) => at + 101));
    expect((await result("GET", "/users?limit=1")).rows).toMatchObject([{ id: 1, isActive: 0 }]);
    expect(await call("GET", "/users?limit=51")).toMatchObject(refused("limit must be 1 to 50"));
  });

  it("walks through 20,000 users at the price of the pages", async () => {
    simulation.seed(toKpifireUsers(20_000));
    const startedAt = performance.now();
    let seen = 0;
    for (let offset = 0; offset < 20_000; offset += 50) {
      seen += (await result("GET", `/users?offset=${offset}&limit=50`)).rows.length;
    }
    expect(seen).toBe(20_000);
    // 400 pages; one copy of the whole state takes as long as dozens of them.
    expect((performance.now() - startedAt) / 400).toBeLessThan(10);
  });
});

it("replaces a group's whole member list", async () => {
  simulation.seed(toKpifireUsers(3));
  expect(await result("POST", "/groups", { name: "Staff" })).toEqual({ id: 4, name: "Staff", memberIds: [] });
  expect((await result("POST", "/groups/4", { memberIds: "1,2" })).memberIds).toEqual([1, 2]);
  expect(await result("POST", "/groups/4", { memberIds: "3" })).toEqual({ id: 4, name: "Staff", memberIds: [3] });
  expect(await result("POST", "/groups/4", { name: "All" })).toEqual({ id: 4, name: "All", memberIds: [3] });
  expect(await call("POST", "/groups/4", { memberIds: "3,9" })).toMatchObject(refused("Unknown member"));
  expect(await call("POST", "/groups", { name: "all" })).toMatchObject(refused("Group name already in use"));
  expect((await result("POST", "/groups/4", { memberIds: "" })).memberIds).toEqual([]);
  expect(await result("GET", "/groups")).toEqual([{ id: 4, name: "All" }]);
  expect((await call("POST", "/groups/4/delete")).json.success).toBe(true);
  expect(await call("GET", "/groups/4")).toMatchObject(refused("Group not found"));
});

it("answers bursts over 10 in a second with 503 and no header", async () => {
  simulation.seed({ burst: 10 });
  const answers = await Promise.all(Array.from({ length: 11 }, () => call("GET", "/groups")));
  expect(answers.map((one) => one.status)).toEqual([...Array.from({ length: 10 }, () => 200), 503]);
  expect(answers.at(-1)?.headers.has("retry-after")).toBe(false);
  simulation.advance(1000);
  expect(await call("GET", "/groups")).toMatchObject({ status: 200 });
});
