// Wrong declarations of an adapter: one line that names the file and the field [S42].

import { describe, expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import kpifire from "../../adapters/kpifire/index.ts";
import redmine from "../../adapters/redmine/index.ts";
import type { Adapter } from "../../src/adapter.ts";
import { checkAdapter } from "../../src/provision/vendor/declaration.ts";

const source = { source: "assumed", checked: "2026-11-22" };
const withRow = (row: Adapter["attributes"]["User"][number]): Adapter => ({
  ...redmine,
  attributes: { ...redmine.attributes, User: [...redmine.attributes.User, row] },
});
const withQuirks = (quirks: object): Adapter => ({ ...redmine, quirks: { ...redmine.quirks, ...quirks } });
const withMembers = (members: object): Adapter => {
  if (!redmine.group) throw new Error("redmine has groups");
  // Parts that a type would refuse are what is tried.
  return { ...redmine, group: { ...redmine.group, members: members as NonNullable<Adapter["group"]>["members"] } };
};
const { finish: _finish, ...withoutFinish } = redmine;

describe("checkAdapter", () => {
  it("S42: believes every registered adapter", () => {
    for (const adapter of Object.values(adapters)) expect(() => checkAdapter(adapter)).not.toThrow();
  });

  it.each<[what: string, adapter: Adapter, line: RegExp]>([
    ["an unknown attribute", withRow({ path: "shoeSize" }), /attributes\.User\[\d+\]\.path: .*shoeSize/],
    ["an unknown sub-attribute", withRow({ path: "name.nickname" }), /attributes\.User\[\d+\]\.path: .*nickname/],
    ["what is no path", withRow({ path: "emails[type eq" }), /attributes\.User\[\d+\]\.path: /],
    ["a path twice", withRow({ path: "userName" }), /attributes\.User: the path "userName" is there twice/],
    [
      "a search of what the table does not have",
      { ...redmine, user: { ...redmine.user, find: { title: async () => [] } } },
      /user\.find: "title" is no path of the attribute table/,
    ],
    [
      "a push-down for a non-filterable attribute",
      { ...redmine, user: { ...redmine.user, find: { "name.givenName": async () => [] } } },
      /user\.find: "name\.givenName" is not filterable in the attribute table/,
    ],
    [
      "a missing finish",
      { ...withoutFinish, quirks: { asynchronous: { is: true, ...source } } },
      /quirks\.asynchronous: needs finish/,
    ],
    [
      "a missing rowToScim",
      { ...kpifire, quirks: { partialRows: { is: true, ...source } } },
      /quirks\.partialRows: needs user\.rowToScim/,
    ],
    [
      "a search beside noSearch",
      withQuirks({ noSearch: { is: true, ...source } }),
      /quirks\.noSearch: needs no user\.find/,
    ],
    [
      "a removal beside disableOnly",
      withQuirks({ disableOnly: { is: true, ...source } }),
      /quirks\.disableOnly: needs no user\.remove/,
    ],
    [
      "splitUpdates of one",
      withQuirks({ splitUpdates: { is: 1, ...source } }),
      /quirks\.splitUpdates: needs a number of calls/,
    ],
    [
      "splitUpdates of one call to create",
      withQuirks({ splitUpdates: { is: { create: 1, update: 3 }, ...source } }),
      /quirks\.splitUpdates: needs a number of calls/,
    ],
    [
      "a quirk that nobody knows",
      withQuirks({ moody: { is: true, ...source } }),
      /quirks\.moody: there is no such quirk/,
    ],
    [
      "a quirk without a source",
      withQuirks({ fuzzySearch: { is: true, source: "", checked: "2026-11-22" } }),
      /quirks\.fuzzySearch\.source/,
    ],
    [
      "a quirk without a date",
      withQuirks({ fuzzySearch: { is: true, source: "assumed", checked: "soon" } }),
      /quirks\.fuzzySearch\.checked/,
    ],
    [
      "add without remove",
      withMembers({ chunk: 1, list: async () => ({ items: [] }), add: async () => {} }),
      /group\.members: add and remove belong together/,
    ],
    ["members in no chunk", withMembers({ ...redmine.group?.members, chunk: 0 }), /group\.members\.chunk/],
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

  it("S42: takes splitUpdates as one number, or as one for each of create and update", () => {
    for (const is of [2, 100, { create: 2, update: 2 }, { create: 7, update: 3 }]) {
      expect(() => checkAdapter(withQuirks({ splitUpdates: { is, ...source } }))).not.toThrow();
    }
  });
});
