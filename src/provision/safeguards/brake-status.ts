// What administrators see of the brake: what is counted, where the lines are, what is held, what is let through [S20].

import { countSince } from "../../store/brake-counts.ts";
import { countHeld, countHeldDisables, countHeldPatterns, listHeld, listReleases } from "../../store/brake-holds.ts";
import type { Store } from "../../store/links.ts";
import { BRAKE_KINDS } from "../../store/safeguard-tables.ts";
import { BRAKE } from "../connection/brake-lines.ts";
import {
  baseOf,
  HELD_BY_HAND_SINCE,
  heldSinceFact,
  heldSinceOf,
  type Lined,
  limitOf,
  sinceOf,
  timeIn,
  warnedSinceFact,
} from "./brake-limits.ts";

const MAX_PATTERNS = 20;

const orNull = (time: number) => (time > 0 ? time : null);

/** What each part means stands with the answer that administrators get (`src/routes/brake-answers.ts`); times are epoch milliseconds. */
export function brakeStatus(job: Lined) {
  const { store, rules } = job.connection;
  const requests = countHeld(store);
  const byHand = timeIn(store, HELD_BY_HAND_SINCE);
  const kinds = BRAKE_KINDS.map((kind) => {
    const held = heldSinceOf(job, kind);
    return {
      kind,
      what: BRAKE[kind].what,
      counted: countSince(store, kind, sinceOf(job, kind)),
      limit: limitOf(job, kind),
      base: baseOf(job, kind) ?? null,
      line: rules.brake[kind],
      heldSince: orNull(held) ?? (BRAKE[kind].takesAway ? orNull(byHand) : null),
      warnedSince: orNull(timeIn(store, warnedSinceFact(kind))),
      requests: requests.get(kind) ?? 0,
    };
  });
  const times = kinds.flatMap(({ heldSince }) => heldSince ?? []);
  return {
    kinds,
    isHeldByHand: byHand > 0,
    heldSince: times.length > 0 ? Math.min(...times) : null,
    disables: countHeldDisables(store),
    patterns: countHeldPatterns(store, MAX_PATTERNS),
    releases: listReleases(store, job.now()),
  };
}

export type BrakeStatus = ReturnType<typeof brakeStatus>;

export const heldStatus = (store: Store, limit: number) => ({
  total: [...countHeld(store).values()].reduce((sum, held) => sum + held, 0),
  requests: listHeld(store, limit),
});

export type HeldStatus = ReturnType<typeof heldStatus>;

/** What an operator of the connection should look at. */
export function brakeAlerts(store: Store): string[] {
  const held = BRAKE_KINDS.filter((kind) => timeIn(store, heldSinceFact(kind)) > 0);
  const warned = BRAKE_KINDS.filter((kind) => !held.includes(kind) && timeIn(store, warnedSinceFact(kind)) > 0);
  return [
    ...(timeIn(store, HELD_BY_HAND_SINCE) > 0 ? ["the brake: an administrator holds all removals"] : []),
    ...held.map((kind) => `the brake holds: too many ${BRAKE[kind].what}`),
    ...warned.map((kind) => `the brake warns: many ${BRAKE[kind].what}, more than half of what is let through`),
  ];
}
