// Corrects times in a Connection object's SQLite that are in the future after the clock was set back.

import { and, eq, gt } from "drizzle-orm";
import { alarms } from "./alarm-tables.ts";
import { dueJobs, sweeps } from "./background-tables.ts";
import { intents, overlays } from "./journal-tables.ts";
import { digests, links } from "./link-tables.ts";
import type { Store } from "./links.ts";
import { owed } from "./owed-tables.ts";
import { brakeBases, brakeCounts, brakeGroups, brakeHeld } from "./safeguard-tables.ts";

export interface ClockSetBack {
  /** Epoch milliseconds. */
  now: number;
  /** A sweep that was complete later than this counts as complete then. */
  staleAt: number;
  /** Until when written values may hide what the vendor shows. */
  lagUntil: number;
}

/** No due time, overlay or wait lasts longer than if it had begun now. */
export function correctFutureTimes(store: Store, { now, staleAt, lagUntil }: ClockSetBack): void {
  store.update(dueJobs).set({ dueAt: now }).where(gt(dueJobs.dueAt, now)).run();
  store.update(sweeps).set({ completedAt: staleAt }).where(gt(sweeps.completedAt, staleAt)).run();
  store.update(sweeps).set({ startedAt: now }).where(gt(sweeps.startedAt, now)).run();
  store.update(intents).set({ attemptedAt: now }).where(gt(intents.attemptedAt, now)).run();
  store
    .update(overlays)
    .set({ expiresAt: lagUntil })
    .where(and(eq(overlays.reason, "lag"), gt(overlays.expiresAt, lagUntil)))
    .run();
  store.update(owed).set({ dueAt: now }).where(gt(owed.dueAt, now)).run();
  store.update(owed).set({ since: now }).where(gt(owed.since, now)).run();
  store.update(alarms).set({ since: now }).where(gt(alarms.since, now)).run();
  store.update(brakeCounts).set({ at: now }).where(gt(brakeCounts.at, now)).run();
  store.update(brakeGroups).set({ at: now }).where(gt(brakeGroups.at, now)).run();
  store.update(brakeHeld).set({ lastAt: now }).where(gt(brakeHeld.lastAt, now)).run();
  store.delete(brakeBases).where(gt(brakeBases.at, now)).run();
  store.update(digests).set({ writtenAt: now }).where(gt(digests.writtenAt, now)).run();
  store.update(links).set({ deletedAt: now }).where(gt(links.deletedAt, now)).run();
}
