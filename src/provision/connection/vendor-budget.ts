// The pace of one object: a budget that outlives changes of the connection, and a restart of the process.

import type { Limits } from "../../adapter.ts";
import type { Store } from "../../store/links.ts";
import { addSentCalls, listSentCalls, type SentCalls } from "../../store/sent-calls.ts";
import { type Budget, createBudget, type Ledger } from "../../upstream/budget.ts";
import { type Clock, SYSTEM_CLOCK } from "../../upstream/clock.ts";

const SECOND_MS = 1_000;
/** What is written down ahead first: so much of the vendor's smallest limit, and so many calls at most. */
const FIRST_BLOCK = { share: 0.1, most: 8 };
/** After so long without a call what was written down ahead is given back. */
const IDLE_MS = 5_000;

/** Where the calls of each second are kept. */
export interface CallStore {
  /** From that second on, oldest first. */
  since(second: number): SentCalls[];
  /** Adds to the calls of some seconds; a negative number takes away. */
  add(rows: readonly SentCalls[]): void;
}

/**
 * Writes calls down before they are sent, a block of them ahead, so that not every call waits for the disk: a process that
 * is killed has written down all that it had sent, and some more. A second's first block is as large as the second before
 * was, and where that is not enough, each further one as large as all before it; so steady work writes once in a second.
 * The next second gives back what was left.
 */
export function createCallLedger(calls: CallStore, firstBlock: () => number, clock: Clock = SYSTEM_CLOCK): Ledger {
  let second = Number.NEGATIVE_INFINITY;
  let sent = 0;
  let written = 0;
  let cancelSettling = () => {};

  /** A storage that fails must not stop a call, which the process still remembers. */
  function add(rows: readonly SentCalls[]): boolean {
    try {
      calls.add(rows);
      return true;
    } catch {
      return false;
    }
  }

  const unused = (): SentCalls[] => (written > sent ? [{ second, calls: sent - written }] : []);

  function settle(): void {
    cancelSettling();
    const rows = unused();
    if (rows.length > 0 && add(rows)) written = sent;
  }

  return {
    since(at) {
      settle();
      // A call may have been sent at any moment of its second, and counts as sent at its end.
      return calls
        .since(Math.floor(at / SECOND_MS))
        .flatMap((row) => Array.from({ length: row.calls }, () => (row.second + 1) * SECOND_MS));
    },
    note(at) {
      const now = Math.floor(at / SECOND_MS);
      let block = written;
      let rows: SentCalls[] = [];
      if (now !== second) {
        rows = unused();
        block = now === second + 1 ? sent : 0;
        second = now;
        sent = 0;
        written = 0;
      }
      sent++;
      if (sent <= written) return;
      block = Math.max(firstBlock(), block);
      if (add([...rows, { second, calls: block }])) written += block;
      cancelSettling();
      cancelSettling = clock.after(IDLE_MS, settle);
    },
  };
}

function toFirstBlock({ perMinute, perHour, perDay }: Limits): number {
  const smallest = Math.min(...[perMinute, perHour, perDay].filter((limit) => limit !== undefined));
  return Math.max(1, Math.min(FIRST_BLOCK.most, Math.floor(smallest * FIRST_BLOCK.share)));
}

/** Gives the budget for a vendor's limits: the same one as long as they are the same. */
export function createVendorBudget(store: Store): (limits: Limits) => Budget {
  let last: { key: string; budget: Budget } | undefined;
  let firstBlock = 1;
  const calls: CallStore = {
    since: (second) => listSentCalls(store, second),
    add: (rows) => addSentCalls(store, rows),
  };
  const ledger = createCallLedger(calls, () => firstBlock);
  return (limits) => {
    const key = JSON.stringify(limits);
    if (last?.key !== key) {
      firstBlock = toFirstBlock(limits);
      last = { key, budget: createBudget(limits, SYSTEM_CLOCK, ledger) };
    }
    return last.budget;
  };
}
