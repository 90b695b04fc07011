// Folding, dateTime and base64.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldCase, foldName, isBase64, isSameName, isSameText, toInstant } from "../../src/scim/text.ts";

describe("folding", () => {
  it.each([
    ["C37 S11: plain", "ADA", "ada"],
    ["C37: sharp s", "Straße", "STRASSE"],
    ["C37: capital sharp s", "STRAẞE", "strasse"],
    ["C37: final sigma", "ΟΔΥΣΣΕΥΣ", "οδυσσευς"],
    ["C37: composed and decomposed", "\u00c9", "e\u0301"],
    ["C37: ligature", "ﬁ", "FI"],
    ["C37: Kelvin", "\u212a", "k"],
  ])("%s", (_, left, right) => {
    expect(foldCase(left)).toBe(foldCase(right));
    expect(isSameText(left, right)).toBe(true);
  });

  it.each([
    ["C37: dotless i is its own letter", "ı", "i"],
    ["C37: accents count", "e", "é"],
    ["C37: width counts", "Ａ", "A"],
  ])("%s", (_, left, right) => {
    expect(foldCase(left)).not.toBe(foldCase(right));
    expect(isSameText(left, right)).toBe(false);
  });

  it("C37: what is absent is the same as what is absent, and as nothing else", () => {
    expect([isSameText(undefined, undefined), isSameText("", undefined)]).toEqual([true, false]);
  });

  it("C37 S7: folding twice is folding once", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => foldCase(foldCase(text)) === foldCase(text)),
      { numRuns: 2000 },
    );
  });

  it("C37: both cases of a text fold alike", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."aZéßςΣİkﬁ9 ") }),
        (text) => foldCase(text.toLowerCase()) === foldCase(text),
      ),
    );
  });
});

describe("the key of a name", () => {
  it.each([
    ["S7: plain", "ADA", "ada"],
    ["S7: capital sharp s", "STRAẞE", "straße"],
    ["S7: final sigma", "ΟΔΥΣΣΕΥΣ", "οδυσσευς"],
    ["S7: composed and decomposed", "\u00c9", "e\u0301"],
    ["S7: the kelvin sign", "\u212a", "k"],
    ["S7: the ångström sign", "\u212b", "å"],
  ])("%s", (_, left, right) => {
    expect(foldName(left)).toBe(foldName(right));
    expect(isSameName(left, right)).toBe(true);
  });

  it.each([
    ["S7: sharp s", "ß", "ss"],
    ["S7: ligature", "ﬁ", "fi"],
    ["S7: long s", "ſ", "s"],
    ["S7: dotted capital i", "İ", "i"],
    ["S7: dotless i", "ı", "i"],
    ["S7: micro sign and mu", "\u00b5", "\u03bc"],
    ["S7: width", "Ａ", "A"],
    ["S7: accents", "é", "e"],
    ["S7: compatibility", "①", "1"],
  ])("%s is another letter", (_, left, right) => {
    expect(foldName(left)).not.toBe(foldName(right));
    expect(isSameName(left, right)).toBe(false);
  });

  it("S7: folding twice is folding once, and full folding makes the same of the key as of the name", () => {
    const letters = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."aZéßςΣİıkﬁſ9 \u0345\u0301ᾳǰŉ") }),
    );
    fc.assert(
      fc.property(letters, (text) => {
        expect(foldName(foldName(text))).toBe(foldName(text));
        expect(foldCase(foldName(text))).toBe(foldCase(text));
      }),
      { numRuns: 3000 },
    );
  });
});

describe("dateTime", () => {
  it.each([
    ["C4 C43: UTC", "2026-01-31T09:30:00Z", Date.UTC(2026, 0, 31, 9, 30)],
    ["C43: an offset", "2026-01-31T09:30:00+01:30", Date.UTC(2026, 0, 31, 8)],
    ["C43: a negative offset", "2026-01-31T23:30:00-05:00", Date.UTC(2026, 1, 1, 4, 30)],
    ["C43: a fraction", "2026-01-31T09:30:00.25Z", Date.UTC(2026, 0, 31, 9, 30, 0, 250)],
    ["C4: without a zone", "2026-01-31T09:30:00", Date.UTC(2026, 0, 31, 9, 30)],
    ["C4: the end of a day", "2026-01-31T24:00:00Z", Date.UTC(2026, 1, 1)],
    ["C4: a leap day", "2028-02-29T00:00:00Z", Date.UTC(2028, 1, 29)],
  ])("%s", (_, text, instant) => {
    expect(toInstant(text)).toBe(instant);
  });

  it.each([
    ["C4: a date alone", "2026-01-31"],
    ["C4: a space for T", "2026-01-31 09:30:00Z"],
    ["C4: no such day", "2027-02-29T00:00:00Z"],
    ["C4: no such month", "2026-13-01T00:00:00Z"],
    ["C4: no such hour", "2026-01-01T25:00:00Z"],
    ["C4: after the end of a day", "2026-01-01T24:00:01Z"],
    ["C4: no such minute", "2026-01-01T00:60:00Z"],
    ["C4: no such zone", "2026-01-01T00:00:00+15:00"],
    ["C4: no text at all", ""],
  ])("%s", (_, text) => {
    expect(toInstant(text)).toBe(undefined);
  });
});

it("C4: base64 with and without padding", () => {
  expect(["", "TQ==", "TQ", "-_8", "+/8="].map(isBase64)).toEqual([true, true, true, true, true]);
  expect(["T Q", "TQ===", "T=Q", "é"].map(isBase64)).toEqual([false, false, false, false]);
});
