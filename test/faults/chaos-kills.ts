// Who ends the process of a chaos run: at any moment, at a chosen native call, in the midst of a sweep or of later work.

import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./chaos-model.ts";
import { addTo, note, type World } from "./chaos-world.ts";
import { holdAt } from "./gate.ts";
import { PHASES } from "./kills.ts";

/** Between two kills, in milliseconds. */
const PAUSE = { from: 10_000, to: 25_000 };
const REACH_MS = 4_000;
/** Of the alarms' work that is due, and of a sweep, something is under way this soon after they begin. */
const ALARM_MS = 1_500;
const LATER_MS = 10 * 60_000;
/** Delayed calls that a killed process had sent take their effect before it is back. */
const DRAIN_MS = 5_000;

const wake = async ({ account }: World) => {
  await fetch(`${account.tenantUrl}/Schemas`, { headers: { authorization: `Bearer ${account.token}` } }).catch(
    () => {},
  );
};

/** Lets the vendor end what it is doing, then starts Portico again; `ms` have passed meanwhile. */
async function revive(world: World, ms = 0): Promise<void> {
  const { portico, account } = world;
  const endsAt = Date.now() + DRAIN_MS;
  const isOnItsWay = () =>
    account.simulation.calls.some((call) => (call.ms === null || call.fault === "late") && !call.effect);
  while (isOnItsWay() && Date.now() < endsAt) await sleep(20);
  if (ms > 0) {
    portico.passTime(ms);
    account.simulation.advance(ms);
  }
  await portico.restart();
  note(world.events, "Portico is back");
}

async function killNow(world: World, how: string): Promise<void> {
  note(world.events, `Portico is killed ${how}`);
  addTo(world.count.kills, how);
  await world.portico.kill();
}

const ways: ((world: World, random: Random) => Promise<void>)[] = [
  async (world) => {
    await killNow(world, "at any moment");
    await revive(world);
  },
  async (world, random) => {
    const phase = random.pick(PHASES);
    const gate = holdAt(world.account.simulation, random.below(6), phase);
    await Promise.race([gate.reached, sleep(REACH_MS)]);
    // An answer that is not sent in time stays unsent.
    await Promise.race([gate.pass(), sleep(1_000)]);
    await killNow(world, "at a native call");
    gate.cut();
    await revive(world);
  },
  async (world, random) => {
    await killNow(world, "at any moment");
    await revive(world, LATER_MS);
    await wake(world);
    await sleep(random.below(ALARM_MS));
    await killNow(world, "in an alarm");
    await revive(world);
  },
  async (world, random) => {
    await world.portico.api("POST", `/connections/${world.account.name}/sweep`).catch(() => {});
    await sleep(random.below(ALARM_MS));
    await killNow(world, "in a sweep");
    await revive(world);
  },
];

export async function killByChance(world: World, random: Random, endsAt: number): Promise<void> {
  for (;;) {
    const pause = PAUSE.from + random.below(PAUSE.to - PAUSE.from);
    await sleep(Math.min(pause, Math.max(0, endsAt - Date.now())));
    if (Date.now() >= endsAt) return;
    if (world.slowFrom === Number.POSITIVE_INFINITY) continue;
    await random.pick(ways)(world, random);
  }
}

/** A last kill; then so much time passes that everything which waits is due. */
export async function killAndWait(world: World, ms: number): Promise<void> {
  await killNow(world, "in the quiet");
  await revive(world, ms);
  await wake(world);
}
