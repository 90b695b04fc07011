// The generated setup pages: what a customer's administrator must know of an adapter that can do less.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { redmine as customer } from "../../adapters/redmine/customer.ts";
import redmine from "../../adapters/redmine/index.ts";
import { ROOT } from "../../cli/build.ts";
import { setupPage } from "../../cli/connect/page.ts";
import { exportsWithoutExample } from "../../cli/examples.ts";
import type { Adapter } from "../../src/adapter.ts";

const once: Adapter = {
  ...redmine,
  attributes: {
    ...redmine.attributes,
    User: redmine.attributes.User.map((row) => (row.path === "userName" ? { ...row, immutable: true } : row)),
  },
};
const without = (part: "update" | "remove"): Adapter => {
  if (!redmine.group) throw new Error("redmine has groups");
  const { [part]: _left, ...group } = redmine.group;
  return { ...redmine, group };
};

describe("the page for authors", () => {
  it("begins with a whole adapter of at most 40 lines", () => {
    const page = readFileSync(join(ROOT, "docs/adapters.md"), "utf8");
    const [, adapter = ""] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
    expect(adapter).toBe(readFileSync(join(ROOT, "examples/own-product/adapter.ts"), "utf8"));
    expect(adapter.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
  });

  it("explains every part of the view", () => {
    const page = readFileSync(join(ROOT, "docs/adapters.md"), "utf8");
    const [, table = ""] = /^## The view\n([\s\S]*?)^## /m.exec(page) ?? [];
    const view = readFileSync(join(ROOT, "adapters/native-view.ts"), "utf8");
    const [, parts = ""] = /^export interface NativeView \{\n([\s\S]*?)^\}/m.exec(view) ?? [];
    const names = [...parts.matchAll(/^ {2}(\w+)\??[(:]/gm)].map(([, name]) => `\`${name}\``);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !table.includes(name))).toEqual([]);
  });
});

describe("an export for authors", () => {
  it("has a comment of its own with an example", () => {
    const text = [
      "/** One. */\nexport const one = 1;",
      "/**\n * Two.\n *\n * @example two(1)\n */\nexport function two() {}",
      "export type Three = 3;",
      "/** @example { four: 4 } */\nexport interface Four {}",
      "// five\nexport class Five {}",
      "const six = 6;",
    ].join("\n\n");
    expect(exportsWithoutExample(text)).toEqual(["one", "Three", "Five"]);
  });
});

const pageOf = (adapter: Adapter): string => setupPage({ adapter, customer });

describe("a setup page", () => {
  it("says which attribute is given once", () => {
    expect(pageOf(once)).toMatch(
      /`userName` \|.*\| required; cannot change: apply this mapping only during object creation/,
    );
    expect(pageOf(redmine)).not.toContain("cannot change");
  });

  it("says that groups keep their names, or stay, where the product cannot do it", () => {
    expect(pageOf(without("update"))).toContain("A group cannot be renamed");
    expect(pageOf(without("remove"))).toContain("A group that is deleted in Entra stays");
    expect(pageOf(redmine)).not.toMatch(/cannot be renamed|deleted in Entra stays/);
  });
});
