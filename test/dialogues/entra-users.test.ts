// Entra ID's dialogue about users, request by request, in the default and the flagged form (clients.md E1 to E13).

import { describe, expect, it } from "vitest";
import {
  ALL_PROFILES,
  ask,
  CORE_USER,
  createUser,
  ENTERPRISE,
  entraUser,
  expectError,
  expectValues,
  filtered,
  holds,
  KEEPABL,
  KEEPNET,
  KEEPNET_FULL,
  KEEPNET_PROFILES,
  LIST,
  MOBILE,
  nativeLog,
  nativeOf,
  natives,
  open,
  patch,
  patchOf,
  read,
  valueAt,
  WORK_MAIL,
  WORK_PHONE,
} from "./dialogue.ts";

const EMPTY_LIST = { schemas: [LIST], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] };
const DEPARTMENT = `${ENTERPRISE}:department`;
const EMPLOYEE_NUMBER = `${ENTERPRISE}:employeeNumber`;

describe.each(ALL_PROFILES)("Entra about users, $title", (profile) => {
  it("E1 C27 V4: the test connection finds nobody, by every matching attribute", async () => {
    const gateway = await open(profile);
    const guid = "6b5d23c6-71a9-4d8a-9a5a-3f2d0c7e1b11";
    for (const attribute of ["userName", "externalId", WORK_MAIL, "id"]) {
      const { body } = await ask(gateway, "GET", filtered("/Users", `${attribute} eq "${guid}"`), 200);
      expect(body).toEqual(EMPTY_LIST);
    }
    expect(await natives(gateway)).toEqual([]);
  });

  it("E1: a custom attribute and a random group find nothing, which is no error", async () => {
    const gateway = await open(profile);
    const custom = 'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User:tag eq "x"';
    for (const path of [filtered("/Users", custom), filtered("/Groups", 'displayName eq "6b5d-random"')]) {
      expect((await ask(gateway, "GET", path, 200)).body).toEqual(EMPTY_LIST);
    }
  });

  it("E3 E2 V1 V3: a user is created, found by each matching attribute, and there at the vendor", async () => {
    const gateway = await open(profile);
    const sent = entraUser({ email: "ada@contoso.com" });
    const created = await ask(gateway, "POST", "/Users", 201, sent);
    const { id } = created.body;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(created.headers.get("location")).toBe(`https://scim.example.com/scim/v2/Users/${id}`);
    expect(created.body.meta.location).toBe(created.headers.get("location"));
    const values = {
      userName: "ada@contoso.com",
      externalId: "ada",
      active: true,
      displayName: "Ada L",
      [WORK_MAIL]: "ada@contoso.com",
      "name.givenName": "Ada",
      "name.familyName": "L",
      "name.formatted": "Ada L",
      [DEPARTMENT]: "R&D",
      [EMPLOYEE_NUMBER]: "77",
    };
    expectValues(profile, created.body, values);
    for (const [attribute, value] of [
      ["userName", "ada@contoso.com"],
      ["externalId", "ada"],
      [WORK_MAIL, "ada@contoso.com"],
    ]) {
      const { body } = await ask(gateway, "GET", filtered("/Users", `${attribute} eq "${value}"`), 200);
      expect(body).toMatchObject({ totalResults: 1, itemsPerPage: 1, startIndex: 1 });
      expect(body.Resources[0].id).toBe(id);
      expectValues(profile, body.Resources[0], values);
    }
    const native = await nativeOf(gateway, "ada@contoso.com");
    expect(native).toMatchObject({ givenName: "Ada", familyName: "L", active: true });
    if (profile.vendor === "keepnet") expect(native.department).toBe("R&D");
  });

  it("E2 V5 C12: userName is found in another case, and shown as it was sent", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "Ada.Lovelace@Contoso.com");
    for (const spelling of ["ADA.LOVELACE@CONTOSO.COM", "ada.lovelace@contoso.com"]) {
      const { body } = await ask(gateway, "GET", filtered("/Users", `userName eq "${spelling}"`), 200);
      expect(body.Resources.map((one: { id: string }) => one.id)).toEqual([id]);
      expect(body.Resources[0].userName).toBe("Ada.Lovelace@Contoso.com");
    }
  });

  it("E2 Q12: a filter may come form-encoded, plus for space", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    for (const query of [
      'filter=userName+eq+"ada@contoso.com"',
      "filter=userName+eq+%22ada%40contoso.com%22",
      "filter=userName%20eq%20%22ada%40contoso.com%22",
    ]) {
      const { body } = await ask(gateway, "GET", `/Users?${query}`, 200);
      expect(body.Resources.map((one: { id: string }) => one.id)).toEqual([id]);
    }
  });

  it("E2 Q23: special characters in a matching value find exactly their user", async () => {
    const gateway = await open(profile);
    const plain = await createUser(gateway, "ob@contoso.com");
    const strange = "o'b+1_%&=#é\"\\@contoso.com";
    const id = await createUser(gateway, strange, { externalId: "x" });
    const { body } = await ask(gateway, "GET", filtered("/Users", `userName eq ${JSON.stringify(strange)}`), 200);
    expect(body.Resources.map((one: { id: string }) => one.id)).toEqual([id]);
    const wild = await ask(gateway, "GET", filtered("/Users", 'userName eq "o_@contoso.com"'), 200);
    expect(wild.body.totalResults).toBe(0);
    expect(plain).not.toBe(id);
  });

  it("E3 C25 Q21 V2: a second create is 409, however often, and makes no second account", async () => {
    const gateway = await open(profile);
    await createUser(gateway, "ada@contoso.com");
    for (const userName of ["ada@contoso.com", "ADA@contoso.com"]) {
      const again = await ask(gateway, "POST", "/Users", 409, entraUser({ email: userName }));
      expectError(again, 409, "uniqueness");
    }
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("E3 Q9 Q10: null members, unknown schemas and extensions without their URN do no harm", async () => {
    const gateway = await open(profile);
    const body = entraUser(
      { email: "ada@contoso.com" },
      {
        schemas: [CORE_USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
        department: null,
        manager: null,
        addresses: null,
        nickName: null,
        entitlements: [],
        active: "True",
        "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User": { tag: "701984" },
      },
    );
    const created = await ask(gateway, "POST", "/Users", 201, body);
    expectValues(profile, created.body, { active: true, [DEPARTMENT]: "R&D", [EMPLOYEE_NUMBER]: "77" });
    expect(created.body.addresses).toBeUndefined();
    expect(created.body.nickName).toBeUndefined();
    expect((await nativeOf(gateway, "ada@contoso.com")).active).toBe(true);
  });

  it("E3: a user can be created without active, and disabled", async () => {
    const gateway = await open(profile);
    const { active: _, ...sent } = entraUser({ email: "bob@contoso.com" });
    expect((await ask(gateway, "POST", "/Users", 201, sent)).body.active).toBe(true);
    expect((await nativeOf(gateway, "bob@contoso.com")).active).toBe(true);
    const disabled = entraUser({ email: "eve@contoso.com" }, { active: false });
    expect((await ask(gateway, "POST", "/Users", 201, disabled)).body.active).toBe(false);
    expect((await nativeOf(gateway, "eve@contoso.com")).active).toBe(false);
  });

  it("E4 C26: a known user is read, an unknown one is 404 in SCIM form", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    expect((await read(gateway, id)).id).toBe(id);
    for (const unknown of ["00000000-0000-7000-8000-000000000000", "no-such-id", "%27%3B--", "__proto__"]) {
      await ask(gateway, "GET", `/Users/${unknown}`, 404);
    }
  });

  it("E5 Q2 Q8 V6 V7: one operation for each attribute, capitalised, creating elements that are not there", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    const answer = await patch(
      gateway,
      id,
      { op: "Replace", path: "displayName", value: "Ada King" },
      { op: "Add", path: MOBILE, value: "+44 20" },
      { op: "Replace", path: WORK_PHONE, value: "+44 (0)20 7946-0000 ext. 7" },
      { op: "Replace", path: "name.familyName", value: "King" },
      { op: "Add", path: DEPARTMENT, value: "Math" },
      { op: "Add", path: "title", value: "Countess" },
    );
    const values = {
      displayName: "Ada King",
      [MOBILE]: "+44 20",
      // Stored verbatim, never normalised.
      [WORK_PHONE]: "+44 (0)20 7946-0000 ext. 7",
      "name.familyName": "King",
      "name.givenName": "Ada",
      [DEPARTMENT]: "Math",
      [EMPLOYEE_NUMBER]: "77",
      title: "Countess",
    };
    expectValues(profile, answer.body, values);
    expectValues(profile, await read(gateway, id), values);
    const native = await nativeOf(gateway, "ada@contoso.com");
    expect(native).toMatchObject({ givenName: "Ada", familyName: "King" });
    if (profile.vendor === "keepnet") {
      expect(native).toMatchObject({ phone: "+44 (0)20 7946-0000 ext. 7", department: "Math" });
    }
  });

  it("E5 V8: the address changes, and is found under the new value only", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    await patch(
      gateway,
      id,
      { op: "Replace", path: "userName", value: "ada.king@contoso.com" },
      { op: "Replace", path: WORK_MAIL, value: "ada.king@contoso.com" },
    );
    for (const attribute of ["userName", WORK_MAIL]) {
      const now = await ask(gateway, "GET", filtered("/Users", `${attribute} eq "ada.king@contoso.com"`), 200);
      expect(now.body.Resources.map((one: { id: string }) => one.id)).toEqual([id]);
      const before = await ask(gateway, "GET", filtered("/Users", `${attribute} eq "ada@contoso.com"`), 200);
      expect(before.body.totalResults).toBe(0);
    }
    expect((await natives(gateway)).map(({ email }) => email)).toEqual(["ada.king@contoso.com"]);
  });

  it("E6 Q3: one path-less replace whose keys are whole paths", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    const answer = await patch(
      gateway,
      id,
      { op: "replace", path: WORK_PHONE, value: "+1 206" },
      {
        op: "replace",
        value: {
          displayName: "Ada K",
          "name.givenName": "Augusta",
          "name.familyName": "K",
          title: "Countess",
          [EMPLOYEE_NUMBER]: "88",
          [DEPARTMENT]: "Engines",
        },
      },
    );
    const values = {
      displayName: "Ada K",
      "name.givenName": "Augusta",
      "name.familyName": "K",
      "name.formatted": "Ada L",
      title: "Countess",
      [WORK_PHONE]: "+1 206",
      [EMPLOYEE_NUMBER]: "88",
      [DEPARTMENT]: "Engines",
    };
    expectValues(profile, answer.body, values);
    expectValues(profile, await read(gateway, id), values);
    expect(await nativeOf(gateway, "ada@contoso.com")).toMatchObject({ givenName: "Augusta", familyName: "K" });
  });

  it("E6: an extension may also come as one object inside the path-less value", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    await patch(gateway, id, {
      op: "replace",
      value: { [ENTERPRISE]: { department: "Engines" }, name: { familyName: "K" } },
    });
    expectValues(profile, await read(gateway, id), {
      [DEPARTMENT]: "Engines",
      [EMPLOYEE_NUMBER]: "77",
      "name.familyName": "K",
      "name.givenName": "Ada",
    });
  });

  it.each([
    ["default", { op: "Replace", path: "active", value: "False" }, { op: "Replace", path: "active", value: "True" }],
    ["flagged", { op: "replace", path: "active", value: false }, { op: "replace", path: "active", value: true }],
    ["path-less", { op: "replace", value: { active: false } }, { op: "replace", value: { active: true } }],
    ["added", { op: "Add", path: "active", value: "false" }, { op: "Add", path: "active", value: "TRUE" }],
  ])("E7 E8 Q1 Q24 V9: disable and restore, %s", async (_form, off, on) => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    expect((await patch(gateway, id, off)).body.active).toBe(false);
    expect((await read(gateway, id)).active).toBe(false);
    expect((await nativeOf(gateway, "ada@contoso.com")).active).toBe(false);
    const found = await ask(gateway, "GET", filtered("/Users", 'userName eq "ada@contoso.com"'), 200);
    expect(found.body.Resources).toMatchObject([{ id, active: false }]);
    const listed = await ask(gateway, "GET", "/Users", 200);
    expect(listed.body.Resources).toMatchObject([{ id, active: false }]);
    // Said twice is no mistake.
    expect((await patch(gateway, id, off)).body.active).toBe(false);
    expect((await patch(gateway, id, on)).body.active).toBe(true);
    expect((await read(gateway, id)).active).toBe(true);
    expect((await nativeOf(gateway, "ada@contoso.com")).active).toBe(true);
  });

  it("E9 C30 V13 V14: deleted is gone everywhere, and 404 from then on", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    const other = await createUser(gateway, "bob@contoso.com");
    const gone = await ask(gateway, "DELETE", `/Users/${id}`, 204);
    expect(gone.body).toBe("");
    expect((await natives(gateway)).map(({ email }) => email)).toEqual(["bob@contoso.com"]);
    await ask(gateway, "DELETE", `/Users/${id}`, 404);
    await ask(gateway, "GET", `/Users/${id}`, 404);
    await ask(gateway, "PATCH", `/Users/${id}`, 404, patchOf({ op: "Replace", path: "active", value: "False" }));
    await ask(gateway, "PUT", `/Users/${id}`, 404, entraUser({ email: "ada@contoso.com" }));
    for (const filter of ['userName eq "ada@contoso.com"', 'externalId eq "ada"', `id eq "${id}"`]) {
      expect((await ask(gateway, "GET", filtered("/Users", filter), 200)).body.totalResults).toBe(0);
    }
    const listed = await ask(gateway, "GET", "/Users", 200);
    expect(listed.body.Resources.map((one: { id: string }) => one.id)).toEqual([other]);
    expect(listed.body.totalResults).toBe(1);
    await ask(gateway, "DELETE", "/Users/00000000-0000-7000-8000-000000000000", 404);
  });

  it("E13 Q18 C74: null and the empty text clear one member and leave the others, also when nothing is there", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    await patch(gateway, id, { op: "Add", path: WORK_PHONE, value: "+1" }, { op: "Add", path: MOBILE, value: "+2" });
    const clears: [string, unknown][] = [
      [WORK_PHONE, ""],
      [DEPARTMENT, null],
      ["name.familyName", ""],
      [MOBILE, null],
    ];
    for (let turn = 0; turn < 2; turn++) {
      for (const [path, value] of clears) await patch(gateway, id, { op: "Replace", path, value });
    }
    const shown = await read(gateway, id);
    for (const [path] of clears) expect(valueAt(shown, path)).toBeUndefined();
    expectValues(profile, shown, { "name.givenName": "Ada", [EMPLOYEE_NUMBER]: "77" });
    const native = await nativeOf(gateway, "ada@contoso.com");
    expect(native).toMatchObject({ givenName: "Ada", familyName: null });
    if (profile.vendor === "keepnet") expect([native.phone || null, native.department]).toEqual([null, null]);
  });

  it("E13: a complex value with one null member clears that member only", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    await patch(gateway, id, { op: "replace", value: { name: { familyName: null } } });
    expectValues(profile, await read(gateway, id), { "name.familyName": undefined, "name.givenName": "Ada" });
    expect(await nativeOf(gateway, "ada@contoso.com")).toMatchObject({ givenName: "Ada", familyName: null });
  });

  it("Q15 C77: both forms arrive on one connection, for one user", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    await patch(gateway, id, { op: "Replace", path: "name.familyName", value: "King" });
    await patch(gateway, id, { op: "replace", value: { "name.givenName": "Augusta", active: false } });
    await patch(
      gateway,
      id,
      { op: "Replace", path: "active", value: "True" },
      { op: "replace", value: { title: "Dr" } },
    );
    expectValues(profile, await read(gateway, id), {
      "name.familyName": "King",
      "name.givenName": "Augusta",
      active: true,
      title: "Dr",
    });
    expect(await nativeOf(gateway, "ada@contoso.com")).toMatchObject({
      givenName: "Augusta",
      familyName: "King",
      active: true,
    });
  });

  it("V11 V12: several operations in order, on different attributes and on one", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    await patch(
      gateway,
      id,
      { op: "remove", path: "name.familyName" },
      { op: "add", path: "name.familyName", value: "Byron" },
      { op: "replace", path: "name.familyName", value: "Lovelace" },
      { op: "add", path: "title", value: "Countess" },
      { op: "remove", path: "title" },
    );
    expectValues(profile, await read(gateway, id), { "name.familyName": "Lovelace", title: undefined });
    expect((await nativeOf(gateway, "ada@contoso.com")).familyName).toBe("Lovelace");
  });

  it("C56 C79: a request of which one part fails changes nothing", async () => {
    const gateway = await open(profile);
    await createUser(gateway, "bob@contoso.com");
    const id = await createUser(gateway, "ada@contoso.com");
    const before = await read(gateway, id);
    const attempts: [number, string, object[]][] = [
      [400, "invalidPath", [{ op: "Replace", path: "emails[type eq", value: "x" }]],
      [400, "invalidValue", [{ op: "Replace", path: "active", value: "maybe" }]],
      [400, "mutability", [{ op: "Replace", path: "id", value: "mine" }]],
      [409, "uniqueness", [{ op: "Replace", path: "userName", value: "BOB@contoso.com" }]],
    ];
    for (const [status, scimType, operations] of attempts) {
      const body = patchOf({ op: "Replace", path: "name.familyName", value: "King" }, ...operations);
      expectError(await ask(gateway, "PATCH", `/Users/${id}`, status, body), status, scimType);
    }
    expect(await read(gateway, id)).toEqual(before);
    expect((await nativeOf(gateway, "ada@contoso.com")).familyName).toBe("L");
    expect((await natives(gateway)).map(({ email }) => email).sort()).toEqual(["ada@contoso.com", "bob@contoso.com"]);
  });

  it("C57: PATCH of a user answers 200 with the resource, narrowed by attributes", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    const body = patchOf({ op: "Replace", path: "name.familyName", value: "King" });
    const answer = await ask(gateway, "PATCH", `/Users/${id}?attributes=name.familyName`, 200, body);
    expect(answer.body).toEqual({ schemas: answer.body.schemas, id, name: { familyName: "King" } });
  });

  it("C61 C78: a PATCH that changes nothing keeps the version, and writes nothing", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    const before = await read(gateway, id);
    await gateway.vendor("DELETE", "/log");
    const again = await patch(
      gateway,
      id,
      { op: "Replace", path: "name.familyName", value: "L" },
      { op: "Add", path: "active", value: "True" },
      { op: "Add", path: "emails", value: [{ type: "work", value: "ada@contoso.com" }] },
    );
    expect(again.body.meta).toEqual(before.meta);
    const writes = (await nativeLog(gateway)).filter(({ method }) => method !== "GET");
    expect(writes).toEqual([]);
    expect(again.headers.get("x-portico-native-calls")).toBe("1");
  });
});

describe.each(KEEPNET_PROFILES)("Entra's values of many, $title", (profile) => {
  it("E12 Q11 Q13: typed elements and their sub-attributes in any case", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    const paths: [string, string, string][] = [
      ['phoneNumbers[type eq "work"].Value', WORK_PHONE, "+1"],
      ['PhoneNumbers[Type eq "mobile"].value', MOBILE, "+2"],
      ['phoneNumbers[type eq "fax"].value', 'phoneNumbers[type eq "fax"].value', "+3"],
      ['emails[type eq "other"].value', 'emails[type eq "other"].value', "ada@home.example"],
      ['addresses[type eq "work"].streetAddress', 'addresses[type eq "work"].streetAddress', "1 Main St"],
      ['addresses[type eq "work"].locality', 'addresses[type eq "work"].locality', "London"],
      ['addresses[type eq "work"].region', 'addresses[type eq "work"].region', "LND"],
      ['addresses[type eq "work"].postalCode', 'addresses[type eq "work"].postalCode', "W1"],
      ['addresses[type eq "work"].Country', 'addresses[type eq "work"].country', "UK"],
      ['addresses[type eq "work"].Formatted', 'addresses[type eq "work"].formatted', "1 Main St, London"],
      ['addresses[type eq "other"].formatted', 'addresses[type eq "other"].formatted', "elsewhere"],
    ];
    await patch(gateway, id, ...paths.map(([path, , value]) => ({ op: "Add", path, value })));
    const shown = await read(gateway, id);
    expectValues(profile, shown, Object.fromEntries(paths.map(([, path, value]) => [path, value])));
    expect(valueAt(shown, WORK_MAIL)).toBe("ada@contoso.com");
    const both = 'emails[type eq "WORK" and value eq "ada@contoso.com"]';
    expect((await ask(gateway, "GET", filtered("/Users", both), 200)).body.totalResults).toBe(1);
    expect((await nativeOf(gateway, "ada@contoso.com")).phone).toBe("+1");
  });

  it("E11 Q1 Q7: roles in the three forms of Entra's producers", async () => {
    const gateway = await open(profile);
    const single = { primary: true, type: "WindowsAzureActiveDirectoryRole", value: "Admin" };
    const id = await createUser(gateway, "ada@contoso.com", { roles: [single] });
    expect((await read(gateway, id)).roles).toEqual(profile.isFull ? [single] : undefined);
    await patch(gateway, id, { op: "Replace", path: 'roles[primary eq "True"].value', value: "Owner" });
    expect((await read(gateway, id)).roles).toEqual(profile.isFull ? [{ ...single, value: "Owner" }] : undefined);
    const json = JSON.stringify({ id: "06b0", value: "Reader", displayName: "Reader" });
    await patch(gateway, id, { op: "Add", path: "roles", value: [{ value: json }] });
    const values = async () => ((await read(gateway, id)).roles ?? []).map((role: { value: string }) => role.value);
    expect(await values()).toEqual(profile.isFull ? ["Owner", "Reader"] : []);
    await patch(gateway, id, {
      op: "replace",
      path: "roles",
      value: [{ value: JSON.stringify({ id: "1", value: "Writer", displayName: "Writer" }) }],
    });
    expect(await values()).toEqual(profile.isFull ? ["Writer"] : []);
    // Only the link changed: the vendor's record has no roles.
    expect(await nativeOf(gateway, "ada@contoso.com")).toMatchObject({ email: "ada@contoso.com", active: true });
  });

  it("E11: roles as objects on create, not primary", async () => {
    const gateway = await open(profile);
    const roles = [{ primary: false, value: "Admin", display: "Administrator" }];
    const id = await createUser(gateway, "ada@contoso.com", { roles });
    expect((await read(gateway, id)).roles).toEqual(profile.isFull ? roles : undefined);
  });
});

describe("Entra and what the product demands", () => {
  it("E3 S2: two different new values for userName and e-mail are refused, naming both", async () => {
    for (const profile of [KEEPNET, KEEPABL]) {
      const gateway = await open(profile);
      const body = entraUser({ email: "ada@contoso.com", userName: "al@contoso.com" });
      const refused = await ask(gateway, "POST", "/Users", 400, body);
      expectError(refused, 400, "invalidValue");
      expect(refused.body.detail).toContain("userName");
      expect(refused.body.detail).toContain("emails");
      expect(await natives(gateway)).toEqual([]);
    }
  });

  it("E3 S1: in full fidelity userName and e-mail are two values, each found by its own filter", async () => {
    const gateway = await open(KEEPNET_FULL);
    const body = entraUser({ email: "ada@contoso.com", userName: "al@corp.contoso.com" });
    const { id } = (await ask(gateway, "POST", "/Users", 201, body)).body;
    expectValues(KEEPNET_FULL, await read(gateway, id), {
      userName: "al@corp.contoso.com",
      [WORK_MAIL]: "ada@contoso.com",
    });
    expect(holds(KEEPNET_FULL, "userName")).toBe(true);
    for (const filter of ['userName eq "al@corp.contoso.com"', `${WORK_MAIL} eq "ada@contoso.com"`]) {
      const { body: found } = await ask(gateway, "GET", filtered("/Users", filter), 200);
      expect(found.Resources.map((one: { id: string }) => one.id)).toEqual([id]);
    }
    expect((await natives(gateway)).map(({ email }) => email)).toEqual(["ada@contoso.com"]);
  });

  it("E3: a vendor's refusal is 400 invalidValue with the attribute's name", async () => {
    const gateway = await open(KEEPNET, { seed: { allowedDomains: ["contoso.com"] } });
    const refused = await ask(gateway, "POST", "/Users", 400, entraUser({ email: "ada@elsewhere.example" }));
    expectError(refused, 400, "invalidValue");
    expect(refused.body.detail).toContain("emails");
    expect(refused.body.detail).not.toContain("elsewhere");
    expect(await natives(gateway)).toEqual([]);
  });

  it("Q20: the flag's text at the end of the Tenant URL changes nothing", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    const filter = encodeURIComponent('userName eq "ada@contoso.com"');
    for (const path of [
      `/Users?aadOptscim062020&filter=${filter}`,
      `?aadOptscim062020/Users?filter=${filter}`,
      `/?aadOptscim062020/Users?filter=${filter}`,
      `/Users?filter=${filter}&aadOptscim062020=`,
    ]) {
      const { body } = await ask(gateway, "GET", path, 200);
      expect(body.Resources?.map((one: { id: string }) => one.id)).toEqual([id]);
    }
    const made = await ask(gateway, "POST", "?aadOptscim062020/Users", 201, entraUser({ email: "bob@contoso.com" }));
    await ask(gateway, "GET", `?aadOptscim062020/Users/${made.body.id}`, 200);
  });
});
