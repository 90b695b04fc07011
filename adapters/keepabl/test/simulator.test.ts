// Keepabl as [N5.2] assumes it: lagging reads, prefix search, ids in Location only.

import { beforeEach, expect, it } from "vitest";
import type { Simulation } from "../../simulation.ts";
import { createKeepablSimulation, keepablDemoSettings, keepablState } from "../simulator.ts";

const ORIGIN = "https://keepabl.invalid";
const { organisation, apiKey } = keepablState.parse({});

let simulation: Simulation;
beforeEach(() => {
  simulation = createKeepablSimulation();
});

async function call(method: string, path: string, body?: unknown, authorization?: string) {
  const answer = await simulation.fetch(
    new Request(`${ORIGIN}/api/v1${path}`, {
      method,
      headers: { authorization: authorization ?? `Basic ${btoa(`${organisation}:${apiKey}`)}` },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    }),
  );
  const text = await answer.text();
  // The tests compare what was answered with literals.
  const json: Record<string, unknown> = text === "" ? {} : JSON.parse(text);
  return { status: answer.status, json, location: answer.headers.get("location") };
}

const settle = () => simulation.advance(2001);
const emails = async (query = "") => {
  const { json } = await call("GET", `/users${query}`);
  return (json.items as { email: string }[]).map(({ email }) => email);
};

it("wants the organisation and the key", async () => {
  expect(await call("GET", "/users", undefined, "Basic bm8=")).toMatchObject({ status: 401 });
  expect(keepablDemoSettings("http://127.0.0.1:1/keepabl")).toEqual({
    ...{ baseUrl: "http://127.0.0.1:1/keepabl/api/v1", organisation, apiKey, onDelete: "remove" },
  });
});

it("creates: 201, the id in Location only", async () => {
  const created = await call("POST", "/users", { email: "Ann@acme.example", firstName: "Ann", nickname: "A" });
  expect(created).toEqual({
    ...{ status: 201, location: `${ORIGIN}/api/v1/users/1001` },
    json: {
      email: "Ann@acme.example",
      firstName: "Ann",
      lastName: "",
      suspended: false,
      createdAt: expect.any(String),
    },
  });
  settle();
  expect(await call("GET", "/users/1001")).toMatchObject({
    status: 200,
    json: { id: 1001, email: "Ann@acme.example" },
  });
});

it("refuses duplicates in any case, at once, and bodies that are wrong", async () => {
  await call("POST", "/users", { email: "ann@acme.example" });
  await call("POST", "/users", { email: "bob@acme.example" });
  expect(await call("POST", "/users", { email: "ANN@acme.example" })).toMatchObject({
    status: 409,
    json: { message: expect.any(String) },
  });
  expect((await call("PATCH", "/users/1002", { email: "ann@acme.example" })).status).toBe(409);
  expect(await call("POST", "/users", { firstName: "A" })).toMatchObject({ status: 422, json: { field: "email" } });
  expect(await call("POST", "/users", { email: "ann" })).toMatchObject({ status: 422, json: { field: "email" } });
  const long = { email: "c@acme.example", lastName: "x".repeat(101) };
  expect(await call("POST", "/users", long)).toMatchObject({ status: 422, json: { field: "lastName" } });
  expect((await call("POST", "/users", "{")).status).toBe(400);
});

it("reads trail every write by the lag, writes see the truth", async () => {
  await call("POST", "/users", { email: "ann@acme.example" });
  expect((await call("GET", "/users/1001")).status).toBe(404);
  expect(await emails()).toEqual([]);
  simulation.advance(1500);
  expect(await call("PATCH", "/users/1001", { firstName: "Ann" })).toMatchObject({
    status: 200,
    json: { firstName: "Ann" },
  });
  simulation.advance(600);
  expect((await call("GET", "/users/1001")).json).toMatchObject({ firstName: "" });
  simulation.advance(1500);
  expect((await call("GET", "/users/1001")).json).toMatchObject({ firstName: "Ann" });
  expect((await call("DELETE", "/users/1001")).status).toBe(204);
  expect((await call("GET", "/users/1001")).status).toBe(200);
  expect((await call("DELETE", "/users/1001")).status).toBe(404);
  expect((await call("POST", "/users", { email: "ann@acme.example" })).location).toMatch(/1002$/);
  expect(await emails()).toEqual(["ann@acme.example"]);
  settle();
  expect((await call("GET", "/users/1001")).status).toBe(404);
  expect(keepablState.parse(simulation.state).versions).not.toHaveProperty("1001");
});

it("keeps a bounded history of one user", async () => {
  await call("POST", "/users", { email: "ann@acme.example" });
  for (let n = 0; n < 200; n++) await call("PATCH", "/users/1001", { firstName: String(n) });
  expect(keepablState.parse(simulation.state).versions["1001"]).toHaveLength(50);
  settle();
  expect((await call("GET", "/users/1001")).json).toMatchObject({ firstName: "199" });
});

it("suspends and unsuspends, 409 when already so", async () => {
  await call("POST", "/users", { email: "ann@acme.example" });
  expect((await call("POST", "/users/1001/unsuspend")).status).toBe(409);
  expect(await call("POST", "/users/1001/suspend")).toMatchObject({ status: 200, json: { suspended: true } });
  expect((await call("POST", "/users/1001/suspend")).status).toBe(409);
  expect((await call("POST", "/users/1001/unsuspend")).status).toBe(200);
  expect(await call("POST", "/users/9/suspend")).toMatchObject({ status: 404, json: { message: "User not found" } });
  expect((await call("GET", "/users/__proto__")).status).toBe(404);
});

it("finds by prefix, ignoring case, and pages by at most 50", async () => {
  for (const email of ["ann@acme.example", "ann@acme.example.org", "Anna@acme.example", "bob@acme.example"]) {
    await call("POST", "/users", { email });
  }
  settle();
  expect(await emails("?email=ANN@acme.example")).toEqual(["ann@acme.example", "ann@acme.example.org"]);
  expect(await emails("?email=acme")).toEqual([]);
  expect((await call("GET", "/users?page=2&perPage=3")).json).toMatchObject({
    ...{ page: 2, perPage: 3, totalItems: 4, items: [{ email: "bob@acme.example" }] },
  });
  expect(await call("GET", "/users?perPage=51")).toMatchObject({ status: 422, json: { field: "perPage" } });
  expect((await call("GET", "/users?page=0")).status).toBe(422);
});

it("goes on after a restart where it was, lag included", async () => {
  await call("POST", "/users", { email: "ann@acme.example" });
  const saved = simulation.snapshot();
  simulation = createKeepablSimulation();
  simulation.restore(saved);
  expect((await call("GET", "/users/1001")).status).toBe(404);
  settle();
  expect((await call("GET", "/users/1001")).status).toBe(200);
});
