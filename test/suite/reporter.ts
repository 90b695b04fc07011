// Writes the suite's results to test-results/suite.json: Worker tests have no files, so they leave them in their meta.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import * as z from "zod";
import { type SuiteResult, toSuiteTable } from "./table.ts";

const SUITE_RESULTS = path.join(import.meta.dirname, "../../test-results/suite.json");
const note = z.object({ vendor: z.string(), scenario: z.string(), reason: z.string().optional() });

export default class SuiteReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results: SuiteResult[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const read = note.safeParse(Reflect.get(test.meta(), "suite"));
        if (!read.success) continue;
        const { reason, ...which } = read.data;
        const outcome =
          reason !== undefined ? "not applicable" : test.result().state === "passed" ? "passed" : "failed";
        results.push({ ...which, outcome, ...(reason === undefined ? {} : { reason }) });
      }
    }
    if (results.length === 0) return;
    mkdirSync(path.dirname(SUITE_RESULTS), { recursive: true });
    writeFileSync(SUITE_RESULTS, `${JSON.stringify(results, null, 2)}\n`);
    process.stdout.write(`\n${toSuiteTable(results)}`);
  }
}
