// Whether a connection has fallen silent: no SCIM request for longer than its own rhythm explains.

import { deleteFact, readFact, writeFact } from "../../store/facts.ts";
import { listRequestHours, readRequestCounts } from "../../store/request-hours.ts";
import type { Job } from "../jobs/job.ts";
import { closeAlarm, raiseAlarm } from "./raise-alarm.ts";

const HOUR_MS = 3_600_000;
const MIN_SILENCE_MS = 24 * HOUR_MS;
const TIMES_USUAL = 3;
/** With fewer gaps there is no rhythm. */
const MIN_GAPS = 3;
/** In plan mode the shadow takes the requests: since then this object cannot tell. */
const DEAF_UNTIL = "deaf_until";

/** Called after the requests of late were counted. */
export function judgeSilence(job: Pick<Job, "connection" | "now">): void {
  const { store, object, rules } = job.connection;
  if (object.isShadow) return;
  const now = job.now();
  if (rules.mode === "plan") {
    writeFact(store, DEAF_UNTIL, String(now));
    closeAlarm(job, "silent");
    return;
  }
  const last = readRequestCounts(store, now).lastRequestAt ?? 0;
  const deafUntil = Number(readFact(store, DEAF_UNTIL) ?? 0);
  const since = Math.max(last, deafUntil);
  if (deafUntil > 0 && last >= deafUntil) deleteFact(store, DEAF_UNTIL);
  if (now - since <= MIN_SILENCE_MS) closeAlarm(job, "silent");
  else if (now - since > TIMES_USUAL * usualGap(listRequestHours(store, now)) * HOUR_MS) {
    raiseAlarm(job, { kind: "silent", count: 1, since });
  }
}

/** The median gap between hours that have requests, in hours; infinite where no rhythm is known. */
function usualGap(hours: readonly number[]): number {
  const gaps = hours.slice(1).map((hour, index) => hour - (hours[index] ?? hour));
  if (gaps.length < MIN_GAPS) return Number.POSITIVE_INFINITY;
  gaps.sort((one, other) => one - other);
  const middle = gaps.length / 2;
  const [lower = 0, upper = 0] = [gaps[Math.ceil(middle) - 1], gaps[Math.floor(middle)]];
  return (lower + upper) / 2;
}
