// Attribute paths: every form of RFC 7644 section 3.10, and what is none.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePath } from "../../src/scim/path.ts";
import { USER } from "../../src/scim/schema.ts";
import { VENDOR_USER } from "./ada.ts";
import { refusalOf, resultOf } from "./outcome.ts";
import cases from "./path.json" with { type: "json" };

const rows: readonly {
  name: string;
  path: string;
  text?: string | undefined;
  unheld?: boolean | undefined;
  refused?: string | undefined;
}[] = cases;

describe("paths", () => {
  it.each(rows)("$name", ({ path, text, unheld, refused }) => {
    expect(refusalOf(() => parsePath(path, VENDOR_USER))).toBe(refused);
    if (text === undefined) return;
    const parsed = parsePath(path, VENDOR_USER);
    expect(parsed.text).toBe(text);
    expect(parsed.held).toBe(unheld !== true);
  });

  it("C58: a canonical text parses to the same path", () => {
    for (const { path, text } of rows) {
      if (text !== undefined) expect(parsePath(text, VENDOR_USER)).toEqual(parsePath(path, VENDOR_USER));
    }
  });

  it("C58 C52: a path too long", () => {
    expect(refusalOf(() => parsePath("a".repeat(100_000), USER))).toBe("invalidPath");
  });

  it("C58: any text is a path or a refusal", () => {
    const fragment = fc.constantFrom(
      "emails",
      "name",
      ".",
      "[",
      "]",
      'type eq "work"',
      "urn:",
      ":",
      "a",
      " ",
      "(",
      ")",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fragment).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (input) => {
        const path = resultOf(() => parsePath(input, USER));
        if (path) expect(parsePath(path.text, USER).text).toBe(path.text);
      }),
      { numRuns: 1000 },
    );
  });
});
