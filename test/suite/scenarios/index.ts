// Every scenario of the suite, in the order of the table.

import type { Scenario } from "../scenario.ts";
import { attributes } from "./attributes.ts";
import { awkward } from "./awkward.ts";
import { costs } from "./costs.ts";
import { deviationsInReads } from "./deviations-in-reads.ts";
import { deviationsInWrites } from "./deviations-in-writes.ts";
import { endings } from "./endings.ts";
import { faults } from "./faults.ts";
import { groups } from "./groups.ts";
import { invitations } from "./invitations.ts";
import { lifecycle } from "./lifecycle.ts";
import { madeValues } from "./made-values.ts";
import { ownGroups } from "./own-groups.ts";
import { payloads } from "./payloads.ts";
import { protection } from "./protection.ts";
import { rules } from "./rules.ts";
import { searching } from "./searching.ts";
import { seats } from "./seats.ts";
import { shiftings } from "./shifting.ts";
import { unread } from "./unread.ts";

/** Every trouble at every native call: as many requests as all others together. */
export const troubled: readonly Scenario[] = [...faults, ...payloads];

export const scenarios: readonly Scenario[] = [
  ...lifecycle,
  ...invitations,
  ...attributes,
  ...unread,
  ...madeValues,
  ...searching,
  ...shiftings,
  ...awkward,
  ...groups,
  ...ownGroups,
  ...seats,
  ...protection,
  ...troubled,
  ...rules,
  ...costs,
  ...deviationsInReads,
  ...deviationsInWrites,
  ...endings,
];
