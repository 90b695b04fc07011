// The last line of a run, in the form that any CI can read: "N passed, N failed, N skipped".

import type { Reporter, TestModule } from "vitest/node";

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      for (const state of states) if (state !== "pending") counts[state]++;
      // A module can fail without any test of it: in a hook, or before there are tests.
      if (module.state() === "failed" && !states.includes("failed")) counts.failed++;
    }
    // After the default reporter's own summary.
    process.once("exit", () => {
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    });
  }
}
