// The rule that a vendor's own deployment holds no other vendor, on bundles that break it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import keepnet from "../../adapters/keepnet/index.ts";
import rest from "../../adapters/rest/index.ts";
import { ROOT } from "../../cli/build.ts";
import { type Bundle, findMisplaced } from "../../cli/bundles.ts";

const SHARED = "src/portico.ts";
const gateway: Bundle = {
  text: 'title: "Keepnet" title: "Any REST API"',
  files: [SHARED, "adapters/keepnet/index.ts", "adapters/rest/index.ts"],
};
const own: Bundle = { text: "the rest of the keepers", files: [SHARED, "examples/own-product/adapter.ts"] };

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

it("the example runs on the same platform, with the same objects and secrets, as the gateway", () => {
  const contractOf = (config: string): string[] =>
    readFileSync(join(ROOT, config), "utf8")
      .split(/\n(?=\[)/)
      .filter((section) => /^\[+(?:limits|observability|durable_objects|ratelimits|migrations|secrets)/.test(section))
      .map((section) => section.trim());
  const dateOf = (config: string) => /^compatibility_date = .*$/m.exec(readFileSync(join(ROOT, config), "utf8"))?.[0];
  const example = "examples/own-product/wrangler.toml";
  expect(contractOf(example)).toEqual(contractOf("wrangler.toml"));
  expect(contractOf(example)).toHaveLength(7);
  expect(dateOf(example)).toBe(dateOf("wrangler.toml"));
});
