// How many SCIM requests there were, by the hour, in a Connection object's SQLite: counted from the traces, so that no request
// has one more row to write.

import { asc, gt, sql } from "drizzle-orm";
import { readFact, writeFact } from "./facts.ts";
import type { Store } from "./links.ts";
import { prepared, slot, statement } from "./prepared.ts";
import { requestHours, traces } from "./report-tables.ts";
import type { HourCount } from "./rollup-tables.ts";

const HOUR_MS = 3_600_000;
const HOURS_OF_A_DAY = 24;
/** For so long hours are told apart, because they show the rhythm of a connection. */
const KEPT_HOURS = 14 * HOURS_OF_A_DAY;
/** In the place of an hour: all that is older. */
const BEFORE = 0;
const COUNTED = "counted_traces";

const hourOf = (at: number): number => Math.floor(at / HOUR_MS);
/** A day has so many whole hours and the one that it begins in. */
export const isOfLastDay = (hour: number, now: number): boolean => hour > hourOf(now) - HOURS_OF_A_DAY;

/** Requests and failures of each hour of the last day, the oldest first. */
export function sumByHour(counts: readonly HourCount[], now: number): [requests: number, failures: number][] {
  const first = hourOf(now) - HOURS_OF_A_DAY + 1;
  const sums = Array.from({ length: HOURS_OF_A_DAY }, (): [number, number] => [0, 0]);
  for (const [hour, requests, failures] of counts) {
    const sum = sums[hour - first];
    if (!sum) continue;
    sum[0] += requests;
    sum[1] += failures;
  }
  return sums;
}

const lastTrace = statement<{ last: number | null }>(() => sql`select max(rowid) as last from ${traces}`);
// A bound number is a real one to an object's SQLite.
const countTraces = statement(
  () => sql`insert into ${requestHours} (hour, requests, failures, last_at)
    select cast(at / ${HOUR_MS} as integer), count(*), sum(status >= 400 and status <> 404), max(at) from ${traces}
    where rowid > ${slot("from")} group by 1
    on conflict (hour) do update set requests = requests + excluded.requests,
      failures = failures + excluded.failures, last_at = max(last_at, excluded.last_at)`,
);
const isOld = sql`hour <> ${BEFORE} and hour <= ${slot("before")}`;
const sumOldHours = statement(
  () => sql`insert into ${requestHours} (hour, requests, failures, last_at)
    select ${BEFORE}, sum(requests), sum(failures), max(last_at) from ${requestHours} where ${isOld} having count(*) > 0
    on conflict (hour) do update set requests = requests + excluded.requests,
      failures = failures + excluded.failures, last_at = max(last_at, excluded.last_at)`,
);
const deleteOldHours = statement(() => sql`delete from ${requestHours} where ${isOld}`);
const sumOfAll = statement<{ requests: number | null; failures: number | null; at: number | null }>(
  () => sql`select sum(requests) as requests, sum(failures) as failures, max(last_at) as at from ${requestHours}`,
);
const { hour, requests, failures } = requestHours;
const hoursSince = prepared((store) =>
  store
    .select({ hour, requests, failures })
    .from(requestHours)
    .where(gt(hour, slot("after")))
    .orderBy(asc(hour))
    .prepare(),
);

/** Counts the traces that were written since the last time. Call it in a transaction. */
export function countNewTraces(store: Store, now: number): void {
  const last = lastTrace(store, {})[0]?.last ?? null;
  const before = Number(readFact(store, COUNTED) ?? 0);
  // Rows are numbered from the beginning again where the newest one of before was deleted.
  const from = last !== null && last < before ? 0 : before;
  if (last !== null && last > from) {
    countTraces(store, { from });
    writeFact(store, COUNTED, String(last));
  }
  const kept = { before: hourOf(now) - KEPT_HOURS };
  sumOldHours(store, kept);
  deleteOldHours(store, kept);
}

export interface RequestCounts {
  requests: number;
  failures: number;
  lastRequestAt: number | null;
  hours: HourCount[];
}

/** What was counted: in all, and for each hour of the last day. */
export function readRequestCounts(store: Store, now: number): RequestCounts {
  const all = sumOfAll(store, {})[0];
  const hours = hoursSince(store)
    .all({ after: hourOf(now) - HOURS_OF_A_DAY })
    .map((one): HourCount => [one.hour, one.requests, one.failures]);
  return { requests: all?.requests ?? 0, failures: all?.failures ?? 0, lastRequestAt: all?.at ?? null, hours };
}

/** The hours that had requests, of those that are told apart, the oldest first. */
export const listRequestHours = (store: Store, now: number): number[] =>
  hoursSince(store)
    .all({ after: Math.max(BEFORE, hourOf(now) - KEPT_HOURS) })
    .map((one) => one.hour);
