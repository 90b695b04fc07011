// What `portico adapter new` writes passes the suite as it is written.

import { afterAll, beforeAll, describe, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { simulators } from "../../adapters/simulators.ts";
import { nativeViews } from "../../adapters/views.ts";
import template from "../../cli/templates/adapter/index.ts";
import { createTemplateSimulation, templateDemoSettings } from "../../cli/templates/adapter/simulator.ts";
import { template as view } from "../../cli/templates/adapter/view.ts";
import { sampleOf } from "./sample.ts";
import { scenarios } from "./scenarios/index.ts";
import { subjectOf } from "./subject.ts";

describe.concurrent("the template of a new adapter", () => {
  beforeAll(() => {
    adapters.template = template;
    simulators.template = { create: createTemplateSimulation, demoSettings: templateDemoSettings };
    nativeViews.template = view;
  });
  afterAll(() => {
    for (const registry of [adapters, simulators, nativeViews]) delete registry.template;
  });

  for (const scenario of sampleOf(scenarios, "template", 4)) {
    it(scenario.name, { timeout: 300_000 }, async (context) => {
      const subject = subjectOf("template");
      const reason = scenario.unless?.(subject);
      if (reason !== undefined) return context.skip(`not applicable: it ${reason}`);
      await scenario.run(subject);
    });
  }
});
