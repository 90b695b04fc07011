// The one suite that every adapter passes: each scenario whose declared precondition holds, against each simulated vendor.

import { describe, inject, it } from "vitest";
import { evidenceOf } from "./evidence.ts";
import { scenarios } from "./scenarios/index.ts";
import { subjectNames, subjectOf } from "./subject.ts";
import { witnessed } from "./witness.ts";

const only = inject("porticoAdapter");
const vendors = subjectNames(only);
if (vendors.length === 0) throw new Error(`no adapter ${only} with a simulator`);

for (const vendor of vendors) {
  // Most of a scenario's time is waiting for a vendor's pace.
  describe.concurrent(vendor, () => {
    for (const scenario of scenarios) {
      it(scenario.name, { timeout: 180_000 }, async (context) => {
        const { subject, witness } = witnessed(subjectOf(vendor));
        const reason = scenario.unless?.(subject);
        // What `reporter.ts` writes into test-results/suite.json.
        Object.assign(context.task.meta, { suite: { vendor, scenario: scenario.name, ...(reason ? { reason } : {}) } });
        if (reason !== undefined) return context.skip(`not applicable: ${vendor} ${reason}`);
        try {
          await scenario.run(subject);
        } catch (error) {
          if (error instanceof Error) error.message += `\n${await evidenceOf(witness)}`;
          throw error;
        }
      });
    }
  });
}
