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

/** A path as a trace may hold it: a filter can quote a value, and a body's names can be anything. */
export function withoutValues(path: string): string {
  const place = path.replace(/\[(?!type eq "[A-Za-z]{1,20}"\])[^\]]*\]?/g, "[…]");
  return /^[\w$:.…[\]" -]+$/.test(place) ? place : "(not an attribute's name)";
}
