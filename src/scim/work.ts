// The one work budget of a request: whatever it asks to be compared, in however many operations, is paid from it.

import { badRequest } from "./messages.ts";

/** What one request may cost; `bench/heavy.ts` measures for how long that holds the processor. */
export const MAX_STEPS = 250_000;

/** A step is about a microsecond: a part of a filter for one element, an element of a list that is written, a name read. */
export interface Work {
  /** @throws ScimError 400 tooMany where the request has no more steps */
  charge(steps: number): void;
  spent(): number;
}

export function createWork(limit = MAX_STEPS): Work {
  let spent = 0;
  return {
    charge(steps) {
      spent += steps;
      if (spent > limit) {
        throw badRequest(
          "tooMany",
          `the filters and operations of one request may take ${limit} comparisons together, and these need more`,
          "send fewer operations in one request, or shorter filters",
        );
      }
    },
    spent: () => spent,
  };
}

/** What it costs to look through a text once. */
export const stepsOfText = (text: string): number => text.length >> 6;
