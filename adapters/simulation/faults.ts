// Faults on command: what a test orders, and what becomes of the call that meets one.

import * as z from "zod";
import { deform } from "./deformation.ts";

/** The connection ends here without an answer; the host of the simulation cuts the socket, or rethrows. */
export class CutConnection extends Error {
  constructor() {
    super("simulator: connection cut");
    this.name = "CutConnection";
  }
}

const regexSource = z.string().refine((source) => {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}, "not a regular expression");

const common = {
  /** Absent: every call of the vendor's API. `path` is a regular expression against the path without the instance. */
  match: z
    .strictObject({
      method: z
        .string()
        .transform((method) => method.toUpperCase())
        .optional(),
      path: regexSource.optional(),
    })
    .default({}),
  /** How many matching calls meet the fault. */
  times: z.int().min(1).default(1),
  /** How many matching calls pass first. */
  skip: z.int().min(0).default(0),
  headers: z.record(z.string(), z.string()).default({}),
};
const whenDefault = (when: "before" | "after") => z.enum(["before", "after"]).default(when);

/** One fault; `when` says whether the call takes effect: "before" it would, or "after" it has. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
    when: whenDefault("before"),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("delay"),
    delayMs: z.int().min(0).max(3_600_000),
    when: whenDefault("before"),
  }),
  z.strictObject({ ...common, kind: z.literal("drop"), when: whenDefault("before") }),
  z.strictObject({ ...common, kind: z.literal("lostResponse") }),
  z.strictObject({
    ...common,
    kind: z.literal("late"),
    /** The connection is cut at once, and so long after that the call takes effect. */
    delayMs: z.int().min(0).max(3_600_000),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("malformed"),
    shape: z.enum(["brokenJson", "wrongShape", "html"]).default("brokenJson"),
    /** Absent: the status of the real answer, or 200. */
    status: z.int().min(200).max(599).optional(),
    when: whenDefault("after"),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("deformed"),
    /** The path of one field in the JSON of the real answer; empty: everywhere. */
    at: z.array(z.string()),
    to: z.enum(["missing", "empty", "mistyped", "more"]),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("throttle"),
    /** Seconds or an HTTP-date; "" sends no header. */
    retryAfter: z.string().default("1"),
    body: z.unknown().optional(),
    when: whenDefault("before"),
  }),
]);
export type Fault = z.output<typeof faultSchema>;
/** What a test may leave out. */
export type FaultOrder = z.input<typeof faultSchema>;

/** The fault that a call meets: the first that matches and has let its `skip` calls pass. */
export function takeFault(faults: Fault[], call: { method: string; path: string }): Fault | undefined {
  for (const [index, fault] of faults.entries()) {
    const { method, path } = fault.match;
    if (method !== undefined && method !== call.method) continue;
    if (path !== undefined && !new RegExp(path).test(call.path)) continue;
    if (fault.skip > 0) {
      fault.skip -= 1;
      continue;
    }
    fault.times -= 1;
    if (fault.times === 0) faults.splice(index, 1);
    return fault;
  }
  return undefined;
}

/** The answer to a call that meets the fault; `run` gives the real one, and has its effect. Throws `CutConnection`. */
export async function meet(
  fault: Fault,
  run: () => Promise<Response>,
  wait: (ms: number) => Promise<void>,
): Promise<Response> {
  if (fault.kind === "delay") {
    if (fault.when === "before") {
      await wait(fault.delayMs);
      return run();
    }
    const delayed = await run();
    await wait(fault.delayMs);
    return delayed;
  }
  if (fault.kind === "late") {
    // Where the wait is cut, too, the call never takes effect.
    void wait(fault.delayMs)
      .then(run)
      .catch((error: unknown) => {
        if (!(error instanceof CutConnection)) console.error("simulator failed", error);
      });
    throw new CutConnection();
  }
  if (fault.kind === "deformed") {
    const real = await run();
    return new Response(real.body === null ? null : deform(await real.text(), fault.at, fault.to), real);
  }
  const answer = fault.kind === "lostResponse" || fault.when === "after" ? await run() : undefined;
  if (fault.kind === "lostResponse" || fault.kind === "drop") throw new CutConnection();
  return spoil(fault, answer);
}

function spoil(
  fault: Extract<Fault, { kind: "status" | "throttle" | "malformed" }>,
  answer: Response | undefined,
): Response {
  if (fault.kind === "malformed") {
    const [type, body] = {
      brokenJson: ["application/json", '{"data": {"resourceId": "cut'],
      wrongShape: ["application/json", '["not", "what", "was", "agreed"]'],
      html: ["text/html", "<!doctype html><title>Bad gateway</title><h1>Something went wrong</h1>"],
    }[fault.shape];
    const status = fault.status ?? answer?.status ?? 200;
    return new Response(status === 204 ? null : (body ?? ""), {
      status,
      headers: { "content-type": type ?? "", ...fault.headers },
    });
  }
  const text =
    fault.body === undefined ? null : typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
  const headers = new Headers(typeof fault.body === "string" ? {} : { "content-type": "application/json" });
  if (fault.kind === "throttle" && fault.retryAfter !== "") headers.set("retry-after", fault.retryAfter);
  for (const [name, value] of Object.entries(fault.headers)) headers.set(name, value);
  const status = fault.kind === "throttle" ? 429 : fault.status;
  return new Response([204, 205, 304].includes(status) ? null : text, { status, headers });
}

/** The waits of delayed calls. */
export function createDelays() {
  const waiting = new Set<() => void>();
  let cuts = 0;
  const release = () => {
    for (const one of waiting) one();
  };
  return {
    /** Throws `CutConnection` where the wait was cut. */
    async wait(ms: number): Promise<void> {
      const before = cuts;
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        waiting.add(end);
      });
      if (cuts !== before) throw new CutConnection();
    },
    /** Every waiting call goes on. */
    release,
    /** Every waiting call loses its connection. */
    cut() {
      cuts += 1;
      release();
    },
  };
}
