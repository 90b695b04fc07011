// Entra ID looks for, creates, reads and deletes users, request by request, in the default and the flagged form [E1] to [E4] [E9].

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
  LIST,
  NOBODY,
  nativeOf,
  natives,
  open,
  patchOf,
  read,
  WORK_MAIL,
} from "./dialogue.ts";

const EMPTY_LIST = { schemas: [LIST], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] };

const DEPARTMENT = `${ENTERPRISE}:department`;
const EMPLOYEE_NUMBER = `${ENTERPRISE}:employeeNumber`;

describe.each(ALL_PROFILES)("Entra about users, $title", (profile) => {
  it("E1 C27 V4: the test connection's match is an empty list, by every matching attribute", async () => {
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
    for (const unknown of [NOBODY, "no-such-id", "%27%3B--", "__proto__"]) {
      await ask(gateway, "GET", `/Users/${unknown}`, 404);
    }
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
    await ask(gateway, "DELETE", `/Users/${NOBODY}`, 404);
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
