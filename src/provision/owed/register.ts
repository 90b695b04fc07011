// The register: every kind of what was accepted and is still to be done at the product [S55].

import type { Store } from "../../store/links.ts";
import { deleteParkedBefore, sumOwed } from "../../store/owed.ts";
import { owedNotices } from "../alarms/notices.ts";
import type { Job } from "../jobs/job.ts";
import { hasRows, type OwedKind, type OwedName, type RowKind } from "../jobs/owed-kind.ts";
import { openWrites } from "../recovery/open-writes.ts";
import { owedDisables } from "../recovery/pending-disable.ts";
import { owedSessions } from "../recovery/session-retries.ts";
import { owedLicences } from "../seats/seat-updates.ts";
import { openDoubts } from "../users/doubt-repair.ts";
import { owedCopies } from "../users/manager-copies.ts";
import { owedReferences } from "../users/owed-references.ts";
import { owedRenamed, owedSetAside } from "../users/owed-values.ts";
import { owedMemberships } from "./owed-memberships.ts";
import { owedPlacements } from "./placements.ts";

const DAY_MS = 86_400_000;

/** In the order in which administrators read them: what may leave access open comes first. */
export const REGISTER: Record<OwedName, OwedKind> = {
  disable: owedDisables,
  sessions: owedSessions,
  doubt: openDoubts,
  write: openWrites,
  membership: owedMemberships,
  placement: owedPlacements,
  licence: owedLicences,
  reference: owedReferences,
  copy: owedCopies,
  "set-aside": owedSetAside,
  renamed: owedRenamed,
  notice: owedNotices,
};

export const KINDS: readonly OwedKind[] = Object.values(REGISTER);

/** When the alarm must look at each kind; those of which nothing waits are left out. */
export function listNextOwed(store: Store, now: number): { name: OwedName; dueAt: number }[] {
  const own = KINDS.flatMap((kind) => (hasRows(kind) ? [] : [{ name: kind.name, at: kind.nextDue(store) }]));
  const ofRows = sumOwed(store).map(({ kind, nextAt }) => ({ name: kind, at: nextAt ?? undefined }));
  return [...own, ...ofRows].flatMap(({ name, at }) => (at === undefined ? [] : [{ name, dueAt: Math.max(at, now) }]));
}

/** What was given up by age stays listed for as long again. */
export function forgetParked({ connection, now }: Job): void {
  const aging = (kind: OwedKind): kind is RowKind => hasRows(kind) && kind.maxDays !== undefined;
  for (const { name, maxDays = 0 } of KINDS.filter(aging)) {
    deleteParkedBefore(connection.store, [name], now() - 2 * maxDays * DAY_MS);
  }
}
