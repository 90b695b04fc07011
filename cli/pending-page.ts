// docs/pending.md: the kinds of the register, as the code declares them.

import { hasRows, type OwedKind } from "../src/provision/jobs/owed-kind.ts";
import { KINDS } from "../src/provision/owed/register.ts";
import { NOTICE, table } from "./docs.ts";

const HOW: Record<OwedKind["mode"], string> = {
  lookup: "looks at the product's record first",
  replay: "sends it again",
  request: "waits for the request",
};

function endOf(kind: OwedKind): string {
  if (!hasRows(kind)) return "when it is known what happened";
  const ends = [
    ...(kind.isParkedByRefusal || kind.name === "membership" ? ["a refusal of the product"] : []),
    ...(kind.maxFailures === undefined ? [] : [`${kind.maxFailures} failures while others go through`]),
    ...(kind.maxDays === undefined ? [] : [`${kind.maxDays} days`]),
  ];
  return ends.length === 0 ? "never" : ends.join("; ");
}

export function pendingPage(): string {
  return `${[
    NOTICE,
    "# What is still to be done at the product",
    "Portico has answered a request, or an administrator has decided something, and the product has not done it yet: the product did not answer, its limits left no room, or something is missing. All of that is in one register. `portico pending show <connection>` lists it, `portico pending retry` has something tried now, `portico pending drop` gives it up. What an administrator must decide is *parked*.",
    table(
      [
        "Kind",
        "What is to be done",
        "Each attempt",
        "Takes its place",
        "Until then reads show",
        "Parked after",
        "Giving it up means",
      ],
      KINDS.map((kind) => [
        `\`${kind.name}\``,
        kind.says.what,
        HOW[kind.mode],
        kind.says.superseded,
        kind.says.shown,
        endOf(kind),
        kind.says.dropped,
      ]),
    ),
    "For every kind: an attempt that fails is made again later, after 5 seconds at first and 30 minutes at most; where the product waits for a person, every hour. A failure of one thing does not stop the others, unless the product refuses every call. While the connection is paused, suspended or in plan mode nothing is tried but `notice`, which goes to no product, and nothing is forgotten. The brake has counted each of them when it was accepted, and does not count it again.",
  ].join("\n\n")}\n`;
}
