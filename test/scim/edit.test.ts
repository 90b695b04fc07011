// What a PUT or PATCH says by itself: names, disabling, clearing; and that this agrees with what it makes of a user.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GROUP, USER } from "../../src/scim/core-schemas.ts";
import { readReplacement, replaceBy } from "../../src/scim/edit.ts";
import { PATCH_OP_URN } from "../../src/scim/messages.ts";
import { readPatch } from "../../src/scim/patch.ts";
import { CORE_USER, ENTERPRISE_USER, type Resource } from "../../src/scim/schema.ts";
import { createWork } from "../../src/scim/work.ts";
import { ADA, MODEST_USER } from "./ada.ts";
import { resultOf } from "./outcome.ts";

const TWIN = 'emails[type eq "work"].value';
const MANAGER = `${ENTERPRISE_USER}:manager`;

const patchOf = (...ops: object[]) => readPatch({ schemas: [PATCH_OP_URN], Operations: ops }, USER);
const set = (path: string, value: unknown) => ({ op: "replace", path, value });
const pathless = (value: object) => ({ op: "replace", value });
const remove = (path: string) => ({ op: "remove", path });

describe("a PATCH disables", () => {
  it.each<[string, object[], boolean]>([
    ["C61: by path", [set("active", false)], true],
    ["C61: by a text in any case", [set("active", "False")], true],
    ["C61: by an array of one", [set("active", [false])], true],
    ["C61: by add", [{ op: "Add", path: "active", value: false }], true],
    ["C70: without a path", [pathless({ active: false })], true],
    ["C70: without a path, under its URN", [pathless({ [`${CORE_USER}:active`]: false })], true],
    ["C76: under its URN", [set(`${CORE_USER}:active`, false)], true],
    ["C56: false then true", [set("active", false), set("active", true)], false],
    ["C56: true then false", [set("active", true), pathless({ active: false })], true],
    ["C56 S5: false then cleared", [set("active", false), remove("active")], false],
    [
      "C56: false then an add of null, which does nothing",
      [set("active", false), { ...set("active", null), op: "add" }],
      true,
    ],
    ["S5: not by null", [set("active", null)], false],
    ["S5: not by an empty text", [set("active", "")], false],
    ["S5: not by remove", [remove("active")], false],
    ["S5: not by another attribute", [set("title", "x")], false],
    ["S19: among others", [set("title", "x"), set("active", false), remove("emails")], true],
    [
      "S19: with an element that only the user's own values can show",
      [set('emails[value eq "a"].primary', true), set("active", false)],
      true,
    ],
    ["S19 S48: with a value that does not fit", [set("active", false), set("title", 5.5)], true],
    ["S19: not with an active that does not fit", [set("active", "no")], false],
    ["S19 S48: where the userName goes", [set("active", false), set("userName", "")], true],
    [
      "S19 S48: where the userName goes and comes back",
      [remove("userName"), set("userName", "a"), set("active", false)],
      true,
    ],
    [
      "S19: with an unfit value that nothing reads",
      [set("emails[shoeSize eq 5].primary", "x"), set("active", false)],
      true,
    ],
  ])("%s", (_, ops, disables) => {
    expect(patchOf(...ops).disables()).toBe(disables);
  });

  it("S19: a type without active is never disabled", () => {
    expect(readPatch({ Operations: [pathless({ active: false, displayName: "x" })] }, GROUP).disables()).toBe(false);
  });
});

describe("a PATCH names", () => {
  it.each<[string, object[], string[]]>([
    ["S24: no name where it sets other attributes", [set("title", "x"), set("displayName", "y")], []],
    ["S24: by path", [set("userName", "A")], ["A"]],
    ["S24: without a path", [pathless({ username: "A", title: "x" })], ["A"]],
    ["S24 C56: the last one", [set("userName", "A"), pathless({ userName: "B" })], ["B"]],
    ["S2 S24: by an e-mail's value", [set(TWIN, "a@x")], ["a@x"]],
    ["S2 S24: by an e-mail", [set('emails[type eq "Work"]', { value: "a@x" })], ["a@x"]],
    ["S2 S24: by a dotted key", [pathless({ [TWIN]: "a@x", userName: "b" })], ["b", "a@x"]],
    [
      "S2 S24: by all e-mails",
      [
        set("emails", [
          { type: "home", value: "h@x" },
          { type: "work", value: "a@x" },
        ]),
      ],
      ["a@x"],
    ],
    [
      "S2 S24: by an e-mail that is added",
      [{ op: "add", path: "emails", value: { type: "work", value: "a@x" } }],
      ["a@x"],
    ],
    ["S2 S24: by the value of whichever e-mail there is", [set("emails.value", "a@x")], ["a@x"]],
    ["S2 S24: not by another e-mail", [set('emails[type eq "home"].value', "h@x")], []],
    ["S2 S24: not by e-mails that go", [set(TWIN, "a@x"), remove("emails")], []],
    ["S2 S24: not by a list without it", [set(TWIN, "a@x"), set("emails", [{ type: "home", value: "h@x" }])], []],
    ["S24: not by what is no text", [set("userName", true), set(TWIN, null)], []],
  ])("%s", (_, ops, names) => {
    expect(patchOf(...ops).names(TWIN)).toEqual(names);
  });

  it("S2 S24: an e-mail is a name only where it is the userName's twin", () => {
    expect(patchOf(set(TWIN, "a@x"), set("userName", "A")).names(undefined)).toEqual(["A"]);
  });

  it("S2 S24: an e-mail without a type is the work e-mail where the vendor holds no other", () => {
    const edit = readPatch({ Operations: [pathless({ emails: [{ value: "a@x" }] })] }, MODEST_USER);
    expect(edit.names(TWIN)).toEqual(["a@x"]);
  });

  it("S24: a group by its displayName", () => {
    expect(readPatch({ Operations: [pathless({ displayName: "Sales" })] }, GROUP).names(undefined)).toEqual(["Sales"]);
  });
});

describe("a PATCH clears the manager", () => {
  it.each<[string, object[], boolean]>([
    ["C65 S3: by remove", [remove("manager")], true],
    ["C65 S3: by remove under its URN", [remove(MANAGER)], true],
    ["C65 S3: by remove of its value", [remove(`${MANAGER}.value`)], true],
    ["C71 S3: by null", [set(MANAGER, null)], true],
    ["C71 S3: by an empty text", [set("manager", "")], true],
    ["C71 S3: by add of an empty text", [{ op: "add", path: MANAGER, value: "" }], true],
    ["C71 S3: by an empty value", [set(MANAGER, { value: "" })], true],
    ["C71 S3: by an array of an empty text", [set(MANAGER, [""])], true],
    ["C70 S3: without a path", [pathless({ [ENTERPRISE_USER]: { manager: null } })], true],
    ["C70 S3: without a path, as a key with its URN", [pathless({ [MANAGER]: "" })], true],
    ["C65 C76 S3: with the extension", [remove(ENTERPRISE_USER)], true],
    ["C76 S3: with the extension that is null", [set(ENTERPRISE_USER, null)], true],
    ["S3: not by the extension's other attributes", [set(ENTERPRISE_USER, { department: "x" })], false],
    ["S3: not by an add of null", [{ op: "add", path: MANAGER, value: null }], false],
    ["S3: not by an add of an object without a value", [{ op: "add", path: MANAGER, value: { value: null } }], false],
    ["S3: not by an object that names no value", [set(MANAGER, { displayName: "x" })], false],
    ["S3: not by its address", [set(`${MANAGER}.$ref`, null)], false],
    ["S3: not by another manager", [set(MANAGER, { value: "0199-eve" })], false],
    ["C56 S3: not where one comes afterwards", [remove(MANAGER), set("manager", "0199-eve")], false],
    ["C56 S3: where one came before", [set("manager", "0199-eve"), set(MANAGER, null)], true],
  ])("%s", (_, ops, clears) => {
    const edit = patchOf(...ops);
    expect(edit.clears(MANAGER)).toBe(clears);
    expect(edit.clears(`${MANAGER}.value`)).toBe(clears);
  });
});

describe("a PUT", () => {
  const put = (body: object) => readReplacement({ userName: "A", ...body }, USER);

  it("S5: disables by false alone, and leaves active as it was where the PUT does not name it", () => {
    expect(put({ active: "False" }).disables()).toBe(true);
    expect([{}, { active: null }, { active: "" }, { active: true }].some((body) => put(body).disables())).toBe(false);
    expect(put({}).apply({ userName: "b", active: false, title: "x" }).resource).toEqual({
      userName: "A",
      active: false,
    });
    expect(put({ active: null }).apply(ADA).resource).toEqual({ userName: "A" });
  });

  it("C32 S3: clears what it leaves out", () => {
    expect(put({}).clears(MANAGER)).toBe(true);
    expect(put({ manager: "" }).clears(MANAGER)).toBe(true);
    expect(put({ [ENTERPRISE_USER]: { department: "x" } }).clears(MANAGER)).toBe(true);
    expect(put({ manager: "0199-eve" }).clears(MANAGER)).toBe(false);
  });

  it("S2 S24: names userName and its twin", () => {
    const emails = [
      { type: "home", value: "h@x" },
      { type: "WORK", value: "a@x" },
    ];
    expect(put({ emails, displayName: "y" }).names(TWIN)).toEqual(["A", "a@x"]);
    expect(put({ emails }).names(undefined)).toEqual(["A"]);
    expect(readReplacement({ displayName: "Sales" }, GROUP).names(undefined)).toEqual(["Sales"]);
  });

  it("S5: members stay unless it names them, and more than members may change", () => {
    const deltas = (body: object) => readReplacement({ displayName: "Sales", ...body }, GROUP).apply({}).deltas;
    expect(deltas({})).toEqual([]);
    expect(deltas({ members: [] })).toEqual([{ op: "replace", values: [] }]);
    expect(deltas({ members: [{ value: "a" }] })).toEqual([{ op: "replace", values: ["a"] }]);
    expect(readReplacement({ members: [] }, GROUP).touches("members")).toBe("also");
  });

  it("S23: a POST that is finished replaces all that a lost attempt may have left", () => {
    expect(replaceBy({ displayName: "Sales" }, GROUP, createWork()).apply({}).deltas).toEqual([
      { op: "replace", values: [] },
    ]);
    expect(replaceBy({ userName: "A" }, USER, createWork()).apply(ADA).resource).toEqual({ userName: "A" });
  });
});

const paths = fc.constantFrom<unknown>(
  "active",
  `${CORE_USER}:active`,
  "userName",
  "manager",
  `${MANAGER}.value`,
  `${MANAGER}.$ref`,
  ENTERPRISE_USER,
  "title",
  "emails",
  "emails.value",
  'emails[type eq "work"]',
  TWIN,
  "emails[shoeSize eq 5].value",
  'emails[value eq "x"].display',
  undefined,
);
const scalars = fc.constantFrom<unknown>(null, "", "x", "False", 0, true, false, [], {}, [""], [false], [null]);
const element = fc.record({ value: scalars, type: fc.constantFrom("work", "home", null) }, { requiredKeys: [] });
const inner = fc.oneof(scalars, element, fc.array(element, { maxLength: 2 }));
const body = fc.dictionary(fc.constantFrom("active", "userName", "manager", MANAGER, "emails", "title"), inner);
const value = fc.oneof(inner, body, fc.record({ [ENTERPRISE_USER]: body }));
const operations = fc.array(fc.record({ op: fc.constantFrom("add", "remove", "replace"), path: paths, value }), {
  minLength: 1,
  maxLength: 4,
});

/** A user who is active and has a manager: any difference afterwards is the request's. */
const EVE: Resource = {
  userName: "eve",
  active: true,
  title: "x",
  emails: [{ type: "work", value: "eve@x" }],
  [ENTERPRISE_USER]: { manager: { value: "0199-bob" } },
};

function managerOf({ [ENTERPRISE_USER]: extension }: Resource): unknown {
  const { manager } = Object(extension) as { manager?: unknown };
  return (Object(manager) as { value?: unknown }).value;
}

describe("laws", () => {
  it("C56 S3 S5 S24: what an edit says is what becomes of a user to whom it applies", () => {
    fc.assert(
      fc.property(operations, (ops) => {
        const edit = resultOf(() => readPatch({ Operations: ops }, USER));
        const after = edit && resultOf(() => edit.apply(EVE))?.resource;
        if (!edit || !after) return;
        expect(edit.disables()).toBe(after.active === false);
        expect(edit.clears(MANAGER)).toBe(managerOf(after) === undefined);
        expect(edit.clears("title")).toBe(after.title === undefined);
        expect(edit.names(undefined)).toEqual(after.userName === "eve" ? [] : [after.userName]);
      }),
      { numRuns: 5000 },
    );
  });

  it("C55: any edit has an answer to every question", () => {
    fc.assert(
      fc.property(operations, (ops) => {
        const edit = resultOf(() => readPatch({ Operations: ops }, USER));
        for (const type of [undefined, TWIN]) edit?.names(type);
        edit?.disables();
        edit?.clears(MANAGER);
      }),
      { numRuns: 1000 },
    );
  });
});
