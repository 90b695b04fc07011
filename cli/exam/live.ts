// Which tests of the exam a product cannot pass on a live connection, as far as its adapter says it: there nothing is shown that
// the product does not hold.

import type { Adapter, AttributeRow } from "../../src/adapter.ts";
import { entryOf, TEST_IDS, type TestId } from "./catalogue.ts";

export interface Shortfall {
  tests: readonly TestId[];
  why: string;
}

const isAddress = ({ path }: AttributeRow) => /^emails\b.*\.value$/.test(path);

const listed = (rows: readonly AttributeRow[]) => rows.map(({ path }) => `\`${path}\``).join(", ");

/** What a live connection with the default choices fails, and why. */
export function shortfallsOf({ attributes, group, title, userNameIs }: Adapter): Shortfall[] {
  const groupRows = attributes.Group ?? [];
  const addresses = attributes.User.filter(isAddress);
  const chosen = attributes.User.filter(({ values }) => values);
  const fixed = attributes.User.filter(({ immutable }) => immutable);
  const groupChosen = groupRows.filter(({ values }) => values);
  const isFixed = group !== undefined && group.update === undefined;
  const userReasons = [
    ...(addresses.length > 0
      ? [`${listed(addresses)} must be an e-mail address, and the test writes other texts`]
      : []),
    ...(userNameIs ? ["userName and e-mail are one value, and the test sets them to two"] : []),
    ...(chosen.length > 0 ? [`${listed(chosen)} takes certain values only`] : []),
    ...(fixed.length > 0 ? [`${listed(fixed)} cannot change`] : []),
  ];
  const groupReasons = [
    ...(groupChosen.length > 0 ? [`${listed(groupChosen)} takes certain values only`] : []),
    ...(isFixed ? ["a group cannot be renamed"] : []),
  ];
  return [
    ...(group
      ? []
      : [
          {
            tests: TEST_IDS.filter((id) => entryOf(id).needsGroups),
            why: `${title} has no groups; with \`groups: held\` Portico holds them, and these are passed`,
          },
        ]),
    ...(userReasons.length > 0 ? [{ tests: ["G27" as const], why: userReasons.join("; ") }] : []),
    ...(groupReasons.length > 0
      ? [{ tests: isFixed ? (["G18", "G29"] as const) : (["G29"] as const), why: groupReasons.join("; ") }]
      : []),
  ];
}

/** Tests that are skipped, and count as passed. */
export const skippedBy = ({ attributes }: Adapter): TestId[] =>
  attributes.User.some(({ path }) => /(?:^|:)manager(?:\.value)?$/.test(path)) ? [] : ["G14", "G33"];
