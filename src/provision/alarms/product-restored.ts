// A product that was restored from a backup shows many records as they were before: until a person chooses, nothing is
// repaired and nobody is given up [S58].

import { Fault } from "../../adapter.ts";
import { countBehind, listBehind } from "../../store/digests.ts";
import { countLiveLinks } from "../../store/link-lists.ts";
import type { Job } from "../jobs/job.ts";
import { closeAlarm, isOpen, MAX_IDS, raiseAlarm } from "./raise-alarm.ts";

const MIN_BEHIND = 20;
const MAX_BEHIND_SHARE = 0.05;

const isTooMuch = (behind: number, live: number) => behind > Math.max(MIN_BEHIND, live * MAX_BEHIND_SHARE);

/** Whether the product was restored and nobody has chosen yet. */
export const isProductRestored = (job: Pick<Job, "connection">): boolean => isOpen(job, "product-restored");

const countLive = ({ store }: Job["connection"]) => countLiveLinks(store, "User") + countLiveLinks(store, "Group");

/**
 * Judges what a sweep has seen so far: what a sweep or a read has found since the sweep before counts.
 * @param since when the sweep before it was complete
 */
export function judgeRestored(job: Job, pass: number, since: number): void {
  const { store } = job.connection;
  const behind = countBehind(store, isProductRestored(job) ? 0 : since);
  const live = countLive(job.connection);
  if (!isTooMuch(behind, live)) return;
  raiseAlarm(job, { kind: "product-restored", ids: listBehind(store, MAX_IDS), count: behind, total: live, pass });
}

/** After a whole pass: a product that shows the present values again needs no choice. */
export function closeIfRestoredAgain(job: Job): void {
  const { store } = job.connection;
  if (!isTooMuch(countBehind(store, 0), countLive(job.connection))) closeAlarm(job, "product-restored");
}

/** @throws Fault where a record is not found that may only be younger than the backup */
export function refuseLossIfRestored(job: Pick<Job, "connection">): void {
  if (!isProductRestored(job)) return;
  throw new Fault("unavailable", {
    detail:
      "The product no longer has this record, and seems to have been restored from a backup. An administrator of the gateway must look first; then send the request again.",
  });
}
