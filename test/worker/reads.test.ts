// What reads cost: calls to the vendor, and statements in the object's own database [S26] [S30].

import { describe, expect, it } from "vitest";
import example from "../../adapters/rest/example.json" with { type: "json" };
import { subjectOf } from "../suite/subject.ts";
import { open, strangerOf, type World } from "../suite/world.ts";
import { watchStatements } from "./statements.ts";

const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

/** What a request costs: calls to the vendor, and statements. */
async function costOf(world: World, path: string) {
  const { answer, statements } = await watchStatements(world.gateway, () => world.watch(() => world.get(path)));
  expect(answer.answer.status, JSON.stringify(answer.answer.body)).toBe(200);
  const { body } = answer.answer;
  return { body, calls: answer.calls.length, statements };
}

const named = (path: string, name: string) => `${path}?filter=${encodeURIComponent(`userName eq "${name}"`)}`;

describe("statements of a read", () => {
  it("S26: a get, a match, a miss and a list of 100 take few, however many people there are", async () => {
    const subject = subjectOf("rest");
    const world = await open(subject, { strangers: many(120).map((n) => strangerOf(subject, n)) });
    const list = await costOf(world, "/Users?count=100");
    expect(list.body.Resources).toHaveLength(100);
    expect(list.calls).toBeLessThanOrEqual(2);
    expect(list.statements.length, list.statements.join("\n")).toBeLessThanOrEqual(12);
    const { id, userName } = list.body.Resources[7];
    // Whom a client meets for the first time in an hour is noted.
    await world.get(named("/Users", userName));
    for (const [path, most] of [
      [`/Users/${id}`, 3],
      [named("/Users", userName), 4],
      [named("/Users", "nobody"), 4],
    ] as const) {
      const { calls, statements } = await costOf(world, path);
      expect(calls, path).toBe(1);
      expect(statements.length, statements.join("\n")).toBeLessThanOrEqual(most);
    }
  });
});

describe("pages out of the vendor's list", () => {
  it.each(["rest", "klaxoon", "keepabl"])(
    "S26: a page of 50 with 30 new ones takes four calls at most (%s)",
    async (vendor) => {
      const subject = subjectOf(vendor);
      const world = await open(subject, { strangers: many(20).map((n) => strangerOf(subject, n)) });
      for (const n of many(30, 20)) await world.create(n);
      await world.outwait();
      const fresh = await costOf(world, "/Users?count=50");
      expect(fresh.body.Resources).toHaveLength(50);
      expect(fresh.calls).toBeLessThanOrEqual(4);
      // Where they are is noted now.
      const again = await costOf(world, "/Users?count=50");
      expect(again.body.Resources).toEqual(fresh.body.Resources);
      expect(again.calls).toBeLessThanOrEqual(2);
    },
  );

  it("S26 S10: who has left the vendor, or moved to another page, is not shown wrongly; a page that it refuses is no answer", async () => {
    const subject = subjectOf("rest");
    const world = await open(subject, { strangers: many(130).map((n) => strangerOf(subject, n)) });
    const names = async (path: string): Promise<string[]> =>
      (await costOf(world, path)).body.Resources.map((one: { userName: string }) => one.userName);
    const before = await names("/Users?startIndex=101&count=30");
    const [first] = await world.users();
    await world.change((state) => subject.native.withoutUser(state, first?.id ?? ""));
    const shifted = await costOf(world, "/Users?startIndex=101&count=30");
    expect(shifted.body.Resources.map((one: { userName: string }) => one.userName)).toEqual(before);
    // The one on the page before is read by itself.
    expect(shifted.calls).toBeLessThanOrEqual(3);
    const rest = await costOf(world, "/Users?count=100");
    expect(rest.body.Resources).toHaveLength(100);
    expect(rest.body.totalResults).toBe(129);
    expect(rest.body.Resources.map((one: { userName: string }) => one.userName)).not.toContain(first?.key);
    await world.fail({ kind: "status", status: 400, times: 1, match: { method: "GET", path: "/people$" } });
    const alone = await costOf(world, "/Users?startIndex=101&count=10");
    expect(alone.body.Resources).toHaveLength(10);
  });

  it("S26 S27: a list finds what was changed at the vendor, and says so as a read does", async () => {
    const subject = subjectOf("rest");
    const world = await open(subject, { strangers: many(3).map((n) => strangerOf(subject, n)) });
    await costOf(world, "/Users");
    const [one] = await world.users();
    await world.change((state) => {
      const people = structuredClone(state.people) as Record<string, { profile: { title: string } }>;
      const person = people[one?.id ?? ""];
      if (person) person.profile.title = "Changed at the vendor";
      return { ...state, people };
    });
    const { body } = await costOf(world, "/Users");
    expect(body.Resources[0].title).toBe("Changed at the vendor");
    const drift = await world.gateway.api("GET", `/connections/${world.gateway.name}/drift`);
    expect(drift.body.findings).toMatchObject([{ kind: "changed" }]);
  });

  it("S15 S26: a page of groups without members asks for no member list", async () => {
    const subject = subjectOf("rest");
    const world = await open(subject);
    const user = await world.create(1);
    const { id } = await world.user((await world.get(`/Users/${user}`)).body.userName);
    for (const name of ["A", "B", "C"]) await world.change((state) => subject.native.withGroup(state, name, [id]));
    await world.sweep();
    for (const query of ["excludedAttributes=members", "attributes=displayName"]) {
      const { body, calls } = await costOf(world, `/Groups?${query}`);
      expect(body.Resources.map((one: { displayName: string }) => one.displayName)).toEqual(["A", "B", "C"]);
      expect(calls, query).toBe(1);
    }
  });
});

describe("a manager", () => {
  const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

  it("S54: is looked up once for many users, again after a refusal, and never where they are gone here", async () => {
    const world = await open(subjectOf("rest"));
    const ids: string[] = [];
    for (const n of many(4)) ids.push(await world.create(n));
    const [boss = "", ...others] = ids;
    const calls: number[] = [];
    const set = async (id: string | undefined) => {
      const work = () =>
        world.patch(`/Users/${id}`, { op: "replace", path: `${enterprise}:manager`, value: { value: boss } });
      const { answer, all } = await world.watch(work);
      calls.push(all.length);
      return answer;
    };
    for (const id of others.slice(0, 2)) expect((await set(id)).body[enterprise].manager.value).toBe(boss);
    expect(calls).toEqual([3, 2]);
    await world.fail({ kind: "status", status: 422, times: 1, match: { method: "PATCH" } });
    expect((await set(others[2])).status).toBe(400);
    expect((await set(others[2])).status).toBe(200);
    expect(calls).toEqual([3, 2, 2, 3]);
    expect((await world.scim("DELETE", `/Users/${boss}`)).status).toBe(204);
    const gone = await set(others[0]);
    expect(gone.status).toBe(400);
  });
});

describe("a page that the vendor's minute cannot pay", () => {
  const slow = {
    ...example,
    limits: { perMinute: 60 },
    users: { ...example.users, list: { ...example.users.list, rows: "partial" } },
  };

  it("S26: is cut, truly counted; what it can pay later is 429 with the time, before a call is made", async () => {
    const subject = subjectOf("rest");
    const strangers = many(40).map((n) => strangerOf(subject, n));
    const world = await open(subject, { strangers, settings: () => ({ description: slow }) });
    const cut = await costOf(world, "/Users?count=100");
    expect(cut.body).toMatchObject({ totalResults: 40, itemsPerPage: 30, startIndex: 1 });
    const { answer, calls } = await world.watch(() => world.get("/Users?count=100"));
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect(calls).toEqual([]);
    // What is left of the minute is for others.
    const { status } = await world.find("Users", `userName eq "${strangers[3]?.key}"`);
    expect(status).toBe(200);
  });
});
