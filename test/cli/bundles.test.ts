// The rule that a vendor's own deployment holds no other vendor, on bundles that break it.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import keepnet from "../../adapters/keepnet/index.ts";
import rest from "../../adapters/rest/index.ts";
import { ROOT } from "../../cli/build.ts";
import { findOversized } from "../../cli/bundle-sizes.ts";
import { type Bundle, findMisplaced } from "../../cli/bundles.ts";

const SHARED = "src/portico.ts";
const sizes = new Map<string, number>();
const gateway: Bundle = {
  text: 'title: "Keepnet" title: "Any REST API"',
  files: [SHARED, "adapters/keepnet/index.ts", "adapters/rest/index.ts"],
  sizes,
};
const own: Bundle = { text: "the rest of the keepers", files: [SHARED, "examples/own-product/adapter.ts"], sizes };

describe("findMisplaced", () => {
  it("finds nothing where each bundle holds what it must", () => {
    expect(findMisplaced(gateway, own, [keepnet, rest])).toEqual([]);
  });

  it.each<[string, Bundle, Bundle, string]>([
    ["another vendor's file", gateway, { ...own, files: ["adapters/rest/record.ts"] }, "has a file of adapters/rest/"],
    ["another vendor's name", gateway, { ...own, text: "KEEPNET refused" }, "names Keepnet"],
    ["a gateway without a vendor's files", { ...gateway, files: [SHARED] }, own, "has no file of adapters/keepnet/"],
    ["a gateway without a vendor's name", { ...gateway, text: "" }, own, "does not name Keepnet"],
  ])("finds %s", (_what, one, other, sentence) => {
    expect(findMisplaced(one, other, [keepnet, rest]).join("\n")).toContain(sentence);
  });
});

describe("findOversized", () => {
  const KIB = 1_024;
  const bundle: Bundle = {
    // What no compression makes smaller.
    text: randomBytes(3 * KIB).toString("latin1"),
    files: [],
    sizes: new Map([
      ["src/scim/query.ts", 2 * KIB],
      ["src/scim/patch.ts", 1 * KIB],
      ["src/portico.ts", 1 * KIB],
      ["../node_modules/zod/v4/core/util.js", 5 * KIB],
      ["adapters/rest/record.ts", 1 * KIB],
      ["adapters/index.ts", 1 * KIB],
    ]),
  };
  const parts = { "src/scim": 3, src: 1, zod: 5, "adapters/rest": 1, entry: 1 };

  it("finds nothing where all is within the budget", () => {
    expect(findOversized("a bundle", bundle, { gzip: 10, parts })).toEqual([]);
  });

  it("finds a bundle, and a part, that is too large", () => {
    expect(findOversized("a bundle", bundle, { gzip: 2, parts: { ...parts, "src/scim": 2.9 } })).toEqual([
      expect.stringMatching(/^a bundle: \d\.\d KiB gzip, at most 2$/),
      "a bundle: src/scim has 3.0 KiB, at most 2.9",
    ]);
  });

  it("finds a part that has no budget", () => {
    const { zod: _, ...others } = parts;
    expect(findOversized("a bundle", bundle, { gzip: 10, parts: others })).toEqual([
      "a bundle: zod has 5.0 KiB and no line in bench/budget.json",
    ]);
  });
});

it("the example runs on the same platform, with the same objects and limits, as the gateway", () => {
  const contractOf = (config: string): string[] =>
    readFileSync(join(ROOT, config), "utf8")
      .split(/\n(?=\[)/)
      .filter((section) => /^\[+(?:limits|observability|durable_objects|ratelimits|migrations)/.test(section))
      .map((section) => section.trim());
  const dateOf = (config: string) => /^compatibility_date = .*$/m.exec(readFileSync(join(ROOT, config), "utf8"))?.[0];
  const example = "examples/own-product/wrangler.toml";
  expect(contractOf(example)).toEqual(contractOf("wrangler.toml"));
  expect(contractOf(example)).toHaveLength(8);
  expect(dateOf(example)).toBe(dateOf("wrangler.toml"));
});
