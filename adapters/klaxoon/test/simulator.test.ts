// Klaxoon as [N3.2] assumes it: cursors, exact searches, verbs, licences per user, refusals and limits.

import { beforeEach, describe, expect, it } from "vitest";
import type { Simulation } from "../../simulation.ts";
import { createKlaxoonSimulation, klaxoonDemoSettings } from "../simulator.ts";

const ORIGIN = "https://klaxoon.invalid";

let simulation: Simulation;
let token: string;
beforeEach(async () => {
  simulation = createKlaxoonSimulation();
  simulation.seed({ requestsPerSecond: null });
  token = await login();
});

async function send(method: string, path: string, init: RequestInit = {}) {
  const answer = await simulation.fetch(new Request(`${ORIGIN}/v1${path}`, { ...init, method }));
  const text = await answer.text();
  // The tests compare what was answered with literals.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const json: any = text === "" ? {} : JSON.parse(text);
  return { status: answer.status, json, headers: answer.headers };
}

const call = (method: string, path: string, body?: unknown, bearer = token) =>
  send(method, path, {
    headers: { authorization: `Bearer ${bearer}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });

async function login(secret = "fake-klaxoon-secret", type = "application/x-www-form-urlencoded"): Promise<string> {
  const form = { grant_type: "client_credentials", client_id: "fake-klaxoon-client", client_secret: secret };
  const body = type.includes("json") ? JSON.stringify(form) : new URLSearchParams(form).toString();
  const answer = await send("POST", "/auth/oauth2/token", { headers: { "content-type": type }, body });
  return answer.json.access_token ?? `refused with ${answer.status}`;
}

const person = (name: string) => ({
  username: name,
  email: `${name}@acme.example`,
  external_id: `ext-${name}`,
  first_name: name,
  last_name: "Example",
});
const create = async (name: string): Promise<string> => (await call("POST", "/users", person(name))).json.id;
const error = (code: string, field?: string) => ({ error: { code, ...(field ? { field } : {}) } });

it("wants a token by form, good for one hour", async () => {
  expect(await login("wrong")).toBe("refused with 401");
  expect(await login("fake-klaxoon-secret", "application/json")).toBe("refused with 400");
  expect(await call("GET", "/users", undefined, "nobody")).toMatchObject({ status: 401 });
  simulation.advance(3_600_001);
  expect(await call("GET", "/users")).toMatchObject({ status: 401, json: error("unauthorized") });
  expect(klaxoonDemoSettings("http://127.0.0.1:1/k")).toMatchObject({ baseUrl: "http://127.0.0.1:1/k/v1" });
});

describe("users", () => {
  it("creates, reads, changes only what is sent, and never deletes", async () => {
    const made = await call("POST", "/users", person("ann"));
    expect(made).toMatchObject({ status: 201, json: { ...person("ann"), status: "active", license: "FREE" } });
    const { id } = made.json;
    const changed = await call("PATCH", `/users/${id}`, { last_name: "Other" });
    expect(changed).toMatchObject({ status: 200, json: { ...person("ann"), last_name: "Other" } });
    expect(await call("DELETE", `/users/${id}`)).toMatchObject({ status: 405 });
    expect((await call("GET", `/users/${id}`)).json).toEqual(changed.json);
    expect(await call("GET", `/users/${crypto.randomUUID()}`)).toMatchObject({ status: 404, json: error("not_found") });
  });

  it("refuses duplicates and wrong values with the field, and broken JSON without", async () => {
    await create("ann");
    const clash = await call("POST", "/users", { ...person("bob"), username: "ANN" });
    expect(clash).toMatchObject({ status: 409, json: error("already_exists", "username") });
    const twin = await call("POST", "/users", { ...person("bob"), email: "Ann@acme.example" });
    expect(twin).toMatchObject({ status: 409, json: error("already_exists", "email") });
    const { external_id: _, ...nameless } = person("bob");
    expect(await call("POST", "/users", nameless)).toMatchObject({
      status: 422,
      json: error("invalid_field", "external_id"),
    });
    expect(await call("POST", "/users", "{")).toMatchObject({ status: 400, json: error("bad_request") });
  });

  it("searches exactly, ignoring case, by e-mail and by name", async () => {
    const id = await create("ann");
    await create("anna");
    for (const query of ["email=ANN@acme.example", "username=Ann"]) {
      expect((await call("GET", `/users?${query}`)).json.data.map((one: { id: string }) => one.id)).toEqual([id]);
    }
    expect((await call("GET", "/users?email=an@acme.example")).json).toEqual({ data: [], next_cursor: null });
  });

  it("pages by cursor, at most 100 at once", async () => {
    for (let at = 0; at < 5; at++) await create(`user${at}`);
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const { json } = await call("GET", `/users?limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      names.push(...json.data.map((one: { username: string }) => one.username));
      cursor = json.next_cursor;
    } while (cursor);
    expect(names).toEqual(["user0", "user1", "user2", "user3", "user4"]);
    expect(await call("GET", "/users?limit=101")).toMatchObject({ status: 400 });
    expect(await call("GET", "/users?cursor=nonsense")).toMatchObject({ status: 400, json: error("bad_cursor") });
  });
});

describe("licences", () => {
  const setLicense = (id: string, license: string) => call("PUT", `/users/${id}/license`, { license });

  it("gives PRO while seats are left, and a deactivation frees one", async () => {
    simulation.seed({ proSeats: 1 });
    const [ann, bob] = [await create("ann"), await create("bob")];
    expect(await setLicense(ann, "PRO")).toMatchObject({ status: 200, json: { license: "PRO" } });
    expect(await setLicense(ann, "PRO")).toMatchObject({ status: 200 });
    expect(await setLicense(bob, "PRO")).toMatchObject({ status: 422, json: error("no_seat_left") });
    expect((await call("GET", "/licenses")).json).toEqual({ pro: { total: 1, used: 1 } });
    const off = await call("POST", `/users/${ann}/deactivate`);
    expect(off).toMatchObject({ status: 200, json: { status: "deactivated", license: "FREE" } });
    expect(await setLicense(bob, "PRO")).toMatchObject({ status: 200 });
    expect(await setLicense(ann, "PRO")).toMatchObject({ status: 422, json: error("user_deactivated") });
    const on = await call("POST", `/users/${ann}/reactivate`);
    expect(on).toMatchObject({ status: 200, json: { status: "active", license: "FREE" } });
    expect(await setLicense(bob, "GOLD")).toMatchObject({ status: 422, json: error("invalid_field", "license") });
  });

  it("asks for consent where the person holds a PRO licence elsewhere", async () => {
    simulation.seed({ awaitingConsent: ["ann@acme.example"] });
    const ann = await create("ann");
    const asked = await setLicense(ann, "PRO");
    expect(asked).toMatchObject({ status: 409, json: error("user_confirmation_pending") });
    expect((await call("GET", `/users/${ann}`)).json).toMatchObject({ status: "pending_consent", license: "FREE" });
    simulation.seed({ awaitingConsent: [] });
    expect(await setLicense(ann, "PRO")).toMatchObject({ status: 200, json: { status: "active", license: "PRO" } });
  });
});

it("keeps groups with a flag that is a label only, and members in batches of 100", async () => {
  const ann = await create("ann");
  const made = await call("POST", "/groups", { name: "Sales", external_id: "g1", license: false });
  expect(made).toEqual({
    status: 201,
    json: { id: expect.any(String), name: "Sales", external_id: "g1", license: false },
    headers: expect.anything(),
  });
  const { id } = made.json;
  expect(await call("POST", "/groups", { name: "sales", external_id: "g2" })).toMatchObject({ status: 409 });
  expect(await call("POST", "/groups", { name: "Other" })).toMatchObject({
    status: 422,
    json: error("invalid_field", "external_id"),
  });
  expect((await call("POST", "/groups", { name: "Other", external_id: "g2" })).json).toMatchObject({ license: true });
  expect((await call("PATCH", `/groups/${id}`, { license: true })).json).toMatchObject({
    name: "Sales",
    license: true,
  });
  expect(await call("POST", `/groups/${id}/members`, { user_ids: [ann] })).toMatchObject({ status: 204 });
  expect(await call("POST", `/groups/${id}/members`, { user_ids: [ann] })).toMatchObject({ status: 204 });
  expect((await call("GET", `/groups/${id}/members`)).json).toEqual({ data: [{ id: ann }], next_cursor: null });
  expect((await call("GET", `/users/${ann}`)).json).toMatchObject({ license: "FREE" });
  const many = Array.from({ length: 101 }, () => ann);
  expect(await call("POST", `/groups/${id}/members`, { user_ids: many })).toMatchObject({ status: 422 });
  const stranger = { user_ids: [crypto.randomUUID()] };
  expect(await call("POST", `/groups/${id}/members`, stranger)).toMatchObject({ status: 422 });
  expect(await call("DELETE", `/groups/${id}/members/${ann}`)).toMatchObject({ status: 204 });
  expect(await call("DELETE", `/groups/${id}/members/${ann}`)).toMatchObject({ status: 404 });
  expect(await call("DELETE", `/groups/${id}`)).toMatchObject({ status: 204 });
  expect((await call("GET", "/groups")).json.data).toMatchObject([{ name: "Other" }]);
});

it("allows 16 requests a second on average, then 429 with Retry-After in seconds", async () => {
  simulation.seed({ requestsPerSecond: 16 });
  const answers = await Promise.all(Array.from({ length: 17 }, () => call("GET", "/licenses")));
  expect(answers.filter((one) => one.status === 200)).toHaveLength(16);
  const [refused] = answers.filter((one) => one.status === 429);
  expect(refused?.headers.get("retry-after")).toBe("1");
  simulation.advance(1000);
  expect(await call("GET", "/licenses")).toMatchObject({ status: 200 });
});

it("takes faults on command", async () => {
  simulation.inject([{ kind: "status", status: 500, match: { method: "GET", path: "^/v1/users$" } }]);
  expect(await call("GET", "/users").catch((failed: unknown) => failed)).toMatchObject({ status: 500 });
  expect(await call("GET", "/users")).toMatchObject({ status: 200 });
});
