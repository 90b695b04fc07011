// The object's clock: where it was set back, what lies in the future by it is brought to now, and later work is due.

import { readFact, writeFact } from "../../store/later.ts";
import { rewindTimes } from "../../store/rewind.ts";
import type { Bound } from "../connection/job.ts";
import { endRelease } from "../guard/brake.ts";

/** Clocks of two machines may differ by so much without meaning anything; the time is written down as often. */
export const CLOCK_TOLERANCE_MS = 60_000;
const SEEN = "clock_seen";

/**
 * Writes the time down, and where it is earlier than it was: nothing may wait for hours or last for them. A sweep
 * answers for nothing until the next one, a release of the brake is over, lost writes and lags count from now.
 * @returns whether the clock was set back
 */
export function noticeClock(connection: Bound, now: number): boolean {
  const { store, readLagMs, freshnessMs } = connection;
  const seen = Number(readFact(store, SEEN) ?? 0);
  writeFact(store, SEEN, String(now));
  if (now >= seen - CLOCK_TOLERANCE_MS) return false;
  connection.atomically(() => {
    const lagUntil = now + readLagMs;
    rewindTimes(store, { now, staleAt: now - freshnessMs - 1, lagUntil });
    endRelease(connection);
  });
  return true;
}
