// One chaos run on one vendor: the storm, the quiet after it, and the comparison.

import { setTimeout as sleep } from "node:timers/promises";
import type { State } from "../../adapters/native-view.ts";
import { simulators } from "../../adapters/simulators.ts";
import { get, keyPath, personOf, type Subject, subjectOf } from "../suite/subject.ts";
import { act } from "./chaos-acts.ts";
import { administer, retryParked } from "./chaos-admin.ts";
import { createClient } from "./chaos-client.ts";
import { compareStates } from "./chaos-compare.ts";
import { countFaults, heal, spoil } from "./chaos-faults.ts";
import { killAndWait, killByChance } from "./chaos-kills.ts";
import { ANYTHING, type Cell, cellOf, createRandom, fold, type KnownUser, memberOf } from "./chaos-model.ts";
import { shownKey, toldPaths } from "./chaos-users.ts";
import { accept, type Counts, createWorld, report, type World } from "./chaos-world.ts";
import { HASTY_WORKER, type Portico, startPortico } from "./harness.ts";
import { listAll } from "./views.ts";

const CLIENTS = 4;
/** Between two operations of one client, in milliseconds. */
const THINK_MS = 60;
/** More than any request spends on members in its time on a slow vendor. */
const CROWD = 120;
const CROWD_NAME = "Crowd";
/** Numbers of the crowd's people, above those of all others. */
const CROWD_FROM = 100_000;
/** What has waited for its next try is tried at once. */
const BACKOFF_MS = 40 * 60_000;
const REST_MS = 40_000;
const ROUNDS = 4;

export interface Outcome {
  vendor: string;
  seed: number;
  minutes: number;
  count: Counts;
  differences: string[];
}

export async function runVendor(vendor: string, minutes: number, seed: number): Promise<Outcome> {
  const portico = await startPortico({ entry: HASTY_WORKER });
  try {
    const random = createRandom(seed).fork(vendor);
    const world = await createWorldOf(portico, vendor);
    const endsAt = Date.now() + minutes * 60_000;
    const isOver = () => Date.now() > endsAt;
    const clients = Array.from({ length: CLIENTS }, async (_, at) => {
      const client = createClient(world, `client ${at}`, random.fork(`client ${at}`));
      while (!isOver()) {
        await act(client);
        await sleep(client.random.below(THINK_MS));
      }
    });
    const quiet = async () => {
      await sleep(Math.max(0, endsAt - Date.now()));
      world.isQuiet = true;
      await heal(world.account.simulation);
    };
    await Promise.all([
      ...clients,
      quiet(),
      spoil(world, random.fork("faults"), isOver),
      countFaults(world, () => world.isQuiet),
      killByChance(world, random.fork("kills"), endsAt),
      administer(world, random.fork("administrator"), isOver),
    ]);
    await heal(world.account.simulation);
    await rest(world);
    await compareStates(world);
    return { vendor, seed, minutes, count: world.count, differences: world.differences };
  } finally {
    await portico.close();
  }
}

/** Time passes until nothing is left to do. */
async function rest(world: World): Promise<void> {
  const { portico, account } = world;
  const left = () =>
    portico
      .query(
        account,
        `select kind as left from intents where state = 'open'
         union all select 'doubt' from doubts
         union all select kind from owed where due_at is not null`,
      )
      .map((row) => String(row.left));
  for (let round = 0; round < ROUNDS && (round === 0 || left().length > 0); round++) {
    await accept(world, world.users);
    await retryParked(world);
    await killAndWait(world, BACKOFF_MS);
    const endsAt = Date.now() + REST_MS;
    while (left().length > 0 && Date.now() < endsAt) await sleep(250);
  }
  if (left().length === 0) return;
  const rows = ["intents", "doubts", "owed"].map(
    (table) => `${table} ${JSON.stringify(portico.query(account, `select * from ${table} limit 20`))}`,
  );
  report(world, `left open after the quiet, at ${Date.now()}: ${left().join(", ")}; ${rows.join(", ")}`);
}

// ---- The crowd ------------------------------------------------------------------------------------------------------

const hasGroups = ({ adapter }: Subject) => adapter.group !== undefined;

/** A vendor account in which a crowd of people and a group of theirs were before Portico came. */
async function createWorldOf(portico: Portico, vendor: string): Promise<World> {
  const subject = subjectOf(vendor);
  if (!hasGroups(subject)) return createWorld(portico, await portico.open(vendor));
  const world = createWorld(portico, await portico.open(vendor, seedOf(subject)));
  const { account } = world;
  const users = await listAll(account, "Users");
  const [shown] = await listAll(account, "Groups");
  const isInside = new Set((shown.members ?? []).map((one: { value: string }) => one.value));
  const group = {
    n: CROWD_FROM,
    name: cellOf(CROWD_NAME),
    id: String(shown.id),
    exists: cellOf(true),
    members: new Map(),
    history: [],
    isSeated: false,
    isCrowd: true,
    lists: new Set<(newcomer: Cell<boolean>) => void>(),
  };
  world.groups.push(group);
  const numbers = new Map(people(subject).map(({ n, key }) => [fold(key), n]));
  for (const user of users) {
    const key = shownKey(subject, user);
    const n = numbers.get(key);
    if (n === undefined) {
      account.residents.add(key);
      continue;
    }
    const known: KnownUser = {
      n,
      id: user.id,
      exists: cellOf(true),
      values: new Map(),
      history: [],
      isNaming: false,
      hasOtherIds: false,
      isCrowd: true,
    };
    for (const path of toldPaths(subject)) {
      known.values.set(path, path === keyPath(subject) ? cellOf(get(user, path)) : cellOf<unknown>(ANYTHING));
    }
    world.users.push(known);
    memberOf(group, known).may = new Set([isInside.has(user.id)]);
  }
  return world;
}

const people = (subject: Subject) =>
  Array.from({ length: CROWD }, (_, at) => personOf(subject, CROWD_FROM + at)).map(({ n, key }) => ({ n, key }));

function seedOf(subject: Subject): object {
  const { native } = subject;
  // A simulator's state is JSON that its own schema has checked.
  const initial = simulators[subject.vendor]?.create().state as State;
  const strangers = people(subject).map(({ n, key }) => ({
    key,
    email: key,
    givenName: `Given ${n}`,
    familyName: `Family ${n}`,
    active: true,
  }));
  const withUsers = { ...initial, ...native.withUsers(initial, strangers) };
  const keys = new Set(strangers.map(({ key }) => fold(key)));
  const ids = native.users(withUsers).flatMap((user) => (keys.has(fold(user.key)) ? user.id : []));
  return { ...withUsers, ...native.withGroup(withUsers, CROWD_NAME, ids.slice(0, CROWD / 2)) };
}
