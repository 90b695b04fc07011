// Time for Worker tests: the objects run in the tests' isolate, so moving its clock moves theirs.

import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Gateway } from "./gateway.ts";

/** Does work as if so many milliseconds had passed. */
export async function later<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const now = Date.now.bind(Date);
  const spy = vi.spyOn(Date, "now").mockImplementation(() => now() + ms);
  try {
    return await work();
  } finally {
    spy.mockRestore();
  }
}

/** Runs the object's due jobs as if so many milliseconds had passed. */
export const runLater = (gateway: Gateway, ms: number): Promise<boolean> =>
  later(ms, () => runDurableObjectAlarm(env.CONNECTION.getByName(gateway.id)));
