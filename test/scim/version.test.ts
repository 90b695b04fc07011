// Versions and preconditions.

import { describe, expect, it } from "vitest";
import { matchesIfMatch, matchesIfNoneMatch, toVersion } from "../../src/scim/version.ts";
import { ADA } from "./ada.ts";

describe("versions", () => {
  it("C101: a weak entity tag of 22 characters", async () => {
    expect(await toVersion(ADA)).toMatch(/^W\/"[\w-]{22}"$/);
  });

  it("C78 C101 S28: the order of names and meta do not count, that of elements and values do", async () => {
    const version = await toVersion(ADA);
    expect(await toVersion(Object.fromEntries(Object.entries(ADA).reverse()))).toBe(version);
    expect(await toVersion({ ...ADA, meta: { version: "x" } })).toBe(version);
    expect(await toVersion({ ...ADA, emails: [...(Array.isArray(ADA.emails) ? ADA.emails : [])].reverse() })).not.toBe(
      version,
    );
    expect(await toVersion({ ...ADA, title: "x" })).not.toBe(version);
    expect(await toVersion({ ...ADA, active: "true" })).not.toBe(await toVersion({ ...ADA, active: true }));
  });

  it.each([
    ["C101: the same tag", 'W/"a"', true],
    ["C101: another tag", 'W/"b"', false],
    ["C101: any", "*", true],
    ["C101: one of several", '"x", W/"a"', true],
    ["C101: a strong spelling", '"a"', true],
    ["C101: without quotes", "a", true],
    ["C101: empty", "", false],
    ["C101: of another case", 'W/"A"', false],
  ])("%s", (_, header, expected) => {
    expect(matchesIfMatch(header, 'W/"a"')).toBe(expected);
    expect(matchesIfNoneMatch(header, 'W/"a"')).toBe(expected);
  });

  it("C101: without the header a write proceeds and a read answers", () => {
    expect(matchesIfMatch(null, 'W/"a"')).toBe(true);
    expect(matchesIfMatch(undefined, 'W/"a"')).toBe(true);
    expect(matchesIfNoneMatch(null, 'W/"a"')).toBe(false);
    expect(matchesIfNoneMatch(undefined, 'W/"a"')).toBe(false);
  });
});
