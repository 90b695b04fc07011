// Keeps every table of the object within its cap: the oldest reports go in batches, and a full table of what is owed waits for
// an administrator.

import { deleteFormerLinks } from "../../store/links.ts";
import {
  capOf,
  countRows,
  listFullTables,
  noteFullTables,
  TABLE_NAMES,
  type TableName,
  tombstonesDue,
  trimDrifts,
  trimSteps,
  trimTraces,
} from "../../store/table-caps.ts";
import { closeAlarm, raiseAlarm } from "../alarms/raise-alarm.ts";
import type { Job } from "../jobs/job.ts";

type Work = Pick<Job, "connection" | "now">;

const DAY_MS = 86_400_000;
/** A table that was full takes new rows again when so much of it is used at most. */
const ROOM_AGAIN = 0.95;

/** How full each table is. */
export function tableStatus({ connection }: Pick<Job, "connection">) {
  return TABLE_NAMES.map((table) => ({
    table,
    rows: countRows(connection.store, table),
    cap: capOf(table).rows,
    refusesWhenFull: !capOf(table).forgets,
  }));
}

/**
 * Deletes what is too old or too much, some of it at a time, and finds out which tables are full.
 * @returns whether there is more to delete
 */
export function keepWithinCaps(
  job: Work,
  rowsOf: (table: TableName) => number = (table) => capOf(table).rows,
): boolean {
  const { store, rules } = job.connection;
  const traces = trimTraces(store, job.now() - rules.retention.traceDays * DAY_MS, rowsOf("traces"));
  const drifts = trimDrifts(store, rowsOf("drifts"));
  const steps = trimSteps(store, rowsOf("planned_steps"));
  const due = tombstonesDue(store, job.now() - rules.retention.tombstoneDays * DAY_MS, rowsOf("tombstones"));
  deleteFormerLinks(store, due.until);
  noteFull(job, rowsOf);
  return traces || drifts || steps || due.more;
}

function noteFull(job: Work, rowsOf: (table: TableName) => number): void {
  const { store } = job.connection;
  const before = listFullTables(store);
  const full = TABLE_NAMES.filter((table) => {
    if (capOf(table).forgets) return false;
    const [rows, cap] = [countRows(store, table), rowsOf(table)];
    const isFull = rows >= (before.includes(table) ? cap * ROOM_AGAIN : cap);
    if (isFull) raiseAlarm(job, { kind: "table-full", subject: table, count: rows, total: cap });
    else if (before.includes(table)) closeAlarm(job, "table-full", table);
    return isFull;
  });
  noteFullTables(store, full);
}
