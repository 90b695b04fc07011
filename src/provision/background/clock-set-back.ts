// Notices that the object's clock was set back, and corrects stored times that are in the future, so that no work waits for
// hours.

import { deleteAllReleases } from "../../store/brake-holds.ts";
import { readFact, writeFact } from "../../store/facts.ts";
import { correctFutureTimes } from "../../store/future-times.ts";
import type { OpenConnection } from "../connection/open-connection.ts";

/** Clocks of two machines may differ by so much without meaning anything; the time is written down as often. */
export const CLOCK_TOLERANCE_MS = 60_000;
const SEEN = "clock_seen";

/**
 * Writes the time down. Where it is earlier than the last one, corrects the stored times: a sweep answers for nothing
 * until the next one, a release of the brake is over, lost writes and lags count from now.
 * @returns whether the clock was set back
 */
export function checkClock({ store, readLagMs, rules, object }: OpenConnection, now: number): boolean {
  const seen = Number(readFact(store, SEEN) ?? 0);
  writeFact(store, SEEN, String(now));
  if (now >= seen - CLOCK_TOLERANCE_MS) return false;
  object.atomically(() => {
    const lagUntil = now + readLagMs;
    correctFutureTimes(store, { now, staleAt: now - rules.freshnessMs - 1, lagUntil });
    deleteAllReleases(store);
  });
  return true;
}
