// Microsoft's validators: what the Logic App's direct tests and the web validator ask of a service [A5].

import { describe, expect, it } from "vitest";
import type { Answer, Gateway } from "../worker/gateway.ts";
import {
  ask,
  CORE_GROUP,
  createUser,
  ENTERPRISE,
  entraGroup,
  entraUser,
  holds,
  KEEPABL_FULL,
  KEEPNET,
  KEEPNET_FULL,
  MOBILE,
  nativeOf,
  natives,
  open,
  type Profile,
  patch,
  patchGroup,
  read,
  valueAt,
  WORK_MAIL,
  WORK_PHONE,
} from "./dialogue.ts";

/** The target attributes of Entra's non-gallery application, `id` apart (Microsoft's attribute list, test 15 of [A5]). */
const USER_TARGETS = [
  "active",
  'addresses[type eq "other"].formatted',
  'addresses[type eq "work"].country',
  'addresses[type eq "work"].formatted',
  'addresses[type eq "work"].locality',
  'addresses[type eq "work"].postalCode',
  'addresses[type eq "work"].region',
  'addresses[type eq "work"].streetAddress',
  "displayName",
  'emails[type eq "home"].value',
  'emails[type eq "other"].value',
  WORK_MAIL,
  "externalId",
  "locale",
  "name.familyName",
  "name.formatted",
  "name.givenName",
  "name.honorificPrefix",
  "name.honorificSuffix",
  "nickName",
  'phoneNumbers[type eq "fax"].value',
  'phoneNumbers[type eq "home"].value',
  MOBILE,
  'phoneNumbers[type eq "other"].value',
  'phoneNumbers[type eq "pager"].value',
  WORK_PHONE,
  "preferredLanguage",
  "profileUrl",
  'roles[primary eq "True"].display',
  'roles[primary eq "True"].type',
  'roles[primary eq "True"].value',
  "timezone",
  "title",
  `${ENTERPRISE}:costCenter`,
  `${ENTERPRISE}:department`,
  `${ENTERPRISE}:division`,
  `${ENTERPRISE}:employeeNumber`,
  `${ENTERPRISE}:manager`,
  `${ENTERPRISE}:organization`,
  "userName",
  "userType",
];

interface Definition {
  name: string;
  type: string;
  multiValued: boolean;
  canonicalValues?: string[];
  subAttributes?: Definition[];
}

/** The Logic App's rules for making target attributes of a schema. */
function flatten(schemaId: string, attributes: Definition[]): string[] {
  const prefix = schemaId.includes(":extension:") ? `${schemaId}:` : "";
  return attributes.flatMap(({ name, type, multiValued, subAttributes = [] }) => {
    if (type !== "complex") return [`${prefix}${name}`];
    const subs = subAttributes.map((sub) => sub.name);
    if (!multiValued) return [`${prefix}${name}`, ...subs.map((sub) => `${prefix}${name}.${sub}`)];
    const types = subAttributes.find((sub) => sub.name === "type")?.canonicalValues ?? [];
    const selectors = types.length > 0 ? types.map((one) => `[type eq "${one}"]`) : ['[primary eq "True"]'];
    return selectors.flatMap((selector) => subs.map((sub) => `${prefix}${name}${selector}.${sub}`));
  });
}

async function targetsOf(gateway: Gateway): Promise<string[]> {
  const { body } = await ask(gateway, "GET", "/Schemas", 200);
  return body.Resources.flatMap((schema: { id: string; attributes: Definition[] }) =>
    schema.id === CORE_GROUP ? [] : flatten(schema.id, schema.attributes),
  );
}

describe("Microsoft's validator #15, schema discoverability", () => {
  it.each([KEEPNET_FULL, KEEPABL_FULL])(
    "E22 A5: test 15: every target attribute is in /Schemas, $title",
    async (profile) => {
      const targets = await targetsOf(await open(profile));
      expect(USER_TARGETS.filter((path) => !targets.includes(path))).toEqual([]);
    },
  );

  it("E22 A5 S1: test 15: the vendor's own profile lists what it holds and nothing else", async () => {
    const targets = await targetsOf(await open(KEEPNET));
    const wanted = USER_TARGETS.filter((path) => holds(KEEPNET, path) || path === `${ENTERPRISE}:manager`);
    expect(targets).toEqual(expect.arrayContaining(wanted));
    for (const path of ["displayName", "title", MOBILE, 'roles[primary eq "True"].value', `${ENTERPRISE}:division`]) {
      expect(targets).not.toContain(path);
    }
  });

  it("E22 C19: the group schema is there, externalId in both, no null, enumerations in camel case", async () => {
    const gateway = await open(KEEPNET_FULL);
    const { body } = await ask(gateway, "GET", "/Schemas", 200);
    expect(JSON.stringify(body)).not.toContain("null");
    const group = body.Resources.find((one: { id: string }) => one.id.endsWith("core:2.0:Group"));
    expect(group.attributes.map((one: Definition) => one.name)).toEqual(
      expect.arrayContaining(["displayName", "externalId", "members"]),
    );
    const check = (attributes: (Definition & Record<string, unknown>)[]) => {
      for (const one of attributes) {
        expect(["none", "server", "global"]).toContain(one.uniqueness);
        expect(["readOnly", "readWrite", "immutable", "writeOnly"]).toContain(one.mutability);
        expect(["always", "never", "default", "request"]).toContain(one.returned);
        check((one.subAttributes ?? []) as (Definition & Record<string, unknown>)[]);
      }
    };
    for (const schema of body.Resources) check(schema.attributes);
    expect(body.totalResults).toBe(body.Resources.length);
  });

  it("Q22 C13: what is never returned is not in /Schemas", async () => {
    const { body } = await ask(await open(KEEPNET_FULL), "GET", "/Schemas", 200);
    expect(JSON.stringify(body)).not.toMatch(/"password"|"returned":"never"/);
  });
});

/** The optional attributes that a mapping may clear; the vendor declares userName and the work e-mail as required. */
const CLEARABLE = USER_TARGETS.filter(
  (path) => !["userName", "active", WORK_MAIL, `${ENTERPRISE}:manager`].includes(path),
);
const isRole = (path: string) => path.startsWith("roles");

async function fill(gateway: Gateway): Promise<string> {
  const id = await createUser(gateway, "ada@contoso.com");
  const paths = CLEARABLE.filter((path) => !isRole(path));
  const operations = paths.map((path) => ({ op: "Add", path, value: `value of ${path}`.slice(0, 38) }));
  const role = { op: "Add", path: "roles", value: [{ primary: true, type: "t", display: "d", value: "Admin" }] };
  await patch(gateway, id, ...operations, role);
  return id;
}

describe.each([KEEPNET, KEEPNET_FULL, KEEPABL_FULL])("Microsoft's validator #16, null update, $title", (profile) => {
  it("E13 Q18 A5: test 16: one operation for each path, the empty text and then null on what is gone", async () => {
    const gateway = await open(profile);
    const id = await fill(gateway);
    const filled = await read(gateway, id);
    const present = CLEARABLE.filter((path) => valueAt(filled, path.replace('"True"', '"true"')) !== undefined);
    expect(present).toEqual(CLEARABLE.filter((path) => holds(profile, path)));
    for (const value of ["", null]) {
      for (const path of CLEARABLE) await patch(gateway, id, { op: "replace", path, value });
      await expectEmpty(gateway, id);
    }
    await expectNativeEmpty(gateway, profile);
  });

  it("E13 Q18 A5: test 16: all paths as keys of one path-less value", async () => {
    const gateway = await open(profile);
    const id = await fill(gateway);
    for (const empty of ["", null]) {
      const value = Object.fromEntries(CLEARABLE.map((path) => [path, empty]));
      await patch(gateway, id, { op: "replace", value });
      await expectEmpty(gateway, id);
    }
    await expectNativeEmpty(gateway, profile);
  });
});

async function expectEmpty(gateway: Gateway, id: string): Promise<void> {
  const shown = await read(gateway, id);
  for (const path of CLEARABLE)
    expect([path, valueAt(shown, path.replace('"True"', '"true"'))]).toEqual([path, undefined]);
  expect(shown).toMatchObject({ userName: "ada@contoso.com", active: true });
  expect(shown.emails).toMatchObject([{ type: "work", value: "ada@contoso.com" }]);
}

async function expectNativeEmpty(gateway: Gateway, profile: Profile): Promise<void> {
  const native = await nativeOf(gateway, "ada@contoso.com");
  expect(native).toMatchObject({ givenName: null, familyName: null, active: true });
  if (profile.vendor === "keepnet") expect([native.phone || null, native.department]).toEqual([null, null]);
}

describe.each([KEEPNET_FULL, KEEPABL_FULL])("Microsoft's direct tests, $title", (profile) => {
  it("E3 A5: test 17: a posted user comes back as posted", async () => {
    const gateway = await open(profile);
    const sent = entraUser({ email: "new@contoso.com" }, { title: "Dr", preferredLanguage: "en-GB", nickName: "N" });
    const { body } = await ask(gateway, "POST", "/Users", 201, sent);
    const { schemas: _, meta: __, roles: ___, ...values } = sent;
    expect(body).toMatchObject(values);
    expect(await read(gateway, body.id)).toEqual(body);
  });

  it("E5 A5: test 18: every single-valued target attribute is set to an arbitrary value and read back", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    const upd = (path: string) => (path.includes("emails") ? "upd-1a2b3c4d@contoso.com" : "upd-1a2b3c4d");
    const paths = USER_TARGETS.filter((path) => path !== "active" && !path.endsWith(":manager"));
    const values = Object.fromEntries(paths.map((path) => [path, upd(path)]));
    await patch(gateway, id, ...paths.map((path) => ({ op: "replace", path, value: values[path] })));
    const shown = await read(gateway, id);
    for (const path of paths) {
      expect([path, valueAt(shown, path.replace('"True"', '"true"'))]).toEqual([path, values[path]]);
    }
    expect((await natives(gateway)).map(({ email }) => email)).toEqual(["upd-1a2b3c4d@contoso.com"]);
    const found = await ask(gateway, "GET", "/Users?filter=userName+eq+%22UPD-1a2b3c4d%22", 200);
    expect(found.body.Resources[0].id).toBe(id);
  });
});

it("E15 E18 A5: tests 19 and 20: a posted group, every single-valued attribute of which is changed and read back", async () => {
  const gateway = await open(KEEPNET_FULL);
  const { body } = await ask(gateway, "POST", "/Groups", 201, entraGroup("Team"));
  await patchGroup(
    gateway,
    body.id,
    { op: "replace", path: "displayName", value: "upd-1a2b3c4d" },
    { op: "replace", path: "externalId", value: "upd-5e6f7a8b" },
  );
  const shown = await ask(gateway, "GET", `/Groups/${body.id}`, 200);
  expect(shown.body).toMatchObject({ displayName: "upd-1a2b3c4d", externalId: "upd-5e6f7a8b" });
  const state = await gateway.vendor("GET", "/state");
  expect(Object.values(state.body.groups)).toMatchObject([{ name: "upd-1a2b3c4d" }]);
});

it("E1 A5: test 21: credentials are checked by the first page of one user", async () => {
  const gateway = await open(KEEPNET);
  const { body } = await ask(gateway, "GET", "/Users?startIndex=1&count=1", 200);
  expect(body).toMatchObject({ totalResults: 0, startIndex: 1, itemsPerPage: 0 });
});

describe.each(["Users", "Groups"])("Microsoft's pagination tests, %s", (endpoint) => {
  it(`E23 A5 C81 C83 C84: tests 23 and 24: pages of five are whole, distinct and say where they are, ${endpoint}`, async () => {
    const gateway = await open(KEEPNET_FULL);
    const post = async (index: number): Promise<Answer> =>
      ask(
        gateway,
        "POST",
        `/${endpoint}`,
        201,
        endpoint === "Users" ? entraUser({ email: `u${index}@contoso.com` }) : entraGroup(`g${index}`),
      );
    // Five at a time, in parallel, as the workflow does.
    for (let at = 0; at < 15; at += 5) await Promise.all([0, 1, 2, 3, 4].map((offset) => post(at + offset)));
    await post(15);
    const seen: string[] = [];
    for (const [startIndex, size] of [
      [1, 5],
      [6, 5],
      [11, 5],
      [16, 1],
    ] as const) {
      const { body } = await ask(gateway, "GET", `/${endpoint}?startIndex=${startIndex}&count=5`, 200);
      expect(body).toMatchObject({ startIndex, totalResults: 16, itemsPerPage: size });
      expect(body.Resources).toHaveLength(size);
      seen.push(...body.Resources.map((one: { id: string }) => one.id));
    }
    expect(new Set(seen).size).toBe(16);
    const beyond = await ask(gateway, "GET", `/${endpoint}?startIndex=17&count=5`, 200);
    expect(beyond.body).toMatchObject({ totalResults: 16, itemsPerPage: 0 });
  });
});

it("E23: account discovery shows accounts that no client provisioned, in a stable order", async () => {
  const users = Object.fromEntries(
    Array.from({ length: 7 }, (_, index) => [
      `simUser0000${index}`,
      {
        resourceId: `simUser0000${index}`,
        id: index + 1,
        email: `old${index}@contoso.com`,
        createTime: `2025-01-0${index + 1}T00:00:00Z`,
      },
    ]),
  );
  const gateway = await open(KEEPNET, { seed: { users } });
  await createUser(gateway, "new@contoso.com");
  const page = async (startIndex: number) =>
    (await ask(gateway, "GET", `/Users?startIndex=${startIndex}&count=4`, 200)).body.Resources.map(
      (one: { userName: string }) => one.userName,
    );
  const all = [...(await page(1)), ...(await page(5))];
  expect(all).toEqual([...Object.values(users).map(({ email }) => email), "new@contoso.com"]);
  expect([...(await page(1)), ...(await page(5))]).toEqual(all);
});
