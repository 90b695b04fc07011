// How much of a product one question may read: what would take more is refused before the first call [S26].

import { badRequest, type ScimError } from "../../scim/messages.ts";
import type { LinkType } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { kindOf, operationsOf } from "../vendor/user-or-group.ts";

/** Native reads under way at once for one request; the object has six connections [S33]. */
export const PARALLEL_READS = 5;
/** Native reads that one question may cost, where the vendor's limits allow as many. */
const MAX_READS = 500;
/** The share of what the vendor allows in a minute that one question may use up. */
const SHARE = 0.25;
/** The same of a page, which is cut where it would take more. */
const PAGE_SHARE = 0.5;

/**
 * @param slice so many records are read together
 * @throws ScimError 400 tooMany where reading so many records takes more calls than one question may cost
 */
export function requireReads(job: Job, type: LinkType, records: number, slice = records): void {
  if (countCalls(job, type, records, slice) > maxCalls(job)) throw tooMany(job, type);
}

function countCalls({ connection }: Job, type: LinkType, records: number, slice: number): number {
  const { readMany } = operationsOf(connection, type);
  if (!readMany || records === 0) return records;
  return Math.ceil(records / slice) * Math.ceil(Math.min(slice, records) / readMany.max);
}

/** One question must leave the vendor's minute to others, but for one round of reads. */
const maxCalls = (job: Job): number => callsIn(job, SHARE);

/** The calls that one page may cost: what a whole minute of the vendor's could never pay beside others is cut. */
export const maxPageCalls = (job: Job): number => callsIn(job, PAGE_SHARE);

function callsIn({ connection }: Job, share: number): number {
  const { perSecond, perMinute, perHour, perDay } = connection.limits;
  const minutes = [perSecond && perSecond * 60, perMinute, perHour && perHour / 60, perDay && perDay / 1_440];
  const minute = Math.min(...minutes.map((calls) => calls || Number.POSITIVE_INFINITY));
  return Math.min(MAX_READS, Math.max(PARALLEL_READS, Math.floor(minute * share)));
}

export function tooMany(job: Job, type: LinkType): ScimError {
  const rows = kindOf(job.connection, type).rows.filter((row) => row.filterable);
  return badRequest(
    "tooMany",
    `this filter would read too many ${type} records from the product`,
    `filter by one of: id, externalId, ${rows.map((row) => row.path).join(", ")}`,
  );
}
