// How a user stands, as the administrator sees it who asks why somebody has access or not.

import { describe, expect, it } from "vitest";
import { bodyOf, personOf, subjectOf } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";

const subject = subjectOf("klaxoon");
const reportOf = ({ gateway }: World, user: string) =>
  gateway.api("POST", `/connections/${gateway.name}/users/show`, { user });
const tracesOf = async ({ gateway }: World, query = "") =>
  (await gateway.api("GET", `/connections/${gateway.name}/traces${query}`)).body.traces;

describe("how a user stands", () => {
  it("S39: by any name: link, groups, licence, and the last requests with the one that made the user", async () => {
    const world = await open(subject);
    const person = personOf(subject, 1);
    const id = await world.create(person);
    const group = await world.createGroup("Designers", [id]);
    await world.get(`/Users/${id}`);
    for (const name of [id, person.key, person.key.toUpperCase()]) {
      const { status, body } = await reportOf(world, name);
      expect(status, name).toBe(200);
      expect(body.users).toMatchObject([
        {
          id,
          state: "live",
          userName: person.key,
          isActive: true,
          isProtected: false,
          inDoubtUntil: null,
          licence: "PRO",
          groups: [{ id: group, name: "Designers" }],
          owed: [],
          drift: [],
        },
      ]);
      const requests = body.users[0].requests.map(({ method, path }: Record<string, string>) => `${method} ${path}`);
      expect(requests).toEqual(["GET /Users/:id", "POST /Users"]);
    }
    expect((await tracesOf(world, `?user=${id}`)).map(({ method }: { method: string }) => method)).toEqual([
      "GET",
      "POST",
    ]);
    expect((await tracesOf(world, `?group=${group}`)).map(({ path }: { path: string }) => path)).toEqual(["/Groups"]);
  });

  it("S46 S55: what is owed and in doubt, since when a user is disabled, and what was deleted", async () => {
    const world = await open(subject);
    const id = await world.create(1);
    await world.fail({ kind: "late", delayMs: 200, match: { method: "PATCH" } });
    const change = (path: string, value: unknown) => world.patch(`/Users/${id}`, { op: "replace", path, value });
    expect((await change("name.givenName", "Augusta")).status).toBe(503);
    const kindsOwed = async () =>
      (await reportOf(world, id)).body.users[0].owed.map(({ kind }: { kind: string }) => kind);
    expect(await kindsOwed()).toEqual(["write"]);
    expect((await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: false })).status).toBeLessThan(
      300,
    );
    const disabled = (await reportOf(world, id)).body.users[0];
    expect(Date.parse(disabled.leftAt)).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(disabled.inDoubtUntil)).toBeGreaterThan(Date.now());
    expect(await kindsOwed()).toEqual(["doubt"]);
    expect((await world.scim("DELETE", `/Users/${id}`)).status).toBe(204);
    expect((await reportOf(world, id)).body.users).toMatchObject([{ state: "tombstone", groups: [] }]);
  });

  it("is 404 for nobody, and 400 without a name", async () => {
    const world = await open(subject);
    expect((await reportOf(world, "nobody@example.com")).status).toBe(404);
    expect((await reportOf(world, "")).status).toBe(400);
  });
});

it("S39: a trace is found by the beginning of its id, where that names one", async () => {
  const world = await open(subject);
  await world.scim("POST", "/Users", bodyOf(personOf(subject, 1)));
  const [{ id }] = await tracesOf(world);
  const show = (part: string) => world.gateway.api("GET", `/connections/${world.gateway.name}/traces/${part}`);
  for (const part of [id, id.slice(0, 8), id.slice(0, 20)]) expect((await show(part)).body.id, part).toBe(id);
  for (const part of [id.slice(0, 7), `${id}0`, "zzzzzzzz", "%25%25%25%25%25%25%25%25"]) {
    expect((await show(part)).status, part).toBe(404);
  }
});
