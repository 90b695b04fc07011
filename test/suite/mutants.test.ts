// The suite examined: each seeded mistake, in every adapter that can make it, must fail the scenario that is there to find it.

import { describe, expect, inject, it } from "vitest";
import { groupMutants } from "./group-mutants.ts";
import type { MistakeKind, Mutant } from "./mutant.ts";
import { isFull } from "./sample.ts";
import { noGroups, noSearch } from "./scenario.ts";
import { scenarios } from "./scenarios/index.ts";
import { type Subject, subjectNames, subjectOf, variantOf } from "./subject.ts";
import { userMutants } from "./user-mutants.ts";

const only = inject("porticoAdapter");
const mutants = [...userMutants, ...groupMutants];
const names = subjectNames(only);

function killerOf({ killedBy }: Mutant) {
  const [found, ...others] = scenarios.filter((scenario) => scenario.name.startsWith(killedBy));
  if (!found || others.length > 0) throw new Error(`no one scenario begins with ${killedBy}`);
  return found;
}

const reasonFor = (mutant: Mutant, subject: Subject): string | undefined =>
  mutant.unless?.(subject) ?? killerOf(mutant).unless?.(subject);

/** The kinds of [S42], and why an adapter cannot make any mistake of one. */
const KINDS: Record<MistakeKind, (subject: Subject) => string | undefined> = {
  "dropped field": () => undefined,
  "swallowed error": () => undefined,
  "substring match": noSearch,
  "lost member": noGroups,
  "false success": () => undefined,
};

/** Each mistake goes to the adapter that has fewest yet of those that can make it; then each adapter gets the kinds that it lacks. */
function toSample(): Map<string, Mutant[]> {
  const sample = new Map<string, Mutant[]>(names.map((name) => [name, []]));
  const takes = (name: string, mutant: Mutant) => reasonFor(mutant, subjectOf(name)) === undefined;
  const load = (name: string) => sample.get(name)?.length ?? 0;
  for (const mutant of mutants) {
    const able = names.filter((name) => takes(name, mutant)).sort((left, right) => load(left) - load(right));
    sample.get(able[0] ?? "")?.push(mutant);
  }
  for (const [name, chosen] of sample) {
    for (const kind of Object.keys(KINDS)) {
      if (chosen.some((mutant) => mutant.kind === kind)) continue;
      const first = mutants.find((mutant) => mutant.kind === kind && takes(name, mutant));
      if (first) chosen.push(first);
    }
  }
  return sample;
}

/** Every mistake in every adapter, or a sample of them. */
const chosen = isFull || inject("porticoMutants") ? new Map(names.map((name) => [name, mutants])) : toSample();

for (const name of names) {
  describe.concurrent(`S42: ${name}'s adapter fails the suite where`, () => {
    for (const mutant of chosen.get(name) ?? []) {
      const killer = killerOf(mutant);
      it(`${mutant.mistake}, found by "${killer.name}"`, { timeout: 300_000 }, async (context) => {
        const reason = reasonFor(mutant, subjectOf(name));
        if (reason !== undefined) return context.skip(`not applicable: ${name} ${reason}`);
        const finding = await killer.run({ ...variantOf(subjectOf(name), mutant.mutate), triesAll: true }).then(
          () => undefined,
          (error: unknown) => error,
        );
        // An assertion's own error, not the suite tripping over itself.
        expect(finding, "nothing was found").toMatchObject({ name: "AssertionError" });
      });
    }
  });

  it(`S42: ${name}'s adapter is tried with a mistake of each kind`, () => {
    const subject = subjectOf(name);
    const tried = new Set(mutants.flatMap((one) => (reasonFor(one, subject) === undefined ? (one.kind ?? []) : [])));
    const due = Object.entries(KINDS).flatMap(([kind, unless]) => (unless(subject) === undefined ? [kind] : []));
    expect([...tried].sort()).toEqual(due.sort());
  });
}
