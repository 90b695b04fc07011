// Versions and preconditions.

import { describe, expect, it } from "vitest";
import { fingerprint } from "../../src/scim/fingerprint.ts";
import { matchesIfMatch, matchesIfNoneMatch, toVersion } from "../../src/scim/version.ts";
import { ADA } from "./ada.ts";

describe("versions", () => {
  it("C101: a weak entity tag of 22 characters", () => {
    expect(toVersion(ADA)).toMatch(/^W\/"[\w-]{22}"$/);
  });

  it("C78 C101 S28: the order of names and meta do not count, that of elements and values do", () => {
    const version = toVersion(ADA);
    expect(toVersion(Object.fromEntries(Object.entries(ADA).reverse()))).toBe(version);
    expect(toVersion({ ...ADA, meta: { version: "x" } })).toBe(version);
    expect(toVersion({ ...ADA, emails: [...(Array.isArray(ADA.emails) ? ADA.emails : [])].reverse() })).not.toBe(
      version,
    );
    expect(toVersion({ ...ADA, title: "x" })).not.toBe(version);
    expect(toVersion({ ...ADA, active: "true" })).not.toBe(toVersion({ ...ADA, active: true }));
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

describe("fingerprints", () => {
  it("C101: one letter at any place makes another, in any script and of any length", () => {
    const texts = [
      "",
      "a",
      "\u0000",
      "é",
      "漢字",
      "🙂",
      "x".repeat(15),
      "x".repeat(16),
      "x".repeat(17),
      "x".repeat(100_000),
    ];
    const long = "abcdefgh".repeat(40);
    for (let at = 0; at < long.length; at++)
      texts.push(`${long.slice(0, at)}_${long.slice(at + 1)}`, long.slice(0, at));
    const different = new Set(texts);
    const prints = new Set([...different].map(fingerprint));
    expect(prints.size).toBe(different.size);
    for (const one of prints) expect(one).toMatch(/^[\w-]{22}$/);
  });

  it("C101: the same text has the same one, whatever was read before", () => {
    const [short, long] = [fingerprint("short"), fingerprint("x".repeat(70_000))];
    expect(fingerprint("short")).toBe(short);
    expect(fingerprint("x".repeat(70_000))).toBe(long);
    expect(fingerprint("short")).toBe(short);
  });

  it("C101: half of the bits differ where a letter does", () => {
    const bitsOf = (text: string) =>
      [...atob(fingerprint(text).replaceAll("-", "+").replaceAll("_", "/"))].map((one) => one.charCodeAt(0));
    const base = bitsOf("x".repeat(200));
    const changed = Array.from({ length: 200 }, (_, at) => bitsOf(`${"x".repeat(at)}y${"x".repeat(199 - at)}`));
    const ones = (value: number) => value.toString(2).replaceAll("0", "").length;
    const share =
      changed
        .flatMap((octets) => octets.map((one, at) => ones(one ^ (base[at] ?? 0))))
        .reduce((sum, one) => sum + one, 0) /
      (200 * 128);
    expect(share).toBeGreaterThan(0.48);
    expect(share).toBeLessThan(0.52);
  });
});
