// The vendor of a chaos run: every kind of fault that simulators offer, by chance and for a while, and how many were met.

import { setTimeout as sleep } from "node:timers/promises";
import type { FaultOrder } from "../../adapters/simulation/faults.ts";
import type { Simulation } from "../../adapters/simulation.ts";
import type { Random } from "./chaos-model.ts";
import { addTo, note, type World } from "./chaos-world.ts";

/** Calls between two faults, so that a slow vendor answers as often as a fast one. */
const CALLS = { from: 3, to: 14 };
const LOOK_EVERY_MS = 40;
/** Longer than Portico waits for one answer. */
const TOO_SLOW_MS = 21_000;
const COUNT_EVERY_MS = 500;
/** The effect of a call whose connection was cut comes behind the writes of so many milliseconds, and before its doubt ends. */
const LATE = { from: 200, below: 4_000 };

/** What is refused has not been done, what succeeds in JSON has, and what is not found is not there: lies cannot be seen through. */
function toFault(random: Random, methods: readonly string[]): FaultOrder {
  const when = random.chance(0.5) ? ("before" as const) : ("after" as const);
  const method = random.pick(methods);
  // Reads are many; writes are where it hurts.
  const match = random.chance(0.5) ? {} : { method };
  switch (random.below(14)) {
    case 0:
      return { kind: "status", status: random.pick([500, 502, 503, 504]), when, match };
    case 1:
      return { kind: "status", status: random.pick([400, 403, 409, 422]), when: "before", match };
    case 2:
      return { kind: "delay", delayMs: random.below(1_500), when, match };
    case 3:
      return { kind: "drop", when, match };
    case 4:
      return { kind: "malformed", shape: random.pick(["brokenJson", "html"]), when, match };
    case 5:
      return { kind: "malformed", shape: random.pick(["brokenJson", "wrongShape", "html"]), when: "after", match };
    case 6: {
      const retryAfter = random.pick(["1", "0", "", "2", new Date(Date.now() + 2_000).toUTCString()]);
      return { kind: "throttle", retryAfter, match };
    }
    case 7:
      return { kind: "status", status: 401, when: "before", match };
    case 8:
    case 9:
    case 10:
      return { kind: "late", delayMs: LATE.from + random.below(LATE.below - LATE.from), match: { method } };
    default:
      return { kind: "lostResponse", match };
  }
}

/** A state that lasts: everything fails alike for a while. */
function toSpell(random: Random): { name: string; fault: FaultOrder } {
  const times = 5 + random.below(25);
  switch (random.below(5)) {
    case 0:
      return { name: "outage", fault: { kind: "status", status: 503, headers: { "retry-after": "1" }, times } };
    case 1:
      return { name: "credential refused", fault: { kind: "status", status: 401, times } };
    case 2:
      return { name: "throttled", fault: { kind: "throttle", retryAfter: "1", times } };
    case 3:
      return { name: "unreachable", fault: { kind: "drop", when: "before", times } };
    default:
      return { name: "hanging", fault: { kind: "delay", delayMs: TOO_SLOW_MS, when: "after", times: 2 } };
  }
}

/** The methods by which this vendor was told to change something; a fault for another one would wait for ever. */
const writesOf = ({ calls }: Simulation): string[] => [
  ...new Set(["POST", ...calls.map(({ method }) => method).filter((method) => method !== "GET")]),
];

export async function spoil(world: World, random: Random, isOver: () => boolean): Promise<void> {
  const { simulation } = world.account;
  const called = () => simulation.calls.at(-1)?.seq ?? 0;
  for (let next = 0; !isOver(); next = called() + CALLS.from + random.below(CALLS.to - CALLS.from)) {
    while (called() < next && !isOver()) await sleep(LOOK_EVERY_MS);
    if (random.chance(0.985)) {
      simulation.inject([toFault(random, writesOf(simulation))]);
      continue;
    }
    const { name, fault } = toSpell(random);
    note(world.events, `the vendor is ${name}`);
    addTo(world.count.orders, name);
    simulation.inject([fault]);
  }
}

/** Counts the faults that calls have met, until the run is over. */
export async function countFaults(world: World, isOver: () => boolean): Promise<void> {
  const { simulation } = world.account;
  let last = 0;
  while (!isOver()) {
    await sleep(COUNT_EVERY_MS);
    for (const call of simulation.calls) {
      // What is under way may be counted next time.
      if (call.seq <= last || call.ms === null) continue;
      last = Math.max(last, call.seq);
      if (call.fault) addTo(world.count.faults, call.fault);
    }
    world.count.outbox = Math.max(world.count.outbox, waiting(world));
  }
}

function waiting({ portico, account }: World): number {
  const [row] = portico.query(account, "select count(*) as waiting from owed where kind = 'membership'");
  return Number(row?.waiting ?? 0);
}

/** Deletes faults that no request has met yet. */
export async function heal(simulation: Simulation): Promise<void> {
  await simulation.fetch(new Request("http://simulator/__simulator/faults", { method: "DELETE" }));
}
