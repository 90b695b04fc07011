// Which tests of a file a sample takes: the same ones in each run, of every rule that the file holds at least one, then one of
// each title, so that of tests that differ by the vendor alone each vendor has some.

import { numbersIn } from "../cli/test-names.ts";

/** A test as a sample sees it: its name, then the names of the describes around it, the nearest first. */
export interface Named {
  names: readonly [string, ...string[]];
}

/** FNV-1a in 32 bits; its low bits say too little: the parity of every vendor's name is the same. */
export const hashOf = (text: string): number =>
  [...text].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5) >>> 0;

/** What a test may be the last one to hold: the rule that it names first, and others than those of Portico's own, which hundreds name. */
export function rulesOf({ names }: Named): string[] {
  const numbers = names.map(numbersIn).find((some) => some.length > 0) ?? [""];
  return numbers.filter((one, at) => at === 0 || !one.startsWith("S"));
}

/**
 * @param share of the tests; more of them run where that is not one for each rule
 * @param sample another number takes another sample
 */
export function choose<T extends Named>(tests: readonly T[], share: number, sample: number): Set<T> {
  const keyed = tests.map((test) => ({ test, key: hashOf(`${sample} ${test.names.toReversed().join(" > ")}`) }));
  const order = keyed.sort((left, right) => left.key - right.key).map(({ test }) => test);
  const chosen = new Set<T>();
  const rules = new Set<string>();
  const titles = new Set<string>();
  const take = (test: T) => {
    chosen.add(test);
    titles.add(test.names[0]);
    for (const rule of rulesOf(test)) rules.add(rule);
  };
  const most = Math.ceil(tests.length * share);
  for (const test of order) if (rulesOf(test).some((rule) => !rules.has(rule))) take(test);
  for (const test of order) if (chosen.size < most && !titles.has(test.names[0])) take(test);
  for (const test of order) if (chosen.size < most) take(test);
  return chosen;
}
