// Bodies of POST and PUT: cases, bounds, what the body named, and hostile JSON.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GROUP, USER } from "../../src/scim/core-schemas.ts";
import { REPAIRS } from "../../src/scim/lenient.ts";
import { readResource, toSchemas } from "../../src/scim/resource.ts";
import { CORE_USER, ENTERPRISE_USER, type ResourceType } from "../../src/scim/schema.ts";
import { MAX_ELEMENTS, MAX_MEMBERS, MAX_STRING_LENGTH } from "../../src/scim/values.ts";
import { MODEST_USER, VENDOR_USER } from "./ada.ts";
import { refusalOf, resultOf } from "./outcome.ts";
import cases from "./resource.json" with { type: "json" };

const TYPES: { [name: string]: ResourceType } = { User: USER, Group: GROUP, Vendor: VENDOR_USER, Modest: MODEST_USER };
const rows: readonly {
  name: string;
  type?: string | undefined;
  body: unknown;
  is?: unknown;
  refused?: string | undefined;
  dropped?: string[] | undefined;
  repairs?: string[] | undefined;
}[] = cases;

describe("bodies", () => {
  it.each(rows)("$name", ({ type, body, is, refused, dropped, repairs }) => {
    const read = () => readResource(body, TYPES[type ?? "User"] ?? USER);
    expect(refusalOf(read)).toBe(refused);
    if (refused !== undefined) return;
    expect(read().resource).toEqual(is);
    expect(new Set(read().dropped)).toEqual(new Set(dropped ?? []));
    expect(new Set(read().repairs)).toEqual(new Set(repairs ?? []));
  });

  it("C4: the refusal names the attribute", () => {
    expect(() => readResource({ emails: [{ primary: 3 }] }, USER)).toThrow(/emails\.primary/);
    expect(() => readResource({ department: true }, USER)).toThrow(`${ENTERPRISE_USER}:department`);
  });

  it("S5 C32: explicit tells absent from empty", () => {
    const body = {
      USERNAME: "a",
      active: null,
      emails: [],
      "name.givenName": "",
      shoeSize: 1,
      groups: [],
      manager: "",
    };
    const { explicit } = readResource(body, USER);
    expect(explicit).toEqual(new Set(["userName", "active", "emails", "name", `${ENTERPRISE_USER}:manager`]));
    expect(readResource({ displayName: "S", members: [] }, GROUP).explicit).toEqual(
      new Set(["displayName", "members"]),
    );
  });

  it("S5: an extension that is null names all its attributes", () => {
    const { explicit } = readResource({ [ENTERPRISE_USER]: null }, USER);
    expect(explicit.has(`${ENTERPRISE_USER}:manager`)).toBe(true);
    expect(explicit.size).toBe(6);
  });

  it("C7: the schemas that the body named and the type has", () => {
    expect(readResource({ schemas: [CORE_USER.toUpperCase(), "urn:x", CORE_USER] }, USER).schemas).toEqual([CORE_USER]);
    expect(readResource({ schemas: CORE_USER }, USER).schemas).toEqual([CORE_USER]);
    expect(readResource({ schemas: [5, null] }, USER).schemas).toEqual([]);
  });

  it("C7: a resource's schemas are the core one and each extension in use", () => {
    expect(toSchemas({ userName: "a" }, USER)).toEqual([CORE_USER]);
    expect(toSchemas({ userName: "a", [ENTERPRISE_USER]: { department: "x" } }, USER)).toEqual([
      CORE_USER,
      ENTERPRISE_USER,
    ]);
  });

  it("C4: every repair has its own name and a sentence", () => {
    expect(new Set(REPAIRS.map(({ name }) => name)).size).toBe(REPAIRS.length);
    expect(REPAIRS.every(({ sentence }) => sentence.endsWith("."))).toBe(true);
  });
});

describe("bounds", () => {
  const list = (count: number) => Array.from({ length: count }, (_, at) => ({ value: `v${at}` }));

  it.each([
    ["C4: the longest text", { title: "x".repeat(MAX_STRING_LENGTH) }, USER, undefined],
    ["C4: a longer text", { title: "x".repeat(MAX_STRING_LENGTH + 1) }, USER, "invalidValue"],
    ["C4: the most values", { emails: list(MAX_ELEMENTS) }, USER, undefined],
    ["C4: one value more", { emails: list(MAX_ELEMENTS + 1) }, USER, "invalidValue"],
    ["C4: the most members", { members: list(MAX_MEMBERS) }, GROUP, undefined],
    ["C4: one member more", { members: list(MAX_MEMBERS + 1) }, GROUP, "invalidValue"],
  ])("%s", (_, body, type, refused) => {
    expect(refusalOf(() => readResource(body, type))).toBe(refused);
  });

  it("S1: the dropped names are bounded in number and length", () => {
    const body = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`x${at}${"y".repeat(300)}`, at]));
    const { dropped } = readResource(body, USER);
    expect(dropped.length).toBe(100);
    expect(Math.max(...dropped.map((name) => name.length))).toBe(200);
  });

  it("C4: deep nesting is refused or dropped, never followed", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`);
    expect(refusalOf(() => readResource({ title: deep }, USER))).toBe("invalidValue");
    expect(refusalOf(() => readResource({ emails: deep }, USER))).toBe("invalidValue");
    expect(readResource({ shoeSize: deep }, USER).dropped).toEqual(["shoeSize"]);
    const role = `{"value":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    expect(refusalOf(() => readResource({ roles: [role] }, USER))).toBe("invalidValue");
  });
});

describe("hostile JSON", () => {
  const names = [
    "userName",
    "name",
    "emails",
    "roles",
    "manager",
    "active",
    "__proto__",
    "constructor",
    "value",
    "type",
    "primary",
    "$ref",
    ENTERPRISE_USER,
    'emails[type eq "a"].value',
    "name.givenName",
    "schemas",
  ];
  const json = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(
        null,
        "",
        "True",
        "x",
        '{"value":"a"}',
        '{"__proto__":{"a":1}}',
        0,
        1.5,
        true,
        [],
        "\ud800",
      ),
      fc.array(tie("json"), { maxLength: 3 }),
      fc
        .array(fc.tuple(fc.constantFrom(...names), tie("json")), { maxLength: 4 })
        .map((entries): unknown => Object.fromEntries(entries)),
    ),
  })).json;

  it("C4: any JSON is a resource or a refusal, and nothing is polluted", () => {
    fc.assert(
      fc.property(json, (body) => {
        const read = resultOf(() => readResource(body, USER));
        expect(Object.keys(Object.prototype)).toEqual([]);
        if (!read) return;
        expect(Object.getPrototypeOf(read.resource)).toBe(Object.prototype);
        expect(
          Object.keys(read.resource).every(
            (name) => name === ENTERPRISE_USER || USER.schema.attributes.some((held) => held.name === name),
          ),
        ).toBe(true);
        // What was read is canonical: reading it again changes nothing.
        expect(readResource(read.resource, USER).resource).toEqual(read.resource);
      }),
      { numRuns: 1000 },
    );
  });

  it("C49: __proto__ is a name like any other", () => {
    const body: unknown = JSON.parse(
      '{"__proto__":{"userName":"x"},"userName":"a","name":{"__proto__":{"givenName":"x"}}}',
    );
    const read = readResource(body, USER);
    expect(read.resource).toEqual({ userName: "a" });
    expect(read.dropped).toEqual(["__proto__", "name.__proto__"]);
  });
});
