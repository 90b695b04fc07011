// When background work that failed is tried again.

import { Fault } from "../../adapter.ts";

const FIRST_BACKOFF_MS = 5_000;
const MAX_BACKOFF_MS = 1_800_000;

/** After `failures` attempts in a row. An attempt that the vendor's limits put off has not failed. */
export function nextAttempt(failures: number, error: unknown, now: number): { dueAt: number; failures: number } {
  const askedMs = error instanceof Fault ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  if (askedMs > 0 && error instanceof Fault && error.kind === "throttled") return { dueAt: now + askedMs, failures };
  const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures);
  return { dueAt: now + Math.max(askedMs, backoffMs), failures: failures + 1 };
}
