// What a connection's object tells of itself: told after a change and at most once a minute, so that a look at all connections
// asks no object.

import { countOpenAlarms } from "../../store/alarms.ts";
import { countHeld } from "../../store/brake-holds.ts";
import { deleteDueJob, isRollupDue, upsertDueJob } from "../../store/due-jobs.ts";
import { readFact, writeFact } from "../../store/facts.ts";
import type { Store } from "../../store/links.ts";
import { countNewTraces, readRequestCounts } from "../../store/request-hours.ts";
import type { Indexing } from "../../store/rollup-tables.ts";
import type { Rollup } from "../../store/rollups.ts";
import { oweNotice } from "../alarms/notices.ts";
import { judgeSilence } from "../alarms/silence.ts";
import type { Job } from "../jobs/job.ts";
import type { OwedName } from "../jobs/owed-kind.ts";
import { owedReport } from "../owed/owed-status.ts";
import { sweepStatus } from "./sweep.ts";

const MINUTE_MS = 60_000;
/** So often the object writes the row although nothing has changed, so that the status can tell a quiet object from a dead one. */
const SIGN_OF_LIFE_MS = 60 * MINUTE_MS;
const TOLD_AT = "rollup_at";
const TOLD = "rollup";
/** How many things of each kind were parked, as webhooks were told. */
const PARKED = "told_parked";

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/**
 * Has a change told: at once, or where something was told within a minute, when that is over.
 * @returns whether the object's alarm must be set for it
 */
export function scheduleRollup(store: Store, now: number): boolean {
  if (isRollupDue(store)) return false;
  const allowedAt = Number(readFact(store, TOLD_AT) ?? 0) + MINUTE_MS;
  // A clock that was set back puts nothing off for longer.
  const dueAt = Math.min(Math.max(now, allowedAt), now + MINUTE_MS);
  upsertDueJob(store, { job: "rollup", dueAt, failures: 0 });
  return true;
}

/** Tells what is so now, unless it is as it was told. */
export async function tellRollup(job: Job): Promise<void> {
  const { store, object } = job.connection;
  const now = job.now();
  const rollup = object.atomically(() => {
    // From here on a further change is one to tell again.
    deleteDueJob(store, "rollup");
    countNewTraces(store, now);
    judgeSilence(job);
    return createRollup(job, now);
  });
  const { at: _, ...content } = rollup;
  const text = JSON.stringify(content);
  const toldAt = Number(readFact(store, TOLD_AT) ?? 0);
  if (readFact(store, TOLD) === text && Math.abs(now - toldAt) < SIGN_OF_LIFE_MS) return;
  writeFact(store, TOLD_AT, String(now));
  await object.tellRollup(rollup);
  writeFact(store, TOLD, text);
}

function createRollup(job: Pick<Job, "connection" | "now">, at: number): Rollup {
  const { store } = job.connection;
  // Notices are owed to no product.
  const kinds = owedReport(job, { limit: 0 }).kinds.filter(({ kind }) => kind !== "notice");
  noteParked(job, kinds);
  return {
    at,
    ...readRequestCounts(store, at),
    held: sum([...countHeld(store).values()]),
    alarms: countOpenAlarms(store),
    owed: sum(kinds.map(({ waiting }) => waiting)),
    parked: sum(kinds.map(({ parked }) => parked)),
    indexing: indexingOf(job),
  };
}

/** Tells webhooks of each kind of which more is parked than was told. */
function noteParked(job: Pick<Job, "connection" | "now">, kinds: readonly { kind: OwedName; parked: number }[]): void {
  const { store } = job.connection;
  const before: Partial<Record<OwedName, number>> = JSON.parse(readFact(store, PARKED) ?? "{}");
  const parked = kinds.filter((one) => one.parked > 0);
  for (const { kind, parked: count } of parked) {
    if (count > (before[kind] ?? 0)) oweNotice(job, "work.parked", { kind, count });
  }
  const text = JSON.stringify(Object.fromEntries(parked.map((one) => [one.kind, one.parked])));
  if (text !== (readFact(store, PARKED) ?? "{}")) writeFact(store, PARKED, text);
}

/** Of all passes together; one that has never been complete counts as waiting. */
function indexingOf(job: Pick<Job, "connection">): Indexing {
  const sweeps = sweepStatus(job);
  const running = sweeps.filter((one) => one.running);
  const isWhole = sweeps.every(({ completedAt }) => completedAt !== null);
  const totals = running.map(({ total }) => total);
  return {
    state: running.length > 0 ? "running" : isWhole ? "complete" : "waiting",
    seen: sum(running.map(({ seen }) => seen)),
    total: totals.length === 0 || totals.includes(null) ? null : sum(totals.map(Number)),
  };
}
