// A point in a write at which the vendor holds still until Portico has been killed [S43].

import { CutConnection } from "../../adapters/simulation/faults.ts";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import type { Phase, Simulation } from "../../adapters/simulation.ts";

export interface Gate {
  /** The write has come to the point, or for "sent" to the moment before it. */
  reached: Promise<void>;
  /** For "sent": lets the answer go and resolves when it has left; resolves at once for other phases. */
  pass(): Promise<void>;
  /** Ends every held call without an answer, and the watch. */
  cut(): void;
}

/** Holds the call with this number, counted from now, at a phase; no counted call after it reaches the vendor. */
export function holdAt(
  simulation: Simulation,
  index: number,
  phase: Phase,
  isCounted: (call: Readonly<RecordedCall>) => boolean = () => true,
): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const sent = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const numbers = new Map<number, number>();
  let isOver = false;
  const hold = async () => {
    await ended.promise;
    throw new CutConnection();
  };
  const stop = simulation.watch(async (call, at) => {
    if (!isCounted(call)) return;
    if (at === "before") numbers.set(call.seq, numbers.size);
    if (isOver && at === "before") return hold();
    if (numbers.get(call.seq) !== index) return;
    if (at === "sent") {
      isOver = true;
      sent.resolve();
    } else if (at === phase) {
      isOver = true;
      reached.resolve();
      await hold();
    } else if (phase === "sent" && at === "after") {
      reached.resolve();
      await opened.promise;
    }
  });
  return {
    reached: reached.promise,
    async pass() {
      opened.resolve();
      if (phase === "sent") await sent.promise;
    },
    cut() {
      ended.resolve();
      stop();
    },
  };
}
