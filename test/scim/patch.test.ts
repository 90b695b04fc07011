// PATCH: cases of RFC 7644 section 3.5.2 and of what clients really send, bounds, and laws.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GROUP, USER } from "../../src/scim/core-schemas.ts";
import { toText } from "../../src/scim/filter.ts";
import { PATCH_OP_URN } from "../../src/scim/messages.ts";
import { applyPatch, MAX_OPERATIONS, readPatch } from "../../src/scim/patch.ts";
import { ENTERPRISE_USER, type Json, type Resource, type ResourceType } from "../../src/scim/schema.ts";
import { MAX_ELEMENTS } from "../../src/scim/values.ts";
import { toVersion } from "../../src/scim/version.ts";
import { ADA, MODEST_USER, SALES, VENDOR_USER } from "./ada.ts";
import members from "./members.json" with { type: "json" };
import { refusalOf, resultOf } from "./outcome.ts";
import patches from "./patch.json" with { type: "json" };

interface Case {
  name: string;
  ops: unknown;
  /** What the patch changes at the top level; null is gone. */
  change?: { [name: string]: unknown } | undefined;
  refused?: string | undefined;
  dropped?: string[] | undefined;
  repairs?: string[] | undefined;
}
const BASE: Resource = patches.resource;
const userCases: readonly Case[] = patches.cases;
const memberCases: readonly (Case & { deltas?: unknown; touches?: string | undefined })[] = members;

function patch(resource: Resource, ops: unknown, type: ResourceType, deltas: readonly string[] = []) {
  const read = readPatch({ schemas: [PATCH_OP_URN], Operations: ops }, type);
  const applied = applyPatch(resource, read.operations, { deltas });
  return {
    ...applied,
    dropped: new Set([...read.dropped, ...applied.dropped]),
    repairs: new Set<string>([...read.repairs, ...applied.repairs]),
    touches: read.touches,
  };
}

/** The resource with the change; null takes a name away. */
function changed(resource: Resource, change: { [name: string]: unknown }): { [name: string]: unknown } {
  return Object.fromEntries(Object.entries({ ...resource, ...change }).filter(([, value]) => value !== null));
}

describe("patches of a user", () => {
  it.each(userCases)("$name", ({ ops, change, refused, dropped, repairs }) => {
    const before = structuredClone(BASE);
    expect(refusalOf(() => patch(BASE, ops, VENDOR_USER))).toBe(refused);
    expect(BASE).toEqual(before);
    if (refused !== undefined) return;
    const done = patch(BASE, ops, VENDOR_USER);
    expect(done.resource).toEqual(changed(BASE, change ?? {}));
    expect(done.dropped).toEqual(new Set(dropped ?? []));
    expect(done.repairs).toEqual(new Set(repairs ?? []));
  });
});

describe("patches of a group", () => {
  it.each(memberCases)("$name", ({ ops, change, deltas, refused, dropped, repairs, touches }) => {
    const run = () => patch(SALES, ops, GROUP, ["members"]);
    expect(refusalOf(run)).toBe(refused);
    if (refused !== undefined) return;
    const done = run();
    expect(done.resource).toEqual(changed(SALES, change ?? {}));
    expect(
      done.deltas.map((delta) => ("filter" in delta ? { ...delta, filter: toText(delta.filter) } : delta)),
    ).toEqual(deltas);
    expect(done.dropped).toEqual(new Set(dropped ?? []));
    expect(done.repairs).toEqual(new Set(repairs ?? []));
    const readable = (dropped ?? []).length === 0;
    expect(done.touches("members")).toBe(touches ?? (readable ? "only" : done.touches("members")));
  });

  it("C62 C66: without deltas, members are like any plural attribute", () => {
    const ops = [
      { op: "add", path: "members", value: [{ value: "0199-ada" }, { value: "0199-eve" }] },
      { op: "remove", path: 'members[value eq "0199-bob"]' },
    ];
    expect(patch(SALES, ops, GROUP).resource.members).toEqual([{ value: "0199-ada" }, { value: "0199-eve" }]);
  });

  it("C59: without deltas, a member's value is immutable", () => {
    const ops = [{ op: "replace", path: 'members[value eq "0199-bob"].value', value: "x" }];
    expect(refusalOf(() => patch(SALES, ops, GROUP))).toBe("mutability");
  });
});

describe("bodies of PATCH", () => {
  const operation = { op: "replace", path: "title", value: "x" };

  it.each([
    ["C55: no object", [], "invalidSyntax"],
    ["C55: null", null, "invalidSyntax"],
    ["C55: no Operations", {}, "invalidSyntax"],
    ["C55: Operations that are no array", { Operations: operation }, "invalidSyntax"],
    ["C55: Operations in another case", { operations: [operation] }, undefined],
    ["C55: too many operations", { Operations: Array.from({ length: MAX_OPERATIONS + 1 }, () => operation) }, "413"],
    ["C55: the most operations", { Operations: Array.from({ length: MAX_OPERATIONS }, () => operation) }, undefined],
  ])("%s", (_, body, refused) => {
    expect(refusalOf(() => readPatch(body, USER))).toBe(refused);
  });

  it("C55: what schemas says is repaired and named", () => {
    const repairs = (body: object) => readPatch({ Operations: [operation], ...body }, USER).repairs;
    expect(repairs({})).toEqual(["missing-schemas"]);
    expect(repairs({ schemas: ["urn:x"] })).toEqual(["unknown-schema"]);
    expect(repairs({ Schemas: [PATCH_OP_URN.toUpperCase()] })).toEqual([]);
  });

  it("C55: a value that names more attributes than there may be operations", () => {
    const value = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`emails[type eq "${at}"].value`, "x"]));
    expect(refusalOf(() => readPatch({ Operations: [{ op: "add", value }] }, USER))).toBe("413");
  });

  it("C59 S1: what a modest vendor does not hold is dropped, what the RFC makes read-only is refused", () => {
    const modest = (path: string) => () => patch({ userName: "a" }, [{ op: "add", path, value: "x" }], MODEST_USER);
    expect(modest("title")().dropped).toEqual(new Set(["title"]));
    expect(modest("manager")().dropped).toEqual(new Set(["manager"]));
    expect(modest(`${ENTERPRISE_USER}:manager`)().dropped).toEqual(new Set([`${ENTERPRISE_USER}:manager`]));
    expect(modest("Password")().dropped).toEqual(new Set(["password"]));
    expect(refusalOf(modest("groups"))).toBe("mutability");
  });

  it("C62: operations cannot pile up elements without end", () => {
    const ops = ["a", "b"].map((prefix) => ({
      op: "add",
      path: "emails",
      value: Array.from({ length: MAX_ELEMENTS }, (_, at) => ({ value: `${prefix}${at}` })),
    }));
    expect(refusalOf(() => patch({}, ops, USER))).toBe("invalidValue");
  });

  it("C56: a failing patch leaves the resource as it was", () => {
    const frozen = structuredClone(ADA);
    const ops = [
      { op: "remove", path: "emails" },
      { op: "replace", path: "title", value: 5.5 },
    ];
    expect(refusalOf(() => patch(ADA, ops, USER))).toBe("invalidValue");
    expect(ADA).toEqual(frozen);
  });

  it("C61 C78: a patch that changes nothing keeps the version", async () => {
    const ops = [
      { op: "replace", path: "name", value: { familyName: "Lovelace" } },
      { op: "add", path: "emails", value: { type: "home", value: "ada@home.example" } },
      { op: "replace", path: "nickName", value: null },
    ];
    expect(toVersion(patch(ADA, ops, USER).resource)).toBe(toVersion(ADA));
  });

  it("C79: a PATCH of userName gives the new userName, which the caller checks against all names", () => {
    expect(patch(ADA, [{ op: "replace", path: "userName", value: "Bob" }], USER).resource.userName).toBe("Bob");
  });

  it("C59: id, schemas and meta outlive any patch", () => {
    const ops = [{ op: "replace", value: { id: "x", schemas: [], meta: null, title: "y" } }];
    expect(patch(ADA, ops, USER).resource).toEqual({ ...ADA, title: "y" });
  });
});

const paths = fc.constantFrom<unknown>(
  "userName",
  "title",
  "name",
  "name.givenName",
  "emails",
  "emails.value",
  'emails[type eq "work"]',
  'emails[type eq "x"].value',
  "roles",
  'roles[primary eq "True"].value',
  "manager",
  "active",
  "groups",
  "shoeSize",
  ENTERPRISE_USER,
  "id",
  "",
  "[",
  undefined,
  5,
  "__proto__",
);
const scalars = fc.constantFrom<unknown>(
  null,
  "",
  "x",
  "True",
  '{"value":"a","__proto__":{}}',
  0,
  true,
  [],
  {},
  [null],
  "\ud800",
);
const element = fc.record({ value: scalars, type: scalars, primary: fc.boolean() }, { requiredKeys: [] });
const names = fc.constantFrom(
  "userName",
  "title",
  "emails",
  "name",
  "__proto__",
  "constructor",
  "name.givenName",
  ENTERPRISE_USER,
);
const value = fc.oneof(
  scalars,
  element,
  fc.array(element, { maxLength: 3 }),
  fc
    .array(fc.tuple(names, fc.oneof(scalars, element)), { maxLength: 3 })
    .map((entries): unknown => Object.fromEntries(entries)),
);
const operations = fc.array(fc.record({ op: fc.constantFrom("add", "Remove", "replace", "x"), path: paths, value }), {
  maxLength: 4,
});

/** Whether nothing in it is unassigned: null, "", [] or {}. */
function isCanonical(json: Json): boolean {
  if (typeof json !== "object" || json === null) return json !== null && json !== "";
  const inner = Object.values(json);
  return inner.length > 0 && inner.every(isCanonical);
}

describe("laws", () => {
  it("C56 C75: any patch is a resource or a refusal, and its input is not changed", () => {
    fc.assert(
      fc.property(operations, (ops) => {
        const before = structuredClone(ADA);
        const done = resultOf(() => patch(ADA, ops, USER));
        expect(ADA).toEqual(before);
        expect(Object.keys(Object.prototype)).toEqual([]);
        if (!done) return;
        expect(Object.getPrototypeOf(done.resource)).toBe(Object.prototype);
        expect(done.resource.id).toBe(ADA.id);
        expect(done.resource.userName).not.toBe(undefined);
        expect(isCanonical(done.resource)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("C62: add twice is add once", () => {
    const addOnly = fc.array(
      fc.record({
        op: fc.constant("add"),
        path: fc.constantFrom("title", "name", "emails", 'emails[type eq "x"].value', "manager", undefined),
        value,
      }),
      { maxLength: 1 },
    );
    fc.assert(
      fc.property(addOnly, (ops) => {
        const once = resultOf(() => patch(ADA, ops, USER));
        if (once) expect(patch(once.resource, ops, USER).resource).toEqual(once.resource);
      }),
      { numRuns: 1000 },
    );
  });

  it("C5: at most one value is primary, after any patch", () => {
    fc.assert(
      fc.property(operations, (ops) => {
        const emails = resultOf(() => patch(ADA, ops, USER))?.resource.emails;
        const primaries = (Array.isArray(emails) ? emails : []).filter((email) =>
          JSON.stringify(email).includes('"primary":true'),
        );
        expect(primaries.length).toBeLessThan(2);
      }),
      { numRuns: 1000 },
    );
  });

  it("C55: any JSON is a patch or a refusal", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        resultOf(() => readPatch(body, USER));
        resultOf(() => patch(ADA, [body], USER));
        resultOf(() => patch(ADA, [{ op: "add", value: body }], USER));
      }),
    );
  });
});
