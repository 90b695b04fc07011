// Bad descriptions of a product, each with the path at which it is refused, and what a good one becomes.

import { describe, expect, it } from "vitest";
import type { Adapter, Api, Transport } from "../../../src/adapter.ts";
import { isSecret, shapesOf } from "../../../src/adapter.ts";
import { checkAdapter } from "../../../src/provision/vendor/declaration.ts";
import { toFault } from "../../../src/upstream/faults.ts";
import { simulators } from "../../simulators.ts";
import example from "../example.json" with { type: "json" };
import legacy from "../example-legacy.json" with { type: "json" };
import rows from "../example-rows.json" with { type: "json" };
import rest from "../index.ts";

type Json = { [name: string]: unknown };

/** The example with one value changed; `undefined` takes it away. */
function altered(path: string, value: unknown, base: unknown = example): unknown {
  const whole = structuredClone(base);
  const names = path.split("/");
  const last = names.pop() ?? "";
  let at: Json = whole as Json;
  for (const name of names) {
    at[name] ??= {};
    at = at[name] as Json;
  }
  if (value === undefined) delete at[last];
  else Object.defineProperty(at, last, { value, enumerable: true, writable: true, configurable: true });
  return whole;
}

function refusals(description: unknown): string[] {
  const parsed = rest.settings.safeParse({ description, credential: "k" });
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

const given = (description: unknown, more: Json = {}) => rest.settings.parse({ description, credential: "k", ...more });
const adapterOf = (description: unknown): Adapter => {
  const adapter = rest.specialise?.(given(description));
  if (!adapter) throw new Error("not specialised");
  return adapter;
};
const transportOf = (description: unknown, more: Json = {}): Transport => rest.connect(given(description, more));

describe("a description is refused with the path of its error", () => {
  it.each<[where: string, value: unknown, field: string]>([
    ["title", undefined, "title"],
    ["checked", "yesterday", "checked"],
    ["baseUrl", "hr.example.com", "baseUrl"],
    ["colour", "red", ""],
    ["auth", undefined, "auth"],
    ["auth/kind", "sigv4", "auth.kind"],
    ["auth/name", "X Api Key", "auth.name"],
    ["body", "xml", "body"],
    ["headers", { Authorization: "x" }, "headers.Authorization"],
    ["headers", { "X-A": "one\r\nX-B: two" }, "headers.X-A"],
    ["paging/kind", "graph", "paging.kind"],
    ["paging/max", 0, "paging.max"],
    ["limits/concurrency", 33, "limits.concurrency"],
    ["timeoutMs", 1, "timeoutMs"],
    ["onDelete", "hide", "onDelete"],
    ["ownGroups", {}, "ownGroups"],
    ["ownGroups", { everyone: "" }, "ownGroups.everyone"],
    ["ownGroups", { by: "nickName" }, "ownGroups.by"],
    ["ownGroups", { by: "active" }, "ownGroups.by"],
    ["users", undefined, "users"],
    ["users/list/path", undefined, "users.list.path"],
    ["users/list/path", 7, "users.list.path"],
    ["users/list/path", "people", "users.list.path"],
    ["users/list/path", "/people/{id}", "users.list.path"],
    ["users/read/path", "/people", "users.read.path"],
    ["users/update", undefined, "users.update"],
    ["users/update/sends", "diff", "users.update.sends"],
    ["users/create/answers", "nothing", "users.create.answers"],
    ["users/attributes", [], "users.attributes"],
    ["users/attributes/0/path", "emails.value", "users.attributes.0.path"],
    ["users/attributes/0/path", "password", "users.attributes.0.path"],
    ["users/attributes/0/as", "base64", "users.attributes.0.as"],
    ["users/attributes/0/as", "boolean", "users.attributes.0.as"],
    ["users/attributes/2/disabled", "active", "users.attributes.2.disabled"],
    ["users/attributes/2/disabled", undefined, "users.attributes.2.enabled"],
    ["users/attributes/2/search", "status", "users.attributes.2.search"],
    ["users/attributes/3/path", "userName", "users.attributes.3.path"],
    ["users/attributes/8/reference", undefined, "users.attributes.8.reference"],
    ["users/attributes/0/type", "string", "users.attributes.0.type"],
    ["users/userNameIs", "title", "users.attributes.0"],
    ["users/userNameIs", "nickName", "users.userNameIs"],
    ["users/disable", { path: "/people/{id}/off" }, "users.enable"],
    ["users/disableEnds", "everything", "users.disableEnds"],
    ["users/confirms", ["nickName"], "users.confirms.0"],
    ["users/remove", { path: "/people" }, "users.remove.path"],
    ["groups/attributes/0/path", "userName", "groups.attributes.0.path"],
    ["groups/attributes/0/path", "externalId", "groups.attributes"],
    ["groups/members", undefined, "groups.members"],
    ["groups/members/remove", undefined, "groups.members.remove"],
    ["groups/members/add/ids", undefined, "groups.members.add"],
    ["groups/members/add/path", "/teams/{id}/members/{member}", "groups.members.add"],
    ["groups/members/add/by", "mail", "groups.members.add.by"],
    ["groups/members/add/path", "/teams/members", "groups.members.add.path"],
    ["groups/members/add/path", "/teams/{id}/members/{row}", "groups.members.add.path"],
    ["groups/members/list/path", "/memberships", "groups.members.list.path"],
    ["groups/members/list/row", "id", "groups.members.list.row"],
    ["groups/members/list", { path: "/teams/{id}", paged: true }, "groups.members.list.paged"],
    ["groups/members/list/hides", "some", "groups.members.list.hides"],
    ["groups/members/addingAgain", "fails", "groups.members.addingAgain"],
    ["users/update/path", "/people", "users.update.path"],
    ["users/list/constants", { id: "{id}" }, "users.list.constants.id"],
    ["users/create/constants", { id: "a {id}" }, "users.create.constants.id"],
    ["users/except", [], "users.except"],
    ["users/except", [{ field: "role" }], "users.except.0.is"],
    ["faults/0/names", "error.field", "faults.0.names"],
    [
      "faults/0",
      { status: 409, path: "/teams/{id}/members", names: "error.field", fault: "conflict" },
      "faults.0.path",
    ],
    ["faults/0", { status: 500, names: "error.field", fault: "unavailable" }, "faults.0.names"],
    ["faults/0/status", "4xx", "faults.0.status"],
    ["faults/0/fault", "teapot", "faults.0.fault"],
    ["faults/0/path", "/nowhere", "faults.0.path"],
    ["faults/0/attribute", "nickName", "faults.0.attribute"],
    ["faults/0/body", { matches: "(a+)+$" }, "faults.0.body"],
    ["faults/0", { fault: "invalid" }, "faults.0"],
  ])("%s = %j at %s", (where, value, field) => {
    const found = refusals(altered(where, value));
    expect(found.map((each) => each.split(": ")[0])).toContain(field ? `description.${field}` : "description");
  });

  it("whole records in a form", () => {
    expect(refusals(altered("users/update/sends", "whole", legacy))).toEqual([
      expect.stringContaining("description.users.update.sends: a form cannot carry a whole record"),
    ]);
  });

  it("says where to go on when data is not enough", () => {
    for (const [where, value] of [
      ["auth/kind", "sigv4"],
      ["paging/kind", "graph"],
      ["body", "xml"],
      ["users/attributes/0/as", "base64"],
      ["users/update/sends", "each"],
      ["colour", "red"],
      ["users/read", undefined],
      ["users/read/path", "/people"],
      ["groups/members/add/path", "/people/{member}/teams"],
    ] as const) {
      const place = where === "colour" ? "" : where.replaceAll("/", ".");
      expect(refusals(altered(where, value)).join("\n")).toContain("write an adapter (docs/adapters.md)");
      if (place) expect(refusals(altered(where, value)).join("\n")).toContain(`docs/adapters.md): ${place} is beyond`);
    }
    const query = { method: "POST", path: "/teams/{id}/members", in: "query", ids: "personIds" };
    expect(refusals(altered("groups/members/add", query)).join()).toContain(
      "docs/adapters.md): groups.members.add.in query with groups.members.add.ids is beyond",
    );
  });
});

describe("a description that would lose what it hides", () => {
  const whole = { method: "PUT", path: "/teams/{id}/members", ids: "personIds" };
  const list = example.groups.members.list;
  const members = (change: Json) => altered("groups/members", { list, replace: whole, ...change });
  const lead = [{ field: "kind", is: "lead" }];
  const noPerson = [{ field: list.field, is: null }];

  it.each<[members: Json, field: string]>([
    [{ list: { ...list, except: lead } }, "replace"],
    [{ list: { ...list, except: noPerson } }, "replace"],
    [{ list: { ...list, hides: "disabled" } }, "replace"],
    [{ list: { ...list, constants: { status: "active" } } }, "replace"],
    [{ list: { ...list, constants: { status: "active" } }, replace: { ...whole, in: "body" } }, "replace"],
    [{ ...example.groups.members, list: { ...list, except: lead } }, "remove.path"],
    [{ ...example.groups.members, list: { ...list, hides: "disabled" }, addingAgain: "duplicates" }, "addingAgain"],
  ])("%j is refused at %s", (change, field) => {
    const found = refusals(
      members({ replace: undefined, ...change, ...(field === "replace" ? { replace: whole } : {}) }),
    );
    expect(found.map((each) => each.split(": ")[0])).toEqual([`description.groups.members.${field}`]);
  });

  it("refuses to look for the rows of disabled members in a list that hides them", () => {
    const { addingAgain: _, ...plain } = rows.groups.members;
    const members = { ...plain, list: { ...plain.list, hides: "disabled" } };
    expect(refusals({ ...rows, groups: { ...rows.groups, members } })).toEqual([
      expect.stringContaining("description.groups.members.list.hides: cannot be disabled where remove has {row}"),
    ]);
  });

  it("takes a list of which it is said that it hides nobody, and one that is written by rows", () => {
    expect(refusals(members({}))).toEqual([]);
    const shown = { ...list, constants: { expand: "person" }, hides: "nothing" };
    expect(refusals(members({ list: shown }))).toEqual([]);
    expect(refusals(members({ list: { ...list, path: "/members", constants: { team: "{id}" } } }))).toEqual([]);
    expect(
      refusals({
        ...rows,
        groups: {
          ...rows.groups,
          members: {
            ...rows.groups.members,
            list: { ...list, except: noPerson },
            remove: example.groups.members.remove,
          },
        },
      }),
    ).toEqual([]);
  });

  it("refuses a whole list of names where some people are left out", () => {
    const byName = members({ replace: { ...whole, by: "userName" } });
    expect(refusals(byName)).toEqual([]);
    expect(refusals(altered("users/except", [{ field: "role", is: "program" }], byName))).toEqual([
      expect.stringContaining(
        "description.groups.members.replace: replace writes the whole list, so it would remove members whom users.except",
      ),
    ]);
  });
});

describe("hostile descriptions", () => {
  it.each<[where: string, value: unknown, field: string]>([
    ["users/list/path", "https://evil.example/people", "users.list.path"],
    ["users/list/path", "//evil.example/people", "users.list.path"],
    ["users/list/path", "/\\evil.example/people", "users.list.path"],
    ["users/list/path", "/../admin", "users.list.path"],
    ["users/list/path", "/people/..", "users.list.path"],
    ["users/list/path", "/%2e%2e/admin", "users.list.path"],
    ["users/list/path", "/people?admin=1", "users.list.path"],
    ["users/list/path", "/people#x", "users.list.path"],
    ["users/list/path", "/people\n/x", "users.list.path"],
    ["users/read/path", "/people/{id}/{secret}", "users.read.path"],
    ["users/read/path", "/people/{__proto__}/{id}", "users.read.path"],
    ["users/attributes/0/field", "__proto__.polluted", "users.attributes.0.field"],
    ["users/attributes/0/writeField", "a.constructor", "users.attributes.0.writeField"],
    ["users/create/envelope", "prototype", "users.create.envelope"],
    ["users/create/constants", JSON.parse('{"__proto__": {"isAdmin": true}}'), "users.create.constants.__proto__"],
    ["users/create/constants", JSON.parse('{"a.__proto__": true}'), "users.create.constants.a.__proto__"],
    ["__proto__", { title: "x" }, "__proto__"],
    ["headers", JSON.parse('{"__proto__": "x"}'), "headers.__proto__"],
    ["headers/Host", "evil.example", "headers.Host"],
    ["title", `T${"x".repeat(70_000)}`, ""],
  ])("%s = %j at %s", (where, value, field) => {
    const found = refusals(altered(where, value));
    expect(found.map((each) => each.split(": ")[0])).toContain(field ? `description.${field}` : "description");
  });

  it("which are no objects", () => {
    for (const value of [null, 1, "x", [], undefined]) expect(refusals(value).length).toBeGreaterThan(0);
    let deep: unknown = "x";
    for (let level = 0; level < 500; level++) deep = [deep];
    expect(refusals(altered("users/list/constants", { a: deep })).join()).toContain("deeper than");
  });

  it("S36: a text to be found in a body is no expression", () => {
    const description = altered("faults", [{ body: { contains: "(a+)+$ ." }, fault: "conflict" }]);
    const { faults = [] } = transportOf(description);
    const answer = (text: string) =>
      toFault(faults, { method: "GET", path: "/people", safe: true }, 200, text, undefined, new Headers())?.kind;
    expect(answer("found (a+)+$ . here")).toBe("conflict");
    expect(answer("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa !")).toBeUndefined();
  });
});

describe("a good description", () => {
  it("makes an adapter that declares what it has", () => {
    for (const description of [example, legacy, rows]) expect(() => checkAdapter(adapterOf(description))).not.toThrow();
    expect(() => checkAdapter(rest)).not.toThrow();
  });

  it("may be given as it was stored", () => {
    expect(given(given(example).description)).toEqual(given(example));
  });

  it("says its deviations, and shows the others by its shape", () => {
    const names = (description: unknown) => Object.keys(adapterOf(description).deviations).sort();
    const shapes = (description: unknown) => shapesOf(adapterOf(description), transportOf(description));
    expect(names(example)).toEqual([]);
    expect(shapes(example)).toEqual([]);
    expect(names(legacy)).toEqual(["createAnswersIdOnly", "errorsInSuccess", "updateAnswersNoRecord"]);
    expect(shapes(legacy)).toEqual(["disableOnly", "membersByEmail"]);
    expect(names(rows)).toEqual(["removeMemberLooksUp"]);
    expect(shapes(rows)).toEqual(["addMemberDuplicates"]);
  });

  it.each<[auth: Json, expected: Json]>([
    [{ kind: "bearer" }, { kind: "bearer", token: "k" }],
    [
      { kind: "header", name: "X-Auth", prefix: "Token token=" },
      { kind: "header", name: "X-Auth", value: "Token token=k" },
    ],
    [
      { kind: "basic", user: "portico" },
      { kind: "basic", user: "portico", password: "k" },
    ],
    [{ kind: "basicKey" }, { kind: "basic", user: "k", password: "x" }],
    [
      { kind: "clientCredentials", tokenUrl: "/token", clientId: "c", scope: "users", in: "header" },
      {
        kind: "clientCredentials",
        tokenUrl: "/token",
        clientId: "c",
        scope: "users",
        in: "header",
        clientSecret: "k",
      },
    ],
  ])("shows the credential as %j", (auth, expected) => {
    expect(transportOf(altered("auth", auth)).auth).toEqual(expected);
  });

  it("shows a second credential in a header, and wants both or neither", () => {
    const description = altered("auth", { kind: "header", name: "A", secondHeader: "B" });
    expect(transportOf(description, { secondCredential: "two" }).headers).toEqual({ B: "two" });
    expect(() => transportOf(description)).toThrow("belong together");
    expect(() => transportOf(example, { secondCredential: "two" })).toThrow("belong together");
  });

  it("S38: keeps both credentials secret, the optional one too", () => {
    const secret = Object.entries(rest.settings.shape).filter(([, field]) => isSecret(field));
    expect(secret.map(([name]) => name)).toEqual(["credential", "secondCredential"]);
  });

  it("takes the connection's own address before its own", () => {
    expect(transportOf(example).baseUrl).toBe("https://hr.example.com/api/v2");
    expect(transportOf(example, { baseUrl: "https://acme.example.com/" }).baseUrl).toBe("https://acme.example.com");
    const demo = simulators.rest?.demoSettings("http://127.0.0.1:1/rest") ?? {};
    expect(rest.connect(demo).baseUrl).toBe("http://127.0.0.1:1/rest/api/v2");
  });
});

describe("conversions", () => {
  const reading = (row: Json, native: unknown) => {
    const attributes = [
      { path: "userName", field: "login" },
      { path: "title", field: "value", ...row },
    ];
    const { user } = adapterOf(altered("users/attributes", attributes, altered("faults", [])));
    return user.toScim({ id: 1, value: native })[String(row.path ?? "title")];
  };
  it.each<[row: Json, native: unknown, scim: unknown]>([
    [{}, "Engineer", "Engineer"],
    [{}, 7, "7"],
    [{}, null, undefined],
    [{}, "", undefined],
    [{}, { nested: true }, undefined],
    [{ as: "integer" }, 7, "7"],
    [{ path: "urn:example:hr:badge", type: "integer", as: "integer" }, 7, 7],
    [{ path: "urn:example:hr:badge", type: "integer", as: "integer" }, "x", undefined],
    [{ path: "active" }, true, true],
    [{ path: "active" }, false, false],
    [{ path: "active", as: "boolean01" }, 0, false],
    [{ path: "active", as: "booleanText" }, "true", true],
    [{ path: "active", as: "inverted" }, true, false],
    [{ path: "active", enabled: "A", disabled: "S" }, "S", false],
    [{ path: "active", enabled: "A", disabled: "S" }, "invited", true],
    [{ as: "lowerCase" }, "Mixed", "Mixed"],
    [{ field: "constructor.name" }, "x", undefined],
  ])("%j reads %j as %j", (row, native, scim) => {
    if (row.field) return expect(refusals(altered("users/attributes/0/field", row.field))).not.toEqual([]);
    expect(reading(row, native)).toEqual(scim);
  });
});

describe("a product that does not keep to its description", () => {
  /** The calls that the operations make here; any other call fails. */
  const apiWith = (calls: Partial<Api>): Api => {
    const all = new Proxy(calls, {
      get: (known, name) => Reflect.get(known, name) ?? (() => Promise.reject(new Error(`called ${String(name)}`))),
    });
    // The proxy answers every other name.
    return all as Api;
  };

  it("S29: a search that never ends is a fault, not an empty list", async () => {
    const found = adapterOf(example).user.find?.userName?.(
      apiWith({ page: async () => ({ items: [], next: "more" }) }),
      "ada@example.com",
    );
    await expect(found).rejects.toMatchObject({ kind: "protocol", detail: expect.stringContaining("userName") });
  });

  it("S56: `invites` of the create becomes the adapter's", () => {
    expect(adapterOf(altered("users/create/invites", true)).user.invites).toBe(true);
    expect(adapterOf(altered("users/create/answers", "record")).user.invites).toBeUndefined();
  });

  it.each(["/people/%zz", "/people/%ff", "/people/", "/elsewhere/7", undefined])(
    "S29: a created record at %s is a fault of the product",
    async (location) => {
      const { user } = adapterOf(altered("users/create/answers", "location"));
      const created = user.create(
        apiWith({ send: async () => ({ status: 201, body: undefined as never, location }) }),
        { userName: "ada@example.com" },
      );
      await expect(created).rejects.toMatchObject({ kind: "protocol", ambiguous: true });
    },
  );
});
