// What a vendor allows per account, kept over all requests of one connection: rates, concurrency and two lanes.

import { Fault, type Limits } from "../adapter.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { clampSeconds } from "./faults.ts";

/** A client waits for "interactive" calls; "background" calls take what is left, but always some of it. */
export type Lane = "interactive" | "background";

export interface Budget {
  /**
   * Waits for a turn and gives the function that ends it. Throws fault `throttled`, at once if that is certain, when the
   * turn would come later than `latestAt` (epoch ms).
   */
  acquire(lane: Lane, latestAt: number, endpoint?: string): Promise<() => void>;
  /** Counts on turns for work that is in vain without all of them. Throws `throttled`, until when the last comes in time. */
  reserve(calls: number, latestAt: number): Reservation;
  /** Holds every call back until then (epoch ms), because the vendor asked for it. */
  pauseUntil(at: number): void;
  /** Holds the calls of one endpoint back: its limit need not be the others'. */
  holdUntil(endpoint: string, at: number): void;
}

/** Turns that other work of its kind leaves alone; `spend` says that one of them is asked for now. */
interface Reservation {
  spend(): void;
  end(): void;
}

/** Outlives the process, so that a restart does not begin a new minute, hour or day of the vendor's limits. */
export interface Ledger {
  /**
   * The calls noted since then (epoch ms), oldest first. A call may be given a little later than it was, and more calls than
   * there were, but none is left out.
   */
  since(at: number): number[];
  /** Called before the call is sent. */
  note(at: number): void;
}

/** The platform lets a whole object wait for six answers at once; beyond that each call leaves by an invocation of its own. */
export const OWN_CONCURRENCY = 6;
const MAX_CONCURRENCY = 32;
const MAX_BACKGROUND = 2;
/** Interactive turns in a row while background waits. */
const MAX_PASSED_OVER = 4;
/** In milliseconds; calls travel at different speeds, and the vendor counts arrivals. */
const MARGIN_MS = 50;
/** Windows of a second end before a call has waited long, or a process has started again. */
const LONG_SPAN_MS = 60_000;
const RESERVED_SHARE = 0.1;

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
  /** How background spreads over a long window, so that interactive never finds it used up. */
  pace: Pace | undefined;
}

/** A burst of `toleranceMs / intervalMs` turns at once, and then one in each interval. */
interface Pace {
  intervalMs: number;
  toleranceMs: number;
  /** When the next turn would come if there were no bursts. */
  nextAt: number;
  /** So many turns of the window are left to interactive. */
  reserve: number;
}

export function createBudget(limits: Limits = {}, clock: Clock = SYSTEM_CLOCK, ledger?: Ledger): Budget {
  const windows = toWindows(limits);
  const long = windows.filter((window) => window.spanMs >= LONG_SPAN_MS);
  const held = new Map<string, number>();
  for (const window of long) {
    for (const at of ledger?.since(clock.now() - window.spanMs) ?? []) window.turns[window.count++ % window.limit] = at;
  }
  const total = Math.min(MAX_CONCURRENCY, Math.max(1, Math.floor(limits.concurrency ?? OWN_CONCURRENCY)));
  // One turn is left to background, as far as there is more than one.
  const interactive = total < OWN_CONCURRENCY ? total : total - 1;
  const most = { interactive, background: Math.min(MAX_BACKGROUND, total - 1 || 1) };
  const running = { interactive: 0, background: 0 };
  const waiting: Record<Lane, Waiter[]> = { interactive: [], background: [] };
  let pausedUntil = 0;
  let passedOver = 0;
  /** Turns that admitted work is still to ask for. */
  let reserved = 0;
  /** What will wake `serve`, if anything, and when. */
  let timer: { at: number; cancel: () => void } | undefined;

  /** When the turn after `ahead` others can come at the earliest. */
  function readyAt(ahead: number, now: number): number {
    return Math.max(now, pausedUntil, ...windows.map((window) => windowReadyAt(window, ahead, now)));
  }

  /** When background may take its turn after `ahead` others of its own, as far as its pace goes. */
  function pacedAt(ahead: number, now: number): number {
    const paced = windows.flatMap((window) => {
      const { pace } = window;
      return pace ? [paceReadyAt(pace, ahead, now), windowReadyAt(window, pace.reserve + ahead, now)] : [];
    });
    return Math.max(now, ...paced);
  }

  /** When the turn after `ahead` others of a lane can come at the earliest. */
  function turnAt(lane: Lane, ahead: number, now: number): number {
    if (lane === "interactive") return readyAt(ahead, now);
    return Math.max(readyAt(waiting.interactive.length + ahead, now), pacedAt(ahead, now));
  }

  const throttled = (until: number, now: number) =>
    new Fault("throttled", { retryAfterSeconds: clampSeconds((until - now) / 1_000) });

  function nextLane(now: number): Lane | undefined {
    if (running.interactive + running.background >= total) return undefined;
    const can = (lane: Lane) => waiting[lane].length > 0 && running[lane] < most[lane];
    const background = can("background") && pacedAt(0, now) <= now;
    if (can("interactive") && !(background && passedOver >= MAX_PASSED_OVER)) {
      passedOver = background ? passedOver + 1 : 0;
      return "interactive";
    }
    if (background) passedOver = 0;
    return background ? "background" : undefined;
  }

  function grant(lane: Lane, now: number): void {
    const numbers = windows.map((window) => {
      const { pace } = window;
      if (pace && lane === "background") pace.nextAt = Math.max(pace.nextAt, now) + pace.intervalMs;
      window.turns[window.count % window.limit] = now;
      return window.count++;
    });
    if (long.length > 0) ledger?.note(now);
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
      for (const waiter of late) waiter.refuse(throttled(turnAt(lane, waiting[lane].length, now), now));
    }
  }

  /** Gives every turn that is due and sets the alarm for the next one. */
  function serve(): void {
    const now = clock.now();
    if (waiting.interactive.length === 0 && waiting.background.length === 0) {
      wakeAt(undefined, now);
      return;
    }
    refuseLate(now);
    let due = readyAt(0, now);
    while (due <= now) {
      const lane = nextLane(now);
      if (lane === undefined) break;
      grant(lane, now);
      due = readyAt(0, now);
    }
    const times = [...waiting.interactive, ...waiting.background].map((waiter) => waiter.latestAt);
    if (times.length > 0 && due > now) times.push(due);
    const background = waiting.background.length > 0 ? pacedAt(0, now) : now;
    if (background > now) times.push(background);
    wakeAt(times.length > 0 ? Math.min(...times) : undefined, now);
  }

  /** A timer that is set for an earlier time stays: to set a new one for each call costs more than one call of `drain` too many. */
  function wakeAt(at: number | undefined, now: number): void {
    if (at !== undefined && timer && timer.at > now && timer.at <= at) return;
    timer?.cancel();
    timer = undefined;
    if (at === undefined) return;
    const wake = () => {
      timer = undefined;
      serve();
    };
    timer = { at: Math.max(at, now), cancel: clock.after(Math.max(0, at - now), wake) };
  }

  return {
    acquire(lane, latestAt, endpoint = "") {
      return new Promise((resolve, reject) => {
        const now = clock.now();
        const heldUntil = held.get(endpoint) ?? now;
        if (heldUntil > now) return reject(throttled(heldUntil, now));
        held.delete(endpoint);
        const at = turnAt(lane, waiting[lane].length, now);
        if (at >= latestAt) return reject(throttled(at, now));
        waiting[lane].push({ latestAt, grant: resolve, refuse: reject });
        serve();
      });
    },
    reserve(calls, latestAt) {
      const now = clock.now();
      const at = calls > 0 ? turnAt("interactive", waiting.interactive.length + reserved + calls - 1, now) : now;
      if (at > latestAt) throw throttled(now + at - latestAt, now);
      let left = calls;
      reserved += left;
      const leave = (some: number) => {
        reserved += some - left;
        left = some;
      };
      return { spend: () => leave(Math.max(0, left - 1)), end: () => leave(0) };
    },
    pauseUntil(at) {
      pausedUntil = Math.max(pausedUntil, at);
      serve();
    },
    holdUntil(endpoint, at) {
      held.set(endpoint, at);
    },
  };
}

function toWindows(limits: Limits): Window[] {
  // What background may take of a long window at once: a share, and where turns are few a number, for a first look.
  const spans: [number | undefined, number, { share: number; turns: number } | undefined][] = [
    [limits.perSecond, 1_000, undefined],
    [limits.perMinute, 60_000, { share: 0.1, turns: 0 }],
    [limits.perHour, 3_600_000, { share: 0.25, turns: 20 }],
    [limits.perDay, 86_400_000, { share: 0.5, turns: 20 }],
  ];
  return spans.flatMap(([limit, spanMs, burst]) => {
    if (limit === undefined || !(limit > 0)) return [];
    const whole = Math.max(1, Math.floor(limit));
    const span = (limit < 1 ? spanMs / limit : spanMs) + MARGIN_MS;
    return [{ limit: whole, spanMs: span, turns: [], count: 0, pace: burst && toPace(span, whole, burst) }];
  });
}

function toPace(spanMs: number, limit: number, { share, turns }: { share: number; turns: number }): Pace {
  const intervalMs = spanMs / (limit * (1 - share));
  const reserve = Math.floor(limit * RESERVED_SHARE);
  return { intervalMs, toleranceMs: Math.max(spanMs * share, turns * intervalMs), nextAt: 0, reserve };
}

function windowReadyAt(window: Window, ahead: number, now: number): number {
  const rounds = Math.floor(ahead / window.limit);
  const before = window.count + (ahead % window.limit) - window.limit;
  // A clock that was set back must not lock the connection.
  const turnAt = Math.min(now, window.turns[before % window.limit] ?? now);
  return (before < 0 ? now : turnAt + window.spanMs) + rounds * window.spanMs;
}

function paceReadyAt({ nextAt, intervalMs, toleranceMs }: Pace, ahead: number, now: number): number {
  // No call is further ahead than the burst and one turn, so a clock that was set back blocks no call.
  const at = Math.min(nextAt, now + toleranceMs + intervalMs);
  return at - toleranceMs + ahead * intervalMs;
}
