// Keepnet's settings of its "SCIM integration": one group for everybody, a group by department or by a custom field, and custom
// fields under SCIM attributes ([N1.2], assumed; [S52]).

import { describe, expect, it } from "vitest";
import { ask, expectError, patchOf } from "../../../test/dialogues/dialogue.ts";
import { drainOwed } from "../../../test/worker/clock.ts";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";
import { keepnet } from "../view.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const COST_CENTRE = "urn:ietf:params:scim:schemas:extension:keepnet:2.0:User:costCentre";

const person = (n: number, department?: string, more: object = {}) => ({
  userName: `user${n}@x.test`,
  externalId: `ext-${n}`,
  emails: [{ type: "work", value: `user${n}@x.test` }],
  name: { givenName: `User${n}`, familyName: "Example" },
  ...(department === undefined ? {} : { [ENTERPRISE]: { department } }),
  ...more,
});
const open = (settings: object, more: object = {}) => createGateway("keepnet", { settings, ...more });

async function add(gateway: Gateway, n: number, department?: string, more?: object): Promise<string> {
  return (await ask(gateway, "POST", "/Users", 201, person(n, department, more))).body.id;
}
const set = (gateway: Gateway, id: string, path: string, value: unknown) =>
  ask(gateway, "PATCH", `/Users/${id}`, 200, patchOf({ op: value === null ? "remove" : "replace", path, value }));

/** The groups at the product with their members' numbers, once what is owed is done. */
async function groupsAt(gateway: Gateway, ms = 0): Promise<Record<string, number[]>> {
  await drainOwed(gateway, "placement", ms);
  const { body } = await gateway.vendor("GET", "/state");
  const numbers = new Map(keepnet.users(body).map(({ id, key }) => [id, Number(/\d+/.exec(key)?.[0])]));
  const groups = keepnet
    .groups(body)
    .map(({ name, memberIds }) => [name, memberIds.map((id) => numbers.get(id) ?? -1)]);
  return Object.fromEntries(groups.map(([name, members]) => [name, [...(members as number[])].sort()]));
}
async function owed(gateway: Gateway): Promise<{ isParked: boolean; userName: string }[]> {
  return (await gateway.api("GET", `/connections/${gateway.name}/pending?kind=placement`)).body.owed;
}

describe("targetGroup", () => {
  it("S52: everybody whom clients provision joins it, and nobody else", async () => {
    const gateway = await open({ targetGroup: "Everybody" });
    await add(gateway, 1);
    await add(gateway, 2);
    const { users } = (await gateway.vendor("GET", "/state")).body;
    const [first] = Object.entries<object>(users);
    const other = { ...first?.[1], resourceId: "other", email: "user9@x.test" };
    await gateway.vendor("PATCH", "/state", { users: { ...users, other } });
    expect((await ask(gateway, "GET", '/Users?filter=userName eq "user9@x.test"', 200)).body.totalResults).toBe(1);
    expect(await groupsAt(gateway)).toEqual({ Everybody: [1, 2] });
    expect(await owed(gateway)).toEqual([]);
    // Whom a client writes is provisioned from then on.
    const { Resources } = (await ask(gateway, "GET", '/Users?filter=userName eq "user9@x.test"', 200)).body;
    await set(gateway, Resources[0].id, "externalId", "ext-9");
    expect(await groupsAt(gateway)).toEqual({ Everybody: [1, 2, 9] });
  });

  it("S8 S14: a disabled user stays, and who is deleted leaves", async () => {
    const gateway = await open({ targetGroup: "Everybody", onDelete: "disable" });
    const [ada, bob] = [await add(gateway, 1), await add(gateway, 2)];
    await groupsAt(gateway);
    await set(gateway, ada, "active", false);
    expect(await groupsAt(gateway)).toEqual({ Everybody: [1, 2] });
    await ask(gateway, "DELETE", `/Users/${bob}`, 204);
    expect(await groupsAt(gateway)).toEqual({ Everybody: [1] });
  });

  it("S52: a group of the product's is used, with the members that it has", async () => {
    const seed = { groups: { g1: { resourceId: "g1", name: "everybody", createTime: "2026-01-01T00:00:00Z" } } };
    const gateway = await open({ targetGroup: "Everybody" }, { seed });
    await add(gateway, 1);
    expect(await groupsAt(gateway)).toEqual({ everybody: [1] });
  });
});

describe("groupBy", () => {
  it("S52: a person moves with the value, and leaves with its end", async () => {
    const gateway = await open({ groupBy: "department" });
    const [ada] = [await add(gateway, 1, "Sales"), await add(gateway, 2, "Sales"), await add(gateway, 3)];
    expect(await groupsAt(gateway)).toEqual({ Sales: [1, 2] });
    await set(gateway, ada, `${ENTERPRISE}:department`, "Legal");
    expect(await groupsAt(gateway)).toEqual({ Sales: [2], Legal: [1] });
    await set(gateway, ada, `${ENTERPRISE}:department`, null);
    expect(await groupsAt(gateway)).toEqual({ Sales: [2], Legal: [] });
  });

  it("S52: clients do not see these groups, may not touch them, and cannot make one of the name", async () => {
    const gateway = await open({ groupBy: "department" });
    const ada = await add(gateway, 1, "Sales");
    const sales = (await ask(gateway, "GET", '/Groups?filter=displayName eq "Sales"', 200)).body;
    expect(sales.totalResults).toBe(0);
    await groupsAt(gateway);
    const listed = (await ask(gateway, "GET", "/Groups", 200)).body;
    expect([listed.totalResults, listed.Resources]).toEqual([0, []]);
    expect((await ask(gateway, "GET", '/Groups?filter=displayName eq "Sales"', 200)).body.totalResults).toBe(0);
    expect((await ask(gateway, "GET", `/Users/${ada}`, 200)).body.groups).toBeUndefined();
    expectError(await ask(gateway, "POST", "/Groups", 409, { displayName: "sales " }), 409, "uniqueness");
    const other = (await ask(gateway, "POST", "/Groups", 201, { displayName: "Other" })).body.id;
    const rename = patchOf({ op: "replace", path: "displayName", value: "Sales" });
    expectError(await ask(gateway, "PATCH", `/Groups/${other}`, 409, rename), 409, "uniqueness");
    expect((await ask(gateway, "GET", "/Groups", 200)).body.totalResults).toBe(1);
  });

  it("S52: a group that a client had matched before is refused to it from then on", async () => {
    const seed = { groups: { g1: { resourceId: "g1", name: "Sales", createTime: "2026-01-01T00:00:00Z" } } };
    const gateway = await open({ groupBy: "department" }, { seed });
    const { Resources } = (await ask(gateway, "GET", '/Groups?filter=displayName eq "Sales"', 200)).body;
    const ada = await add(gateway, 1, "Sales");
    expect(await groupsAt(gateway)).toEqual({ Sales: [1] });
    const path = `/Groups/${Resources[0].id}`;
    const join = patchOf({ op: "add", path: "members", value: [{ value: ada }] });
    expectError(await ask(gateway, "GET", path, 403), 403);
    expectError(await ask(gateway, "PATCH", path, 403, join), 403);
    expectError(await ask(gateway, "PUT", path, 403, { displayName: "Sales" }), 403);
    expectError(await ask(gateway, "DELETE", path, 403), 403);
    expect(await groupsAt(gateway)).toEqual({ Sales: [1] });
  });

  it("S52 S55: a group of the identity provider's is left alone, and the person is listed by name", async () => {
    const gateway = await open({ groupBy: "department" });
    await ask(gateway, "POST", "/Groups", 201, { displayName: "Sales", externalId: "object-1" });
    await add(gateway, 1, "Sales");
    await add(gateway, 2, "Legal");
    for (const ms of [0, 10_000, 60_000]) await groupsAt(gateway, ms);
    expect(await groupsAt(gateway, 120_000)).toEqual({ Sales: [], Legal: [2] });
    expect(await owed(gateway)).toMatchObject([{ userName: "user1@x.test", isParked: true }]);
  });

  it("S55: what the product cannot do now is done later, and each group is made once", async () => {
    const gateway = await open({ groupBy: "department", targetGroup: "Everybody" });
    const lost = { match: { method: "PUT", path: "/api/target-groups/users" }, times: 2 };
    await gateway.vendor("POST", "/faults", [
      { kind: "cutAfter", match: { method: "POST", path: "/api/target-groups" }, times: 1 },
      { kind: "status", status: 503, body: "down", ...lost },
    ]);
    for (const n of [1, 2, 3]) await add(gateway, n, "Sales");
    let ms = 0;
    for (const minutes of [0, 1, 3, 8, 20, 45]) {
      ms = minutes * 60_000;
      await groupsAt(gateway, ms);
    }
    expect(await groupsAt(gateway, ms)).toEqual({ Everybody: [1, 2, 3], Sales: [1, 2, 3] });
    const { groups } = (await gateway.vendor("GET", "/state")).body;
    expect(Object.keys(groups)).toHaveLength(2);
    expect(await owed(gateway)).toEqual([]);
  });

  it("S20: moves count nothing for the brake", async () => {
    const gateway = await open({ groupBy: "department" }, { brake: { share: 0.01, count: 1, minutes: 60 } });
    const ids: string[] = [];
    for (let n = 1; n <= 6; n++) ids.push(await add(gateway, n, "Sales"));
    await groupsAt(gateway);
    for (const id of ids) await set(gateway, id, `${ENTERPRISE}:department`, "Legal");
    expect(await groupsAt(gateway)).toEqual({ Sales: [], Legal: [1, 2, 3, 4, 5, 6] });
    const brake = (await gateway.api("GET", `/connections/${gateway.name}/brake`)).body;
    expect(JSON.stringify(brake)).not.toMatch(/"held":[1-9]/);
  });
});

describe("the settings change", () => {
  const change = (gateway: Gateway, settings: object) =>
    gateway.api("PATCH", `/connections/${gateway.name}`, { settings, test: false });

  it("S52: switched on, everybody who is provisioned is placed; switched off, members stay and clients see the group", async () => {
    const gateway = await open({});
    await add(gateway, 1, "Sales");
    expect(await groupsAt(gateway)).toEqual({});
    expect((await change(gateway, { groupBy: "department" })).status).toBe(200);
    await ask(gateway, "GET", "/Groups", 200);
    expect(await groupsAt(gateway)).toEqual({ Sales: [1] });
    expect((await change(gateway, { groupBy: null, targetGroup: "All" })).status).toBe(200);
    await ask(gateway, "GET", "/Groups", 200);
    expect(await groupsAt(gateway)).toEqual({ Sales: [1], All: [1] });
    const { Resources } = (await ask(gateway, "GET", "/Groups", 200)).body;
    expect(Resources).toMatchObject([{ displayName: "Sales", members: [{ display: "user1@x.test" }] }]);
  });

  it("S52: what they cannot mean is refused when it is entered", async () => {
    const gateway = await open({});
    for (const settings of [
      { groupBy: "title" },
      { targetGroup: "" },
      { customFields: { userName: "cf1" } },
      { customFields: { "no path": "cf1" } },
    ])
      expect((await change(gateway, settings)).status, JSON.stringify(settings)).toBe(400);
  });
});

describe("customFields", () => {
  const settings = { customFields: { [COST_CENTRE]: "cf2" } };
  const seed = { customFields: { cf1: { name: "Badge" }, cf2: { name: "Cost centre" } } };
  const [urn = "", name = ""] = [COST_CENTRE.slice(0, COST_CENTRE.lastIndexOf(":")), "costCentre"];
  const fieldValues = async (gateway: Gateway) => {
    const { users } = (await gateway.vendor("GET", "/state")).body;
    return Object.values<{ customFieldValues: object[] }>(users)[0]?.customFieldValues;
  };

  it("S1 S3: a field round-trips under its attribute, is in the schema, and leaves the others as they are", async () => {
    const gateway = await open(settings, { seed });
    const schema = (await ask(gateway, "GET", `/Schemas/${urn}`, 200)).body;
    expect(schema.attributes).toMatchObject([{ name, type: "string" }]);
    const id = await add(gateway, 1, undefined, { [urn]: { [name]: "4711" } });
    expect((await ask(gateway, "GET", `/Users/${id}`, 200)).body[urn]).toEqual({ [name]: "4711" });
    const badge = { resourceId: "cf1", name: "Badge", dataType: "String", value: "B-7", timestampValue: null };
    const { users } = (await gateway.vendor("GET", "/state")).body;
    const [[key, record] = ["", {}]] = Object.entries<{ customFieldValues?: object[] }>(users);
    const customFieldValues = [badge, ...(record.customFieldValues ?? [])];
    await gateway.vendor("PATCH", "/state", { users: { [key]: { ...record, customFieldValues } } });
    await set(gateway, id, COST_CENTRE, "4712");
    expect(await fieldValues(gateway)).toMatchObject([
      badge,
      { resourceId: "cf2", name: "Cost centre", value: "4712" },
    ]);
    await set(gateway, id, COST_CENTRE, null);
    expect(await fieldValues(gateway)).toEqual([badge]);
    expect((await ask(gateway, "GET", `/Users/${id}`, 200)).body[urn]).toBeUndefined();
  });

  it("S52: groups follow a custom field", async () => {
    const gateway = await open({ ...settings, groupBy: COST_CENTRE }, { seed });
    const id = await add(gateway, 1, "Sales", { [urn]: { [name]: "4711" } });
    expect(await groupsAt(gateway)).toEqual({ 4711: [1] });
    await set(gateway, id, COST_CENTRE, "4712");
    expect(await groupsAt(gateway)).toEqual({ 4711: [], 4712: [1] });
  });

  it("S29: a field that the company does not have is 400", async () => {
    const gateway = await open({ customFields: { [COST_CENTRE]: "cf9" } }, { seed });
    await ask(gateway, "POST", "/Users", 400, person(1, undefined, { [urn]: { [name]: "4711" } }));
  });
});
