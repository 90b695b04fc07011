// The last lines of a run: what failed, and the counts in the form that any CI can read, "N passed, N failed, N skipped". A build
// server shows the end of a long output, where the suite's table would stand in the place of the failures.

import type { Reporter, SerializedError, TestModule } from "vitest/node";
import { LEFT_OUT } from "./breadth.ts";
import { findChromium } from "./browser/chromium.ts";

const MAX_SHOWN = 20;
const MAX_ERROR_LENGTH = 400;

interface Failure {
  where: string;
  errors: readonly Pick<SerializedError, "message">[];
}

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    let leftOut = 0;
    const failures: Failure[] = unhandledErrors.map((error) => ({ where: "outside of a test", errors: [error] }));
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state, errors } = test.result();
        if (state === "passed" || state === "skipped") counts[state]++;
        if (state === "failed") failures.push({ where: `${module.relativeModuleId} > ${test.fullName}`, errors });
        if (Reflect.has(test.meta(), LEFT_OUT)) leftOut++;
      }
      // A module can fail without any test of it: in a hook, or before there are tests.
      const hasFailed = tests.some((test) => test.result().state === "failed");
      if (module.state() === "failed" && !hasFailed)
        failures.push({ where: module.relativeModuleId, errors: module.errors() });
    }
    counts.failed = failures.length;
    // After the default reporter's own summary.
    process.once("exit", () => {
      process.stdout.write(listFailures(failures));
      if (findChromium() === undefined)
        process.stdout.write("the console was not tried in a browser: no Chromium was found\n");
      if (leftOut > 0)
        process.stdout.write(
          `this was a sample: it left out ${leftOut} tests of its files, and more; npm run check:full runs all\n`,
        );
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    });
  }
}

function listFailures(failures: readonly Failure[]): string {
  const lines = failures.slice(0, MAX_SHOWN).map(({ where, errors }) => {
    const why = errors.map(({ message }) => message.slice(0, MAX_ERROR_LENGTH)).join("\n");
    return `failed: ${where}\n${why.replaceAll(/^/gm, "  ")}\n`;
  });
  const rest = failures.length - lines.length;
  return lines.join("") + (rest > 0 ? `and ${rest} more\n` : "");
}
