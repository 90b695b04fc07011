// One HTTP exchange with a vendor: admitted, sent once or repeated where that is safe, read whole, recorded.

import { Fault, type FaultKind, type Method } from "../adapter.ts";
import type { Breaker } from "./breaker.ts";
import type { Budget, Lane } from "./budget.ts";
import { type Clock, pause, within } from "./clock.ts";
import { Misread, type Parsed, parseJson } from "./json.ts";

/** What a trace may know of a call: no value, no query, no body. */
export interface CallRecord {
  /** Fetching a token is no call to the vendor's user API. */
  purpose: "read" | "write" | "token";
  method: Method;
  /** The path template. */
  path: string;
  /** Absent where no answer came. */
  status?: number;
  /** Epoch milliseconds at which it was sent. */
  sentAt: number;
  /** From sending to the end of the body, in milliseconds. */
  ms: number;
  /** For the vendor's limits, before it was sent, in milliseconds. */
  waitMs: number;
  /** Between an attempt that failed and this one, in milliseconds. */
  pauseMs: number;
  /** From 1. */
  attempt: number;
  fault?: FaultKind;
}

export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** What all exchanges of a connection have in common. */
export interface Line {
  budget: Budget;
  breaker: Breaker | undefined;
  send: Send;
  clock: Clock;
  /** For one exchange, in milliseconds. */
  timeoutMs: number;
}

export interface Outgoing {
  method: Method;
  /** The path template, for traces and messages. */
  path: string;
  url: URL;
  headers: Headers;
  body: string | undefined;
  /** Reads only, so it may be repeated. */
  safe: boolean;
  purpose: CallRecord["purpose"];
  lane: Lane;
  /** Epoch milliseconds. */
  deadline: () => number;
  record: (call: Omit<CallRecord, "attempt">) => void;
  /** Asked directly before sending; throws where the call may not be sent. Gives how to say that it has ended. */
  enter: ((purpose: CallRecord["purpose"]) => () => void) | undefined;
}

export interface Incoming {
  status: number;
  headers: Headers;
  /** Empty where the answer is too large. */
  text: string;
  json: Parsed;
}

/** Tells the breaker whether the vendor answered; undefined where nothing was sent. */
type Report = ReturnType<Breaker["enter"]>;

/** In bytes. */
const MAX_ANSWER_BYTES = 8 * 1_024 * 1_024;
/** A call that has less time than this is not sent: it could only end in doubt. In milliseconds. */
export const MIN_CALL_MS = 250;
const RETRY_PAUSE_MS = 300;
const MAX_RETRY_PAUSE_SECONDS = 5;
/** For longer a vendor's request holds only the endpoint that made it, because its limit may be that endpoint's. */
const MAX_COMMON_PAUSE_SECONDS = 60;

/**
 * Sends and gives what `interpret` makes of the answer; `interpret` throws a `Fault`, or `Misread` for an answer that it
 * cannot read. Throws `Fault` only.
 */
export async function exchange<T>(line: Line, call: Outgoing, interpret: (answer: Incoming) => T): Promise<T> {
  let pausedMs = 0;
  for (let repeated = false; ; repeated = true) {
    const turn = await admit(line, call);
    let fault: Fault;
    try {
      return await transmit(line, call, interpret, { ...turn, pauseMs: pausedMs });
    } catch (error) {
      fault = toKnown(error, call);
    } finally {
      turn.release();
    }
    const pauseMs = call.safe && !repeated ? toRetryPauseMs(fault) : undefined;
    if (pauseMs === undefined || line.clock.now() + pauseMs + MIN_CALL_MS >= call.deadline()) throw fault;
    await pause(line.clock, pauseMs);
    pausedMs = pauseMs;
  }
}

/** A turn at the vendor. */
interface Turn {
  release: () => void;
  report: Report | undefined;
  waitMs: number;
}

/** Asks breaker, deadline and budget; nothing has been sent when it throws. */
async function admit(line: Line, call: Outgoing): Promise<Turn> {
  line.breaker?.check();
  const latestAt = call.deadline() - MIN_CALL_MS;
  const asked = line.clock.now();
  if (asked >= latestAt) throw outOfTime();
  const release = await line.budget.acquire(call.lane, latestAt, endpointOf(call));
  try {
    // A second time: many calls can have waited while the breaker opened.
    return { release, report: line.breaker?.enter(), waitMs: line.clock.now() - asked };
  } catch (error) {
    release();
    throw error;
  }
}

const endpointOf = ({ method, path }: Outgoing) => `${method} ${path}`;

/** The deadline came before the call could be sent. */
export function outOfTime(): Fault {
  return new Fault("unavailable", {
    detail: "The time for this request ran out before the product could be called. Try again.",
    retryAfterSeconds: 1,
  });
}

async function transmit<T>(
  line: Line,
  call: Outgoing,
  interpret: (answer: Incoming) => T,
  { report, waitMs, pauseMs }: Pick<Turn, "report" | "waitMs"> & { pauseMs: number },
): Promise<T> {
  const leave = enter(call, report);
  const sentAt = line.clock.now();
  let answer: Incoming | undefined;
  let fault: Fault | undefined;
  try {
    answer = await receive(line, call);
    return interpret(answer);
  } catch (error) {
    fault = toKnown(error, call);
    if (fault.kind === "throttled" && fault.retryAfterSeconds !== undefined) {
      const seconds = fault.retryAfterSeconds;
      const now = line.clock.now();
      line.budget.pauseUntil(now + Math.min(seconds, MAX_COMMON_PAUSE_SECONDS) * 1_000);
      if (seconds > MAX_COMMON_PAUSE_SECONDS) line.budget.holdUntil(endpointOf(call), now + seconds * 1_000);
    }
    throw fault;
  } finally {
    leave?.();
    report?.(fault?.kind !== "unavailable");
    call.record({
      purpose: call.purpose,
      method: call.method,
      path: call.path,
      ...(answer ? { status: answer.status } : {}),
      sentAt,
      ms: line.clock.now() - sentAt,
      waitMs,
      pauseMs,
      ...(fault ? { fault: fault.kind } : {}),
    });
  }
}

function enter(call: Outgoing, report: Report | undefined): (() => void) | undefined {
  try {
    return call.enter?.(call.purpose);
  } catch (error) {
    report?.(undefined);
    throw error;
  }
}

function toKnown(error: unknown, call: Outgoing): Fault {
  if (error instanceof Fault) return error;
  const what = error instanceof Misread ? error.message : "could not be read";
  return new Fault("protocol", {
    detail: `The product's answer to ${call.method} ${call.path} ${what}. Report this to the operator of Portico.`,
    // The vendor took the call; only its answer is lost.
    ambiguous: !call.safe,
    cause: error instanceof Misread ? undefined : error,
  });
}

function toRetryPauseMs(fault: Fault): number | undefined {
  const seconds = fault.retryAfterSeconds;
  if (fault.kind === "throttled") {
    return seconds !== undefined && seconds <= MAX_RETRY_PAUSE_SECONDS ? seconds * 1_000 : undefined;
  }
  if (fault.kind !== "unavailable") return undefined;
  if (seconds === undefined) return RETRY_PAUSE_MS;
  return seconds <= MAX_RETRY_PAUSE_SECONDS ? seconds * 1_000 : undefined;
}

async function receive(line: Line, call: Outgoing): Promise<Incoming> {
  const abort = new AbortController();
  const timeoutMs = Math.min(line.timeoutMs, call.deadline() - line.clock.now());
  const late = Symbol("late");
  try {
    return await within(line.clock, timeoutMs, fetchWhole(line.send, call, abort.signal), () => late);
  } catch (cause) {
    // Only a call that goes on is ended: an abort costs an error with its stack.
    abort.abort();
    const what = cause === late ? "did not answer in time" : "broke the connection";
    throw new Fault("unavailable", {
      detail: `The product ${what} on ${call.method} ${call.path}. Try again later.`,
      ambiguous: !call.safe,
      cause: cause === late ? undefined : cause,
    });
  }
}

async function fetchWhole(send: Send, call: Outgoing, signal: AbortSignal): Promise<Incoming> {
  const response = await send(call.url.href, {
    method: call.method,
    headers: call.headers,
    ...(call.body === undefined ? {} : { body: call.body }),
    redirect: "manual",
    // A shared cache knows nothing of the vendor's own credential headers.
    cache: "no-store",
    signal,
  });
  if (signal.aborted) {
    await response.body?.cancel();
    throw new Error("too late");
  }
  const { status, headers } = response;
  const text = await readText(response, signal);
  if (text !== undefined) return { status, headers, text, json: parseJson(text) };
  return { status, headers, text: "", json: { ok: false, what: "is larger than 8 MiB" } };
}

/** The body, or undefined (and the rest cancelled) where it is too large. */
async function readText(response: Response, signal: AbortSignal): Promise<string | undefined> {
  if (response.body === null) return "";
  if (Number(response.headers.get("content-length")) > MAX_ANSWER_BYTES) {
    await response.body.cancel();
    return undefined;
  }
  // No more comes than the header says, so it is read in one go; what is compressed may become any size.
  if (response.headers.has("content-length") && !response.headers.has("content-encoding")) {
    return response.text();
  }
  const reader = response.body.getReader();
  signal.addEventListener("abort", () => {
    reader.cancel().catch(() => {});
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await reader.read();
    if (chunk.done) return toText(chunks);
    bytes += chunk.value.byteLength;
    if (bytes > MAX_ANSWER_BYTES) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(chunk.value);
  }
}

const DECODER = new TextDecoder();

/** Most answers come in one piece, which is decoded as it is. */
function toText(chunks: readonly Uint8Array[]): string {
  if (chunks.length <= 1) return DECODER.decode(chunks[0]);
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}
