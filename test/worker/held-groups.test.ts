// Groups that Portico holds for a product that has none: what the scenarios of the suite do not ask [S52].

import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { simulateAuthentik } from "../../cli/simulate/authentik/cycle.ts";
import { simulateEntra } from "../../cli/simulate/entra/cycle.ts";
import { simulateOkta } from "../../cli/simulate/okta/cycle.ts";
import { silentProgress } from "../../cli/simulate/progress.ts";
import { CORE_GROUP } from "../dialogues/dialogue.ts";
import { groupBodyOf, personOf, subjectOf, withGroupsHeld } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";
import { createGateway } from "./gateway.ts";

const HELD = withGroupsHeld(subjectOf("keepabl"));
const add = (...ids: string[]) => ({ op: "add", path: "members", value: ids.map((value) => ({ value })) });
const remove = (id: string) => ({ op: "remove", path: `members[value eq "${id}"]` });
const change = (world: World, body: object) => world.gateway.api("PATCH", `/connections/${world.gateway.name}`, body);
const shown = async (world: World) => (await world.gateway.api("GET", `/connections/${world.gateway.name}`)).body;
const memberIds = (body: { members?: { value: string }[] }) => (body.members ?? []).map(({ value }) => value).sort();

/** Runs SQL in the connection's object; the rows. */
const inObject = (world: World, text: string, ...values: unknown[]) =>
  runInDurableObject(env.CONNECTION.getByName(world.gateway.id), (_object, { storage }) =>
    storage.sql.exec(text, ...values).toArray(),
  );

async function openWithGroup(...numbers: number[]) {
  const world = await open(HELD);
  const users: string[] = [];
  for (const n of numbers) users.push(await world.create(n));
  const group = await world.createGroup("Sales", users);
  return { world, users, group, path: `/Groups/${group}` };
}

describe("S52: what discovery and the API say", () => {
  it("S52: /Schemas and /ResourceTypes show Group only where groups are held, and say what that means", async () => {
    const [without, held] = [await open(subjectOf("keepabl")), await open(HELD)];
    expect((await without.get("/ResourceTypes")).body.Resources).toHaveLength(1);
    expect(await without.get(`/Schemas/${CORE_GROUP}`)).toMatchObject({ status: 404 });
    const types = (await held.get("/ResourceTypes")).body.Resources;
    expect(types.map(({ name }: { name: string }) => name)).toEqual(["User", "Group"]);
    const schema = await held.get(`/Schemas/${CORE_GROUP}`);
    expect(schema.body.description).toContain("Keepabl has no groups: the gateway holds groups and memberships itself");
    const names = schema.body.attributes.map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual(["displayName", "externalId", "members"]);
    const { body } = await held.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User");
    expect(body.attributes.map(({ name }: { name: string }) => name)).toContain("groups");
  });

  it("S52: held groups are refused for a product that has groups, when a connection is made and when it is changed", async () => {
    await expect(createGateway("keepnet", { groups: "held" })).rejects.toThrow(/has groups of its own/);
    await expect(createGateway("rest", { groups: "held" })).rejects.toThrow(/has groups of its own/);
    const world = await open(subjectOf("keepnet"));
    const refused = await change(world, { groups: "held" });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: "groups" }] } });
    expect((await shown(world)).groups).toBe("none");
    expect(await change(world, { groups: "shared" })).toMatchObject({ status: 400 });
  });

  it("S52: the groups end with a confirmation that names how many; afterwards none is left", async () => {
    const { world, users, group, path } = await openWithGroup(1, 2);
    expect(await shown(world)).toMatchObject({ groups: "held", heldGroups: { groups: 1, memberships: 2 } });
    const refused = await change(world, { groups: "none" });
    expect(refused).toMatchObject({ status: 409 });
    expect(refused.body.detail).toMatch(/^1 groups and 2 memberships .*confirm: true/);
    expect(await world.get(path)).toMatchObject({ status: 200 });

    expect(await change(world, { groups: "none", confirm: true })).toMatchObject({ status: 200 });
    expect(await shown(world)).not.toHaveProperty("heldGroups");
    expect((await world.get("/Groups")).body).toMatchObject({ totalResults: 0 });
    expect(await world.scim("POST", "/Groups", groupBodyOf(HELD, "Sales"))).toMatchObject({ status: 501 });
    expect((await world.get(`/Users/${users[0]}`)).body.groups).toBeUndefined();
    expect(await inObject(world, "select id from links where type = 'Group'")).toEqual([]);
    expect(await inObject(world, "select * from members")).toEqual([]);

    expect(await change(world, { groups: "held" })).toMatchObject({ status: 200 });
    expect(await world.get(path)).toMatchObject({ status: 404 });
    expect(await world.createGroup("Sales", users)).not.toBe(group);
    // Without any group there is nothing to confirm.
    const empty = await open(HELD);
    expect(await change(empty, { groups: "none" })).toMatchObject({ status: 200 });
  });

  it("S52: a group that a request stores while they end is not there when they begin again", async () => {
    const { world } = await openWithGroup(1);
    await change(world, { groups: "none", confirm: true });
    await inObject(
      world,
      `insert into links (id, type, state, native_id, name, name_key, is_active, version, members_loaded, created_at, modified_at, is_hidden)
       values ('late', 'Group', 'live', 'n1', 'Late', 'late', 1, 1, 1, 1, 1, 0)`,
    );
    await change(world, { groups: "held" });
    expect((await world.get("/Groups")).body).toMatchObject({ totalResults: 0 });
  });
});

describe("S52: no native call", () => {
  it("S52: while the product is down every request about groups is answered", async () => {
    const { world, users, path } = await openWithGroup(1, 2, 3);
    const [one = "", two = "", three = ""] = users;
    await world.outwait();
    await world.fail({ kind: "status", status: 503, times: 1_000 });
    const { all } = await world.watch(async () => {
      const made = await world.scim("POST", "/Groups", groupBodyOf(HELD, "Support", [one, two]));
      expect(made).toMatchObject({ status: 201 });
      const other = `/Groups/${made.body.id}`;
      expect(await world.patch(other, remove(one), add(three))).toMatchObject({ status: 204 });
      const emptied = { op: "Remove", path: "members", value: [{ value: two }] };
      expect(await world.patch(other, emptied)).toMatchObject({ status: 204 });
      expect(memberIds((await world.get(other)).body)).toEqual([three]);
      const okta = { op: "replace", value: { id: made.body.id, displayName: "Support EMEA" } };
      expect(await world.patch(other, okta)).toMatchObject({ status: 204 });
      expect(await world.scim("PUT", path, { ...groupBodyOf(HELD, "Sales", [one]) })).toMatchObject({ status: 200 });
      for (const filter of ['displayName eq "support emea"', `members eq "${three}"`, `members[value eq "${three}"]`])
        expect((await world.find("Groups", filter)).body.Resources, filter).toMatchObject([{ id: made.body.id }]);
      expect((await world.find("Groups", 'externalId eq "ext-Sales"')).body.totalResults).toBe(1);
      expect((await world.find("Groups", 'displayName sw "sup"')).body.totalResults).toBe(1);
      expect((await world.get("/Groups?sortBy=displayName&sortOrder=descending")).body.Resources).toMatchObject([
        { displayName: "Support EMEA" },
        { displayName: "Sales" },
      ]);
      expect(await world.scim("DELETE", other)).toMatchObject({ status: 204 });
      return world.get(`${path}?excludedAttributes=members`);
    });
    expect(all).toEqual([]);
  });

  it("S52 S28: versions count changes, and If-Match compares with them", async () => {
    const { world, users, path } = await openWithGroup(1);
    const before = (await world.get(path)).headers.get("etag") ?? "";
    expect(await world.patch(path, add(users[0] ?? ""))).toMatchObject({ status: 204 });
    expect((await world.get(path)).headers.get("etag")).toBe(before);
    const rename = { op: "replace", path: "displayName", value: "Sales 2" };
    expect(await world.patch(path, rename)).toMatchObject({ status: 204 });
    const body = groupBodyOf(HELD, "Sales 3");
    expect(await world.scim("PUT", path, body, { "if-match": before })).toMatchObject({ status: 412 });
    const now = (await world.get(path)).headers.get("etag") ?? "";
    expect(await world.scim("PUT", path, body, { "if-match": now })).toMatchObject({ status: 200 });
  });

  it("S52 S20: the brake counts nothing of them, and a user's own kinds as ever", async () => {
    const line = { share: 0, count: 1, minutes: 60 };
    const kinds = { membership: line, emptied: line };
    const world = await open(HELD, { brake: { share: 1, count: 1_000, minutes: 60, kinds } });
    const users: string[] = [];
    for (let n = 1; n <= 6; n++) users.push(await world.create(n));
    const path = `/Groups/${await world.createGroup("Sales", users)}`;
    expect(await world.patch(path, { op: "remove", path: "members" })).toMatchObject({ status: 204 });
    expect(await world.patch(path, add(...users))).toMatchObject({ status: 204 });
    expect(await world.scim("DELETE", path)).toMatchObject({ status: 204 });
    expect(await inObject(world, "select * from brake_counts where kind in ('membership', 'emptied')")).toEqual([]);
  });

  it("S52: sweeps look for users only, and leave the groups alone", async () => {
    const { world, users, path } = await openWithGroup(1, 2);
    await world.outwait();
    await world.sweep();
    const { body } = await world.gateway.api("GET", `/connections/${world.gateway.name}/sweep`);
    expect(body.sweeps.map(({ type }: { type: string }) => type)).toEqual(["User"]);
    expect(memberIds((await world.get(path)).body)).toEqual([...users].sort());
    const drift = await world.gateway.api("GET", `/connections/${world.gateway.name}/drift`);
    expect(drift.body.findings).toEqual([]);
  });
});

describe("S52: members who go", () => {
  it("S52 S8: DELETE of a user deletes their rows", async () => {
    const { world, users, path } = await openWithGroup(1, 2);
    expect(await world.scim("DELETE", `/Users/${users[0]}`)).toMatchObject({ status: 204 });
    expect(memberIds((await world.get(path)).body)).toEqual([users[1]]);
    expect(await inObject(world, "select user_id from members")).toEqual([{ user_id: users[1] }]);
  });

  it("S52 S10: a user who is gone at the product is no member, and is one again with the same record", async () => {
    const { world, users, path } = await openWithGroup(1, 2);
    const [gone = "", stays = ""] = users;
    const { id } = await world.user(personOf(HELD, 1).key);
    const before = await world.state();
    await world.change((state) => HELD.native.withoutUser(state, id));
    await world.outwait();
    expect(await world.get(`/Users/${gone}`)).toMatchObject({ status: 404 });
    expect(memberIds((await world.get(path)).body)).toEqual([stays]);
    expect((await world.find("Groups", `members eq "${gone}"`)).body.totalResults).toBe(0);
    expect(await world.patch(path, add(gone))).toMatchObject({ status: 400 });
    await world.change(() => before);
    await world.outwait();
    const found = await world.find("Users", `userName eq "${personOf(HELD, 1).key}"`);
    expect(found.body.Resources).toMatchObject([{ id: gone, groups: [{ display: "Sales" }] }]);
    expect(memberIds((await world.get(path)).body)).toEqual([...users].sort());
  });

  it.each([
    ["by filter", (gone: string) => remove(gone)],
    ["by value", (gone: string) => ({ op: "remove", path: "members", value: [{ value: gone }] })],
    [
      "by a whole list",
      (_gone: string, stays: string) => ({ op: "replace", path: "members", value: [{ value: stays }] }),
    ],
  ])(
    "S52 S14: whom a client takes out %s while they are gone is no member when they return",
    async (_how, operation) => {
      const { world, users, path } = await openWithGroup(1, 2);
      const [gone = "", stays = ""] = users;
      const { id } = await world.user(personOf(HELD, 1).key);
      const before = await world.state();
      await world.change((state) => HELD.native.withoutUser(state, id));
      await world.outwait();
      expect(await world.get(`/Users/${gone}`)).toMatchObject({ status: 404 });
      expect(await world.patch(path, operation(gone, stays))).toMatchObject({ status: 204 });
      await world.change(() => before);
      await world.outwait();
      expect((await world.find("Users", `userName eq "${personOf(HELD, 1).key}"`)).body.totalResults).toBe(1);
      expect(memberIds((await world.get(path)).body)).toEqual([stays]);
    },
  );
});

it("S52 S23: a create and a change that were cut off are finished at once, without a wait for the product", async () => {
  const { world, users, path } = await openWithGroup(1, 2);
  const [one = "", two = ""] = users;
  const cutOff = async (table: string, request: () => Promise<{ status: number }>) => {
    await inObject(world, `create trigger cut before insert on ${table} begin select raise(abort, 'cut off'); end`);
    expect((await request()).status).toBeGreaterThanOrEqual(500);
    await inObject(world, "drop trigger cut");
    expect(await inObject(world, "select state from intents")).toMatchObject([{ state: "open" }]);
  };
  const create = () => world.scim("POST", "/Groups", groupBodyOf(HELD, "Support", [one]));
  await cutOff("links", create);
  expect(await world.find("Groups", 'displayName eq "Support"')).toMatchObject({
    status: 200,
    body: { totalResults: 0 },
  });
  expect(await create()).toMatchObject({ status: 201, body: { members: [{ value: one }] } });
  expect(await world.patch(path, remove(two))).toMatchObject({ status: 204 });
  await cutOff("members", () => world.patch(path, add(two)));
  expect(memberIds((await world.get(path)).body)).toEqual([one]);
  expect(await world.patch(path, add(two))).toMatchObject({ status: 204 });
  expect(memberIds((await world.get(path)).body)).toEqual([one, two].sort());
});

it("S52 S21: in plan mode groups change in the plan alone", async () => {
  const { world, users, path } = await openWithGroup(1, 2);
  const [one = "", two = ""] = users;
  await world.outwait();
  expect(await change(world, { mode: "plan" })).toMatchObject({ status: 200 });
  const made = await world.scim("POST", "/Groups", groupBodyOf(HELD, "Planned", [one]));
  expect(made).toMatchObject({ status: 201 });
  expect(memberIds((await world.get(`/Groups/${made.body.id}`)).body)).toEqual([one]);
  expect(await world.patch(path, remove(two))).toMatchObject({ status: 204 });
  expect(memberIds((await world.get(path)).body)).toEqual([one]);
  const rename = { op: "replace", path: "displayName", value: "Other" };
  expect(await world.patch(path, rename)).toMatchObject({ status: 204 });
  expect((await world.get(`/Users/${one}`)).body.groups).toHaveLength(2);
  expect(await change(world, { mode: "live", confirm: true })).toMatchObject({ status: 200 });
  expect((await world.get(path)).body).toMatchObject({ displayName: "Sales", members: [{}, {}] });
  expect(await world.get(`/Groups/${made.body.id}`)).toMatchObject({ status: 404 });
});

it("S52 S18: a paused connection answers 503 for held groups, too", async () => {
  const { world, path } = await openWithGroup(1);
  expect(await change(world, { mode: "paused" })).toMatchObject({ status: 200 });
  expect(await world.get(path)).toMatchObject({ status: 503 });
  expect(await world.get("/Groups")).toMatchObject({ status: 503 });
});

describe("S52: played clients deviate nowhere", () => {
  const played = async (
    play: (simulation: Parameters<typeof simulateEntra>[0]) => ReturnType<typeof simulateEntra>,
  ) => {
    const { gateway } = await open(HELD);
    return play({
      tenantUrl: new URL("https://scim.example.com/scim/v2"),
      token: async () => gateway.token,
      users: 5,
      groups: 2,
      flag: false,
      seed: 1,
      concurrency: 4,
      keep: false,
      fetch: (input, init) => exports.default.fetch(new Request(input, init)),
      progress: silentProgress,
    });
  };

  it("S52 E14 E17: Entra", async () => {
    const report = await played(simulateEntra);
    expect(report.deviations).toEqual([]);
    expect(report.steps.map(({ step }) => step)).toEqual(expect.arrayContaining(["E17", "E20"]));
  });

  it("S52: Okta and authentik", async () => {
    expect((await played(simulateOkta)).deviations).toEqual([]);
    expect((await played(simulateAuthentik)).deviations).toEqual([]);
  });
});
