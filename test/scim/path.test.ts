// Attribute paths: every form of RFC 7644 section 3.10, and what is none.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { USER } from "../../src/scim/core-schemas.ts";
import { parsePath } from "../../src/scim/path.ts";
import { attribute } from "../../src/scim/schema.ts";
import { MODEST_USER, VENDOR_USER } from "./ada.ts";
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

  it("C76: of two schemas whose URNs begin alike the longer one wins", () => {
    const extend = (id: string, name: string) => ({
      required: false,
      schema: { id, name, description: name, attributes: [attribute(name, name)] },
    });
    const type = { ...USER, extensions: [extend("urn:x:ext", "short"), extend("urn:x:ext:more", "long")] };
    expect(parsePath("urn:x:ext:more:LONG", type).text).toBe("urn:x:ext:more:long");
    expect(parsePath("urn:x:EXT:short", type).text).toBe("urn:x:ext:short");
    expect(parsePath("urn:x:ext:MORE", type).text).toBe("urn:x:ext:more");
  });

  it("Q6 S1: a core attribute that is not held never becomes the extension's of the same name", () => {
    const extensions = USER.extensions.map(({ schema, required }) => ({
      required,
      schema: { ...schema, attributes: [...schema.attributes, attribute("title", "Another title.")] },
    }));
    expect(parsePath("title", { ...MODEST_USER, extensions })).toMatchObject({ text: "title", held: false });
  });

  it("C2: what an attribute is unless it says otherwise", () => {
    expect(attribute("x", "X.")).toMatchObject({
      type: "string",
      multiValued: false,
      required: false,
      caseExact: false,
      mutability: "readWrite",
      returned: "default",
      uniqueness: "none",
    });
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
