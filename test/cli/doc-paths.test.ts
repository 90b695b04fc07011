// Paths in documents: what counts as one, and that every one in the hand-written documents leads somewhere.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../cli/build.ts";
import { deadPathsIn, findDeadPaths, handWritten } from "../../cli/doc-paths.ts";
import { ROOMS } from "../../cli/verify.ts";

describe("paths in documents", () => {
  it.each([
    ["a file in backticks", "see `src/nothing.ts`", ["src/nothing.ts"]],
    ["a folder", "the room `src/provision/nowhere/`", ["src/provision/nowhere/"]],
    ["at the end of a sentence", "It is in src/nothing.ts.", ["src/nothing.ts"]],
    ["a participant of a diagram", "participant W as src/nowhere/<br/>x.json", ["src/nowhere/"]],
    ["a file by its name alone", "  R->>U: nothing.ts does it", ["nothing.ts"]],
    ["a file by the end of its path", "Note over U: users/nothing.ts<br/>does it", ["users/nothing.ts"]],
    ["a pattern that nothing fits", "`src/store/*-chairs.ts`", ["src/store/*-chairs.ts"]],
    ["a name that a file does not have", "`settleNothing` in `src/index.ts`", ["settleNothing in src/index.ts"]],
    ["a link", "[here](adapters.md) and [there](nowhere.md#part)", ["docs/nowhere.md"]],
    ["a link upwards", "[there](../src/nothing.ts)", ["src/nothing.ts"]],
  ])("finds %s", (_, text, dead) => {
    expect(deadPathsIn("docs/page.md", text)).toEqual(dead);
  });

  it.each([
    ["files that are there", "`src/index.ts`, [x](../src/index.ts), [y](adapters.md#quirks), `wrangler.toml`"],
    ["files by the end of their path", "Note over U: users/departure.ts<br/>then binder.ts, `vitest.config.ts`"],
    ["names in their files", "`forward` in `src/index.ts`, `#recover` in `src/connection.ts`"],
    ["patterns", "`src/store/*-tables.ts` and `src/{scim,store}/version.ts`"],
    ["placeholders", "`adapters/<name>/` and `adapters/acme/index.ts`"],
    ["addresses", "https://example.com/src/nothing.ts [z](https://example.com/nothing.md)"],
    ["other words", "`/connections/docs/x`, `text/docs/x`"],
  ])("lets %s be", (_, text) => {
    expect(deadPathsIn("docs/page.md", text)).toEqual([]);
  });

  it("docs/architecture.md has the rooms of src/provision in their order", () => {
    const text = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
    const rooms = [...text.matchAll(/^\| `src\/provision\/(\w+)\/` \|/gm)].map(([, room]) => room);
    expect(rooms).toEqual(ROOMS);
  });

  it("every path in a hand-written document leads somewhere", () => {
    expect(handWritten()).toEqual(expect.arrayContaining(["README.md", "CONTRIBUTING.md", "docs/adapters.md"]));
    expect(handWritten()).not.toContain("docs/api.md");
    expect(findDeadPaths()).toEqual([]);
  });
});
