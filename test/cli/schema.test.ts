// What the simulator takes from /Schemas (test 15 of [A5]), and that its people are the same for the same seed.

import { describe, expect, it } from "vitest";
import { toOperations, toUser } from "../../cli/simulate/entra/shapes.ts";
import { createPeople, FAX } from "../../cli/simulate/people.ts";
import { compare, findHeld, flattenSchemas, listNotHeld, readPath } from "../../cli/simulate/schema.ts";
import { ENTERPRISE, listSchemas, USER } from "./reference-schemas.ts";

const sub = (name: string, more: object = {}) => ({ name, type: "string", ...more });

describe("flattenSchemas", () => {
  it("selects elements by their canonical types, by primary where there are none", () => {
    const { user, group } = flattenSchemas([
      {
        id: USER,
        attributes: [
          sub("userName", { mutability: "immutable", required: true }),
          sub("password", { returned: "never" }),
          sub("groups", { mutability: "readOnly" }),
          { name: "name", type: "complex", subAttributes: [sub("givenName", { required: true })] },
          {
            name: "phoneNumbers",
            type: "complex",
            multiValued: true,
            subAttributes: [sub("value", { required: true }), sub("type", { canonicalValues: ["work", "fax"] })],
          },
          { name: "roles", type: "complex", multiValued: true, subAttributes: [sub("value")] },
        ],
      },
      { id: ENTERPRISE, attributes: [{ name: "manager", type: "complex", subAttributes: [sub("value")] }] },
    ]);
    expect(group).toBeUndefined();
    expect([...user.keys()]).toEqual([
      "username",
      "name.givenname",
      'phonenumbers[type eq "work"].value',
      'phonenumbers[type eq "work"].type',
      'phonenumbers[type eq "fax"].value',
      'phonenumbers[type eq "fax"].type',
      'roles[primary eq "true"].value',
      `${ENTERPRISE.toLowerCase()}:manager.value`,
    ]);
    expect(findHeld(user, "userName")).toMatchObject({ required: true, changeable: false });
    expect(findHeld(user, FAX)).toMatchObject({ required: false, changeable: true });
    expect(findHeld(user, "name.givenName")).toMatchObject({ required: true });
  });
});

describe("compare", () => {
  const { user: held } = flattenSchemas(listSchemas(true, ["title"]));

  it("compares what is held, strictly, and lists what is not", () => {
    const values = new Map<string, string | boolean>([
      ["userName", "ada"],
      ["title", "Dr"],
      ["active", true],
      [`${ENTERPRISE}:department`, "R&D"],
    ]);
    const resource = { userName: "Ada", active: "True", [ENTERPRISE.toUpperCase()]: { Department: "R&D" } };
    expect(compare(held, values, new Set(), resource)).toEqual([
      { path: "userName", expected: "ada", got: "Ada" },
      { path: "active", expected: true, got: "True" },
    ]);
    expect(listNotHeld(held, values)).toEqual(["title"]);
  });

  it("takes absent, null and empty for cleared", () => {
    const gone = new Set(["displayName", FAX]);
    expect(compare(held, new Map(), gone, { displayName: "", phoneNumbers: [] })).toEqual([]);
    expect(compare(held, new Map(), gone, { phoneNumbers: [{ type: "fax", value: "1" }] })).toEqual([
      { path: FAX, expected: undefined, got: "1" },
    ]);
  });

  it("reads typed elements, and an untyped primary one as the work one", () => {
    const mail = 'emails[type eq "work"].value';
    expect(
      readPath(
        {
          emails: [
            { type: "home", value: "a" },
            { type: "work", value: "b" },
          ],
        },
        mail,
      ),
    ).toBe("b");
    expect(readPath({ emails: [{ primary: true, value: "c" }] }, mail)).toBe("c");
    expect(readPath({ emails: "none" }, mail)).toBeUndefined();
  });
});

describe("people", () => {
  const tenant = { users: 300, seed: 3, prefix: "p", languages: [] };

  it("are the same for the same seed and unique", () => {
    expect(createPeople(tenant)).toEqual(createPeople(tenant));
    expect(createPeople(tenant)).not.toEqual(createPeople({ ...tenant, seed: 4 }));
    const names = createPeople(tenant).map(({ values }) => String(values.get("userName")).toLowerCase());
    expect(new Set(names).size).toBe(300);
    expect(names.every((name) => /^[!-~]+@example\.com$/.test(name))).toBe(true);
    expect(names.some((name) => name.includes("+")) && names.some((name) => name.includes("'"))).toBe(true);
  });

  it("speak a language that the server suggests", () => {
    const people = createPeople({ ...tenant, languages: ["fr"] });
    expect(people.every(({ values }) => values.get("preferredLanguage") === "fr")).toBe(true);
  });

  it("travel in the shapes of the captures", () => {
    const bodies = createPeople(tenant)
      .map(toUser)
      .map((body) => JSON.stringify(body));
    for (const shape of ['"active":"True"', "enterprise:2.0User", '"manager":null', '"roles":[]', '"addresses":null']) {
      expect(bodies.some((body) => body.includes(shape))).toBe(true);
    }
    expect(
      toOperations(
        [
          { path: FAX, value: "1", isNew: true },
          { path: "name.familyName", value: "K" },
        ],
        "flagged",
      ),
    ).toEqual([
      { op: "add", path: FAX, value: "1" },
      { op: "replace", value: { "name.familyName": "K" } },
    ]);
  });
});
