// What one request did, gathered while it runs (semantics 37: ids, paths, names, statuses and times, never values).

import type { StoredCall } from "../store/connection-tables.ts";

export interface Trace {
  requestId: string;
  repairs: Set<string>;
  dropped: Set<string>;
  /** Sentences about decisions that an administrator may wonder about. */
  notes: Set<string>;
  calls: StoredCall[];
  linkId?: string;
}

export function createTrace(requestId: string): Trace {
  return { requestId, repairs: new Set(), dropped: new Set(), notes: new Set(), calls: [] };
}

/** Calls to the vendor's API; fetching a token for it is not one. */
export function countNativeCalls(trace: Trace): number {
  return trace.calls.filter((call) => call.purpose !== "token").length;
}

/** How many calls that change something have succeeded. */
export function countEffects(trace: Trace): number {
  return trace.calls.filter((call) => call.purpose === "write" && call.fault === undefined).length;
}
