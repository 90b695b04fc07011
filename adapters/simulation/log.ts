// The calls that a simulation was sent, written down.

import type { Fault } from "./faults.ts";

/** Calls kept in the log of one simulation; older ones are dropped and counted. */
const MAX_LOGGED_CALLS = 10_000;
/** Longest request or answer body that the log keeps, in characters. */
const MAX_LOGGED_BODY = 256 * 1024;

/** One call of the vendor's API, written down when it arrives. */
export interface RecordedCall {
  seq: number;
  method: string;
  /** Without the instance's prefix and the query. */
  path: string;
  /** `path` with its query. */
  target: string;
  /** The vendor's code ran, so what it does has been done. */
  effect: boolean;
  /** Null while the call is under way, and for good when its connection was cut. */
  status: number | null;
  ms: number | null;
  /** The JSON body; absent for none, another media type (credentials travel as forms), or one that is too long. */
  request?: unknown;
  response?: unknown;
  /** The answer's body was too long to be written down. */
  isAbridged?: true;
  /** The kind of the fault that this call met. */
  fault?: Fault["kind"];
}

export type Log = ReturnType<typeof createLog>;

export function createLog() {
  const calls: RecordedCall[] = [];
  const lastSecond: number[] = [];
  let seq = 0;
  let open = 0;
  const summary = { total: 0, dropped: 0, maxPerSecond: 0, maxConcurrent: 0 };
  return {
    calls,
    summary,
    open(request: Request, url: URL, text: string): RecordedCall {
      const now = Date.now();
      lastSecond.push(now);
      while ((lastSecond[0] ?? now) <= now - 1000) lastSecond.shift();
      open += 1;
      seq += 1;
      summary.total += 1;
      summary.maxPerSecond = Math.max(summary.maxPerSecond, lastSecond.length);
      summary.maxConcurrent = Math.max(summary.maxConcurrent, open);
      const parsed = toLoggedJson(text, request.headers);
      const call: RecordedCall = {
        seq,
        method: request.method,
        path: url.pathname,
        target: url.pathname + url.search,
        effect: false,
        status: null,
        ms: null,
        ...(parsed === undefined ? {} : { request: parsed }),
      };
      calls.push(call);
      if (calls.length > MAX_LOGGED_CALLS) {
        calls.shift();
        summary.dropped += 1;
      }
      return call;
    },
    /** Writes down what the call was answered. */
    answer(call: RecordedCall, answer: Response, body: string): void {
      call.status = answer.status;
      const parsed = toLoggedJson(body, answer.headers);
      if (parsed !== undefined) call.response = parsed;
      if (body.length > MAX_LOGGED_BODY) call.isAbridged = true;
    },
    close() {
      open -= 1;
    },
    clear() {
      calls.length = 0;
      Object.assign(summary, { total: 0, dropped: 0, maxPerSecond: 0, maxConcurrent: 0 });
    },
  };
}

function toLoggedJson(text: string, headers: Headers): unknown {
  if (text === "" || text.length > MAX_LOGGED_BODY || !/json/i.test(headers.get("content-type") ?? ""))
    return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
