// Every quirk that some adapter declares is named by a scenario whose outcome depends on it.

import { describe, expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { QUIRKS } from "../../src/adapter.ts";
import { scenarios } from "./scenarios/index.ts";

const named = new Set(scenarios.flatMap((scenario) => scenario.quirks ?? []));

describe("quirks", () => {
  for (const [vendor, { quirks }] of Object.entries(adapters)) {
    it(`S42: each of ${vendor}'s has a scenario`, () => {
      const unnamed = Object.keys(quirks).filter((quirk) => ![...named].some((one) => one === quirk));
      expect(unnamed).toEqual([]);
    });
  }

  it("S42: each that a scenario names is in the contract", () => {
    for (const quirk of named) expect(Object.keys(QUIRKS)).toContain(quirk);
  });
});
