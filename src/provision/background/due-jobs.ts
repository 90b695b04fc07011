// Background work: the object's one alarm runs the jobs that are due in a table of times [S31] [S32].

import { deleteAcknowledgedAlarms } from "../../store/alarms.ts";
import { type DueJob, deleteDueJob, findDueJob, listDueJobs, upsertDueJob } from "../../store/due-jobs.ts";
import { deleteOrphanedExamValues } from "../../store/exam-values.ts";
import { deleteExpiredOverlays, deleteResolvedIntents } from "../../store/journal.ts";
import { renewSomeNames } from "../../store/link-names.ts";
import type { Store } from "../../store/links.ts";
import { deleteSentCalls } from "../../store/sent-calls.ts";
import { dropOldSnapshot } from "../../store/snapshot.ts";
import { Fenced } from "../../upstream/fence.ts";
import { publishCount } from "../alarms/raise-alarm.ts";
import type { Job } from "../jobs/job.ts";
import { nextAttempt } from "../jobs/retry-delay.ts";
import { forgetParked, listNextOwed, REGISTER } from "../owed/register.ts";
import { workOwed } from "../owed/run-owed.ts";
import { lookUpPrincipals } from "../protection/principal-lookup.ts";
import { forgetBraked } from "../safeguards/brake-releases.ts";
import { retireInactive } from "./retirement.ts";
import { scheduleRollup, tellRollup } from "./rollup.ts";
import { noteSweepFailure, sweepSlice } from "./sweep.ts";
import { keepWithinCaps } from "./table-room.ts";

const DAY_MS = 86_400_000;
/** How often what is too old or too much is looked for; a flood of requests asks for it sooner. */
const RETENTION_MS = 15 * 60_000;
/** How long a client may take to ask again for a create whose answer was lost. */
const FOUND_AGE_MS = DAY_MS;

/** The jobs that also run while a connection may not call its vendor. */
export const IDLE_JOBS: readonly DueJob["job"][] = [
  "retention",
  "shadow",
  "names",
  "alarms",
  "rollup",
  "keys",
  "notice",
];

/**
 * Inserts the jobs that every object has, and those for work that a kill left open; rows that are there stay as they
 * are.
 */
export function scheduleStandingJobs(store: Store, now: number): void {
  // A new object has nothing to forget.
  const standing = { sweep: now, retention: now + RETENTION_MS } as const;
  for (const [job, dueAt] of Object.entries(standing) as [keyof typeof standing, number][]) {
    if (!findDueJob(store, job)) upsertDueJob(store, { job, dueAt, failures: 0 });
  }
  // As much as no request has to wait for; until the rest is done, old keys are found as well.
  if (!findDueJob(store, "names") && renewSomeNames(store))
    upsertDueJob(store, { job: "names", dueAt: now, failures: 0 });
  // An interrupted request could not insert its job.
  for (const { name, dueAt } of listNextOwed(store, now)) {
    if (!findDueJob(store, name)) upsertDueJob(store, { job: name, dueAt, failures: 0 });
  }
}

/** Runs what is due, or of that only some. Never throws: a job that fails is backed off in its row. */
export async function runDueJobs(
  store: Store,
  now: number,
  createJob: () => Job,
  only?: readonly DueJob["job"][],
): Promise<void> {
  const due = listDueJobs(store, now).filter(
    ({ job }) => job !== "rollup" && (only === undefined || only.includes(job)),
  );
  for (const one of due) await runDueJob(one, createJob(), only === undefined);
  if (due.length > 0) scheduleRollup(store, now);
  // Last, because it tells what the others have changed.
  const rollup = findDueJob(store, "rollup");
  if (rollup && rollup.dueAt <= now) await runDueJob(rollup, createJob(), false);
}

async function runDueJob(due: DueJob, job: Job, mayBeFenced: boolean): Promise<void> {
  const { store } = job.connection;
  try {
    if (mayBeFenced) job.permit.check();
    const next = await runJob(due.job, job);
    // A request may have asked for the job while it ran; its due time stays.
    if (findDueJob(store, due.job)?.dueAt !== due.dueAt) return;
    if (next === undefined) deleteDueJob(store, due.job);
    else upsertDueJob(store, { job: due.job, dueAt: next, failures: 0 });
  } catch (error) {
    if (due.job === "sweep" && !(error instanceof Fenced)) noteSweepFailure(job, error, due.failures);
    // A pause is no failure: the job goes on when the connection does.
    if (error instanceof Fenced) return;
    upsertDueJob(store, { job: due.job, ...nextAttempt(due.failures, error, job.now()) });
  } finally {
    job.permit.end();
  }
}

/** When it is looked again at how much is stored: at once where there is more to delete. */
async function keepUp(job: Job): Promise<number> {
  const hasMore = keepWithinCaps(job);
  await job.connection.object.trimAudit();
  return hasMore ? job.now() : job.now() + RETENTION_MS;
}

/** When the job is due again, if ever. */
async function runJob(name: DueJob["job"], job: Job): Promise<number | undefined> {
  const { store } = job.connection;
  switch (name) {
    case "sweep":
      return (await sweepSlice(job)) ? job.now() + job.connection.rules.freshnessMs / 2 : job.now();
    case "principals":
      for (const type of ["User", "Group"] as const) lookUpPrincipals(job, type);
      return undefined;
    case "names":
      return renewSomeNames(store) ? job.now() : undefined;
    case "shadow":
      await job.connection.object.updateShadow();
      return undefined;
    case "retirement":
      return retireInactive(job);
    case "alarms":
      await publishCount(job);
      return undefined;
    case "rollup":
      await tellRollup(job);
      return undefined;
    case "keys":
      await job.connection.object.reseal();
      return undefined;
    case "retention":
      deleteOrphanedExamValues(store, job.now() - DAY_MS);
      forgetBraked(job);
      deleteResolvedIntents(store, job.now() - FOUND_AGE_MS);
      deleteExpiredOverlays(store, job.now());
      forgetParked(job);
      deleteAcknowledgedAlarms(store, job.now() - job.connection.rules.retention.tombstoneDays * DAY_MS);
      dropOldSnapshot(store, job.now());
      deleteSentCalls(store, Math.floor((job.now() - DAY_MS) / 1_000));
      return keepUp(job);
    default:
      return workOwed(job, REGISTER[name]);
  }
}
