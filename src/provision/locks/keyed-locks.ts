// Locks by key in the object's memory [S24]: if the object dies, the requests that had them died too.

import { ScimError } from "../../scim/messages.ts";

/** Work that waits for locks: until when, and where the time that it waited is noted. */
export interface Waiting {
  /** Epoch milliseconds. */
  deadlineAt: number;
  trace?: { lockMs: number };
}

export interface Locks {
  /**
   * Runs `work` while holding every key; keys are taken one by one in sorted order, so that two callers never wait for
   * each other.
   * @throws ScimError 503 when the deadline passes while waiting
   */
  withLocks<T>(keys: readonly string[], waiting: Waiting, work: () => Promise<T>): Promise<T>;
  /** Whether work holds the key now, or waits for it. */
  isHeld(key: string): boolean;
  /** Counts from now on how often the key is taken. */
  watch(key: string): void;
  unwatch(key: string): void;
  /** How often the key was taken since; undefined where no work watches it, such as after a restart of the object. */
  turns(key: string): number | undefined;
}

/** No work has a later deadline, whatever a clock that was set back makes of it. */
const MAX_WAIT_MS = 60_000;

export function createLocks(now: () => number = Date.now): Locks {
  const tails = new Map<string, Promise<void>>();
  const watched = new Map<string, number>();

  async function acquire(key: string, { deadlineAt, trace }: Waiting): Promise<() => void> {
    const before = tails.get(key);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const tail = (before ?? Promise.resolve()).then(() => released);
    tails.set(key, tail);
    void tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key);
    });
    const asked = now();
    const isFree = !before || (await endsBy(before, Math.min(deadlineAt - asked, MAX_WAIT_MS)));
    if (trace) trace.lockMs += now() - asked;
    if (!isFree) {
      release();
      throw new ScimError(503, "the resource is busy with an earlier request; try again", { retryAfterSeconds: 5 });
    }
    const turns = watched.get(key);
    if (turns !== undefined) watched.set(key, turns + 1);
    return release;
  }

  return {
    isHeld: (key) => tails.has(key),
    watch: (key) => void watched.set(key, 0),
    unwatch: (key) => void watched.delete(key),
    turns: (key) => watched.get(key),
    async withLocks(keys, waiting, work) {
      const releases: (() => void)[] = [];
      try {
        for (const key of [...new Set(keys)].sort()) releases.push(await acquire(key, waiting));
        return await work();
      } finally {
        for (const release of releases) release();
      }
    },
  };
}

async function endsBy(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, ms));
  });
  const isOver = await Promise.race([promise.then(() => true as const), timeout]);
  clearTimeout(timer);
  return isOver;
}
