// What a vendor allows per account, kept over all requests of one connection: rates, concurrency and two lanes.

import { Fault, type Limits } from "../adapter.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { clampSeconds } from "./faults.ts";

/** Somebody waits for "interactive"; "background" takes what is left, but is never starved. */
export type Lane = "interactive" | "background";

export interface Budget {
  /**
   * Waits for a turn and gives the function that ends it. Throws fault `throttled`, at once if that is certain, when the
   * turn would come later than `latestAt` (epoch ms).
   */
  acquire(lane: Lane, latestAt: number): Promise<() => void>;
  /** Holds every call back until then (epoch ms), because the vendor asked for it. */
  pauseUntil(at: number): void;
}

/** The platform allows six open connections for a whole object. */
const MAX_CONCURRENCY = 6;
const MAX_INTERACTIVE = 5;
const MAX_BACKGROUND = 2;
/** Interactive turns in a row while background waits. */
const MAX_PASSED_OVER = 4;
/** In milliseconds; calls travel at different speeds, and the vendor counts arrivals. */
const MARGIN_MS = 50;

interface Waiter {
  latestAt: number;
  grant(release: () => void): void;
  refuse(fault: Fault): void;
}

/** At most `limit` turns in any `spanMs`; `turns` is a ring of the times at which the last ones began or ended. */
interface Window {
  limit: number;
  spanMs: number;
  turns: number[];
  count: number;
}

export function createBudget(limits: Limits = {}, clock: Clock = SYSTEM_CLOCK): Budget {
  const windows = toWindows(limits);
  const total = Math.min(MAX_CONCURRENCY, Math.max(1, Math.floor(limits.concurrency ?? MAX_CONCURRENCY)));
  const most = { interactive: Math.min(MAX_INTERACTIVE, total), background: Math.min(MAX_BACKGROUND, total - 1 || 1) };
  const running = { interactive: 0, background: 0 };
  const waiting: Record<Lane, Waiter[]> = { interactive: [], background: [] };
  let pausedUntil = 0;
  let passedOver = 0;
  let cancelTimer = () => {};

  /** When the turn after `ahead` others can come at the earliest. */
  function readyAt(ahead: number, now: number): number {
    return Math.max(now, pausedUntil, ...windows.map((window) => windowReadyAt(window, ahead, now)));
  }

  function throttled(ahead: number, now: number): Fault {
    return new Fault("throttled", { retryAfterSeconds: clampSeconds((readyAt(ahead, now) - now) / 1_000) });
  }

  function nextLane(): Lane | undefined {
    if (running.interactive + running.background >= total) return undefined;
    const can = (lane: Lane) => waiting[lane].length > 0 && running[lane] < most[lane];
    const background = can("background");
    if (can("interactive") && !(background && passedOver >= MAX_PASSED_OVER)) {
      passedOver = background ? passedOver + 1 : 0;
      return "interactive";
    }
    if (background) passedOver = 0;
    return background ? "background" : undefined;
  }

  function grant(lane: Lane, now: number): void {
    const numbers = windows.map((window) => {
      window.turns[window.count % window.limit] = now;
      return window.count++;
    });
    running[lane]++;
    let released = false;
    waiting[lane].shift()?.grant(() => {
      if (released) return;
      released = true;
      running[lane]--;
      // The vendor counts arrivals, and all that is known of one is that it came before the answer.
      for (const [at, window] of windows.entries()) {
        const number = numbers[at] ?? 0;
        if (window.count - number <= window.limit) window.turns[number % window.limit] = clock.now();
      }
      serve();
    });
  }

  function refuseLate(now: number): void {
    for (const lane of ["interactive", "background"] as const) {
      const late = waiting[lane].filter((waiter) => waiter.latestAt <= now);
      if (late.length === 0) continue;
      waiting[lane] = waiting[lane].filter((waiter) => waiter.latestAt > now);
      for (const waiter of late) waiter.refuse(throttled(waiting[lane].length, now));
    }
  }

  /** Gives every turn that is due and sets the alarm for the next one. */
  function serve(): void {
    cancelTimer();
    const now = clock.now();
    refuseLate(now);
    let due = readyAt(0, now);
    while (due <= now) {
      const lane = nextLane();
      if (lane === undefined) break;
      grant(lane, now);
      due = readyAt(0, now);
    }
    const times = [...waiting.interactive, ...waiting.background].map((waiter) => waiter.latestAt);
    if (times.length > 0 && due > now) times.push(due);
    if (times.length > 0) cancelTimer = clock.after(Math.max(0, Math.min(...times) - now), serve);
  }

  return {
    acquire(lane, latestAt) {
      return new Promise((resolve, reject) => {
        const now = clock.now();
        const ahead = waiting.interactive.length + (lane === "background" ? waiting.background.length : 0);
        if (readyAt(ahead, now) >= latestAt) return reject(throttled(ahead, now));
        waiting[lane].push({ latestAt, grant: resolve, refuse: reject });
        serve();
      });
    },
    pauseUntil(at) {
      pausedUntil = Math.max(pausedUntil, at);
      serve();
    },
  };
}

function toWindows(limits: Limits): Window[] {
  const spans: [number | undefined, number][] = [
    [limits.perSecond, 1_000],
    [limits.perMinute, 60_000],
    [limits.perHour, 3_600_000],
    [limits.perDay, 86_400_000],
  ];
  return spans.flatMap(([limit, spanMs]) => {
    if (limit === undefined || !(limit > 0)) return [];
    const whole = Math.max(1, Math.floor(limit));
    return [{ limit: whole, spanMs: (limit < 1 ? spanMs / limit : spanMs) + MARGIN_MS, turns: [], count: 0 }];
  });
}

function windowReadyAt(window: Window, ahead: number, now: number): number {
  const rounds = Math.floor(ahead / window.limit);
  const before = window.count + (ahead % window.limit) - window.limit;
  // A clock that was set back must not lock the connection.
  const turnAt = Math.min(now, window.turns[before % window.limit] ?? now);
  return (before < 0 ? now : turnAt + window.spanMs) + rounds * window.spanMs;
}
