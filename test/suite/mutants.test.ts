// The suite examined: each seeded mistake must fail the scenario that is there to find it.

import { describe, expect, inject, it } from "vitest";
import { mutants } from "./mutants.ts";
import { scenarios } from "./scenarios/index.ts";
import { subjectOf, variantOf } from "./subject.ts";

const only = inject("porticoAdapter");

describe.concurrent("S42: a mutant fails the suite", () => {
  for (const { mistake, of, mutate, killedBy } of mutants) {
    for (const vendor of of.filter((name) => only === "" || name === only)) {
      it(`${vendor}: ${mistake}, found by "${killedBy}…"`, { timeout: 180_000 }, async () => {
        const named = scenarios.filter((scenario) => scenario.name.startsWith(killedBy));
        expect(named).toHaveLength(1);
        const subject = variantOf(subjectOf(vendor), mutate);
        const [scenario] = named;
        expect(scenario?.unless?.(subject)).toBeUndefined();
        const finding = await scenario?.run(subject).then(
          () => undefined,
          (error: unknown) => error,
        );
        // An assertion's own error, not the suite tripping over itself.
        expect(finding, "nothing was found").toMatchObject({ name: "AssertionError" });
      });
    }
  }
});
