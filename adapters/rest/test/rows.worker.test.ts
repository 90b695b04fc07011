// A described product that names records in bodies and queries and keeps memberships as rows, through the gateway.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";
import rows from "../example-rows.json" with { type: "json" };

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const patch = (gateway: Gateway, path: string, ...Operations: object[]) =>
  gateway.scim("PATCH", path, { schemas: [PATCH_OP], Operations });
const person = (login: string) => ({ userName: login, active: true, emails: [{ type: "work", value: login }] });
const member = (id: number, login: string, more: object = {}) => ({
  [String(id)]: { id, login, contact: { email: login }, ...more },
});
const state = async (gateway: Gateway) => (await gateway.vendor("GET", "/state")).body;
const calls = async (gateway: Gateway): Promise<{ method: string; path: string }[]> =>
  (await gateway.vendor("GET", "/log")).body.calls;

const createRows = (members: object = {}, seed?: object, more: object = {}) =>
  createGateway("rest", {
    ...(seed ? { seed } : {}),
    settings: (vendorUrl: string) => ({
      description: {
        ...rows,
        users: { ...rows.users, except: [{ field: "role", is: "program" }] },
        ...more,
        groups: { ...rows.groups, members: { ...rows.groups.members, ...members } },
      },
      baseUrl: `${vendorUrl}/rows`,
    }),
  });
const idOf = async (gateway: Gateway, type: "Users" | "Groups", filter: string) =>
  (await gateway.scim("GET", `/${type}?filter=${encodeURIComponent(filter)}`)).body.Resources[0]?.id;

const TEAM = { "50": { id: 50, name: "Engines", memberIds: [1, 2, 2], leadIds: [2] } };
const SEED = {
  people: { ...member(1, "ada@x.test"), ...member(2, "bob@x.test"), ...member(3, "cy@x.test") },
  teams: TEAM,
};

describe("a record that is named in a query or a body", () => {
  it("S1: is created, read, changed and removed", async () => {
    const gateway = await createRows();
    const { body } = await gateway.scim("POST", "/Users", person("ada@x.test"));
    await patch(gateway, `/Users/${body.id}`, { op: "replace", path: "title", value: "Countess" });
    expect((await gateway.scim("GET", `/Users/${body.id}`)).body.title).toBe("Countess");
    expect((await gateway.scim("DELETE", `/Users/${body.id}`)).status).toBe(204);
    expect((await state(gateway)).people).toEqual({});
  });

  it("S10: is not there where the search for it finds nobody", async () => {
    const gateway = await createRows({}, SEED);
    const id = await idOf(gateway, "Users", 'userName eq "cy@x.test"');
    await gateway.vendor("PATCH", "/state", { people: { ...member(1, "ada@x.test"), ...member(2, "bob@x.test") } });
    expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(404);
  });

  it("S29: another record in the answer is a fault, and nobody is changed or forgotten", async () => {
    const read = { path: "/people", constants: { person: "{id}" }, at: "data.0" };
    const gateway = await createRows({}, SEED);
    const id = await idOf(gateway, "Users", 'userName eq "cy@x.test"');
    const description = { ...rows, users: { ...rows.users, read } };
    await gateway.api("PATCH", `/connections/${gateway.name}`, { settings: { description }, test: false });
    await gateway.vendor("DELETE", "/log");
    expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(502);
    await patch(gateway, `/Users/${id}`, { op: "replace", path: "active", value: false });
    expect((await calls(gateway)).map(({ method }) => method)).not.toContain("POST");
  });
});

describe("memberships as rows of their own", () => {
  it("S13: a POST makes the row, and a removal takes this member's rows by their ids", async () => {
    const gateway = await createRows({}, SEED);
    const group = await idOf(gateway, "Groups", 'displayName eq "Engines"');
    const [bob, cy] = [
      await idOf(gateway, "Users", 'userName eq "bob@x.test"'),
      await idOf(gateway, "Users", 'userName eq "cy@x.test"'),
    ];
    expect((await gateway.scim("GET", `/Groups/${group}`)).body.members).toHaveLength(2);
    await patch(
      gateway,
      `/Groups/${group}`,
      { op: "add", path: "members", value: [{ value: cy }] },
      { op: "remove", path: `members[value eq "${bob}"]` },
    );
    expect((await state(gateway)).teams["50"]).toMatchObject({ memberIds: [1, 3], leadIds: [2], hasOffice: true });
  });

  it("S13: a DELETE by query takes the person's row of this group, and leaves rows that are nobody's", async () => {
    const list = { ...rows.groups.members.list, except: [{ field: "personId", is: null }] };
    const { row: _, ...plain } = list;
    const remove = {
      method: "DELETE",
      path: "/memberships",
      in: "query",
      constants: { teamId: "{id}" },
      id: "personId",
    };
    const teams = { ...TEAM, "51": { id: 51, name: "Looms", memberIds: [1] } };
    const gateway = await createRows({ list: plain, remove }, { ...SEED, teams });
    const group = await idOf(gateway, "Groups", 'displayName eq "Engines"');
    const ada = await idOf(gateway, "Users", 'userName eq "ada@x.test"');
    await patch(gateway, `/Groups/${group}`, { op: "remove", path: `members[value eq "${ada}"]` });
    const { teams: after } = await state(gateway);
    expect(after["50"]).toMatchObject({ memberIds: [2, 2], leadIds: [2], hasOffice: true });
    expect(after["51"]).toMatchObject({ memberIds: [1] });
  });

  it("S14: who is a member already is not added again", async () => {
    const gateway = await createRows({}, SEED);
    const group = await idOf(gateway, "Groups", 'displayName eq "Engines"');
    const ada = await idOf(gateway, "Users", 'userName eq "ada@x.test"');
    await patch(gateway, `/Groups/${group}`, { op: "add", path: "members", value: [{ value: ada }] });
    expect((await state(gateway)).teams["50"].memberIds).toEqual([1, 2, 2]);
  });
});

describe("records that the description leaves out", () => {
  const seed = { ...SEED, people: { ...SEED.people, ...member(9, "robot@x.test", { role: "program" }) } };

  it("S8: are neither shown nor taken over", async () => {
    const gateway = await createRows({}, seed);
    expect((await gateway.scim("GET", "/Users")).body.totalResults).toBe(3);
    expect(await idOf(gateway, "Users", 'userName eq "robot@x.test"')).toBeUndefined();
    expect((await gateway.scim("POST", "/Users", person("robot@x.test"))).status).toBe(409);
    expect((await state(gateway)).people["9"]).toMatchObject({ role: "program", status: "active" });
  });

  it("S8: are neither changed nor removed once they have become such", async () => {
    const gateway = await createRows({}, seed);
    const id = await idOf(gateway, "Users", 'userName eq "cy@x.test"');
    await gateway.vendor("PATCH", "/state", {
      people: { ...seed.people, ...member(3, "cy@x.test", { role: "program" }) },
    });
    expect((await patch(gateway, `/Users/${id}`, { op: "replace", path: "title", value: "Tool" })).status).toBe(404);
    await gateway.scim("DELETE", `/Users/${id}`);
    expect((await state(gateway)).people["3"]).toMatchObject({ role: "program", profile: { title: null } });
  });
});

it("S29: a refusal is about the attribute whose field the answer names", async () => {
  const gateway = await createRows();
  const refuse = (status: number, field: string) =>
    gateway.vendor("POST", "/faults", [
      { kind: "status", match: { method: "POST" }, status, body: { error: { field } } },
    ]);
  const detailOf = async () => (await gateway.scim("POST", "/Users", person("ada@x.test"))).body.detail;
  await refuse(422, "email");
  expect(await detailOf()).toContain('emails[type eq "work"].value');
  await refuse(422, "contact.email");
  expect(await detailOf()).toContain('emails[type eq "work"].value');
  await refuse(422, "login");
  expect(await detailOf()).toContain("the value of userName");
});
