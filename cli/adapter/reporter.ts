// A Vitest reporter for `portico adapter test`: one marked line of JSON for each scenario, as soon as it has ended.

import { SourceMap } from "node:module";
import type { Reporter, SerializedError, TestCase, TestModule, TestProject } from "vitest/node";
import * as z from "zod";

/** Begins each line that is meant for the command. */
export const MARK = "@portico ";

export const outcome = z.object({
  name: z.string(),
  state: z.enum(["passed", "failed", "not applicable"]),
  reason: z.string().optional(),
  failures: z.array(z.string()),
  /** The rows of the page that explain what refusals said. */
  details: z.array(z.string()).optional(),
});
export type Outcome = z.infer<typeof outcome>;

const note = z.object({
  suite: z.object({ reason: z.string().optional() }),
  details: z.array(z.string()).optional(),
});

interface Failure {
  message: string;
  diff?: string | undefined;
  stacks?: readonly Frame[] | undefined;
}
interface Frame {
  file: string;
  line: number;
  column: number;
}

const sourceMap = z.looseObject({
  version: z.number(),
  sources: z.array(z.string()),
  names: z.array(z.string()),
  mappings: z.string(),
});

/** The line as it was written: Worker tests tell the line of what was made of it. */
function toWrittenLine({ vite }: TestProject, { file, line, column }: Frame): number {
  const made = vite.environments.ssr?.moduleGraph.getModuleById(file)?.transformResult;
  const map = sourceMap.safeParse(made?.map);
  if (!map.success) return line;
  const { version, sources, names, mappings } = map.data;
  const payload = { version, file, sources, sourcesContent: [], names, mappings, sourceRoot: "" };
  const entry = new SourceMap(payload).findEntry(line - 1, column - 1);
  return "originalLine" in entry ? entry.originalLine + 1 : line;
}

function toText(error: Failure, project?: TestProject): string {
  const frame = error.stacks?.find((one) => one.file.includes("/test/"));
  const line = frame && project ? toWrittenLine(project, frame) : frame?.line;
  const at = frame ? `at ${frame.file.replace(/^.*?\/(?=(?:adapters\/[^/]+\/)?test\/)/, "")}:${line}` : "";
  // The message may go on with evidence, which belongs below the difference.
  const [said = "", ...evidence] = error.message.split(/\n(?=the adapter threw|last request:)/);
  return [said, error.diff ?? "", ...evidence, at].filter((part) => part !== "").join("\n");
}

export default class AdapterReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result();
    const read = note.safeParse(test.meta());
    const reason = read.success ? read.data.suite.reason : undefined;
    const details = read.success ? read.data.details : undefined;
    if (state === "skipped" && reason === undefined) return;
    this.#tell({
      name: test.name,
      state: state === "passed" ? "passed" : state === "failed" ? "failed" : "not applicable",
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      failures: errors.map((error) => toText(error, test.project)),
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const module of modules) {
      const failures = module.errors().map((error) => toText(error, module.project));
      if (failures.length > 0) this.#tell({ name: module.relativeModuleId, state: "failed", failures });
    }
    if (unhandled.length > 0)
      this.#tell({ name: "outside of scenarios", state: "failed", failures: unhandled.map((error) => toText(error)) });
  }

  #tell(one: Outcome): void {
    process.stdout.write(`${MARK}${JSON.stringify(one)}\n`);
  }
}
