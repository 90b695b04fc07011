// The administrator of a chaos run: pauses and resumes, sweeps, and decides about what the vendor has refused.

import { setTimeout as sleep } from "node:timers/promises";
import { ANYTHING, memberOf, type Random, write } from "./chaos-model.ts";
import { addTo, note, type World } from "./chaos-world.ts";

/** Between two orders, in milliseconds. */
const PAUSE = { from: 6_000, to: 16_000 };
const LONGEST_PAUSED_MS = 3_000;
const PATIENCE_MS = 60_000;

/** Until it is done: Portico may be down. */
async function insist(world: World, method: string, path: string, body?: unknown): Promise<unknown> {
  const endsAt = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await world.portico.api(method, `/connections/${world.account.name}${path}`, body);
    } catch (error) {
      if (Date.now() > endsAt) throw error;
      await sleep(250);
    }
  }
}

interface Parked {
  id: string;
  group: string;
  user: string;
}

async function listParked(world: World): Promise<Parked[]> {
  // The administrator API's answer, whose shape its own tests hold.
  const { owed } = (await insist(world, "GET", "/pending?parked=true&limit=1000")) as { owed: Parked[] };
  return owed;
}

const ways: ((world: World, random: Random) => Promise<void>)[] = [
  async (world, random) => {
    order(world, "pause");
    await insist(world, "PATCH", "", { mode: "paused" });
    await sleep(random.below(LONGEST_PAUSED_MS));
    await insist(world, "PATCH", "", { mode: "live" });
    note(world.events, "the administrator resumes");
  },
  async (world) => {
    order(world, "sweep");
    await insist(world, "POST", "/sweep");
  },
  retryParked,
  async (world) => {
    const [one] = await listParked(world);
    if (!one) return;
    order(world, "drop");
    const group = world.groups.find(({ id }) => id === one.group);
    const user = world.users.find(({ id }) => id === one.user);
    // Until a client writes this membership again, it may be either.
    const end = group && user ? write<unknown>(memberOf(group, user), ANYTHING) : () => {};
    await world.portico.api("POST", `/connections/${world.account.name}/pending/${one.id}/drop`).catch(() => {});
    end(false);
  },
];

function order(world: World, name: string): void {
  note(world.events, `the administrator orders: ${name}`);
  addTo(world.count.orders, name);
}

/** Sends again what the vendor has refused. */
export async function retryParked(world: World): Promise<void> {
  for (const { id } of await listParked(world)) {
    order(world, "retry");
    await world.portico.api("POST", `/connections/${world.account.name}/pending/${id}/retry`).catch(() => {});
  }
}

export async function administer(world: World, random: Random, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(PAUSE.from + random.below(PAUSE.to - PAUSE.from));
    if (!isOver()) await random.pick(ways)(world, random);
  }
  await insist(world, "PATCH", "", { mode: "live" });
}
