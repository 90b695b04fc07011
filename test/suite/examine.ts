// Runs scenarios of the suite against every simulated vendor: those whose declared precondition holds.

import { describe, inject, it } from "vitest";
import { evidenceOf } from "./evidence.ts";
import { sampleOf } from "./sample.ts";
import type { Scenario } from "./scenario.ts";
import { subjectNames, subjectOf } from "./subject.ts";
import { toMet } from "./told-details.ts";
import { witnessed } from "./witness.ts";

/** Another description of a product runs the same adapter. */
const DESCRIBED_EVERY = 6;

/** @param every a sample has one of so many scenarios, not the same ones for each vendor */
export function examine(scenarios: readonly Scenario[], every = 1): void {
  const only = inject("porticoAdapter");
  const vendors = subjectNames(only);
  if (vendors.length === 0) throw new Error(`no adapter ${only} with a simulator`);

  for (const vendor of vendors) {
    // Most of a scenario's time is waiting for a vendor's pace.
    describe.concurrent(vendor, () => {
      for (const scenario of sampleOf(
        scenarios,
        vendor,
        subjectOf(vendor).name === vendor ? every : Math.max(every, DESCRIBED_EVERY),
      )) {
        it(scenario.name, { timeout: 300_000 }, async (context) => {
          const { subject, witness } = witnessed(subjectOf(vendor));
          const reason = scenario.unless?.(subject);
          // What `reporter.ts` writes into test-results/suite.json.
          Object.assign(context.task.meta, {
            suite: { vendor, scenario: scenario.name, ...(reason ? { reason } : {}) },
          });
          if (reason !== undefined) return context.skip(`not applicable: ${vendor} ${reason}`);
          try {
            await scenario.run(subject);
            Object.assign(context.task.meta, { details: toMet(vendor, witness.details, only === "") });
          } catch (error) {
            if (error instanceof Error) error.message += `\n${await evidenceOf(witness)}`;
            throw error;
          }
        });
      }
    });
  }
}
