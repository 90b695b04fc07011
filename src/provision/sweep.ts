// Sweeps: reading through the vendor's lists in alarm slices, so that requests need not (semantics 10, 26, 27).

import { Fault } from "../adapter.ts";
import { findSweep, type SweepRow, upsertSweep } from "../store/later.ts";
import { countLiveLinks, findLinkByNativeId, type LinkType, listUnseenLinks, updateLink } from "../store/links.ts";
import { beginDrift, compareNextGroup, compareRow, noteDrift } from "./drift.ts";
import { hydrate, operationsOf } from "./hydrate.ts";
import type { Job } from "./job.ts";
import { rowHeld } from "./journal.ts";
import { sightNative } from "./sight.ts";

const SLICE_MS = 30_000;
const SLICE_CALLS = 2_000;
/** More users than this share gone at once is taken for a fault of the vendor, not for departures. */
const MAX_VANISHED_SHARE = 0.1;

const NEVER: Omit<SweepRow, "type"> = {
  generation: 0,
  cursor: null,
  running: false,
  seen: 0,
  total: null,
  startedAt: null,
  completedAt: null,
  alarm: null,
};

/** Where the sweep of one type stands. */
export function sweepOf(job: Pick<Job, "connection">, type: SweepType): SweepRow {
  return findSweep(job.connection.store, type) ?? { type, ...NEVER };
}

/** What is swept: users, and where there are groups, groups and then who is in them. */
export type SweepType = SweepRow["type"];
export function sweepTypes(job: Pick<Job, "connection">): SweepType[] {
  return job.connection.adapter.group ? ["User", "Group", "Members"] : ["User"];
}

/** Does one slice of work. True when every type is complete; else there is more to do. */
export async function sweepSlice(job: Job): Promise<boolean> {
  const endsAt = job.now() + SLICE_MS;
  const startedCalls = job.trace.calls.length;
  for (const type of sweepTypes(job)) {
    if (!isDue(job, type)) continue;
    begin(job, type);
    while (sweepOf(job, type).running) {
      if (job.now() > endsAt || job.trace.calls.length - startedCalls > SLICE_CALLS) return false;
      if (type === "Members") await compareMembers(job);
      else await readPage(job, type);
    }
  }
  return true;
}

function isDue(job: Job, type: SweepType): boolean {
  const sweep = sweepOf(job, type);
  return sweep.running || !sweep.completedAt || job.now() - sweep.completedAt >= job.connection.freshnessMs / 2;
}

/** Begins a sweep of every type, however fresh the last one is. */
export function demandSweep(job: Pick<Job, "connection" | "now">): void {
  for (const type of sweepTypes(job)) begin(job, type);
}

function begin(job: Pick<Job, "connection" | "now">, type: SweepType): void {
  const sweep = sweepOf(job, type);
  if (sweep.running) return;
  const fresh = { cursor: null, running: true, seen: 0, total: null, startedAt: job.now() };
  upsertSweep(job.connection.store, { ...sweep, ...fresh, generation: sweep.generation + 1 });
  beginDrift(job, type);
}

/** One group's memberships; the cursor is the group's id. */
async function compareMembers(job: Job): Promise<void> {
  const { store } = job.connection;
  const sweep = sweepOf(job, "Members");
  const next = await compareNextGroup(job, sweep.cursor ?? "");
  if (next !== undefined) upsertSweep(store, { ...sweep, cursor: next, seen: sweep.seen + 1 });
  else upsertSweep(store, { ...sweep, running: false, cursor: null, completedAt: job.now(), alarm: null });
}

async function readPage(job: Job, type: LinkType): Promise<void> {
  const { connection } = job;
  const sweep = sweepOf(job, type);
  const operations = operationsOf(connection, type);
  const page = await operations.list(job.api, sweep.cursor ?? undefined);
  connection.atomically(() => {
    for (const row of page.items) {
      const nativeId = operations.id(row);
      const known = findLinkByNativeId(connection.store, type, nativeId);
      const link =
        known?.state === "live" && known.name !== null
          ? known
          : sightNative(job, type, nativeId, rowHeld(job, type, row));
      if (!link) continue;
      if (link === known) compareRow(job, link, row, rowHeld(job, type, row));
      updateLink(connection.store, link.id, { sweep: sweep.generation });
    }
    const next = { ...sweep, seen: sweep.seen + page.items.length, total: page.total ?? sweep.total };
    upsertSweep(connection.store, { ...next, cursor: page.next ?? null });
  });
  if (page.next === undefined) await conclude(job, type);
}

/** Draws the conclusion of a complete pass: what it did not see, and a read confirms, is lost. */
async function conclude(job: Job, type: LinkType): Promise<void> {
  const { store } = job.connection;
  const sweep = sweepOf(job, type);
  const unseen = listUnseenLinks(store, type, sweep.generation, sweep.startedAt ?? 0);
  const share = unseen.length / Math.max(1, countLiveLinks(store, type));
  let alarm: string | null = null;
  if (share > MAX_VANISHED_SHARE) {
    alarm = `${unseen.length} ${type} records vanished from the product at once; nothing was concluded from it`;
  } else {
    for (const link of unseen) if (!(await hydrate(job, link))) noteDrift(job, "removed", link.id);
  }
  upsertSweep(store, { ...sweep, running: false, cursor: null, completedAt: job.now(), alarm });
}

/** Notes why a slice failed; the next one goes on from the same page. */
export function noteFailure(job: Pick<Job, "connection">, error: unknown): void {
  const why = error instanceof Fault ? error.kind : "internal error";
  for (const type of sweepTypes(job)) {
    const sweep = sweepOf(job, type);
    if (sweep.running)
      upsertSweep(job.connection.store, { ...sweep, alarm: `the sweep stopped and goes on later: ${why}` });
  }
}
