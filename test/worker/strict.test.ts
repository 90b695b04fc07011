// `profile: strict`: each difference is a row of one table, and a request that the lenient profile takes and the strict one
// refuses [S60].

import { beforeAll, describe, expect, it } from "vitest";
import { REPAIRS } from "../../src/scim/lenient.ts";
import type { Resource } from "../../src/scim/schema.ts";
import { ALIKE, DIFFERENCES, type DifferenceName } from "../../src/scim/strict.ts";
import { CORE_GROUP, CORE_USER, ENTERPRISE } from "../dialogues/dialogue.ts";
import { bodyOf, groupBodyOf, type Person, patchOf, personOf, subjectOf, variantOf } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";
import { type Answer, api, createGateway } from "./gateway.ts";
import { askToken, basic, createCredential, GRANT, refusals, secretForm } from "./oauth.ts";

const OWN = "urn:ietf:params:scim:schemas:extension:own:2.0:User";
const FULL = { unmapped: "keep", coupling: "separate" };

/** A vendor with an attribute of every kind that a repair is about. */
const SUBJECT = variantOf(subjectOf("keepnet"), (adapter) => ({
  ...adapter,
  attributes: {
    ...adapter.attributes,
    User: [
      ...adapter.attributes.User,
      { path: `${OWN}:level`, type: "integer" },
      { path: `${OWN}:flag`, values: ["true", "false"] },
    ],
  },
}));

/** A person without values of these two. */
function person(n: number): Person {
  const whole = personOf(SUBJECT, n);
  const values = Object.entries(whole.values).filter(([path]) => !path.startsWith(OWN));
  return { ...whole, values: Object.fromEntries(values) };
}

interface Side {
  world: World;
  user: string;
  other: string;
  group: string;
}
type Request = (side: Side, n: number) => Promise<Answer>;

const post =
  (more: object, without: readonly string[] = []): Request =>
  ({ world }, n) => {
    const body = { ...bodyOf(person(n)), ...more };
    return world.scim(
      "POST",
      "/Users",
      Object.fromEntries(Object.entries(body).filter(([name]) => !without.includes(name))),
    );
  };
const patch =
  (...operations: object[]): Request =>
  ({ world, user }) =>
    world.scim("PATCH", `/Users/${user}`, { schemas: patchOf().schemas, Operations: operations });
const find =
  (filter: string): Request =>
  ({ world }) =>
    world.find("Users", filter);
const set = (path: string, value: unknown) => ({ op: "replace", path, value });
const uses = (...urns: string[]) => ({ schemas: [CORE_USER, ...urns] });

/** For each difference of a SCIM request one that only the lenient profile takes. */
const REQUESTS: { [Name in Exclude<DifferenceName, "secret-in-body" | "deletion-deletes">]: Request } = {
  "missing-schemas": post({}, ["schemas"]),
  "unknown-schema": post(uses("urn:example:other:2.0:User", ENTERPRISE)),
  "unlisted-core-schema": post({ schemas: [ENTERPRISE] }),
  "repeated-schema": post(uses(ENTERPRISE, ENTERPRISE)),
  "unlisted-extension": post({ ...uses(), [ENTERPRISE]: { department: "Sales" } }),
  "boolean-string": post({ active: "True" }),
  "boolean-for-text": post({ ...uses(OWN), [OWN]: { flag: true } }),
  "number-for-text": post({ title: 7 }),
  "number-string": post({ ...uses(OWN), [OWN]: { level: "7" } }),
  "json-text": post({ name: '{"givenName":"Ada","familyName":"King"}' }),
  "json-string-role": post({ roles: ['{"value":"admin"}'] }),
  "role-displayName": post({ roles: [{ value: "admin", displayName: "Admin" }] }),
  "singular-array": post({ title: ["Analyst"] }),
  "scalar-for-complex": post({ emails: ["ada.king@example.com"] }),
  "manager-string": ({ other, ...side }, n) =>
    post({ ...uses(ENTERPRISE), [ENTERPRISE]: { manager: other } })({ ...side, other }, n),
  "manager-by-name": patch(set(`${ENTERPRISE}:manager`, { value: "ext-2" })),
  "empty-string-clears": patch(set("title", "")),
  "dotted-key": post({ "name.formatted": "Ada King" }),
  "urn-key": post({ ...uses(ENTERPRISE), [`${ENTERPRISE}:department`]: "Sales" }),
  "urn-spelling": patch(set(`${ENTERPRISE.replace("2.0", "1.0")}:department`, "Legal")),
  "unprefixed-extension": patch(set("department", "Finance")),
  "second-primary": patch(
    set("phoneNumbers", [
      { type: "work", value: "+31205551001", primary: true },
      { type: "mobile", value: "+31205551002", primary: true },
    ]),
  ),
  "coupled-half": post({}, ["emails"]),
  "op-case": patch({ op: "Replace", path: "title", value: "Analyst" }),
  "operations-case": ({ world, user }) =>
    world.scim("PATCH", `/Users/${user}`, { schemas: patchOf().schemas, operations: [set("title", "Chief")] }),
  "remove-by-value": ({ world, group, other }) =>
    world.patch(`/Groups/${group}`, { op: "remove", path: "members", value: [{ value: other }] }),
  "created-element": patch(set('addresses[type eq "home"].locality', "Delft")),
  "null-for-absent": patch({ op: "remove", path: 'ims[type eq "xmpp"]' }),
  "add-null": patch({ op: "add", path: "nickName", value: null }),
  "missing-required": ({ world, user }) =>
    world.scim("PUT", `/Users/${user}`, {
      ...uses(),
      emails: bodyOf(person(1)).emails,
      externalId: "ext-1",
    }),
  "absent-member": ({ world, group, user }) =>
    world.patch(`/Groups/${group}`, { op: "remove", path: `members[value eq "${user}"]` }),
  "operation-without-path": patch({ op: "replace", value: { title: "Baker" } }),
  "unknown-path": patch(set("shoeSize", 43)),
  "unknown-attribute": post({ shoeSize: 43 }),
  "unknown-filter-attribute": find("shoeSize eq 43"),
  "filter-sub-attribute": find('emails[type eq "work"].value eq "nobody@example.com"'),
  "filter-quoted-value": find('userName eq "nobody@example.com" and active eq "true"'),
};

const openSide = async (profile: string): Promise<Side> => {
  const world = await open(SUBJECT, { ...FULL, profile });
  const [user, other] = [await world.create(person(1)), await world.create(person(2))];
  return { world, user, other, group: await world.createGroup("Sales", [other]) };
};

describe("S60: what only the lenient profile takes", () => {
  let lenient: Side;
  let strict: Side;
  beforeAll(async () => {
    [lenient, strict] = await Promise.all([openSide("lenient"), openSide("strict")]);
  });

  it.each(Object.entries(REQUESTS))("S60 I11: %s", async (name, request) => {
    const n = 100 + Object.keys(REQUESTS).indexOf(name);
    const accepted = await request(lenient, n);
    expect(accepted.status, JSON.stringify(accepted.body)).toBeLessThan(300);
    const before = [await strict.world.users(), await strict.world.groups()];
    const refused = await request(strict, n);
    // The keys of the table are the names.
    const { scimType, strict: sentence } = DIFFERENCES[name as DifferenceName];
    expect(refused, JSON.stringify(refused.body)).toMatchObject({ status: 400, body: { scimType } });
    expect(refused.body.detail).toContain(
      `this connection is strict: ${sentence.replace(/\.$/, "").replaceAll("`", '"')}`,
    );
    expect([await strict.world.users(), await strict.world.groups()]).toEqual(before);
  });

  it("S60: every repair is a difference or is made in both profiles, and has a source", () => {
    const rows = Object.keys(DIFFERENCES);
    for (const { name } of REPAIRS) expect(rows.includes(name) !== Object.hasOwn(ALIKE, name), name).toBe(true);
    for (const { lenient, strict, source } of Object.values(DIFFERENCES))
      for (const text of [lenient, strict, source]) expect(text.length).toBeGreaterThan(5);
  });

  it("S60: what the RFCs say is done: create, match, change, membership, deletion", async () => {
    const { world, other, group } = strict;
    const body: Resource = { ...bodyOf(person(50)), title: "Analyst" };
    const made = await world.scim("POST", "/Users", body);
    expect(made).toMatchObject({ status: 201, body: { title: "Analyst" } });
    const path = `/Users/${made.body.id}`;
    for (const filter of [
      `userName eq "${body.userName}"`,
      `emails[type eq "work" and value eq "${personOf(SUBJECT, 50).key}"]`,
      'externalId eq "ext-50"',
    ])
      expect((await world.find("Users", filter)).body, filter).toMatchObject({ totalResults: 1 });
    const changed = await world.patch(path, set("title", "Chief"), set(`${ENTERPRISE}:manager`, { value: other }), {
      op: "remove",
      path: "name.givenName",
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { title: "Chief", [ENTERPRISE]: { manager: { value: other } } },
    });
    const put = await world.scim("PUT", path, { ...body, id: made.body.id, meta: made.body.meta, title: null });
    expect(put).toMatchObject({ status: 200 });
    expect(put.body.title).toBeUndefined();
    const members = { op: "add", path: "members", value: [{ value: made.body.id }] };
    expect(await world.patch(`/Groups/${group}`, members)).toMatchObject({ status: 204 });
    const leave = { op: "remove", path: `members[value eq "${made.body.id}"]` };
    expect(await world.patch(`/Groups/${group}`, leave)).toMatchObject({ status: 204 });
    expect(await world.patch(path, set("active", false))).toMatchObject({ status: 200, body: { active: false } });
    expect(await world.scim("DELETE", path)).toMatchObject({ status: 204 });
    expect((await world.users()).map(({ key }) => key)).not.toContain(personOf(SUBJECT, 50).key);
    expect((await world.get("/Users?count=100")).body.itemsPerPage).toBeGreaterThan(0);
    expect((await world.get("/ServiceProviderConfig")).body.filter.maxResults).toBeGreaterThanOrEqual(100);
  });

  it("S60 S50: a manager who comes later is set then, by id; nobody's name or externalId is taken for one", async () => {
    const { world } = strict;
    const owing = await world.scim("POST", "/Users", {
      ...bodyOf(person(60)),
      ...uses(ENTERPRISE),
      [ENTERPRISE]: { department: "Sales", manager: { value: "ext-61" } },
    });
    expect(owing).toMatchObject({ status: 201 });
    await world.create(person(61));
    await world.gateway.settle();
    expect((await world.get(`/Users/${owing.body.id}`)).body[ENTERPRISE].manager).toBeUndefined();
  });

  it("S60 C49: a query over all types may name an attribute of one of them", async () => {
    const filter = encodeURIComponent('userName eq "nobody@example.com"');
    expect(await strict.world.get(`/?filter=${filter}`)).toMatchObject({ status: 200 });
  });

  it("S60 C57: a group is read, changed by PUT and made with a body that names all it has", async () => {
    const { world, other } = strict;
    const made = await world.scim("POST", "/Groups", groupBodyOf(SUBJECT, "Legal", [other]));
    expect(made).toMatchObject({ status: 201, body: { schemas: [CORE_GROUP] } });
    const { status, body } = await world.scim("PUT", `/Groups/${made.body.id}`, { ...made.body, displayName: "Law" });
    expect([status, body.displayName]).toEqual([200, "Law"]);
  });
});

describe("S60: the setting", () => {
  const invalid = { status: 400, body: { errors: [{ field: "profile" }] } };

  it("S60: is refused for a product that cannot delete, and where the settings say that a deletion disables", async () => {
    await expect(createGateway("klaxoon", { profile: "strict" })).rejects.toThrow(/cannot delete users/);
    await expect(createGateway("keepnet", { profile: "strict", settings: { onDelete: "disable" } })).rejects.toThrow(
      /a deletion disables/,
    );
    const { name } = await createGateway("keepnet", { settings: { onDelete: "disable" } });
    expect(await api("PATCH", `/connections/${name}`, { profile: "strict" })).toMatchObject(invalid);
    const both = { profile: "strict", settings: { onDelete: "remove" } };
    expect(await api("PATCH", `/connections/${name}`, both)).toMatchObject({
      status: 200,
      body: { profile: "strict" },
    });
    const back = await api("PATCH", `/connections/${name}`, { settings: { onDelete: "disable" } });
    expect(back).toMatchObject(invalid);
    expect(await api("PATCH", `/connections/${name}`, { profile: "severe" })).toMatchObject({ status: 400 });
    expect((await api("PATCH", `/connections/${name}`, { profile: "lenient" })).body.profile).toBe("lenient");
  });

  it("S60 I1: a strict connection takes a secret by HTTP Basic and never out of the form; the operator sees why", async () => {
    const [lenient, strict] = [await createGateway("keepnet"), await createGateway("keepnet", { profile: "strict" })];
    for (const [gateway, status] of [[lenient, 200] as const, [strict, 401] as const]) {
      const client = await createCredential(gateway, { kind: "secret" });
      const answer = await askToken(secretForm(client));
      expect(answer.status).toBe(status);
      if (status === 401) expect(answer.body).toMatchObject({ error: "invalid_client" });
      const inBoth = await askToken(secretForm(client), basic(client.clientId, client.secret));
      expect(inBoth.status).toBe(status);
      expect((await askToken(GRANT, basic(client.clientId, client.secret))).status).toBe(200);
    }
    const notes = (await refusals(strict)).flatMap((trace) => trace.notes);
    expect(notes).toContainEqual(expect.stringContaining("HTTP Basic only"));
  });
});
