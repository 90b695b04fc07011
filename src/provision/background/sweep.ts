// Sweeps: reading through the vendor's lists in alarm slices, so that requests need not [S10] [S26] [S27].

import { Fault } from "../../adapter.ts";
import { type Alarm, listSweepAlarms } from "../../store/alarms.ts";
import { countLiveLinks } from "../../store/link-lists.ts";
import { countUnseenLinks, listUnseenLinks } from "../../store/link-sweeps.ts";
import { type LinkType, updateLink } from "../../store/links.ts";
import { deleteFormerPages, upsertListPage } from "../../store/list-pages.ts";
import { findSweep, type SweepRow, upsertSweep } from "../../store/sweeps.ts";
import { SENTENCES } from "../alarms/alarm-sentences.ts";
import { closeIfRestoredAgain, isProductRestored } from "../alarms/product-restored.ts";
import { closeAlarm, isAcknowledged, MAX_IDS, raiseAlarm } from "../alarms/raise-alarm.ts";
import { judgeOrphans } from "../alarms/sights.ts";
import type { Job } from "../jobs/job.ts";
import { compareMemberships } from "../membership/membership-drift.ts";
import { lookUpOwnAccount, lookUpPrincipals } from "../protection/principal-lookup.ts";
import { hydrate } from "../resource/hydrate.ts";
import { forgetLastFindings } from "../resource/record-drift.ts";
import { holdsGroups, operationsOf } from "../vendor/user-or-group.ts";
import { compareRows } from "./sweep-rows.ts";

const SLICE_MS = 30_000;
const SLICE_CALLS = 2_000;
/** If more than this share, and at least so many, are gone at once, it is taken for a fault of the vendor [S10]. */
const MAX_VANISHED_SHARE = 0.1;
const MIN_VANISHED = 20;

/** The cursor behind the last page; no vendor's cursor begins with a line break. */
const CONCLUDING = "\nconcluding";
/** Rows that are compared in one transaction. */
const ROWS_TOGETHER = 250;
/** Unseen links that one step looks up: each costs a read. */
const CONCLUDE_BATCH = 20;

const NEVER: Omit<SweepRow, "type"> = {
  generation: 0,
  cursor: null,
  running: false,
  seen: 0,
  total: null,
  startedAt: null,
  completedAt: null,
};

/** Where the sweep of one type stands. */
function sweepOf(job: Pick<Job, "connection">, type: SweepType): SweepRow {
  return findSweep(job.connection.store, type) ?? { type, ...NEVER };
}

/** What is swept: users, and where the vendor has groups, groups and then who is in them. */
type SweepType = SweepRow["type"];
function sweepTypes({ connection }: Pick<Job, "connection">): SweepType[] {
  const areAtVendor = connection.adapter.group !== undefined && !holdsGroups(connection);
  return areAtVendor ? ["User", "Group", "Members"] : ["User"];
}

/** Does one slice of work. True when every type is complete; else there is more to do. */
export async function sweepSlice(job: Job): Promise<boolean> {
  const endsAt = job.now() + SLICE_MS;
  const startedCalls = job.trace.calls.length;
  for (const type of sweepTypes(job)) {
    if (!isDue(job, type)) continue;
    beginSweep(job, type);
    while (sweepOf(job, type).running) {
      if (job.now() > endsAt || job.trace.calls.length - startedCalls > SLICE_CALLS) return false;
      if (type === "Members") await compareMembers(job);
      else if (sweepOf(job, type).cursor === CONCLUDING) await loseUnseen(job, type);
      else await readPage(job, type);
    }
  }
  return true;
}

function isDue(job: Job, type: SweepType): boolean {
  const sweep = sweepOf(job, type);
  return sweep.running || !sweep.completedAt || job.now() - sweep.completedAt >= job.connection.rules.freshnessMs / 2;
}

/** A pass over one type of records, by its number. */
export interface Pass {
  type: SweepType;
  pass: number;
}

/**
 * Begins a sweep of every type, however fresh the last one is; one that runs goes on, whatever stopped it.
 * @returns the passes that are under way now
 */
export function requestSweep(job: Pick<Job, "connection" | "now">): Pass[] {
  return sweepTypes(job).map((type) => {
    beginSweep(job, type);
    closeAlarm(job, "sweep-stopped", type);
    return { type, pass: sweepOf(job, type).generation };
  });
}

/** How far a sweep is, and what its last pass has found to be wrong. */
export type SweepStatus = SweepRow & { alarm: string | null };

export function sweepStatus(job: Pick<Job, "connection">): SweepStatus[] {
  const open = listSweepAlarms(job.connection.store);
  return sweepTypes(job).map((type) => {
    const sweep = sweepOf(job, type);
    const isOfPass = ({ subject, pass }: Alarm) => (subject || "User") === type && pass === sweep.generation;
    const alarm = open.find(isOfPass);
    return { ...sweep, alarm: alarm ? SENTENCES[alarm.kind](alarm) : null };
  });
}

function beginSweep(job: Pick<Job, "connection" | "now">, type: SweepType): void {
  const sweep = sweepOf(job, type);
  if (sweep.running) return;
  const fresh = { cursor: null, running: true, seen: 0, total: null, startedAt: job.now() };
  upsertSweep(job.connection.store, { ...sweep, ...fresh, generation: sweep.generation + 1 });
  if (type === "Members") closeAlarm(job, "members-changing", type);
  forgetLastFindings(job, type, sweep.completedAt ?? 0);
}

/** One step of comparing memberships. */
async function compareMembers(job: Job): Promise<void> {
  const { store } = job.connection;
  const sweep = sweepOf(job, "Members");
  const { cursor, groups, isIncomplete } = await compareMemberships(job, sweep.cursor, sweep.generation);
  const present = sweepOf(job, "Members");
  closeAlarm(job, "sweep-stopped", "Members");
  if (isIncomplete)
    raiseAlarm(job, { kind: "members-changing", subject: "Members", count: 1, pass: present.generation });
  if (cursor === undefined) return endSweep(job, "Members");
  upsertSweep(store, { ...present, cursor, seen: present.seen + groups });
}

async function readPage(job: Job, type: LinkType): Promise<void> {
  const { connection } = job;
  const askedAt = job.now();
  const { cursor, seen: start } = sweepOf(job, type);
  const page = await operationsOf(connection, type).list(job.api, cursor ?? undefined);
  // A product without pages shows all rows at once; other requests run in between.
  for (let at = 0; at < page.items.length; at += ROWS_TOGETHER) {
    await compareRows(job, type, page.items.slice(at, at + ROWS_TOGETHER), { askedAt, start });
  }
  const sweep = sweepOf(job, type);
  upsertListPage(connection.store, { type, start, cursor, rows: page.items.length, sweep: sweep.generation });
  closeAlarm(job, "sweep-stopped", type);
  const next = { ...sweep, seen: sweep.seen + page.items.length, total: page.total ?? sweep.total };
  upsertSweep(connection.store, { ...next, cursor: page.next ?? CONCLUDING });
}

/**
 * After a complete pass, some records at a time: what the pass did not see, and a read does not find, is lost.
 */
async function loseUnseen(job: Job, type: LinkType): Promise<void> {
  const { store } = job.connection;
  const { generation, startedAt } = sweepOf(job, type);
  closeIfRestoredAgain(job);
  if (isProductRestored(job)) {
    await lookUpPrincipalsOf(job, type);
    return endSweep(job, type);
  }
  const unseen = countUnseenLinks(store, type, generation, startedAt ?? 0);
  const live = countLiveLinks(store, type);
  const isTooMuch = unseen >= MIN_VANISHED && unseen > live * MAX_VANISHED_SHARE;
  if (isTooMuch && !isAcknowledged(job, "vanished", type, unseen)) {
    const gone = listUnseenLinks(store, type, generation, startedAt ?? 0, MAX_IDS);
    const ids = gone.map(({ id }) => id);
    raiseAlarm(job, { kind: "vanished", subject: type, ids, count: unseen, total: live, pass: generation });
    await lookUpPrincipalsOf(job, type);
    return endSweep(job, type);
  }
  const some = listUnseenLinks(store, type, generation, startedAt ?? 0, CONCLUDE_BATCH);
  for (const link of some) {
    if (await hydrate(job, link)) updateLink(store, link.id, { sweep: generation });
  }
  if (some.length === CONCLUDE_BATCH) return;
  await lookUpPrincipalsOf(job, type);
  closeAlarm(job, "vanished", type);
  if (type === "User") judgeOrphans(job, generation);
  endSweep(job, type);
}

function endSweep(job: Job, type: SweepType): void {
  closeAlarm(job, "sweep-stopped", type);
  if (type !== "Members") deleteFormerPages(job.connection.store, type, sweepOf(job, type).generation);
  const done = { running: false, cursor: null, completedAt: job.now() };
  upsertSweep(job.connection.store, { ...sweepOf(job, type), ...done });
}

async function lookUpPrincipalsOf(job: Job, type: LinkType): Promise<void> {
  lookUpPrincipals(job, type);
  if (type === "Group") return;
  try {
    await lookUpOwnAccount(job);
  } catch (error) {
    // A request that needs to know the account asks again.
    if (!(error instanceof Fault)) throw error;
  }
}

/** After so many refused slices in a row the list is read from its beginning, because its cursor may have expired. */
const MAX_REFUSALS = 3;

/** Notes why a slice failed, after so many others in a row; the next one goes on from the same page. */
export function noteSweepFailure(job: Pick<Job, "connection" | "now">, error: unknown, before: number): void {
  const reason = error instanceof Fault ? error.kind : "internal error";
  const sweep = sweepTypes(job)
    .map((type) => sweepOf(job, type))
    .find(({ running }) => running);
  if (!sweep) return;
  const isRefused = error instanceof Fault && (error.kind === "invalid" || error.kind === "protocol");
  const isDeadEnd = isRefused && before + 1 >= MAX_REFUSALS && sweep.cursor !== CONCLUDING;
  if (isDeadEnd) upsertSweep(job.connection.store, { ...sweep, cursor: null });
  raiseAlarm(job, { kind: "sweep-stopped", subject: sweep.type, count: 1, reason, pass: sweep.generation });
}
