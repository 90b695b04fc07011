// Entra ID changes users, request by request, in the default and the flagged form [E5] to [E8] [E13].

import { describe, expect, it } from "vitest";
import {
  ALL_PROFILES,
  ask,
  createUser,
  ENTERPRISE,
  expectError,
  expectValues,
  filtered,
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

const DEPARTMENT = `${ENTERPRISE}:department`;
const EMPLOYEE_NUMBER = `${ENTERPRISE}:employeeNumber`;

describe.each(ALL_PROFILES)("Entra about users, $title", (profile) => {
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
