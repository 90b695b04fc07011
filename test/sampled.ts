// Before the tests of a file: where a sample runs, those that it leaves out are skipped before anything is prepared for them.

import { aroundEach, inject, type RunnerTask, type RunnerTestCase, type RunnerTestFile } from "vitest";
import { LEFT_OUT, shareOf } from "./breadth.ts";
import { choose, type Named } from "./choice.ts";

interface Found extends Named {
  test: RunnerTestCase;
}

function testsIn(tasks: readonly RunnerTask[], around: readonly string[] = []): Found[] {
  return tasks.flatMap((task) => {
    if (task.type === "suite") return testsIn(task.tasks, [task.name, ...around]);
    return task.mode === "skip" || task.mode === "todo" ? [] : [{ test: task, names: [task.name, ...around] as const }];
  });
}

const breadth = inject("porticoBreadth");
const choices = new WeakMap<RunnerTestFile, ReadonlySet<RunnerTestCase>>();

function choiceOf(file: RunnerTestFile): ReadonlySet<RunnerTestCase> {
  const known = choices.get(file);
  if (known) return known;
  const chosen = choose(testsIn(file.tasks), shareOf(file.name, breadth), inject("porticoSample"));
  const choice = new Set([...chosen].map(({ test }) => test));
  choices.set(file, choice);
  return choice;
}

if (breadth !== "whole") {
  aroundEach(async (runTest, { task, skip }) => {
    if (!choiceOf(task.file).has(task)) {
      // A note to `skip` is lost in a hook.
      Object.assign(task.meta, { [LEFT_OUT]: true });
      skip();
    }
    await runTest();
  });
}
