// The scenarios about groups, for products without groups whose groups Portico holds: what a client sees is the same [S52].

import { describe, expect, it } from "vitest";
import legacy from "../../adapters/rest/example-legacy.json" with { type: "json" };
import { scenarios, troubled } from "./scenarios/index.ts";
import { type Subject, subjectOf, variantOf, withGroupsHeld } from "./subject.ts";

const { groups: _left, ...users } = legacy;
const described = subjectOf("rest-legacy");

const SUBJECTS: { [name: string]: Subject } = {
  keepabl: subjectOf("keepabl"),
  // Made anew, because its description decides what it has.
  "a described product": variantOf(
    {
      ...described,
      settings: (vendorUrl) => ({ ...described.settings(vendorUrl), description: users }),
    },
    (adapter) => adapter,
  ),
};

for (const [name, without] of Object.entries(SUBJECTS)) {
  const subject = withGroupsHeld(without);
  const isNew = ({ unless }: (typeof scenarios)[number]) =>
    unless?.(without) !== undefined && unless(subject) === undefined;
  const newly = scenarios.filter((scenario) => isNew(scenario) && !troubled.includes(scenario));

  describe.concurrent(`groups held for ${name}`, () => {
    it("S52: brings the scenarios about groups", () => {
      expect(without.adapter.group).toBeUndefined();
      expect(newly.length).toBeGreaterThanOrEqual(11);
    });
    for (const scenario of newly) {
      it(`S52 ${scenario.name}`, { timeout: 300_000 }, () => scenario.run(subject));
    }
  });
}
