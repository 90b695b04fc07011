// An Api over a scripted vendor: every request is kept, every answer comes from a function.

import type { Api, Transport } from "../../src/adapter.ts";
import { Fault } from "../../src/adapter.ts";
import { createTokens } from "../../src/upstream/auth.ts";
import { createBudget } from "../../src/upstream/budget.ts";
import { type ApiOptions, type CallRecord, createApi } from "../../src/upstream/client.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";

export const BASE_URL = "https://api.example.com/v1";

export interface Sent {
  method: string;
  url: URL;
  headers: Headers;
  body: string;
  init: RequestInit;
}

export interface Played {
  api: Api;
  sent: Sent[];
  records: CallRecord[];
  clock: FakeClock;
}

export type Play = (request: Sent, count: number) => Response | Promise<Response>;

export function play(
  answer: Play,
  transport: Partial<Transport> = {},
  options: Partial<Omit<ApiOptions, "transport" | "fetch" | "clock">> & { clock?: FakeClock } = {},
): Played {
  const clock = options.clock ?? createFakeClock();
  const sent: Sent[] = [];
  const records: CallRecord[] = [];
  const deadlineAt = clock.now() + 45_000;
  const api = createApi({
    deadline: () => deadlineAt,
    lane: "interactive",
    record: (record) => records.push(record),
    budget: createBudget(transport.limits, clock),
    tokens: createTokens(),
    ...options,
    transport: { baseUrl: BASE_URL, auth: { kind: "bearer", token: "t0p" }, ...transport },
    clock,
    async fetch(url, init) {
      const request: Sent = {
        method: init.method ?? "GET",
        url: new URL(url),
        headers: new Headers(init.headers),
        body: typeof init.body === "string" ? init.body : "",
        init,
      };
      sent.push(request);
      return answer(request, sent.length);
    },
  });
  return { api, sent, records, clock };
}

/** An answer that never comes, whatever the signal says. */
export function never(): Promise<Response> {
  return new Promise(() => {});
}

/** The fault of a call that must fail, while the clock is turned for up to `ms`. */
export async function faultOf(call: Promise<unknown>, clock?: FakeClock, ms = 60_000): Promise<Fault> {
  const caught = call.then(
    () => new Error("the call succeeded"),
    (error: unknown) => error,
  );
  if (clock) await clock.advance(ms);
  const error = await caught;
  if (error instanceof Fault) return error;
  throw error;
}

export const MIB = 1_024 * 1_024;

/** A body of so many bytes, in chunks, that notes how far it was read and whether it was cancelled. */
export function createBody(bytes: number, chunkBytes = 64 * 1_024) {
  const seen = { bytes: 0, cancelled: false };
  const body = new ReadableStream({
    pull(controller) {
      if (seen.bytes >= bytes) return controller.close();
      seen.bytes += chunkBytes;
      controller.enqueue(new Uint8Array(chunkBytes).fill(32));
    },
    cancel() {
      seen.cancelled = true;
    },
  });
  return { body, seen };
}

/** An answer without a body. */
export const status = (code: number, headers: Record<string, string> = {}) =>
  new Response(null, { status: code, headers });
