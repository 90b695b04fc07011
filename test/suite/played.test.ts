// The whole suite against the played vendors: the shapes of the contract that no real vendor has are held by it, too.

import { describe, it } from "vitest";
import { playedNames } from "./played/register.ts";
import { isFull, sampleOf } from "./sample.ts";
import { scenarios, troubled } from "./scenarios/index.ts";
import { subjectOf } from "./subject.ts";

/** Troubles at every native call take as long as all the others, so they wait for the full check. */
const examined = isFull ? scenarios : scenarios.filter((scenario) => !troubled.includes(scenario));

for (const name of playedNames) {
  describe.concurrent(`the played vendor ${name}`, () => {
    for (const scenario of sampleOf(examined, name, 4)) {
      it(scenario.name, { timeout: 300_000 }, async (context) => {
        const subject = subjectOf(name);
        const reason = scenario.unless?.(subject);
        if (reason !== undefined) return context.skip(`not applicable: it ${reason}`);
        await scenario.run(subject);
      });
    }
  });
}
