// Wrong declarations of an adapter: one line that names the file and the field [S42].

import { describe, expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import kpifire from "../../adapters/kpifire/index.ts";
import redmine from "../../adapters/redmine/index.ts";
import type { Adapter } from "../../src/adapter.ts";
import { checkAdapter, checkTransport } from "../../src/provision/vendor/declaration.ts";

const MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
const told = { sentence: "It does so.", source: "assumed", checked: "2026-11-22" };
const withRow = (row: Adapter["attributes"]["User"][number]): Adapter => ({
  ...redmine,
  attributes: { ...redmine.attributes, User: [...redmine.attributes.User, row] },
});
const withDeviations = (deviations: object): Adapter => ({
  ...redmine,
  deviations: { ...redmine.deviations, ...deviations },
});
const withMembers = (members: object): Adapter => {
  if (!redmine.group) throw new Error("redmine has groups");
  // Parts that a type would refuse are what is tried.
  return { ...redmine, group: { ...redmine.group, members: members as NonNullable<Adapter["group"]>["members"] } };
};

const withUser = (adapter: Adapter, change: (user: Adapter["user"]) => Adapter["user"]): Adapter => ({
  ...adapter,
  user: change(adapter.user),
});
const withConfirms = (...paths: string[]): Adapter => withUser(redmine, (user) => ({ ...user, confirms: { paths } }));
const withoutActive = (adapter: Adapter): Adapter => ({
  ...adapter,
  attributes: { ...adapter.attributes, User: adapter.attributes.User.filter(({ path }) => path !== "active") },
});

describe("checkAdapter", () => {
  it("S42: believes every registered adapter", () => {
    for (const adapter of Object.values(adapters)) expect(() => checkAdapter(adapter)).not.toThrow();
  });

  it.each<[what: string, adapter: Adapter, line: RegExp]>([
    ["an unknown attribute", withRow({ path: "shoeSize" }), /attributes\.User\[\d+\]\.path: .*shoeSize/],
    ["an unknown sub-attribute", withRow({ path: "name.nickname" }), /attributes\.User\[\d+\]\.path: .*nickname/],
    ["what is no path", withRow({ path: "emails[type eq" }), /attributes\.User\[\d+\]\.path: /],
    ["a path twice", withRow({ path: "userName" }), /attributes\.User: the path "userName" is there twice/],
    ...(
      [
        [
          "without a place for the id",
          { path: "title", required: { otherwise: "none" as "{id}" } },
          /must have \{id\} in it/,
        ],
        ["of the id twice", { path: "title", required: { otherwise: "a-{id}-{id}" } }, /must have \{id\} in it, once/],
        ["of the id alone", { path: "externalId", required: { otherwise: "{id}" } }, /3 characters or more beside/],
        [
          "that is too long",
          { path: "title", required: { otherwise: "made-{id}" }, maxLength: 40 },
          /makes values of 41/,
        ],
        [
          "of an address",
          { path: 'emails[type eq "home"].value', required: { otherwise: "made-{id}" } },
          /no name, address/,
        ],
        ["of a reference", { path: MANAGER, reference: true, required: { otherwise: "made-{id}" } }, /reference/],
      ] as const
    ).map(([what, row, why]): [string, Adapter, RegExp] => [
      `a made value ${what}`,
      withRow(row),
      new RegExp(`attributes\\.User\\[\\d+\\]\\.required\\.otherwise: .*${why.source}`),
    ]),
    [
      "a search of what the table does not have",
      { ...redmine, user: { ...redmine.user, find: { title: async () => [] } } },
      /user\.find: "title" is no path of the attribute table/,
    ],
    [
      "a search for a reference",
      {
        ...withRow({ path: MANAGER, reference: true, filterable: true }),
        user: { ...redmine.user, find: { [MANAGER]: async () => [] } },
      },
      /user\.find: "urn:.*:manager" is a reference/,
    ],
    [
      "a push-down for a non-filterable attribute",
      { ...redmine, user: { ...redmine.user, find: { "name.givenName": async () => [] } } },
      /user\.find: "name\.givenName" is not filterable in the attribute table/,
    ],
    [
      "a fuzzy search of nothing",
      { ...kpifire, deviations: { fuzzySearch: told } },
      /deviations\.fuzzySearch: needs user\.find/,
    ],
    [
      "an invitation that no verb could disable",
      withDeviations({ invitedCannotBeDisabled: told }),
      /deviations\.invitedCannotBeDisabled: needs user\.setActive/,
    ],
    ["what the parts of an adapter show", withDeviations({ noSearch: told }), /deviations\.noSearch: there is no such/],
    [
      "a deviation without a sentence",
      withDeviations({ fuzzySearch: { ...told, sentence: "" } }),
      /deviations\.fuzzySearch\.sentence/,
    ],
    [
      "splitUpdates of one",
      withDeviations({ splitUpdates: { calls: 1, ...told } }),
      /deviations\.splitUpdates: needs a number of calls/,
    ],
    [
      "splitUpdates of one call to create",
      withDeviations({ splitUpdates: { calls: { create: 1, update: 3 }, ...told } }),
      /deviations\.splitUpdates: needs a number of calls/,
    ],
    [
      "a deviation of an unknown name",
      withDeviations({ moody: told }),
      /deviations\.moody: there is no such deviation/,
    ],
    [
      "a deviation without a source",
      withDeviations({ fuzzySearch: { ...told, source: "" } }),
      /deviations\.fuzzySearch\.source/,
    ],
    [
      "a deviation without a date",
      withDeviations({ fuzzySearch: { ...told, checked: "soon" } }),
      /deviations\.fuzzySearch\.checked/,
    ],
    [
      "add without remove",
      withMembers({ chunk: 1, list: async () => ({ items: [] }), add: async () => {} }),
      /group\.members: add and remove belong together/,
    ],
    [
      "a list that is written whole although it hides disabled members",
      withMembers({ ...kpifire.group?.members, listHides: "disabled" }),
      /group\.members\.listHides: needs add and remove: replacing a list that hides/,
    ],
    [
      "a list that hides disabled members where adding one again makes a second membership",
      withMembers({ ...redmine.group?.members, listHides: "disabled", addingAgain: "duplicates" }),
      /group\.members\.listHides: with addingAgain, a disabled user/,
    ],
    ["members in no chunk", withMembers({ ...redmine.group?.members, chunk: 0 }), /group\.members\.chunk/],
    [
      "a disable of which nobody says what it ends",
      withUser(redmine, ({ disableEnds: _, ...user }) => user),
      /user\.disableEnds: must say/,
    ],
    [
      "a call that ends sessions without a disable",
      withUser(withoutActive(kpifire), (user) => ({ ...user, endSessions: async () => {} })),
      /user\.endSessions: runs with a disable/,
    ],
    ["no address that waits", withConfirms(), /user\.confirms\.paths: names no address/],
    ["an address that waits and is no row", withConfirms("nickName"), /user\.confirms\.paths: "nickName" is no path/],
    ["userNameIs that is no row", { ...redmine, userNameIs: "title" }, /userNameIs: "title" is no path/],
  ])("S42: refuses %s in one line that names file and field", (_what, adapter, line) => {
    let said = "";
    try {
      checkAdapter(adapter);
    } catch (error) {
      said = error instanceof Error ? `${error.name}: ${error.message}` : "";
    }
    expect(said).toMatch(line);
    expect(said).toMatch(new RegExp(`^DeclarationError: adapters/${adapter.name}/index\\.ts: `));
    expect(said).not.toContain("\n");
  });

  it("S42: refuses a lag of reads that is no number of milliseconds up to a minute", () => {
    const transport = { baseUrl: "https://vendors.example.net", auth: { kind: "none" } } as const;
    for (const readLagMs of [0, -1, 60_001, Number.NaN]) {
      expect(() => checkTransport(redmine, { ...transport, readLagMs })).toThrow(
        /connect\(\)\.readLagMs: must be a number/,
      );
    }
    for (const more of [{}, { readLagMs: 1 }, { readLagMs: 60_000 }]) {
      expect(() => checkTransport(redmine, { ...transport, ...more })).not.toThrow();
    }
  });

  it("S10 S42: takes a 403 for an absence only on the path of one record, and beside a search", () => {
    const reached = { baseUrl: "https://vendors.example.net", auth: { kind: "none" } } as const;
    const withRule = (path?: string) => ({
      ...reached,
      faults: [{ status: 403, fault: "notFound", ...(path ? { path } : {}) }] as const,
    });
    expect(() => checkTransport(redmine, withRule("/users/{id}"))).not.toThrow();
    expect(() => checkTransport(redmine, withRule("/users"))).toThrow(
      /faults\[0\]\.path: notFound for 403 needs the path/,
    );
    expect(() => checkTransport(redmine, withRule())).toThrow(/faults\[0\]\.path: notFound for 403 needs the path/);
    expect(() => checkTransport(kpifire, withRule("/users/{id}"))).toThrow(/needs a search of users by userName/);
  });

  it("S42: takes splitUpdates as one number, or as one for each of create and update", () => {
    for (const calls of [2, 100, { create: 2, update: 2 }, { create: 7, update: 3 }]) {
      expect(() => checkAdapter(withDeviations({ splitUpdates: { calls, ...told } }))).not.toThrow();
    }
  });
});
