// Paths in documents: what counts as one, and that every one in the hand-written documents leads somewhere.

import { describe, expect, it } from "vitest";
import { deadPathsIn, findDeadPaths, handWritten } from "../../cli/doc-paths.ts";

describe("paths in documents", () => {
  it.each([
    ["a file in backticks", "see `src/nothing.ts`", ["src/nothing.ts"]],
    ["a folder", "the room `src/provision/nowhere/`", ["src/provision/nowhere/"]],
    ["at the end of a sentence", "It is in src/nothing.ts.", ["src/nothing.ts"]],
    ["a participant of a diagram", "participant W as src/nothing.ts", ["src/nothing.ts"]],
    ["a pattern that nothing fits", "`src/store/*-chairs.ts`", ["src/store/*-chairs.ts"]],
    ["a link", "[here](adapters.md) and [there](nowhere.md#part)", ["docs/nowhere.md"]],
    ["a link upwards", "[there](../src/nothing.ts)", ["src/nothing.ts"]],
  ])("finds %s", (_, text, dead) => {
    expect(deadPathsIn("docs/page.md", text)).toEqual(dead);
  });

  it.each([
    ["files that are there", "`src/index.ts`, [x](../src/index.ts), [y](adapters.md#quirks)"],
    ["patterns", "`src/store/*-tables.ts` and `src/{scim,store}/version.ts`"],
    ["placeholders", "`adapters/<name>/` and `adapters/acme/index.ts`"],
    ["addresses", "https://example.com/src/nothing.ts [z](https://example.com/nothing.md)"],
    ["other words", "`/connections/docs/x`, `text/docs/x`"],
  ])("lets %s be", (_, text) => {
    expect(deadPathsIn("docs/page.md", text)).toEqual([]);
  });

  it("every path in a hand-written document leads somewhere", () => {
    expect(handWritten()).toEqual(expect.arrayContaining(["README.md", "CONTRIBUTING.md", "docs/adapters.md"]));
    expect(handWritten()).not.toContain("docs/api.md");
    expect(findDeadPaths()).toEqual([]);
  });
});
