// Every deviation that some adapter declares, and every shape that one has, decides a scenario: it fails without the
// declaration, or with another shape. That it passes otherwise is what adapters.test.ts says of the same scenario.

import { describe, expect, inject, it } from "vitest";
import { DEVIATIONS, SHAPES, type ShapeName } from "../../src/adapter.ts";
import { playedNames } from "./played/register.ts";
import { RESHAPED, undeclared } from "./reshaped.ts";
import { scenarios } from "./scenarios/index.ts";
import { type Difference, differencesOf, subjectNames, subjectOf, variantOf } from "./subject.ts";

const only = inject("porticoAdapter");
const names = [...subjectNames(only), ...(only === "" ? playedNames : [])];
const isShape = (name: Difference): name is ShapeName => Object.hasOwn(SHAPES, name);
const differences = (name: string): Difference[] => differencesOf(subjectOf(name));

const without = (name: Difference) => (isShape(name) ? RESHAPED[name] : undeclared(name));

/** What a scenario finds wrong; an error of any other kind is the suite's own. */
async function findingOf(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

for (const name of names.filter((one) => differences(one).length > 0)) {
  describe.concurrent(`S42: what ${name} declares or shows`, () => {
    for (const difference of differences(name)) {
      const decided = scenarios.filter((scenario) => scenario.decidedBy?.includes(difference));

      it(`${difference} decides a scenario`, () => {
        const subject = subjectOf(name);
        expect(decided.filter((scenario) => scenario.unless?.(subject) === undefined)).not.toEqual([]);
      });

      for (const scenario of decided.filter((one) => one.unless?.(subjectOf(name)) === undefined)) {
        it(`${difference} decides "${scenario.name}"`, { timeout: 300_000 }, async () => {
          const subject = variantOf(subjectOf(name), without(difference));
          let finding = await findingOf(scenario.run(subject));
          // On a busy machine each step may take longer than a vendor's lag.
          for (let more = 2; more > 0 && finding === undefined && difference === "readLag"; more--) {
            finding = await findingOf(scenario.run(subject));
          }
          expect(finding, "it passes without it too").toMatchObject({ name: "AssertionError" });
        });
      }
    }
  });
}

describe("the lists of deviations and shapes", () => {
  const all: readonly string[] = [...Object.keys(DEVIATIONS), ...Object.keys(SHAPES)];

  it.skipIf(only !== "")("S42: each is some adapter's, so that it is known to decide something", () => {
    const told = new Set<string>(names.flatMap(differences));
    expect(all.filter((name) => !told.has(name))).toEqual([]);
  });

  it("S42: each that a scenario names is in one of them", () => {
    for (const name of scenarios.flatMap((scenario) => scenario.decidedBy ?? [])) expect(all).toContain(name);
  });
});
