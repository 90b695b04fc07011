// Every quirk that some adapter declares decides a scenario: it fails without the declaration. That it passes with it is what
// adapters.test.ts says of the same scenario.

import { describe, expect, inject, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { QUIRKS } from "../../src/adapter.ts";
import type { QuirkName } from "./scenario.ts";
import { scenarios } from "./scenarios/index.ts";
import { subjectNames, subjectOf, variantOf } from "./subject.ts";

const only = inject("porticoAdapter");
const isQuirk = (name: string): name is QuirkName => Object.hasOwn(QUIRKS, name);
const quirksOf = (name: string): QuirkName[] => Object.keys(subjectOf(name).adapter.quirks).filter(isQuirk);

const without =
  (quirk: QuirkName) =>
  (adapter: Adapter): Adapter => {
    const { [quirk]: _left, ...quirks } = adapter.quirks;
    return { ...adapter, quirks };
  };

/** What a scenario finds wrong; an error of any other kind is the suite's own. */
async function findingOf(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

for (const name of subjectNames(only).filter((one) => quirksOf(one).length > 0)) {
  describe.concurrent(`S42: what ${name} declares`, () => {
    for (const quirk of quirksOf(name)) {
      const decided = scenarios.filter((scenario) => scenario.quirks?.includes(quirk));

      it(`${quirk} decides a scenario`, () => {
        const subject = subjectOf(name);
        expect(decided.filter((scenario) => scenario.unless?.(subject) === undefined)).not.toEqual([]);
      });

      for (const scenario of decided.filter((one) => one.unless?.(subjectOf(name)) === undefined)) {
        it(`${quirk} decides "${scenario.name}"`, { timeout: 300_000 }, async () => {
          const finding = await findingOf(scenario.run(variantOf(subjectOf(name), without(quirk))));
          expect(finding, "it passes without the declaration too").toMatchObject({ name: "AssertionError" });
        });
      }
    }
  });
}

describe("the list of quirks", () => {
  it.skipIf(only !== "")("S42: each is declared by somebody, so that it is known to decide something", () => {
    const declared = new Set(subjectNames().flatMap(quirksOf));
    expect(Object.keys(QUIRKS).filter((quirk) => isQuirk(quirk) && !declared.has(quirk))).toEqual([]);
  });

  it("S42: each that a scenario names is in it", () => {
    for (const quirk of scenarios.flatMap((scenario) => scenario.quirks ?? [])) expect(QUIRKS).toHaveProperty(quirk);
  });
});
