// The pace of one object: a budget that outlives changes of the connection, and a restart of the process.

import type { Limits } from "../../adapter.ts";
import type { Store } from "../../store/links.ts";
import { addSentCall, listSentCalls } from "../../store/sent-calls.ts";
import { type Budget, createBudget, type Ledger } from "../../upstream/budget.ts";
import { SYSTEM_CLOCK } from "../../upstream/clock.ts";

const SECOND_MS = 1_000;

function createLedger(store: Store): Ledger {
  return {
    // A call may have been sent at any moment of its second, and counts as sent at its end.
    since: (at) =>
      listSentCalls(store, Math.floor(at / SECOND_MS)).flatMap(({ second, calls }) =>
        Array.from({ length: calls }, () => (second + 1) * SECOND_MS),
      ),
    note(at) {
      try {
        addSentCall(store, Math.floor(at / SECOND_MS));
      } catch {
        // The process still remembers the call; a storage that fails must not stop it.
      }
    },
  };
}

/** Gives the budget for a vendor's limits: the same one as long as they are the same. */
export function createVendorBudget(store: Store): (limits: Limits) => Budget {
  let last: { key: string; budget: Budget } | undefined;
  return (limits) => {
    const key = JSON.stringify(limits);
    if (last?.key !== key) last = { key, budget: createBudget(limits, SYSTEM_CLOCK, createLedger(store)) };
    return last.budget;
  };
}
