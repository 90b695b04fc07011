// A circuit breaker for one connection: a vendor that does not answer is left alone for a while.

import { Fault } from "../adapter.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { clampSeconds } from "./faults.ts";

export interface Breaker {
  /** Throws fault `unavailable` while the breaker is open. */
  check(): void;
  /**
   * As `check`, and counts the call: the answer must be called once, with whether the vendor answered, or undefined where
   * the call was not sent.
   */
  enter(): (answered: boolean | undefined) => void;
}

const FAILURES_TO_OPEN = 5;
const FIRST_OPEN_MS = 15_000;
const MAX_OPEN_MS = 300_000;

export function createBreaker(clock: Pick<Clock, "now"> = SYSTEM_CLOCK): Breaker {
  let failures = 0;
  let openMs = 0;
  let openUntil: number | undefined;
  let probing = false;
  // Calls that began before the breaker last opened or closed say nothing about now.
  let era = 0;

  function open(): void {
    era++;
    openMs = openMs === 0 ? FIRST_OPEN_MS : Math.min(MAX_OPEN_MS, openMs * 2);
    openUntil = clock.now() + openMs;
  }

  function close(): void {
    era++;
    failures = 0;
    openMs = 0;
    openUntil = undefined;
  }

  function check(): void {
    if (openUntil === undefined) return;
    // A clock that was set back must not keep the breaker open.
    openUntil = Math.min(openUntil, clock.now() + openMs);
    const leftMs = openUntil - clock.now();
    if (leftMs <= 0 && !probing) return;
    throw new Fault("unavailable", {
      detail: "The product did not answer Portico's last calls, so it is left alone for a moment. Try again later.",
      retryAfterSeconds: clampSeconds(leftMs / 1_000),
    });
  }

  return {
    check,
    enter() {
      check();
      if (openUntil !== undefined) {
        probing = true;
        return (answered) => {
          probing = false;
          if (answered === undefined) return;
          if (answered) close();
          else open();
        };
      }
      const began = era;
      return (answered) => {
        if (began !== era || answered === undefined) return;
        failures = answered ? 0 : failures + 1;
        if (failures >= FAILURES_TO_OPEN) open();
      };
    },
  };
}
