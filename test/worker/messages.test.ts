// What an administrator reads in a refusal: which attribute, what kind of value, what to do, and by what a name is held.

import { describe, expect, it } from "vitest";
import { counted } from "../../src/provision/vendor/refused-values.ts";
import { ask, CORE_GROUP, createGroup, createUser, entraUser, patchOf } from "../dialogues/dialogue.ts";
import type { Gateway } from "./gateway.ts";
import { openVendor } from "./native-side.ts";

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
    says: [/members/, new RegExp(NOBODY), /Provision that user first/],
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
