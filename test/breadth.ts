// How much of the tests runs. All of them would take two processors more than half an hour, and many resemble each other:
// `npm test` runs a narrow sample, `.ci/run` a wide one, and `npm run check:full` the whole. A run that is told which files
// or tests to run leaves out none of them.

export type Breadth = "narrow" | "wide" | "whole";

/** What the meta of a test has that a sample leaves out. */
export const LEFT_OUT = "leftOut";

/** The share of its tests that a file runs in a sample, by the first pattern that its path has; other files run whole. */
const SHARES: readonly { files: RegExp; narrow: number; wide: number }[] = [
  // The wide sample is its own: each mistake in one adapter, or with `PORTICO_MUTANTS=all` in every one.
  { files: /^test\/suite\/mutants\.test\.ts$/, narrow: 0.4, wide: 1 },
  // Each of their tests goes on where the one before it ended.
  { files: /^test\/worker\/(audit-chain|webhook-events|webhook-watch)\.test\.ts$/, narrow: 1, wide: 1 },
  { files: /^test\/suite\//, narrow: 0.3, wide: 0.8 },
  { files: /^adapters\/.*\.worker\.test\.ts$/, narrow: 0.2, wide: 0.8 },
  { files: /^test\/cli\//, narrow: 0.25, wide: 0.8 },
  { files: /^test\/worker\//, narrow: 0.2, wide: 0.75 },
  { files: /^test\/dialogues\//, narrow: 0.2, wide: 0.75 },
];

/** Files that the narrow sample leaves out as a whole: a file that runs holds each of their rules, too. */
export const WIDER_FILES = [
  "test/cli/build-cache.test.ts",
  "test/faults/doubt-kills.test.ts",
  "test/faults/owed-kills.test.ts",
  "test/faults/placement-kills.test.ts",
  "test/faults/swap-kills.test.ts",
  "test/start/backup.test.ts",
  "test/start/bodies.test.ts",
  "test/start/coupling-upgrade.test.ts",
  "test/start/exam.test.ts",
  "test/start/upgrade.test.ts",
];

export function shareOf(file: string, breadth: Breadth): number {
  if (breadth === "whole") return 1;
  return SHARES.find(({ files }) => files.test(file))?.[breadth] ?? 1;
}

const isBreadth = (text: string): text is Breadth => ["narrow", "wide", "whole"].includes(text);

/** @param namesSome whether the command names files or tests */
export function breadthOf(namesSome: boolean, env: Readonly<Record<string, string | undefined>>): Breadth {
  const { PORTICO_FULL: full, PORTICO_BREADTH: asked = "" } = env;
  if (full === "1") return "whole";
  if (asked === "") return namesSome ? "whole" : "narrow";
  if (!isBreadth(asked)) throw new Error(`PORTICO_BREADTH is narrow, wide or whole, not ${JSON.stringify(asked)}`);
  return asked;
}
