// What an administrator reads in a refusal: which attribute, what kind of value, what to do, and by what a name is held.

import { describe, expect, it } from "vitest";
import { counted } from "../../src/provision/vendor/refused-values.ts";
import { ask, CORE_GROUP, createGroup, createUser, entraUser, patchOf } from "../dialogues/dialogue.ts";
import type { Gateway } from "./gateway.ts";
import { openVendor } from "./native-side.ts";
import { missingIn } from "./told.ts";

const ADA = "ada@contoso.com";
const NOBODY = "00000000-0000-7000-8000-000000000000";
const replace = (path: string, value: unknown) => patchOf({ op: "replace", path, value });
const open = (vendor: string) => openVendor({ title: vendor, vendor, options: {} });

interface Case {
  title: string;
  vendor: string;
  request: (gateway: Gateway, id: string) => [method: string, path: string, body: object];
  status: number;
  says: RegExp[];
}

const CASES: Case[] = [
  {
    title: "a required address that a new user lacks",
    vendor: "redmine",
    request: () => ["POST", "/Users", entraUser({ email: "bob@contoso.com" }, { emails: [] })],
    status: 400,
    says: [/emails/, /e-mail address/, /map an attribute/],
  },
  {
    title: "a name that is too long",
    vendor: "keepnet",
    request: (_gateway, id) => ["PATCH", `/Users/${id}`, replace("name.givenName", "x".repeat(500))],
    status: 400,
    says: [/name\.givenName/, /characters in Keepnet, and the value has 500/, /shorten it/],
  },
  {
    title: "a manager whom nobody knows",
    vendor: "keepnet",
    request: (_gateway, id) => ["PATCH", `/Users/${id}`, replace("manager", NOBODY)],
    status: 400,
    says: [/manager/, new RegExp(NOBODY), /provision that user first/],
  },
  {
    title: "a member whom nobody knows",
    vendor: "keepnet",
    request: () => ["POST", "/Groups", { schemas: [CORE_GROUP], displayName: "A", members: [{ value: NOBODY }] }],
    status: 400,
    says: [/members/, new RegExp(NOBODY), /provision that user first/],
  },
];

describe.each(CASES)("the refusal of $title", ({ vendor, request, status, says }) => {
  it("names the attribute, the kind of value and what to do", async () => {
    const gateway = await open(vendor);
    const id = await createUser(gateway, ADA);
    const { body } = await ask(gateway, ...toArguments(request(gateway, id), status));
    for (const part of says) expect(body.detail).toMatch(part);
  });
});

const toArguments = ([method, path, body]: [string, string, object], status: number) =>
  [method, path, status, body] as const;

describe("a name that is taken", () => {
  it("names the user on this connection who has it, at POST and at a rename", async () => {
    const gateway = await open("keepnet");
    const [ada, bob] = [await createUser(gateway, ADA), await createUser(gateway, "bob@contoso.com")];
    const made = await ask(gateway, "POST", "/Users", 409, entraUser({ email: ADA }));
    const renamed = await ask(gateway, "PATCH", `/Users/${bob}`, 409, replace("userName", ADA));
    for (const { body } of [made, renamed]) {
      expect(body.detail).toContain(`userName is taken: the user ${ada} on this connection`);
    }
    expect(made.body.detail).toContain("Match that user");
    expect(renamed.body.detail).toContain(`portico user swap ${bob} ${ada} --connection ${gateway.name}`);
  });

  it("names the group that has it", async () => {
    const gateway = await open("keepnet");
    const id = await createGroup(gateway, "Sales");
    const { body } = await ask(gateway, "POST", "/Groups", 409, { schemas: [CORE_GROUP], displayName: "sales" });
    expect(body.detail).toContain(`displayName is taken: the group ${id} on this connection`);
  });

  it("names the user here who has the address under another name", async () => {
    const gateway = await open("klaxoon");
    const ada = await createUser(gateway, ADA);
    const twin = entraUser({ email: ADA, userName: "other@contoso.com" });
    const { body } = await ask(gateway, "POST", "/Users", 409, twin);
    expect(body.detail).toMatch(/^emails\[type eq "work"\]\.value is taken: /);
    expect(body.detail).toContain(`the user ${ada} on this connection has this address`);
  });

  it("says that a deleted user's account has it, by name or by address", async () => {
    const gateway = await open("klaxoon");
    const ada = await createUser(gateway, ADA);
    await ask(gateway, "DELETE", `/Users/${ada}`, 204);
    const twin = entraUser({ email: ADA, userName: "other@contoso.com" });
    const { body } = await ask(gateway, "POST", "/Users", 409, twin);
    expect(body.detail).toContain("the product still holds the account of a deleted user");
    expect(body.detail).toContain("Remove or rename that account");
  });

  it("says that the product has an account which is not linked", async () => {
    const gateway = await open("rest");
    const match = { method: "POST" };
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 409, body: "{}", match }]);
    const { body } = await ask(gateway, "POST", "/Users", 409, entraUser({ email: ADA }));
    expect(body.detail).toMatch(/not linked on this connection/);
    expect(body.detail).toMatch(/Let the identity provider match that account/);
  });
});

describe("a group name that is taken at the product", () => {
  it("says that the product has a group which is not linked", async () => {
    const gateway = await open("redmine");
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 409, body: "{}", match: { method: "POST" } }]);
    const { body } = await ask(gateway, "POST", "/Groups", 409, { schemas: [CORE_GROUP], displayName: "Sales" });
    expect(body.detail).toMatch(/^displayName is taken: .*not linked on this connection/);
  });
});

describe.each(["keepnet", "keepabl", "klaxoon", "redmine", "rest"])("what is no address, %s", (vendor) => {
  it("is refused before the product is asked, with the attribute and what it must be", async () => {
    const gateway = await open(vendor);
    const id = await createUser(gateway, ADA);
    await gateway.vendor("DELETE", "/log");
    const made = await ask(gateway, "POST", "/Users", 400, entraUser({ email: "nobody" }));
    const changed = await ask(
      gateway,
      "PATCH",
      `/Users/${id}`,
      400,
      replace('emails[type eq "work"].value', "no body@x"),
    );
    for (const { body } of [made, changed]) {
      expect(body.scimType).toBe("invalidValue");
      expect(body.detail).toMatch(/emails\[type eq "work"\]\.value.* must be an e-mail address such as .*; correct it/);
    }
    const { calls } = (await gateway.vendor("GET", "/log")).body;
    const writes = calls.filter(
      ({ method, path }: { method: string; path: string }) => method !== "GET" && !path.endsWith("token"),
    );
    expect(writes).toEqual([]);
  });
});

describe("a change of `active`, of members or of a deletion that the product refuses", () => {
  it("names the part and where to look", async () => {
    const gateway = await open("klaxoon");
    const id = await createUser(gateway, ADA);
    const group = await createGroup(gateway, "Sales");
    const fail = (path: string) =>
      gateway.vendor("POST", "/faults", [{ kind: "status", status: 422, body: "{}", match: { method: "POST", path } }]);
    await fail("deactivate$");
    const active = await ask(gateway, "PATCH", `/Users/${id}`, 400, replace("active", false));
    expect(active.body.detail).toMatch(/^active: Klaxoon refused the change; look at this user in Klaxoon/);
    await fail("members$");
    const add = patchOf({ op: "add", path: "members", value: [{ value: id }] });
    const members = await ask(gateway, "PATCH", `/Groups/${group}`, 400, add);
    expect(members.body.detail).toMatch(/^members: Klaxoon refused the change; look at the group/);
  });
});

describe("the check of every refusal in the tests", () => {
  it.each([
    ["which value", "The product refused a value; correct it"],
    ["an attribute or a part of the request", "something is wrong; correct it"],
    ["what to do", "userName is wrong"],
    ["any sentence", ""],
    [undefined, "userName must be a text; correct it at its source"],
  ])("misses %s in %j", (missing, detail) => {
    expect(missingIn(detail)).toBe(missing);
  });
});

describe("a value that the product refuses without saying which", () => {
  it("is one of those that were written", async () => {
    const gateway = await open("rest");
    const id = await createUser(gateway, ADA);
    await gateway.vendor("POST", "/faults", [
      { kind: "status", status: 422, body: "{}", match: { method: "PATCH" } },
      { kind: "status", status: 422, body: "{}", match: { method: "PUT" } },
    ]);
    const { body } = await ask(gateway, "PATCH", `/Users/${id}`, 400, replace("name.familyName", "King"));
    expect(body.detail).toContain("refused the value of name.familyName");
  });
});

describe("a required name of a group", () => {
  it("is asked of the group, not of every user", async () => {
    const gateway = await open("keepnet");
    const { body } = await ask(gateway, "POST", "/Groups", 400, { schemas: [CORE_GROUP] });
    expect(body.detail).toContain("displayName is required");
    expect(body.detail).not.toContain("every user");
  });
});

it("a count of one is singular", () => {
  expect([0, 1, 2].map((count) => counted(count, "PRO licence"))).toEqual([
    "0 PRO licences",
    "1 PRO licence",
    "2 PRO licences",
  ]);
});
