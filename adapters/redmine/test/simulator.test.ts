// Redmine as it was seen on 5.0.4 ([N6]; `npm run test:real` compares every answer with the real product).

import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Simulation } from "../../simulation.ts";
import { toLogin, toUserName } from "../login.ts";
import { createRedmineSimulation, redmineDemoSettings, redmineState } from "../simulator.ts";

const ORIGIN = "https://redmine.invalid";
const apiKey = String(redmineDemoSettings(ORIGIN).apiKey);

let simulation: Simulation;
beforeEach(() => {
  simulation = createRedmineSimulation();
});

async function call(method: string, path: string, body?: unknown, key = apiKey) {
  const answer = await simulation.fetch(
    new Request(`${ORIGIN}${path}`, {
      method,
      headers: { "x-redmine-api-key": key },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    }),
  );
  const text = await answer.text();
  // The tests compare what was answered with literals.
  return { status: answer.status, json: text === "" ? "" : JSON.parse(text), location: answer.headers.get("location") };
}

const person = (login: string, more: object = {}) => ({
  user: {
    login,
    firstname: "Ada",
    lastname: "Lovelace",
    mail: `${login}@example.com`,
    generate_password: true,
    ...more,
  },
});
const add = async (login: string, more: object = {}) =>
  (await call("POST", "/users.json", person(login, more))).json.user;
const logins = async (query: string) =>
  (await call("GET", `/users.json?${query}`)).json.users.map((user: { login: string }) => user.login);

describe("users", () => {
  it("are created with 201, their record and its place; the first id is 5", async () => {
    const { status, json, location } = await call("POST", "/users.json", person("ada", { mail: " ada@example.com " }));
    expect({ status, location }).toEqual({ status: 201, location: `${ORIGIN}/users/5` });
    expect(json.user).toMatchObject({ id: 5, login: "ada", mail: "ada@example.com", status: 1, admin: false });
    expect((await call("GET", "/users/5.json")).json).toEqual(json);
    expect(Object.keys(json.user)).toContain("api_key");
  });

  it("are refused with every reason at once, in the language of the key's owner", async () => {
    await add("ada");
    expect(await call("POST", "/users.json", person("ADA"))).toMatchObject({
      status: 422,
      json: { errors: ["Email has already been taken", "Login has already been taken"] },
    });
    await call("PUT", "/users/1.json", { user: { language: "de" } });
    expect((await call("POST", "/users.json", person("o'x", { firstname: "", status: 7 }))).json.errors).toEqual([
      "Status ist nicht gültig",
      "Vorname muss ausgefüllt werden",
      "Mitgliedsname ist nicht gültig",
    ]);
  });

  it("are taken up to 60, 30 and 254 characters", async () => {
    const long = (length: number) => "x".repeat(length);
    const longest = { firstname: "é".repeat(30), lastname: "😀".repeat(30), mail: `${long(242)}@example.com` };
    expect((await call("POST", "/users.json", person(long(60), longest))).status).toBe(201);
    for (const more of [{ firstname: long(31) }, { lastname: long(31) }, { mail: `${long(243)}@example.com` }]) {
      expect((await call("POST", "/users.json", person("ada", more))).status).toBe(422);
    }
    expect((await call("POST", "/users.json", person(long(61)))).status).toBe(422);
  });

  it("are listed without their status: the active ones, or all of them where it is empty", async () => {
    await add("bob", { status: 3 });
    await add("cyd", { status: 2 });
    expect(await logins("")).toEqual(["admin"]);
    expect(await logins("status=3")).toEqual(["bob"]);
    expect(await logins("status=")).toEqual(["admin", "bob", "cyd"]);
    const { json } = await call("GET", "/users.json?status=&offset=1&limit=1");
    expect(json).toMatchObject({ total_count: 3, offset: 1, limit: 1, users: [{ login: "bob" }] });
    expect(json.users[0]).not.toHaveProperty("status");
    expect((await call("GET", "/users.json?limit=1000")).json.limit).toBe(100);
    expect((await call("GET", "/users.json?limit=0")).json.limit).toBe(25);
  });

  it("are searched by a part of login, address or names", async () => {
    await add("bob", { status: 3 });
    expect(await logins("status=&name=OB@example")).toEqual(["bob"]);
    expect(await logins("status=&name=love%20ada")).toEqual(["bob"]);
    expect(await logins("name=bob")).toEqual([]);
    expect(await logins("status=&name=%20")).toEqual(["admin", "bob"]);
    expect(await logins("status=&name=b_b")).toEqual([]);
  });

  it("change by what is sent, and answer nothing", async () => {
    await add("ada");
    expect(await call("PUT", "/users/5.json", { user: { status: 3 } })).toMatchObject({ status: 204, json: "" });
    expect((await call("GET", "/users/5.json")).json.user).toMatchObject({ login: "ada", status: 3 });
    expect((await call("PUT", "/users/5.json", {})).status).toBe(500);
    expect(await call("PUT", "/users/9.json", person("x"))).toMatchObject({ status: 404, json: "" });
  });

  it("are gone when deleted, and the last id is given again, to groups too", async () => {
    await add("ada");
    expect((await call("DELETE", "/users/5.json")).status).toBe(204);
    expect((await call("DELETE", "/users/5.json")).status).toBe(404);
    expect((await call("POST", "/groups.json", { group: { name: "Team" } })).json.group.id).toBe(5);
    expect((await add("bob")).id).toBe(6);
    expect((await call("DELETE", "/users/1.json")).status).toBe(422);
  });
});

describe("the key", () => {
  it("opens lists and writes; without it one user is shown as far as that is public", async () => {
    await add("ada");
    await add("bob", { status: 3 });
    expect((await call("GET", "/users.json", undefined, "bad")).status).toBe(401);
    expect((await call("DELETE", "/users/5.json", undefined, "bad")).status).toBe(401);
    const shown = await call("GET", "/users/5.json", undefined, "bad");
    expect(shown.status).toBe(200);
    expect(shown.json.user).not.toHaveProperty("status");
    expect((await call("GET", "/users/6.json", undefined, "bad")).status).toBe(404);
    simulation.seed({ restEnabled: false });
    expect((await call("GET", "/users.json")).status).toBe(403);
  });

  it("locks itself out when its owner is locked", async () => {
    expect((await call("PUT", "/users/1.json", { user: { status: 3 } })).status).toBe(204);
    expect((await call("GET", "/users.json")).status).toBe(401);
  });
});

describe("groups", () => {
  it("take the new members, and refuse only where all are members already", async () => {
    for (const login of ["ada", "bob", "cyd"]) await add(login);
    const group = { name: "Team", user_ids: [5] };
    expect(await call("POST", "/groups.json", { group })).toMatchObject({ status: 201, json: { group: { id: 8 } } });
    const members = (user_ids: number[]) => call("POST", "/groups/8/users.json", { user_ids });
    expect((await members([5, 6])).status).toBe(204);
    expect(await members([5, 6, 99])).toMatchObject({ status: 422, json: { errors: ["User is invalid"] } });
    expect((await members([99, 7])).status).toBe(204);
    expect((await call("DELETE", "/groups/8/users/5.json")).status).toBe(204);
    expect((await call("DELETE", "/groups/8/users/5.json")).status).toBe(204);
    expect(await call("DELETE", "/groups/8/users/99.json")).toMatchObject({ status: 404, json: { status: 404 } });
    expect((await call("GET", "/groups/8.json?include=users")).json.group.users).toEqual([
      { id: 6, name: "Ada Lovelace" },
      { id: 7, name: "Ada Lovelace" },
    ]);
    await call("DELETE", "/users/6.json");
    expect(redmineState.parse(simulation.state).groups["8"]?.users).toEqual([7]);
  });

  it("have unique names of at most 255 characters", async () => {
    const make = async (name: string) => (await call("POST", "/groups.json", { group: { name } })).json;
    await make("Team");
    expect(await make("TEAM")).toEqual({ errors: ["Name has already been taken"] });
    expect(await make("")).toEqual({ errors: ["Name cannot be blank"] });
    expect(await make("x".repeat(256))).toEqual({ errors: ["Name is too long (maximum is 255 characters)"] });
    const unknown = await call("POST", "/groups.json", { group: { name: "Bad", user_ids: [99] } });
    expect(unknown).toMatchObject({ status: 404, json: { status: 404, error: "Not Found" } });
  });
});

describe("logins", () => {
  it.each([
    ["ada@example.com", "ada@example.com"],
    ["o'brien@example.com", "o_x0027_brien@example.com"],
    ["a b#EXT#@x.example", "a_x0020_b_x0023_EXT_x0023_@x.example"],
    ["_x0027_", "_x005F_x0027_"],
    ["_x0027_x0027_'", "_x005F_x0027_x005F_x0027__x0027_"],
    ["_x0041'", "_x005F_x0041_x0027_"],
    ["__x0041__", "__x005F_x0041__"],
    ["zoë😀", "zo_x00EB__xD83D__xDE00_"],
  ])("S11: %s travels as %s and comes back", (userName, login) => {
    expect(toLogin(userName)).toBe(login);
    expect(toUserName(login)).toBe(userName);
  });

  it("S11: every userName comes back, and its login is one that Redmine allows", () => {
    const tricky = fc.string({ unit: fc.constantFrom(..."_x0027A5F'é😀@.-"), maxLength: 30 });
    fc.assert(
      fc.property(fc.oneof(tricky, fc.string({ unit: "binary" })), (userName) => {
        expect(toLogin(userName)).toMatch(/^[A-Za-z0-9_\-@.]*$/);
        expect(toUserName(toLogin(userName))).toBe(userName);
      }),
      { numRuns: 2_000 },
    );
  });

  it("S11: one that was made in Redmine and merely looks like that stays as it is", () => {
    for (const login of ["a_x0041_b", "_x002D_", "x_xyz_"]) expect(toUserName(login)).toBe(login);
  });
});
