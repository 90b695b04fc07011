// The generic vendor through the gateway: both example descriptions, variants of them, and refusals at creation.

import { describe, expect, it } from "vitest";
import { drainOwed } from "../../../test/worker/clock.ts";
import { api, createGateway, type Gateway } from "../../../test/worker/gateway.ts";
import example from "../example.json" with { type: "json" };
import legacy from "../example-legacy.json" with { type: "json" };

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const KEY = "fake-example-hr-key";

const patch = (gateway: Gateway, path: string, ...Operations: object[]) =>
  gateway.scim("PATCH", path, { schemas: [PATCH_OP], Operations });
const person = (login: string, more: object = {}) => ({
  userName: login,
  active: true,
  emails: [{ type: "work", value: login }],
  name: { givenName: "Ada", familyName: "Lovelace" },
  ...more,
});
const people = async (gateway: Gateway): Promise<Record<string, unknown>[]> =>
  Object.values((await gateway.vendor("GET", "/state")).body.people);
const teams = async (gateway: Gateway): Promise<Record<string, unknown>[]> =>
  Object.values((await gateway.vendor("GET", "/state")).body.teams);

/** A connection to Example HR's older API. */
const createLegacy = (change: object = {}, seed?: object) =>
  createGateway("rest", {
    ...(seed ? { seed } : {}),
    settings: (vendorUrl: string) => ({ description: { ...legacy, ...change }, baseUrl: `${vendorUrl}/legacy` }),
  });

describe("Example HR's present API", () => {
  it("S1: holds what the description maps, nested fields and the manager among it", async () => {
    const gateway = await createGateway("rest");
    const boss = await gateway.scim("POST", "/Users", person("grace@example.com"));
    const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    const created = await gateway.scim("POST", "/Users", {
      ...person("ada@example.com", { title: "Engineer" }),
      [enterprise]: { department: "Engines", manager: { value: boss.body.id } },
    });
    expect(created.status).toBe(201);
    const [grace, ada] = await people(gateway);
    expect(ada).toMatchObject({
      login: "ada@example.com",
      contact: { email: "ada@example.com" },
      profile: { firstName: "Ada", title: "Engineer", department: "Engines" },
      status: "active",
      managerId: grace?.id,
    });
    const read = await gateway.scim("GET", `/Users/${created.body.id}`);
    expect(read.body[enterprise].manager.value).toBe(boss.body.id);

    const path = `/Users/${created.body.id}`;
    await patch(gateway, path, { op: "replace", path: "active", value: false }, { op: "remove", path: "title" });
    expect((await people(gateway))[1]).toMatchObject({
      status: "suspended",
      profile: { firstName: "Ada", title: null },
    });
  });

  it("S29: an administrator reads the description's sentence", async () => {
    const seed = { people: { "7": { id: 7, login: "taken@example.com", contact: { email: "other@example.com" } } } };
    const gateway = await createGateway("rest", { seed });
    await gateway.vendor("POST", "/faults", [
      { kind: "status", match: { method: "POST" }, status: 409, body: { error: { field: "login" } } },
    ]);
    const answer = await gateway.scim("POST", "/Users", person("new@example.com"));
    expect(answer).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect(answer.body.detail).toContain(
      "userName is taken: Example HR already has a person with this login, and that account is not linked",
    );
  });

  it("shows its own table in /Schemas", async () => {
    const gateway = await createGateway("rest");
    const { body } = await gateway.scim("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User");
    const names = body.attributes.map((one: { name: string }) => one.name);
    expect(names).toEqual(expect.arrayContaining(["userName", "emails", "active", "name", "title", "phoneNumbers"]));
    expect(names).not.toContain("nickName");
  });
});

describe("Example HR's older API: forms, envelopes, errors in status 200, verbs", () => {
  it("S2: creates, finds, changes, disables and restores", async () => {
    const gateway = await createLegacy();
    const created = await gateway.scim("POST", "/Users", person("Ada@Example.com"));
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ userName: "Ada@Example.com", active: true });
    expect(await people(gateway)).toMatchObject([
      { contact: { email: "ada@example.com" }, profile: { firstName: "Ada", lastName: "Lovelace" }, role: "member" },
    ]);
    const found = await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "ADA@example.com"')}`);
    expect(found.body.totalResults).toBe(1);

    const path = `/Users/${created.body.id}`;
    const changed = await patch(
      gateway,
      path,
      { op: "replace", path: "name.familyName", value: "Byron" },
      { op: "replace", path: "active", value: false },
    );
    expect(changed).toMatchObject({ status: 200, body: { active: false, name: { familyName: "Byron" } } });
    expect(await people(gateway)).toMatchObject([{ status: "suspended", profile: { lastName: "Byron" } }]);
    await patch(
      gateway,
      path,
      { op: "replace", path: "active", value: true },
      { op: "remove", path: "name.givenName" },
    );
    expect(await people(gateway)).toMatchObject([{ status: "active", profile: { firstName: null } }]);
  });

  it("S6: an error in status 200 is a refusal", async () => {
    const seed = { people: { "7": { id: 7, login: "x", contact: { email: "ada@example.com" } } } };
    const gateway = await createLegacy({}, seed);
    const answer = await gateway.scim("POST", "/Users", person("ada@example.com"));
    expect(answer).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect(await people(gateway)).toHaveLength(1);
  });

  it("S29: a refused credential in status 200 is 503, never 401", async () => {
    const gateway = await createLegacy();
    await gateway.vendor("PATCH", "/state", { apiKey: "another" });
    expect((await gateway.scim("POST", "/Users", person("ada@example.com"))).status).toBe(503);
    expect(await people(gateway)).toEqual([]);
  });

  it("S8: DELETE locks and hides, because nothing removes", async () => {
    const gateway = await createLegacy();
    const { body } = await gateway.scim("POST", "/Users", person("ada@example.com"));
    expect((await gateway.scim("DELETE", `/Users/${body.id}`)).status).toBe(204);
    expect((await gateway.scim("GET", `/Users/${body.id}`)).status).toBe(404);
    expect(await people(gateway)).toMatchObject([{ status: "suspended" }]);
    const again = await gateway.scim("POST", "/Users", person("ada@example.com"));
    expect(again).toMatchObject({ status: 201, body: { active: true } });
    expect(again.body.id).not.toBe(body.id);
    expect(await people(gateway)).toMatchObject([{ status: "active" }]);
  });

  it("S13: groups take and lose members one by one, by mail", async () => {
    const gateway = await createLegacy();
    const ids: string[] = [];
    for (const name of ["a", "b", "c"]) {
      ids.push((await gateway.scim("POST", "/Users", person(`${name}@example.com`))).body.id);
    }
    const group = await gateway.scim("POST", "/Groups", {
      displayName: "Engines",
      members: ids.slice(0, 2).map((value) => ({ value })),
    });
    expect(group.status).toBe(201);
    const path = `/Groups/${group.body.id}`;
    await patch(
      gateway,
      path,
      { op: "add", path: "members", value: [{ value: ids[2] }] },
      { op: "remove", path: `members[value eq "${ids[0]}"]` },
      { op: "replace", path: "displayName", value: "Machines" },
    );
    const native = await people(gateway);
    expect(await teams(gateway)).toMatchObject([{ name: "Machines", memberIds: [native[1]?.id, native[2]?.id] }]);
    expect((await gateway.scim("GET", path)).body.members).toHaveLength(2);
    expect((await gateway.scim("DELETE", path)).status).toBe(204);
    expect(await teams(gateway)).toEqual([]);
  });

  it("S26: reads a list of several pages that counts from zero", async () => {
    const seeded = Array.from({ length: 60 }, (_, at) => {
      const id = at + 1;
      return [String(id), { id, login: `u${id}`, contact: { email: `u${id}@example.com` } }];
    });
    const gateway = await createLegacy({}, { people: Object.fromEntries(seeded) });
    expect((await gateway.scim("GET", "/Users?count=100")).body).toMatchObject({ totalResults: 60, itemsPerPage: 60 });
  });
});

describe("variants of the present API", () => {
  const described = (users: object, more: object = {}) => ({
    settings: { description: { ...example, ...more, users: { ...example.users, ...users } } },
  });

  it("S3: a whole write carries the unmapped fields, and leaves out what it must", async () => {
    const seed = {
      people: { "7": { id: 7, login: "ada", contact: { email: "ada@example.com", phone: "1" }, badge: "B-7" } },
    };
    const update = { method: "PATCH", path: "/people/{id}", sends: "whole", omit: ["id", "role"], at: "data" };
    const gateway = await createGateway("rest", { ...described({ update }), seed });
    const found = await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "ada"')}`);
    const path = `/Users/${found.body.Resources[0].id}`;
    await gateway.vendor("DELETE", "/log");
    expect((await patch(gateway, path, { op: "replace", path: "title", value: "Countess" })).status).toBe(200);
    const { calls } = (await gateway.vendor("GET", "/log")).body;
    const [sent] = calls.filter((call: { method: string }) => call.method === "PATCH");
    expect(sent.request).toMatchObject({ badge: "B-7", contact: { phone: "1" }, profile: { title: "Countess" } });
    expect(Object.keys(sent.request)).not.toContain("id");
    expect(Object.keys(sent.request)).not.toContain("role");
  });

  it("S27: without a search the index answers", async () => {
    const attributes = example.users.attributes.map(({ search: _, ...row }) => row);
    const seed = { people: { "7": { id: 7, login: "ada", contact: { email: "ada@example.com" } } } };
    const gateway = await createGateway("rest", { ...described({ attributes }), seed });
    await gateway.vendor("DELETE", "/log");
    const hit = await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "ADA"')}`);
    const miss = await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "bob"')}`);
    expect([hit.body.totalResults, miss.body.totalResults]).toEqual([1, 0]);
    expect((await gateway.vendor("GET", "/log")).body.calls).toHaveLength(1);
  });

  it("S12: with a read lag the written record is shown", async () => {
    const users = { update: { ...example.users.update, answers: "nothing" } };
    const gateway = await createGateway("rest", described(users, { readLagMs: 5_000 }));
    const { body } = await gateway.scim("POST", "/Users", person("ada@example.com"));
    await gateway.vendor("DELETE", "/log");
    const answer = await patch(gateway, `/Users/${body.id}`, { op: "replace", path: "title", value: "Countess" });
    expect(answer.body).toMatchObject({ title: "Countess", name: { givenName: "Ada" } });
    const { calls } = (await gateway.vendor("GET", "/log")).body;
    expect(calls.map((call: { method: string }) => call.method)).toEqual(["GET", "PATCH"]);
  });
});

describe("what a description makes of a value", () => {
  const rows = (change: Record<string, object>) => ({
    settings: {
      description: {
        ...example,
        users: {
          ...example.users,
          attributes: example.users.attributes.map((row) => ({ ...row, ...change[row.path] })),
        },
      },
    },
  });
  const mail = 'emails[type eq "work"].value';

  it("S11 S28: a name that is kept in lower case is answered as sent, and the same PUT writes nothing", async () => {
    const gateway = await createGateway("rest", rows({ userName: { as: "lowerCase" }, [mail]: { as: "lowerCase" } }));
    const created = await gateway.scim("POST", "/Users", person("Ada.X@Example.com"));
    expect(created).toMatchObject({ status: 201, body: { userName: "Ada.X@Example.com" } });
    expect(await people(gateway)).toMatchObject([{ login: "ada.x@example.com" }]);
    const path = `/Users/${created.body.id}`;
    await gateway.vendor("DELETE", "/log");
    const same = await gateway.scim("PUT", path, person("Ada.X@Example.com"));
    expect(same).toMatchObject({ status: 200, body: { userName: "Ada.X@Example.com" } });
    expect(same.headers.get("etag")).toBe(created.headers.get("etag"));
    const { calls } = (await gateway.vendor("GET", "/log")).body;
    expect(calls.map((call: { method: string }) => call.method)).toEqual(["GET"]);
    // Another spelling of the name is kept, and another name is written.
    expect((await gateway.scim("PUT", path, person("ADA.X@example.com"))).body.userName).toBe("ADA.X@example.com");
    expect((await gateway.scim("GET", path)).body.userName).toBe("ADA.X@example.com");
    await gateway.scim("PUT", path, person("Ada.Y@example.com"));
    expect(await people(gateway)).toMatchObject([
      { login: "ada.y@example.com", contact: { email: "ada.y@example.com" } },
    ]);
  });

  it("S11: another spelling that the product itself keeps is written and answered as sent", async () => {
    const gateway = await createGateway("rest");
    const { body } = await gateway.scim("POST", "/Users", person("ada@example.com"));
    const answer = await gateway.scim("PUT", `/Users/${body.id}`, person("Ada@example.com"));
    expect(answer.body.userName).toBe("Ada@example.com");
    expect(await people(gateway)).toMatchObject([{ login: "Ada@example.com" }]);
  });

  it("E1 E2: a match for a text where names are numbers is an empty list", async () => {
    const gateway = await createGateway("rest", rows({ userName: { as: "integer" } }));
    const filter = encodeURIComponent(`userName eq "${crypto.randomUUID()}"`);
    expect(await gateway.scim("GET", `/Users?filter=${filter}`)).toMatchObject({
      status: 200,
      body: { totalResults: 0 },
    });
  });
});

describe("a connection of a described product", () => {
  const create = (description: unknown, more: object = {}) =>
    api("POST", "/connections", {
      name: `rest-refused-${Math.random().toString(36).slice(2)}`,
      vendor: "rest",
      settings: { description, credential: KEY, ...more },
    });
  const fields = (answer: { body: { errors?: { field: string }[] } }) => answer.body.errors?.map((one) => one.field);

  it("is refused with the path of the error", async () => {
    const list = { ...example.users.list, path: "https://evil.example/people" };
    const answer = await create({ ...example, users: { ...example.users, list } });
    expect(answer.status).toBe(400);
    expect(fields(answer)).toEqual(["settings.description.users.list.path"]);
    expect(fields(await create(undefined))).toEqual(["settings.description"]);
    expect(fields(await create(example, { credential: undefined }))).toEqual(["settings.credential"]);
    expect(fields(await create(example, { colour: "red" }))).toEqual(["settings"]);
  });

  it("S36: may not lead to this machine, nor fetch its token there", async () => {
    const local = await create({ ...example, baseUrl: "https://127.0.0.1/api" });
    expect(local).toMatchObject({ status: 400, body: { errors: [{ field: "settings" }] } });
    const auth = { kind: "clientCredentials", tokenUrl: "https://10.0.0.1/token", clientId: "c" };
    const token = await create({ ...example, auth });
    expect(token).toMatchObject({ status: 400, body: { errors: [{ field: "settings" }] } });
  });

  it("S38: shows the description, never the credential", async () => {
    const gateway = await createGateway("rest");
    const shown = await gateway.api("GET", `/connections/${gateway.name}`);
    expect(shown.body.settings.description.title).toBe("Example HR");
    expect(shown.body.sealedSettings).toEqual(["credential"]);
    expect(JSON.stringify(shown.body)).not.toContain(KEY);
  });

  it("takes a changed description, and refuses a bad change", async () => {
    const gateway = await createGateway("rest");
    const path = `/connections/${gateway.name}`;
    const bad = await gateway.api("PATCH", path, { settings: { description: { ...example, body: "xml" } } });
    expect(fields(bad)).toEqual(["settings.description.body"]);
    const attributes = example.users.attributes.filter((row) => row.path !== "title");
    const description = { ...example, users: { ...example.users, attributes } };
    expect((await gateway.api("PATCH", path, { settings: { description } })).status).toBe(200);
    const { body } = await gateway.scim("POST", "/Users", person("ada@example.com", { title: "Engineer" }));
    expect(body.title).toBeUndefined();
  });
});

describe("a value that the product requires and no client gives", () => {
  const PLACE = { path: "externalId", field: "profile.title", required: { otherwise: "portico-{id}" } };
  const described = (sends: "changed" | "whole") => {
    const attributes = [...example.users.attributes.filter(({ path }) => path !== "title"), PLACE];
    const update = { ...example.users.update, sends };
    return createGateway("rest", {
      settings: { description: { ...example, users: { ...example.users, attributes, update } } },
    });
  };
  const titles = async (gateway: Gateway) =>
    (await people(gateway)).map(({ profile }) => (profile as { title: string }).title);

  it.each(["changed", "whole"] as const)(
    "S1: is made as the description says, with updates of what is %s",
    async (sends) => {
      const gateway = await described(sends);
      const { body } = await gateway.scim("POST", "/Users", person("ada@example.com"));
      const path = `/Users/${body.id}`;
      const made = `portico-${body.id}`;
      expect(body.externalId).toBeUndefined();
      expect(await titles(gateway)).toEqual([made]);
      await patch(gateway, path, { op: "replace", path: "name.givenName", value: "Augusta" });
      expect(await titles(gateway)).toEqual([made]);
      await patch(gateway, path, { op: "add", path: "externalId", value: "own" });
      await gateway.scim("PUT", path, person("ada@example.com"));
      expect(await titles(gateway)).toEqual(["own"]);
      const cleared = await patch(gateway, path, { op: "remove", path: "externalId" });
      expect(cleared.body.externalId).toBeUndefined();
      expect(await titles(gateway)).toEqual([made]);
      const schema = await gateway.scim("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User");
      const shown = schema.body.attributes.find(({ name }: { name: string }) => name === "externalId");
      expect(shown.required).toBe(false);
    },
  );

  it.each([
    ["userName", "made-{id}", /can only be true here/],
    ["externalId", "{id}", /3 characters or more/],
    ["externalId", "made", /must have \{id\} in it/],
  ])("is refused for %s as %s", async (path, otherwise, why) => {
    const field = path === "userName" ? "login" : "profile.title";
    const attributes = [
      ...example.users.attributes.filter((row) => row.path !== path && row.path !== "title"),
      { path, field, required: { otherwise } },
    ];
    const description = { ...example, users: { ...example.users, attributes } };
    const name = `made-${crypto.randomUUID().slice(0, 8)}`;
    const settings = { description, credential: KEY };
    const answer = await api("POST", "/connections", { name, vendor: "rest", settings });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toMatch(why);
  });
});

describe("groups that Portico fills", () => {
  const department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
  const [urn = "", name = ""] = [department.slice(0, department.lastIndexOf(":")), "department"];

  it("S52: everybody in one team, each person in that of their department, and a client sees neither", async () => {
    const ownGroups = { everyone: "Everybody", by: department };
    const gateway = await createGateway("rest", { settings: { description: { ...example, ownGroups } } });
    const { body } = await gateway.scim("POST", "/Users", person("ada@example.com", { [urn]: { [name]: "Engines" } }));
    await drainOwed(gateway, "placement");
    const sizes = async () =>
      Object.fromEntries((await teams(gateway)).map((team) => [team.name, (team.memberIds as number[]).length]));
    expect(await sizes()).toEqual({ Everybody: 1, Engines: 1 });
    await patch(gateway, `/Users/${body.id}`, { op: "replace", path: department, value: "Looms" });
    await drainOwed(gateway, "placement");
    expect(await sizes()).toEqual({ Everybody: 1, Engines: 0, Looms: 1 });
    expect((await gateway.scim("GET", "/Groups")).body.totalResults).toBe(0);
  });

  it("S52: a product whose teams are written as whole lists cannot have them", async () => {
    const { add: _add, remove: _remove, ...members } = example.groups.members;
    const replace = { method: "PUT", path: "/teams/{id}/members", ids: "personIds" };
    const groups = { ...example.groups, members: { ...members, replace } };
    const description = { ...example, groups, ownGroups: { everyone: "Everybody" } };
    const settings = { description, baseUrl: "https://vendors.example.net/x", credential: KEY };
    const { status, body } = await api("POST", "/connections", {
      name: "whole-lists",
      vendor: "rest",
      settings,
      test: false,
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain("ownGroups");
  });
});
