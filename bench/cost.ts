// What a million requests cost on the platform: its prices, times what was counted and measured.

import type { Counted } from "./growth.ts";
import type { Compared } from "./operations.ts";

/** Dollars above what the paid plan includes, as docs/design/platform.md has them [P1]. */
const PRICES = {
  workerRequest: 0.3 / 1e6,
  processorMs: 0.02 / 1e6,
  objectRequest: 0.15 / 1e6,
  gigabyteSecond: 12.5 / 1e6,
  rowRead: 0.001 / 1e6,
  rowWritten: 1 / 1e6,
};
/** Of an object, for as long as it has something to do. */
const GIGABYTES = 0.125;

export interface Cost {
  requests: number;
  processor: number;
  duration: number;
  rowsRead: number;
  rowsWritten: number;
  total: number;
}

/**
 * Dollars for a million requests of one kind, each alone in its object, so that nobody shares its duration.
 * @param vendorMs how long the product takes for one call
 */
export function costOf({ processor, alone }: Compared, counted: Counted, vendorMs: number): Cost {
  const million = 1e6;
  const requests = million * (PRICES.workerRequest + PRICES.objectRequest);
  const work = million * processor * PRICES.processorMs;
  const seconds = (alone + counted.native * vendorMs) / 1_000;
  const duration = million * seconds * GIGABYTES * PRICES.gigabyteSecond;
  const rowsRead = million * counted.rowsRead * PRICES.rowRead;
  const rowsWritten = million * counted.rowsWritten * PRICES.rowWritten;
  const total = requests + work + duration + rowsRead + rowsWritten;
  return { requests, processor: work, duration, rowsRead, rowsWritten, total };
}
