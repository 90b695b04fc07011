// What a sample of the tests takes and leaves out.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../cli/build.ts";
import { caseNamesIn, numbersIn, scenarioNamesIn, testNamesIn } from "../../cli/test-names.ts";
import { breadthOf, shareOf, WIDER_FILES } from "../breadth.ts";
import { choose, type Named, rulesOf } from "../choice.ts";

const VENDORS = ["keepabl", "keeper", "keepnet", "klaxoon", "kpifire", "redmine", "rest", "zabbix", "directus"];
const named = (...names: Named["names"]): Named => ({ names });
const family = VENDORS.flatMap((vendor) =>
  ["S1: a", "S1: b", "S1: c", "S1: d", "S1: e", "S1: f"].map((title) => named(title, vendor)),
);

describe("a sample", () => {
  it("takes its share, the same one each time, and another one by another number", () => {
    const chosen = choose(family, 0.5, 0);
    expect(chosen.size).toBe(family.length / 2);
    expect(choose([...family].reverse(), 0.5, 0)).toEqual(chosen);
    expect([...choose(family, 0.5, 1)].sort()).not.toEqual([...chosen].sort());
    expect(choose(family, 1, 0).size).toBe(family.length);
    expect(choose([], 0.5, 0).size).toBe(0);
  });

  it("takes one of each title before a second one, and meets each vendor", () => {
    const titles = [...choose(family, 6 / family.length, 0)].map(({ names }) => names[0]);
    expect(titles.sort()).toEqual(["S1: a", "S1: b", "S1: c", "S1: d", "S1: e", "S1: f"]);
    const met = new Set<string | undefined>();
    for (let files = 0; files < 20; files++) {
      const file = VENDORS.map((vendor) => named("S1: a", vendor, `file ${files}`));
      for (const { names } of choose(file, 0.2, 0)) met.add(names[1]);
    }
    expect([...met].sort()).toEqual([...VENDORS].sort());
  });

  it("loses no rule, however small it is", () => {
    const tests = [named("S1 C2 S3: a"), named("S1: b"), named("S4: c"), named("d", "S5: e"), named("f"), named("g")];
    const kept = [...choose(tests, 0.01, 0)].flatMap(rulesOf);
    expect(kept.sort()).toEqual(["", "C2", "S1", "S4", "S5"]);
  });
});

describe("how much runs", () => {
  it("is a sample for the whole, and all of what is named", () => {
    expect(breadthOf(false, {})).toBe("narrow");
    expect(breadthOf(true, {})).toBe("whole");
    expect(breadthOf(false, { PORTICO_BREADTH: "wide" })).toBe("wide");
    expect(breadthOf(true, { PORTICO_BREADTH: "narrow" })).toBe("narrow");
    expect(breadthOf(false, { PORTICO_FULL: "1", PORTICO_BREADTH: "narrow" })).toBe("whole");
    expect(() => breadthOf(false, { PORTICO_BREADTH: "all" })).toThrow("narrow, wide or whole");
  });

  it("is more in CI, and a file without a share runs whole", () => {
    const file = "test/worker/bulk.test.ts";
    expect(shareOf(file, "narrow")).toBeLessThan(shareOf(file, "wide"));
    expect(shareOf(file, "wide")).toBeLessThan(shareOf(file, "whole"));
    expect(shareOf("test/scim/edit.test.ts", "narrow")).toBe(1);
  });
});

/** The rules that a file's tests hold, as `portico verify` reads them. */
const heldIn = (file: string): string[][] => {
  const text = readFileSync(join(ROOT, file), "utf8");
  const names = file.endsWith(".json") ? caseNamesIn(text) : [...testNamesIn(text), ...scenarioNamesIn(text)];
  return names.map(numbersIn);
};

it("each rule is tested in the narrowest run", () => {
  const files = ["test", "adapters"]
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((one) => join(folder, one)),
    )
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /\.(test\.ts|json)$|scenarios\/\w+\.ts$/.test(file) && !file.includes("/fixtures/"));
  const rules = new Set(files.flatMap((file) => heldIn(file).flat()));
  const running = files.filter((file) => !WIDER_FILES.includes(file));
  // A sample keeps what `rulesOf` names; a file that runs whole keeps all.
  const kept = running.flatMap((file) =>
    heldIn(file).flatMap((numbers) =>
      shareOf(file, "narrow") === 1 ? numbers : rulesOf(named(`${numbers.join(" ")}: x`)),
    ),
  );
  expect(rules.size).toBeGreaterThan(200);
  expect([...rules].filter((rule) => !kept.includes(rule))).toEqual([]);
  expect(WIDER_FILES.filter((file) => !files.includes(file))).toEqual([]);
});
