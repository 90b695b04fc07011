// Calls of the administrator API that nobody known made: each is counted, by network and minute.

import { networkOf } from "../auth/addresses.ts";
import { openControl } from "../store/control.ts";
import { addRefused, minuteOf, type RefusedCount } from "../store/refused-calls.ts";
import type { ApiContext } from "./api-guard.ts";
import { addressOf, defer } from "./worker-context.ts";

/** So many of a minute are written down one by one, and further ones together once a second: a flood is no load for D1. */
const MAX_SINGLE = 30;
const GATHER_MS = 1_000;
/** Counts that wait at once; beyond it they are written down at once. */
const MAX_WAITING = 100;

/** What this isolate has counted and not written down yet. */
const waiting = new Map<string, RefusedCount>();
let current = { minute: 0, single: 0 };
let isGathering = false;

/** Counts a refused call; it is refused in any case. */
export async function countRefused(context: ApiContext): Promise<void> {
  const minute = minuteOf(Date.now());
  const address = networkOf(addressOf(context));
  add({ minute, address, count: 1 });
  if (current.minute !== minute) current = { minute, single: 0 };
  current.single += 1;
  if (current.single <= MAX_SINGLE || waiting.size > MAX_WAITING) return write(context.env);
  if (isGathering) return;
  isGathering = true;
  defer(context, gather(context.env));
}

function add(more: RefusedCount): void {
  const key = `${more.minute} ${more.address}`;
  waiting.set(key, { ...more, count: more.count + (waiting.get(key)?.count ?? 0) });
}

async function gather(env: Env): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  isGathering = false;
  await write(env);
}

async function write(env: Env): Promise<void> {
  const counts = [...waiting.values()];
  waiting.clear();
  try {
    await addRefused(openControl(env.CONTROL), counts, Date.now());
  } catch (error) {
    // They are written down with the next ones.
    if (waiting.size < MAX_WAITING) for (const count of counts) add(count);
    console.error(`counting refused calls failed: ${error instanceof Error ? error.name : typeof error}`);
  }
}
