// Which native call of a write has its effect, and how that effect is made to come late [S46].

import { setTimeout as sleep } from "node:timers/promises";
import type { FaultOrder } from "../../adapters/simulation/faults.ts";
import { effectIn } from "../suite/subject.ts";
import { succeed, type Write } from "./client.ts";
import type { Account } from "./harness.ts";

export type Place = Required<Pick<FaultOrder, "skip" | "match">>;

/** Sends the write, which must be undone afterwards, and says where a fault meets its effect when it is sent again. */
export async function findEffect(account: Account, write: Write): Promise<Place> {
  const { subject, simulation } = account;
  const before = simulation.calls.at(-1)?.seq ?? 0;
  await succeed(account, write);
  const calls = simulation.calls.filter(({ seq }) => seq > before);
  const held = calls[effectIn(subject, calls)];
  if (!held) throw new Error(`${account.name}: ${write.method} ${write.path} changes nothing`);
  const isLike = (call: typeof held) => call.method === held.method && call.path === held.path;
  return {
    skip: calls.slice(0, calls.indexOf(held)).filter(isLike).length,
    match: { method: held.method, path: `${RegExp.escape(held.path)}$` },
  };
}

export async function until(isTrue: () => boolean, withinMs: number): Promise<boolean> {
  const endsAt = Date.now() + withinMs;
  while (!isTrue()) {
    if (Date.now() > endsAt) return false;
    await sleep(50);
  }
  return true;
}
