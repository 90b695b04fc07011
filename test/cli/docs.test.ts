// The generated setup pages: what a customer's administrator must know of an adapter that can do less.

import { describe, expect, it } from "vitest";
import redmine from "../../adapters/redmine/index.ts";
import { setupPage } from "../../cli/docs.ts";
import type { Adapter } from "../../src/adapter.ts";

const once: Adapter = {
  ...redmine,
  attributes: {
    ...redmine.attributes,
    User: redmine.attributes.User.map((row) => (row.path === "userName" ? { ...row, immutable: true } : row)),
  },
};
const without = (part: "update" | "remove"): Adapter => {
  if (!redmine.group) throw new Error("redmine has groups");
  const { [part]: _left, ...group } = redmine.group;
  return { ...redmine, group };
};

describe("a setup page", () => {
  it("says which attribute is given once", () => {
    expect(setupPage(once)).toMatch(
      /`userName` \|.*\| required; cannot change: apply this mapping only during object creation/,
    );
    expect(setupPage(redmine)).not.toContain("cannot change");
  });

  it("says that groups keep their names, or stay, where the product cannot do it", () => {
    expect(setupPage(without("update"))).toContain("A group cannot be renamed");
    expect(setupPage(without("remove"))).toContain("A group that is deleted in Entra stays");
    expect(setupPage(redmine)).not.toMatch(/cannot be renamed|stays\./);
  });
});
