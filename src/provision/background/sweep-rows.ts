// The rows of a page that a sweep reads: each gets a link, or is compared with the one that it has [S6] [S10] [S27].

import { markLinksSeen } from "../../store/link-sweeps.ts";
import { findLinksByNativeIds, isHiddenAccount, isLive, type LinkType } from "../../store/links.ts";
import { findSweep } from "../../store/sweeps.ts";
import { judgeRestored } from "../alarms/product-restored.ts";
import type { Job } from "../jobs/job.ts";
import { notePrivileges } from "../protection/privileged-accounts.ts";
import { adoptRecord, heldInRow } from "../resource/adoption.ts";
import { openCreatesOf } from "../resource/doubtful-create.ts";
import { applyOverlays, toHydrated } from "../resource/hydrate.ts";
import { refreshKeys } from "../resource/link-keys.ts";
import { repairActivated } from "../resource/owed-disables.ts";
import { compareName, compareSeat, compareShown, findKnownRecords } from "../resource/record-drift.ts";
import { showPart, showWholes } from "../resource/shown-records.ts";
import { operationsOf } from "../vendor/user-or-group.ts";

/** What rows of a list show, in their order. */
async function showRows(job: Job, type: LinkType, rows: readonly unknown[], askedAt: number) {
  const { connection } = job;
  const { id, toScim } = operationsOf(connection, type);
  const { rowToScim } = connection.adapter.user;
  if (type === "User" && rowToScim) {
    return Promise.all(rows.map((row) => showPart(connection, type, { native: row, values: rowToScim(row) })));
  }
  const known = findLinksByNativeIds(connection.store, type, rows.map(id));
  const links = new Map(known.map((link) => [link.nativeId, link]));
  const read = rows.map((native) => ({
    native,
    values: toScim(native),
    link: links.get(id(native)) ?? { id: "" },
  }));
  const ids = known.map((link) => link.id);
  return (await showWholes(connection, type, read, () => findKnownRecords(job, ids, askedAt))).shown;
}

/**
 * Gives each row of a page its link, or compares the row with the link that it has and updates the link's names.
 * @param page when it was asked for, and how many rows there are before it
 */
export async function compareRows(
  job: Job,
  type: LinkType,
  rows: readonly unknown[],
  { askedAt, start }: { askedAt: number; start: number },
): Promise<void> {
  const { connection } = job;
  const { user } = connection.adapter;
  const operations = operationsOf(connection, type);
  const isPartial = type === "User" && user.rowToScim !== undefined;
  const shown = await showRows(job, type, rows, askedAt);
  connection.object.atomically(() => {
    const ids = rows.map((row) => operations.id(row));
    const links = new Map(findLinksByNativeIds(connection.store, type, ids).map((link) => [link.nativeId, link]));
    const recordOf = findKnownRecords(
      job,
      [...links.values()].map((link) => link.id),
      askedAt,
    );
    const openCreate = openCreatesOf(job, type);
    const seen: string[] = [];
    const repairs: (() => void)[] = [];
    if (type === "User") notePrivileges(job, rows);
    for (const [at, row] of rows.entries()) {
      const former = links.get(ids[at] ?? "");
      const known = former && isLive(former) && former.name !== null ? former : undefined;
      const held = heldInRow(job, type, row);
      const link = known ?? adoptRecord(job, type, ids[at] ?? "", held, openCreate);
      const shows = shown[at];
      if (!link) {
        const hidden = former && isHiddenAccount(former) && shows ? recordOf(former.id) : undefined;
        if (former && shows && hidden?.isBusy === false)
          repairs.push(() => repairActivated(job, former, hidden, shows));
        continue;
      }
      seen.push(link.id);
      const record = recordOf(link.id);
      if (!shows || record.isBusy) continue;
      compareShown(job, link, record, shows);
      applyOverlays(held, record.overlaid.values());
      const before = { ...link };
      repairs.push(() => {
        compareSeat(job, before, shows);
        repairActivated(job, before, record, shows);
      });
      if (known) refreshKeys(job, toHydrated(connection, known, row, held), isPartial);
      compareName(job, link);
    }
    const sweep = findSweep(connection.store, type);
    markLinksSeen(connection.store, seen, sweep?.generation ?? 0, start);
    const users = type === "User" ? sweep : findSweep(connection.store, "User");
    judgeRestored(job, users?.generation ?? 0, sweep?.completedAt ?? 0);
    // Only now it is known whether anything may be repaired.
    for (const repair of repairs) repair();
  });
}
