// `npm run test:chaos`: random operations, faults and kills, then quiet, then what clients were told, Portico shows and vendors hold.

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { FaultOrder } from "../../adapters/simulation.ts";
import { simulators } from "../../adapters/simulators.ts";
import { createClient, type World } from "./chaos-client.ts";
import { compareStates } from "./chaos-compare.ts";
import { createRandom, type Random } from "./chaos-model.ts";
import { type Account, type Portico, startPortico } from "./harness.ts";

const CLIENTS = 4;
/** Between two kills, in milliseconds. */
const KILL_EVERY = { from: 12_000, to: 30_000 };
/** Between two faults. */
const FAULT_EVERY = { from: 150, to: 900 };
/** Between two operations of one client. */
const THINK_MS = 60;
/** What has waited for its next try is tried at once. */
const BACKOFF_MS = 40 * 60_000;
const REST_TIMEOUT_MS = 90_000;

interface Run {
  vendor: string;
  seed: number;
  operations: number;
  attempts: number;
  givenUp: number;
  refused: number;
  faults: Record<string, number>;
  kills: number;
  differences: string[];
}

function toFault(random: Random): FaultOrder {
  const when = random.chance(0.5) ? ("before" as const) : ("after" as const);
  switch (random.below(9)) {
    case 0:
      return { kind: "status", status: random.pick([500, 502, 503, 504]), when };
    case 1:
      return { kind: "status", status: random.pick([400, 403, 409, 422]), when: "before" };
    case 2:
      return { kind: "delay", delayMs: random.below(1_500), when };
    case 3:
      return { kind: "drop", when };
    case 4:
      return { kind: "malformed", shape: random.pick(["brokenJson", "wrongShape", "html"]), when };
    case 5:
      return { kind: "throttle", retryAfter: random.pick(["1", "0", ""]) };
    case 6:
      return { kind: "status", status: 401, when: "before" };
    default:
      return { kind: "lostResponse" };
  }
}

const between = (random: Random, { from, to }: { from: number; to: number }) => from + random.below(to - from);

async function runVendor(portico: Portico, vendor: string, minutes: number, seed: number): Promise<Run> {
  const random = createRandom(seed).fork(vendor);
  const account = await portico.open(vendor);
  let number = 0;
  const world: World = {
    account,
    users: [],
    groups: [],
    isQuiet: false,
    count: { operations: 0, attempts: 0, givenUp: 0, refused: 0 },
    next: () => ++number,
  };
  const run: Run = { vendor, seed, ...world.count, faults: {}, kills: 0, differences: [] };
  const endsAt = Date.now() + minutes * 60_000;
  const isOver = () => Date.now() > endsAt;

  const clients = Array.from({ length: CLIENTS }, async (_, at) => {
    const own = random.fork(`client ${at}`);
    const client = createClient(world, `client ${at}`, own);
    while (!isOver()) {
      await client.act();
      await sleep(own.below(THINK_MS));
    }
  });
  const faults = async () => {
    const own = random.fork("faults");
    while (!isOver()) {
      await sleep(between(own, FAULT_EVERY));
      const fault = toFault(own);
      account.simulation.inject([fault]);
      run.faults[fault.kind] = (run.faults[fault.kind] ?? 0) + 1;
    }
  };
  const kills = async () => {
    const own = random.fork("kills");
    for (;;) {
      await sleep(Math.min(between(own, KILL_EVERY), Math.max(0, endsAt - Date.now())));
      if (isOver()) return;
      await portico.kill();
      run.kills += 1;
      await portico.restart();
    }
  };
  const storm = [...clients, faults(), kills()];
  await sleep(Math.max(0, endsAt - Date.now()));
  world.isQuiet = true;
  await heal(account);
  await Promise.all(storm);
  await heal(account);
  await rest(portico, account, run);
  run.differences.push(...(await compareStates(account, world)));
  return Object.assign(run, world.count);
}

/** Faults that nobody has met yet go. */
async function heal({ simulation }: Account): Promise<void> {
  await simulation.fetch(new Request("http://simulator/__simulator/faults", { method: "DELETE" }));
}

/** Time passes until nothing is left to do. */
async function rest(portico: Portico, account: Account, run: Run): Promise<void> {
  const left = () =>
    portico
      .query(
        account,
        `select kind as left from intents where state = 'open'
         union all select 'seat due' from links where is_seat_due = 1 and state = 'live'
         union all select 'outbox' from outbox where parked is null
         union all select 'deactivation' from overlays where reason = 'deactivation'`,
      )
      .map((row) => String(row.left));
  for (let round = 0; round < 3 && (round === 0 || left().length > 0); round++) {
    await portico.kill();
    portico.passTime(BACKOFF_MS);
    account.simulation.advance(BACKOFF_MS);
    await portico.restart();
    await fetch(`${account.tenantUrl}/Schemas`, { headers: { authorization: `Bearer ${account.token}` } });
    const endsAt = Date.now() + REST_TIMEOUT_MS / 3;
    while (left().length > 0 && Date.now() < endsAt) await sleep(250);
  }
  if (left().length > 0) run.differences.push(`left open after the quiet: ${left().join(", ")}`);
}

function print(run: Run): void {
  const faults = Object.entries(run.faults).map(([kind, count]) => `${kind} ${count}`);
  const total = Object.values(run.faults).reduce((sum, count) => sum + count, 0);
  console.log(
    `${run.vendor.padEnd(8)} seed ${run.seed}: ${run.operations} operations in ${run.attempts} requests ` +
      `(${run.givenUp} given up, ${run.refused} refused), ${total} faults (${faults.join(", ")}), ` +
      `${run.kills} kills, ${run.differences.length} differences`,
  );
  for (const difference of run.differences) console.log(`  ${difference}`);
}

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    vendor: { type: "string" },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const vendors = values.vendor === undefined ? Object.keys(simulators) : values.vendor.split(",");
const unknown = vendors.find((vendor) => !Object.hasOwn(simulators, vendor));
if (!(minutes > 0) || !Number.isInteger(seed) || unknown !== undefined) {
  console.error("usage: npm run test:chaos -- [--minutes 5] [--seed 1] [--vendor keepnet,klaxoon]");
  process.exit(2);
}
console.log(`chaos: ${minutes} minutes, seed ${seed}, ${vendors.join(", ")}`);
const portico = await startPortico();
let differences = 0;
for (const vendor of vendors) {
  const run = await runVendor(portico, vendor, minutes / vendors.length, seed);
  print(run);
  differences += run.differences.length;
}
await portico.close();
if (differences > 0) console.log(`again with: npm run test:chaos -- --minutes ${minutes} --seed ${seed}`);
process.exit(differences > 0 ? 1 : 0);
