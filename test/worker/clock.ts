// Time for Worker tests: the objects run in the tests' isolate, so moving its clock moves theirs.

import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Gateway } from "./gateway.ts";

/** Does work at the time that is so many milliseconds from now. */
export async function atTimeFromNow<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const now = Date.now.bind(Date);
  const spy = vi.spyOn(Date, "now").mockImplementation(() => now() + ms);
  try {
    return await work();
  } finally {
    spy.mockRestore();
  }
}

/** Runs the alarm of the connection's object at the time that is so many milliseconds from now. */
export const runAlarmAfter = (gateway: Gateway, ms: number): Promise<boolean> =>
  atTimeFromNow(ms, () => runDurableObjectAlarm(env.CONNECTION.getByName(gateway.id)));

const DRAIN_MS = 10_000;

/** Runs the alarm until nothing of a kind is due any more; while the object runs its alarm by itself, it is not run again. */
export async function drainOwed(gateway: Gateway, kind: string, ms = 0): Promise<void> {
  const isDue = (row: { isParked: boolean; nextAttemptAt: string }) =>
    !row.isParked && Date.parse(row.nextAttemptAt) <= Date.now() + ms;
  for (const endsAt = Date.now() + DRAIN_MS; Date.now() < endsAt; ) {
    await runAlarmAfter(gateway, ms);
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/pending?kind=${kind}`);
    if (!body.owed.some(isDue)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
