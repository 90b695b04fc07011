// Names that full case folding would join are different people to Portico, whatever the vendor makes of them [S7].

import { beforeEach, describe, expect, it } from "vitest";
import { nativeViews } from "../../adapters/views.ts";
import {
  ask,
  createGroup,
  createUser,
  ENTERPRISE,
  entraGroup,
  entraUser,
  expectError,
  filtered,
  KEEPNET,
  KEEPNET_FULL,
  open as openProfile,
  patchOf,
  read,
  WORK_MAIL,
} from "../dialogues/dialogue.ts";
import { sampleOf } from "../suite/sample.ts";
import type { Gateway } from "./gateway.ts";
import { creates, fault } from "./lost-answers.ts";
import { CONNECTIONS, nativeMembers, nativeUsers, openVendor } from "./native-side.ts";

const at = (name: string) => `${name}@contoso.com`;
/** Two people to Portico, one to a vendor that folds case in every alphabet. */
const PAIRS = [
  ["sharp s", "straße", "strasse"],
  ["ligature", "ﬁona", "fiona"],
  ["long s", "ſam", "sam"],
] as const;

const idsOf = async (gateway: Gateway, filter: string, type = "/Users"): Promise<string[]> => {
  const { body } = await ask(gateway, "GET", filtered(type, filter), 200);
  const search = await ask(gateway, "POST", `${type}/.search`, 200, { filter });
  const [got, searched] = [body, search.body].map(({ Resources }) => Resources.map(({ id }: { id: string }) => id));
  expect(searched, filter).toEqual(got);
  return got;
};
const named = (name: string) => `userName eq ${JSON.stringify(at(name))}`;
const addressed = (name: string) => [
  `emails.value eq ${JSON.stringify(at(name))}`,
  `emails[type eq "work"].value eq ${JSON.stringify(at(name))}`,
  `emails[value eq ${JSON.stringify(at(name))}]`,
];
const renameOf = (name: string) => [
  patchOf({ op: "Replace", path: "userName", value: at(name) }, { op: "Replace", path: WORK_MAIL, value: at(name) }),
  patchOf({ op: "replace", value: { userName: at(name), [WORK_MAIL]: at(name) } }),
];

/** An account that the vendor's own administrator makes once Portico has read all there are. */
async function addStranger(gateway: Gateway, vendor: string, key: string): Promise<void> {
  const view = nativeViews[vendor];
  const { body } = await gateway.vendor("GET", "/state");
  const stranger = { key, email: key, givenName: "Some", familyName: "One", active: true };
  await gateway.vendor("PATCH", "/state", view?.withUsers(body, [stranger]));
}

const WITH_GROUPS = CONNECTIONS.filter(({ vendor }) => vendor !== "keepabl");

describe.each(sampleOf(CONNECTIONS, "who is who", 2))("S7: who is who, $title", (opened) => {
  const isTold = opened.vendor === "redmine";
  const holdsEmails = opened.title !== "kpifire-demo";
  const filtersFor = (name: string) => [named(name), ...(holdsEmails ? addressed(name) : [])];
  let gateway: Gateway;
  beforeEach(async () => {
    gateway = await openVendor(opened);
  });

  it.each(sampleOf(PAIRS, opened.title, 2))(
    "S7: %s: nobody is found, matched or renamed under the other's name",
    async (_, one, other) => {
      const id = await createUser(gateway, at(one));
      const ada = await createUser(gateway, at("ada"));
      for (const filter of filtersFor(one)) expect(await idsOf(gateway, filter), filter).toEqual([id]);
      for (const filter of filtersFor(other)) expect(await idsOf(gateway, filter), filter).toEqual([]);
      const before = await nativeUsers(opened, gateway);
      const sent = entraUser({ email: at(other) });
      if (isTold) {
        const second = (await ask(gateway, "POST", "/Users", 201, sent)).body.id;
        expect(await idsOf(gateway, named(one))).toEqual([id]);
        expect(await idsOf(gateway, named(other))).toEqual([second]);
        expect(Object.keys(await nativeUsers(opened, gateway))).toHaveLength(3);
      } else {
        const refusals = [await ask(gateway, "POST", "/Users", 409, sent)];
        for (const body of renameOf(other)) refusals.push(await ask(gateway, "PATCH", `/Users/${ada}`, 409, body));
        refusals.push(await ask(gateway, "PUT", `/Users/${ada}`, 409, sent));
        for (const refused of refusals) {
          expectError(refused, 409, "uniqueness");
          expect(refused.body.detail).toContain(`the user ${id} on this connection has that name`);
          expect(refused.body.detail).toMatch(/although the letters differ.*Give one of the two another name/);
          expect(refused.body.detail).not.toMatch(/contoso/);
        }
        expect(await nativeUsers(opened, gateway)).toEqual(before);
      }
      expect((await read(gateway, id)).userName).toBe(at(one));
      expect((await read(gateway, ada)).userName).toBe(at("ada"));
    },
  );

  it("S7: case, composition and the signs for kelvin and ångström make no other name", async () => {
    const pairs = [
      ["straße", "STRAẞE"],
      ["zoe\u0308", "ZO\u00cb"],
      ["\u212aim", "kim"],
      ["\u212bsa", "\u00e5sa"],
    ] as const;
    for (const [one, other] of pairs) {
      const id = await createUser(gateway, at(one));
      for (const filter of filtersFor(other)) expect(await idsOf(gateway, filter), filter).toEqual([id]);
      const refused = await ask(gateway, "POST", "/Users", 409, entraUser({ email: at(other) }));
      expect(refused.body.detail).toContain(`the user ${id} on this connection has this name`);
      expect((await read(gateway, id)).userName).toBe(at(one));
    }
    expect(Object.keys(await nativeUsers(opened, gateway))).toHaveLength(pairs.length);
  });

  it("S7: a correction from one spelling to the other reaches the vendor", async () => {
    const id = await createUser(gateway, at("strasse"));
    const [rename] = renameOf("straße");
    await ask(gateway, "PATCH", `/Users/${id}`, 200, rename);
    expect((await read(gateway, id)).userName).toBe(at("straße"));
    // Redmine's logins are ASCII.
    expect(Object.keys(await nativeUsers(opened, gateway))).toEqual([at(isTold ? "stra_x00DF_e" : "straße")]);
    expect(await idsOf(gateway, named("strasse"))).toEqual([]);
    expect(await idsOf(gateway, named("straße"))).toEqual([id]);
  });
});

describe("S7: an account that only the vendor joins", () => {
  it.each(CONNECTIONS.filter(({ vendor }) => ["keepnet", "klaxoon", "keepabl"].includes(vendor)))(
    "S7: and that has no link is told of, not adopted in another's name, $title",
    async (opened) => {
      const gateway = await openVendor(opened);
      await addStranger(gateway, opened.vendor, at("straße"));
      const refused = await ask(gateway, "POST", "/Users", 409, entraUser({ email: at("strasse") }));
      expect(refused.body.detail).toContain("a user of the product who is not linked on this connection has that name");
      expect(await idsOf(gateway, named("strasse"))).toEqual([]);
      const [id] = await idsOf(gateway, named("straße"));
      expect(id).toBeDefined();
      expect(Object.keys(await nativeUsers(opened, gateway))).toHaveLength(1);
    },
  );

  it.each([KEEPNET, KEEPNET_FULL])(
    "S7 S23: is not what a lost create has made: the other user keeps it, $title",
    async (profile) => {
      const gateway = await openProfile(profile);
      const id = await createUser(gateway, at("straße"), { externalId: null });
      const sent = entraUser({ email: at("strasse"), givenName: "Other" }, { externalId: null });
      await fault(gateway, { kind: "drop", match: { method: "POST", path: "^/api/target-users$" } });
      expect((await gateway.scim("POST", "/Users", sent)).status).toBe(503);
      expect(await creates(gateway, profile)).toBe(2);
      expectError(await ask(gateway, "POST", "/Users", 409, sent), 409, "uniqueness");
      expect(await read(gateway, id)).toMatchObject({ userName: at("straße"), name: { givenName: "Ada" } });
    },
  );

  it("S7 S45: and whose user has another name here is told of by id: an alias, and one who has left", async () => {
    const full = await openProfile(KEEPNET_FULL);
    const id = await createUser(full, at("strasse"), { userName: "u1" });
    const sent = entraUser({ email: at("straße"), userName: "u2" });
    const refused = await ask(full, "POST", "/Users", 409, sent);
    expect(refused.body.detail).toContain(`the user ${id} on this connection has that name`);
    const gateway = await openProfile(KEEPNET);
    const leaver = await createUser(gateway, at("strasse"));
    const left = `0123456789abcdef0123456789abcdef${at("strasse")}`;
    const leave = [
      { op: "Replace", path: "active", value: false },
      { op: "Replace", path: "userName", value: left },
    ];
    await ask(gateway, "PATCH", `/Users/${leaver}`, 200, patchOf(...leave));
    const newcomer = await ask(gateway, "POST", "/Users", 409, entraUser({ email: at("straße") }));
    expect(newcomer.body.detail).toContain(`the user ${leaver} on this connection has that name`);
  });

  it("S7 S9: of a deleted user is told of as such", async () => {
    const gateway = await openProfile(KEEPNET, { settings: { onDelete: "disable" } });
    const id = await createUser(gateway, at("straße"));
    await ask(gateway, "DELETE", `/Users/${id}`, 204);
    const refused = await ask(gateway, "POST", "/Users", 409, entraUser({ email: at("strasse") }));
    expect(refused.body.detail).toContain(`a deleted user, ${id}, has that name`);
  });
});

describe.each(sampleOf(WITH_GROUPS, "names of groups", 2))("S7: names of groups, $title", (opened) => {
  it("S7: two groups that full folding would join", async () => {
    const gateway = await openVendor(opened);
    const id = await createGroup(gateway, "Straße");
    const other = await createGroup(gateway, "Ops");
    const equal = (name: string) => `displayName eq ${JSON.stringify(name)}`;
    expect(await idsOf(gateway, equal("STRAẞE "), "/Groups")).toEqual([id]);
    expect(await idsOf(gateway, equal("Strasse"), "/Groups")).toEqual([]);
    const created = await gateway.scim("POST", "/Groups", entraGroup("Strasse"));
    if (created.status === 409) {
      const rename = patchOf({ op: "Replace", path: "displayName", value: "Strasse" });
      for (const { body } of [created, await ask(gateway, "PATCH", `/Groups/${other}`, 409, rename)]) {
        expect(body.detail).toContain(`the group ${id} on this connection has that name`);
      }
      expect(Object.keys(await nativeMembers(opened, gateway)).sort()).toEqual(["Ops", "Straße"]);
    } else {
      expect(created.status).toBe(201);
      expect(await idsOf(gateway, equal("Strasse"), "/Groups")).toEqual([created.body.id]);
      expect(Object.keys(await nativeMembers(opened, gateway)).sort()).toEqual(["Ops", "Strasse", "Straße"]);
    }
  });
});

describe("S7: the neighbours of a name", () => {
  it("S7 S50: a manager who is named is nobody whose name is only alike", async () => {
    const gateway = await openProfile(KEEPNET);
    const boss = await createUser(gateway, at("straße"));
    const id = await createUser(gateway, at("ada"));
    const manager = `${ENTERPRISE}:manager`;
    const set = (value: string) => patchOf({ op: "Replace", path: manager, value });
    await ask(gateway, "PATCH", `/Users/${id}`, 400, set(at("strasse")));
    expect((await read(gateway, id))[ENTERPRISE]?.manager).toBeUndefined();
    await ask(gateway, "PATCH", `/Users/${id}`, 200, set(at("STRAẞE")));
    expect((await read(gateway, id))[ENTERPRISE].manager.value).toBe(boss);
  });

  it("S7 S22: protection of one name is not protection of the other", async () => {
    for (const [kept, free] of [
      ["straße", "strasse"],
      ["strasse", "straße"],
    ] as const) {
      const gateway = await openVendor(
        { title: "", vendor: "redmine", options: {} },
        { protected: { users: [at(kept)], groups: [] } },
      );
      const [first, second] = [await createUser(gateway, at(kept)), await createUser(gateway, at(free))];
      const off = patchOf({ op: "Replace", path: "active", value: false });
      await ask(gateway, "PATCH", `/Users/${first}`, 403, off);
      await ask(gateway, "PATCH", `/Users/${second}`, 200, off);
      await gateway.api("POST", `/connections/${gateway.name}/sweep`);
      await gateway.settle();
      await ask(gateway, "DELETE", `/Users/${first}`, 403);
      await ask(gateway, "DELETE", `/Users/${second}`, 204);
    }
  });

  it("S7 S45: a prefix before a name that is only alike makes no soft-delete name", async () => {
    const gateway = await openProfile(KEEPNET);
    const id = await createUser(gateway, at("straße"));
    const prefix = "0123456789abcdef0123456789abcdef";
    const leave = (name: string) =>
      patchOf(
        { op: "Replace", path: "active", value: false },
        { op: "Replace", path: "userName", value: `${prefix}${at(name)}` },
      );
    await ask(gateway, "PATCH", `/Users/${id}`, 200, leave("straße"));
    expect(Object.keys(await nativeUsers({ ...KEEPNET }, gateway))).toEqual([at("straße")]);
    expect(await idsOf(gateway, `userName eq "${prefix}${at("straße")}"`)).toEqual([id]);
    expect(await idsOf(gateway, `userName eq "${prefix}${at("strasse")}"`)).toEqual([]);
  });

  it("S7 S2: userName and e-mail that are only alike are two different values", async () => {
    const gateway = await openProfile(KEEPNET);
    const both = entraUser({ email: at("strasse"), userName: at("straße") });
    expectError(await ask(gateway, "POST", "/Users", 400, both), 400, "invalidValue");
    const full = await openProfile(KEEPNET_FULL);
    const { id } = (await ask(full, "POST", "/Users", 201, both)).body;
    expect(await read(full, id)).toMatchObject({ userName: at("straße"), emails: [{ value: at("strasse") }] });
    expect(await idsOf(full, named("strasse"))).toEqual([]);
    expect(await idsOf(full, addressed("strasse")[0] ?? "")).toEqual([id]);
    expect(await idsOf(full, addressed("straße")[0] ?? "")).toEqual([]);
  });

  it("S7 S49: addresses that are only alike are two, and a filter changes one of them", async () => {
    const gateway = await openProfile(KEEPNET_FULL);
    const home = at("É.strasse");
    const emails = [
      { type: "work", primary: true, value: at("straße") },
      { type: "home", value: home },
    ];
    const id = await createUser(gateway, at("straße"), { emails });
    expect((await read(gateway, id)).emails).toHaveLength(2);
    expect(await idsOf(gateway, `emails.value eq "${home}"`)).toEqual([id]);
    const path = `emails[value eq "${at("strasse")}"].value`;
    await ask(gateway, "PATCH", `/Users/${id}`, 400, patchOf({ op: "Replace", path, value: at("ada") }));
    expect((await read(gateway, id)).emails).toMatchObject(emails);
  });

  it("S7 C37: other attributes are compared after full folding", async () => {
    const gateway = await openProfile(KEEPNET);
    const id = await createUser(gateway, at("ada"), { name: { givenName: "Ada", familyName: "Strauß" } });
    expect(await idsOf(gateway, 'name.familyName eq "STRAUSS"')).toEqual([id]);
  });
});
