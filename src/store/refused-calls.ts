// How many calls of the administrator API were refused, by network and minute: bounded, because strangers make them.

import { desc, gte, sql } from "drizzle-orm";
import { refusedCalls } from "./administrator-tables.ts";
import type { Control } from "./control.ts";

const MINUTE_MS = 60_000;
const KEPT_MS = 30 * 86_400_000;
const MAX_ROWS = 50_000;
/** So many networks are told apart in a minute; what comes from further ones is counted together. */
const MAX_ADDRESSES = 50;
const OTHERS = "others";
/** Rows that are deleted with each writing: more than one writing can add. */
const BATCH = 200;

export const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;

export interface RefusedCount {
  minute: number;
  address: string;
  count: number;
}

/** Adds to the counts, and forgets what is too old or too much. */
export async function addRefused(control: Control, counts: readonly RefusedCount[], now: number): Promise<void> {
  const added = counts.map(({ minute, address, count }) =>
    control
      .insert(refusedCalls)
      .select(
        sql`select ${minute}, case when exists (select 1 from ${refusedCalls} where minute = ${minute} and address = ${address})
          or (select count(*) from ${refusedCalls} where minute = ${minute}) < ${MAX_ADDRESSES}
          then ${address} else ${OTHERS} end, ${count} where true`,
      )
      .onConflictDoUpdate({
        target: [refusedCalls.minute, refusedCalls.address],
        set: { count: sql`${refusedCalls.count} + excluded.count` },
      }),
  );
  const due = sql`minute < ${now - KEPT_MS} or rowid <= (select max(rowid) from refused_calls) - ${MAX_ROWS}`;
  const oldest = sql`select rowid from refused_calls where ${due} order by rowid limit ${BATCH}`;
  await control.batch([control.delete(refusedCalls).where(sql`rowid in (${oldest})`), ...added]);
}

/** The counts since a time, the latest first. */
export async function listRefused(control: Control, since: number, limit: number): Promise<RefusedCount[]> {
  return control
    .select()
    .from(refusedCalls)
    .where(gte(refusedCalls.minute, since))
    .orderBy(desc(refusedCalls.minute), desc(refusedCalls.count))
    .limit(limit);
}
