// How many SCIM requests there were, by the hour, in a Connection object's SQLite: counted from the traces, so that no request
// has one more row to write.

import { asc, gt, sql } from "drizzle-orm";
import { readFact, writeFact } from "./facts.ts";
import type { Store } from "./links.ts";
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

/** Counts the traces that were written since the last time. Call it in a transaction. */
export function countNewTraces(store: Store, now: number): void {
  const { last } = store.get<{ last: number | null }>(sql`select max(rowid) as last from ${traces}`);
  const before = Number(readFact(store, COUNTED) ?? 0);
  // Rows are numbered from the beginning again where the newest one of before was deleted.
  const from = last !== null && last < before ? 0 : before;
  if (last !== null && last > from) {
    // A bound number is a real one to an object's SQLite.
    store.run(sql`insert into ${requestHours} (hour, requests, failures, last_at)
      select cast(at / ${HOUR_MS} as integer), count(*), sum(status >= 400 and status <> 404), max(at) from ${traces}
      where rowid > ${from} group by 1
      on conflict (hour) do update set requests = requests + excluded.requests,
        failures = failures + excluded.failures, last_at = max(last_at, excluded.last_at)`);
    writeFact(store, COUNTED, String(last));
  }
  const old = sql`hour <> ${BEFORE} and hour <= ${hourOf(now) - KEPT_HOURS}`;
  store.run(sql`insert into ${requestHours} (hour, requests, failures, last_at)
    select ${BEFORE}, sum(requests), sum(failures), max(last_at) from ${requestHours} where ${old} having count(*) > 0
    on conflict (hour) do update set requests = requests + excluded.requests,
      failures = failures + excluded.failures, last_at = max(last_at, excluded.last_at)`);
  store.run(sql`delete from ${requestHours} where ${old}`);
}

export interface RequestCounts {
  requests: number;
  failures: number;
  lastRequestAt: number | null;
  hours: HourCount[];
}

/** What was counted: in all, and for each hour of the last day. */
export function readRequestCounts(store: Store, now: number): RequestCounts {
  const all = store.get<{ requests: number | null; failures: number | null; at: number | null }>(
    sql`select sum(requests) as requests, sum(failures) as failures, max(last_at) as at from ${requestHours}`,
  );
  const { hour, requests, failures } = requestHours;
  const hours = store
    .select({ hour, requests, failures })
    .from(requestHours)
    .where(gt(hour, hourOf(now) - HOURS_OF_A_DAY))
    .orderBy(asc(hour))
    .all()
    .map((one): HourCount => [one.hour, one.requests, one.failures]);
  return { requests: all.requests ?? 0, failures: all.failures ?? 0, lastRequestAt: all.at, hours };
}

/** The hours that had requests, of those that are told apart, the oldest first. */
export const listRequestHours = (store: Store, now: number): number[] =>
  store
    .select({ hour: requestHours.hour })
    .from(requestHours)
    .where(gt(requestHours.hour, Math.max(BEFORE, hourOf(now) - KEPT_HOURS)))
    .orderBy(asc(requestHours.hour))
    .all()
    .map(({ hour }) => hour);
