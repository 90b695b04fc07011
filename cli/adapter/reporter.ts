// A Vitest reporter for `portico adapter test`: one marked line of JSON for each scenario, as soon as it has ended.

import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";
import * as z from "zod";

/** Begins each line that is meant for the command. */
export const MARK = "@portico ";

export const outcome = z.object({
  name: z.string(),
  state: z.enum(["passed", "failed", "not applicable"]),
  reason: z.string().optional(),
  failures: z.array(z.string()),
});
export type Outcome = z.infer<typeof outcome>;

const note = z.object({ suite: z.object({ reason: z.string().optional() }) });

interface Failure {
  message: string;
  diff?: string | undefined;
  stacks?: readonly { file: string; line: number }[] | undefined;
}

function toText(error: Failure): string {
  const frame = error.stacks?.find((one) => one.file.includes("/test/"));
  const at = frame ? `at ${frame.file.replace(/^.*\/(?=test\/)/, "")}:${frame.line}` : "";
  return [error.message, error.diff ?? "", at].filter((part) => part !== "").join("\n");
}

export default class AdapterReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result();
    const read = note.safeParse(test.meta());
    const reason = read.success ? read.data.suite.reason : undefined;
    if (state === "skipped" && reason === undefined) return;
    this.#tell({
      name: test.name,
      state: state === "passed" ? "passed" : state === "failed" ? "failed" : "not applicable",
      ...(reason === undefined ? {} : { reason }),
      failures: errors.map(toText),
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const module of modules) {
      const failures = module.errors().map(toText);
      if (failures.length > 0) this.#tell({ name: module.relativeModuleId, state: "failed", failures });
    }
    if (unhandled.length > 0)
      this.#tell({ name: "outside of scenarios", state: "failed", failures: unhandled.map(toText) });
  }

  #tell(one: Outcome): void {
    process.stdout.write(`${MARK}${JSON.stringify(one)}\n`);
  }
}
