// A drafted adapter against the simulator that was drafted beside it: harbour.json, whose groups name nobody, because the list
// of groups stands in each user's record. The folder is what `portico adapter new harbour --openapi` writes.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { simulators } from "../../adapters/simulators.ts";
import { nativeViews } from "../../adapters/views.ts";
import { checkAdapter } from "../../src/provision/vendor/declaration.ts";
import harbour from "./drafted/harbour/index.ts";
import { createHarbourSimulation, harbourDemoSettings } from "./drafted/harbour/simulator.ts";
import { harbour as view } from "./drafted/harbour/view.ts";
import { sampleOf } from "./sample.ts";
import { scenarios } from "./scenarios/index.ts";
import { subjectOf } from "./subject.ts";

/** Scenarios that a question of the draft blocks, and what they say until a person has answered it. */
const BLOCKED = new Map([
  // TODO(3): each member costs a read and a write of the user's record.
  ["S30: a group's operations cost no more native calls than their declarations say", /add of members .* made 6/],
]);

describe.concurrent("a drafted adapter", () => {
  beforeAll(() => {
    adapters.harbour = harbour;
    simulators.harbour = { create: createHarbourSimulation, demoSettings: harbourDemoSettings };
    nativeViews.harbour = view;
  });
  afterAll(() => {
    for (const registry of [adapters, simulators, nativeViews]) delete registry.harbour;
  });

  it("declares nothing that contradicts itself", () => {
    expect(() => checkAdapter(harbour)).not.toThrow();
  });

  for (const scenario of sampleOf(scenarios, "harbour", 4)) {
    it(scenario.name, { timeout: 300_000 }, async (context) => {
      const subject = subjectOf("harbour");
      const reason = scenario.unless?.(subject);
      if (reason !== undefined) return context.skip(`not applicable: it ${reason}`);
      const blocked = BLOCKED.get(scenario.name);
      if (blocked) await expect(scenario.run(subject)).rejects.toThrow(blocked);
      else await scenario.run(subject);
    });
  }
});
