// What one request did, gathered while it runs ([S37]: ids, paths, names, statuses and times, never values).

import type { StoredCall } from "../../store/report-tables.ts";
import type { TraceRow } from "../../store/traces.ts";

export interface Trace {
  requestId: string;
  repairs: Set<string>;
  dropped: Set<string>;
  /** Sentences about decisions that an administrator may wonder about. */
  notes: Set<string>;
  calls: StoredCall[];
  linkId?: string;
  /** Of a bulk request: calls of its operations, which have traces of their own. */
  partCalls?: number;
}

export function createTrace(requestId: string): Trace {
  return { requestId, repairs: new Set(), dropped: new Set(), notes: new Set(), calls: [] };
}

/** Calls to the vendor's API; fetching a token for it is not one. */
export function countNativeCalls(trace: Trace): number {
  return trace.calls.filter((call) => call.purpose !== "token").length + (trace.partCalls ?? 0);
}

/** How many calls that change something have succeeded. */
export function countEffects(trace: Trace): number {
  return trace.calls.filter((call) => call.purpose === "write" && call.fault === undefined).length;
}

/** How a request ended. */
export interface Outcome {
  /** The route's template. */
  path: string;
  /** Epoch milliseconds. */
  startedAt: number;
  status: number;
  scimType: string | undefined;
}

/** The row that is stored of a trace. */
export function toTraceRow(trace: Trace, tokenId: string, method: string, outcome: Outcome): TraceRow {
  return {
    id: trace.requestId,
    at: outcome.startedAt,
    tokenId,
    method,
    path: outcome.path,
    linkId: trace.linkId ?? null,
    status: outcome.status,
    scimType: outcome.scimType ?? null,
    ms: Date.now() - outcome.startedAt,
    nativeCalls: countNativeCalls(trace),
    repairs: [...trace.repairs],
    dropped: [...trace.dropped].map(withoutValues),
    notes: [...trace.notes],
    calls: trace.calls,
  };
}

/** A path without the values that a filter in it can quote; a body's attribute names can be anything. */
function withoutValues(path: string): string {
  const place = path.replace(/\[(?!type eq "[A-Za-z]{1,20}"\])[^\]]*\]?/g, "[…]");
  return /^[\w$:.…[\]" -]+$/.test(place) ? place : "(not an attribute's name)";
}
