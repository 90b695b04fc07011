// Which scenarios a vendor is spared, because its declarations rule out what they ask for.

import { expect, it } from "vitest";
import { scenarios } from "./scenarios/index.ts";
import { subjectOf, variantOf } from "./subject.ts";

it("S13: a scenario that renames a user asks nothing of a product whose names are given once", () => {
  const renaming = scenarios.find(({ name }) => name.includes("a user whose renaming was not answered"));
  const keeper = subjectOf("keeper");
  const key = keeper.adapter.userNameIs ?? "userName";
  const given = variantOf(keeper, ({ attributes, ...adapter }) => ({
    ...adapter,
    attributes: {
      ...attributes,
      User: attributes.User.map((row) => (row.path === key ? { ...row, immutable: true } : row)),
    },
  }));
  expect(renaming?.unless?.(keeper)).toBeUndefined();
  expect(renaming?.unless?.(subjectOf("redmine"))).toMatch(/membersByEmail/);
  expect(renaming?.unless?.(given)).toBe(`declares ${key} as given once (immutable)`);
});
