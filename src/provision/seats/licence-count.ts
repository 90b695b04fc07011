// How many licences a connection has given, and how many its vendor can still give.

import { countOwed } from "../../store/owed.ts";
import { readCount } from "../../store/row-counts.ts";
import type { Job } from "../jobs/job.ts";

export interface LicenceCount {
  held: number;
  waiting: number;
  /** null: the vendor does not tell. */
  free: { licence: string; free: number | null }[];
}

/** @returns undefined where the vendor has no licences that follow groups */
export async function countLicences({
  connection,
  api,
}: Pick<Job, "connection" | "api">): Promise<LicenceCount | undefined> {
  const { adapter, store } = connection;
  const { seats } = adapter;
  if (!seats) return undefined;
  const free: LicenceCount["free"] = [];
  for (const licence of seats.order) free.push({ licence, free: (await seats.free?.(api, licence)) ?? null });
  return { held: readCount(store, "Licence"), waiting: countOwed(store, { kind: "licence", isParked: false }), free };
}
