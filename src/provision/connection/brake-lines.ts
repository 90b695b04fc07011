// What the brake counts: each kind with its line, the base of its share, and what it is called [S20].

import type { Base, BrakeKind } from "../../store/brake-counts.ts";
import type { BrakeLimits, BrakeLine } from "../../store/control-tables.ts";

const DAY = 1_440;

interface KindOfChange {
  /** What is counted, in the plural. */
  what: string;
  base: Base;
  line: BrakeLine;
  /** It takes something away, so that an administrator who holds everything holds it too. */
  takesAway: boolean;
}

/** `count`: so many are needed at least, and more than `share` of the base. */
export const BRAKE: Record<BrakeKind, KindOfChange> = {
  deactivation: {
    what: "users deactivated",
    base: "User",
    line: { share: 0.1, count: 20, minutes: 60, action: "hold" },
    takesAway: true,
  },
  removal: {
    what: "users removed for good",
    base: "User",
    line: { share: 0.1, count: 20, minutes: 60, action: "hold" },
    takesAway: true,
  },
  rename: {
    what: "users renamed",
    base: "User",
    line: { share: 0.1, count: 51, minutes: DAY, action: "hold" },
    takesAway: false,
  },
  membership: {
    what: "memberships lost",
    base: "Membership",
    line: { share: 0.2, count: 201, minutes: DAY, action: "hold" },
    takesAway: true,
  },
  emptied: {
    what: "groups emptied or deleted",
    base: "Group",
    line: { share: 0.25, count: 4, minutes: DAY, action: "hold" },
    takesAway: true,
  },
  licence: {
    what: "licences lowered",
    base: "Licence",
    line: { share: 0.1, count: 21, minutes: DAY, action: "hold" },
    takesAway: true,
  },
  creation: {
    what: "users created",
    base: "User",
    line: { share: 0.5, count: 101, minutes: DAY, action: "hold" },
    takesAway: false,
  },
};

/** The kinds whose line `share`, `count` and `minutes` of a connection move. */
const USER_KINDS: readonly BrakeKind[] = ["deactivation", "removal"];

/** The lines of a connection: the defaults, with what its operator chose instead. */
export function toLines(chosen: BrakeLimits | null): Record<BrakeKind, BrakeLine> {
  const lineOf = (kind: BrakeKind): BrakeLine => {
    const { line } = BRAKE[kind];
    const users = USER_KINDS.includes(kind) ? chosen : undefined;
    const own = chosen?.kinds?.[kind];
    return {
      share: own?.share ?? users?.share ?? line.share,
      count: own?.count ?? users?.count ?? line.count,
      minutes: own?.minutes ?? users?.minutes ?? line.minutes,
      action: own?.action ?? line.action,
    };
  };
  return ofEachKind(lineOf);
}

/** The same lines, none of which holds anything [S62]. */
export const toWarnings = (lines: Record<BrakeKind, BrakeLine>): Record<BrakeKind, BrakeLine> =>
  ofEachKind((kind) => ({ ...lines[kind], action: "warn" }));

/** The keys of the table are the kinds. */
const ofEachKind = (lineOf: (kind: BrakeKind) => BrakeLine) =>
  Object.fromEntries((Object.keys(BRAKE) as BrakeKind[]).map((kind) => [kind, lineOf(kind)])) as Record<
    BrakeKind,
    BrakeLine
  >;
