// SIGKILL at each native call of a swap of userNames: Portico alone ends with both users under one of the two names, and
// shows what the vendor holds [S59] [S43].

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { State } from "../../adapters/native-view.ts";
import type { Phase } from "../../adapters/simulation.ts";
import { simulators } from "../../adapters/simulators.ts";
import { keyPath, personOf, subjectOf } from "../suite/subject.ts";
import { ask, succeed } from "./client.ts";
import { type Gate, holdAt } from "./gate.ts";
import { type Account, type Portico, startPortico } from "./harness.ts";
import { disagreements, inParallel, PHASES, waitForRest } from "./kills.ts";
import { addUsers } from "./kinds.ts";

/** Names of vendors to examine; empty: every one. */
const ONLY = (process.env.PORTICO_ADAPTER ?? "").split(",").filter((name) => name !== "");
/** Every phase of each call; else one phase of each, in turn, and of many calls only some. */
const IS_ALL = process.env.PORTICO_KILLS === "all" || process.env.PORTICO_FULL === "1";
const MAX_SAMPLED = 3;
/** So many accounts die in one kill. */
const TOGETHER = 64;
const REACH_MS = 45_000;
const OLD_ENOUGH_MS = 10 * 60_000;

const VENDORS = Object.keys(simulators).filter((name) => {
  const subject = subjectOf(name);
  const row = subject.adapter.attributes.User.find(({ path }) => path === keyPath(subject));
  return (ONLY.length === 0 || ONLY.includes(name)) && !row?.immutable;
});

let portico: Portico;
beforeAll(async () => {
  portico = await startPortico();
});
afterAll(async () => {
  await portico?.close();
});

interface Prepared {
  account: Account;
  ids: string[];
  names: string[];
}

async function prepare(vendor: string): Promise<Prepared> {
  const account = await portico.open(vendor);
  const ids = await addUsers(account, 1, 2);
  account.simulation.advance(account.subject.transport.readLagMs ?? 0);
  return { account, ids, names: [1, 2].map((n) => personOf(account.subject, n).key) };
}

const swap = ({ account, ids: [first, second] }: Prepared) =>
  portico.api("POST", `/connections/${account.name}/users/swap`, { first, second });

const heldBy = ({ account }: Prepared): string[] =>
  account.subject.native
    .users(account.simulation.state as State)
    .map((user) => user.key)
    .filter((key) => !account.residents.has(key));

async function shownBy({ account, ids }: Prepared): Promise<string[]> {
  const answers = await Promise.all(ids.map((id) => succeed(account, { method: "GET", path: `/Users/${id}` })));
  return answers.map(({ body }) => body.userName);
}

/** The native calls of a swap, without a kill. */
async function countCalls(vendor: string): Promise<number> {
  const prepared = await prepare(vendor);
  let calls = 0;
  const stop = prepared.account.simulation.watch((_call, phase) => {
    if (phase === "before") calls += 1;
  });
  expect(await swap(prepared)).toEqual({ outcome: "swapped" });
  stop();
  expect(await shownBy(prepared)).toEqual([...prepared.names].reverse());
  return calls;
}

interface Point {
  vendor: string;
  index: number;
  phase: Phase;
}

/** What is wrong after a swap that was killed at this point, and that nobody sends again. */
async function examine(prepared: Prepared): Promise<string[]> {
  const { account, names } = prepared;
  await succeed(account, { method: "GET", path: "/ServiceProviderConfig" });
  const whys = await waitForRest(portico, account);
  whys.push(...(await disagreements(account)));
  const shown = await shownBy(prepared);
  const isEither = [names, [...names].reverse()].some((each) => each.join() === shown.join());
  if (!isEither) whys.push(`shown: ${shown}`);
  if ([...heldBy(prepared)].sort().join() !== [...names].sort().join()) whys.push(`held: ${heldBy(prepared)}`);
  const left = portico.query(account, "select reason from overlays where reason = 'swap'");
  if (left.length > 0) whys.push("the names are still covered");
  // Nobody is stuck: the next swap does what it says.
  const { outcome } = (await swap(prepared)) as { outcome: string };
  const after = await shownBy(prepared);
  const expected = outcome === "earlier" ? shown : [...shown].reverse();
  if (after.join() !== expected.join()) whys.push(`the next swap (${outcome}) shows ${after} after ${shown}`);
  return whys;
}

it("S59 S43: a swap of names that is killed anywhere is finished or undone, with both sides equal", {
  timeout: 1_800_000,
}, async () => {
  const counts = await inParallel(VENDORS, async (vendor) => ({ vendor, calls: await countCalls(vendor) }));
  const points: Point[] = counts.flatMap(({ vendor, calls }) =>
    Array.from({ length: calls }, (_, index) => {
      if (!IS_ALL && index % Math.ceil(calls / MAX_SAMPLED) !== 0) return [];
      const phases = IS_ALL ? PHASES : PHASES.slice(index % PHASES.length).slice(0, 1);
      return phases.map((phase) => ({ vendor, index, phase }));
    }).flat(),
  );
  const failures: string[] = [];
  for (let at = 0; at < points.length; at += TOGETHER) {
    const held = await inParallel(points.slice(at, at + TOGETHER), async (point) => {
      const prepared = await prepare(point.vendor);
      const gate: Gate = holdAt(prepared.account.simulation, point.index, point.phase);
      const answer = swap(prepared).catch(() => undefined);
      return { point, prepared, gate, answer };
    });
    const isReached = await Promise.all(
      held.map(({ gate }) => Promise.race([gate.reached.then(() => true), sleep(REACH_MS, false, { ref: false })])),
    );
    expect(isReached.filter((is) => !is)).toEqual([]);
    await Promise.all(held.map(({ gate }) => Promise.race([gate.pass(), sleep(1_000)])));
    await portico.kill();
    for (const { gate } of held) gate.cut();
    await Promise.all(held.map(({ answer }) => answer));
    portico.passTime(OLD_ENOUGH_MS);
    for (const { prepared } of held) prepared.account.simulation.advance(OLD_ENOUGH_MS);
    await portico.restart();
    await inParallel(held, async ({ point, prepared }) => {
      const whys = await examine(prepared).catch((error: unknown) => [String(error)]);
      for (const why of whys) failures.push(`${point.vendor}, ${point.phase} call ${point.index + 1}: ${why}`);
    });
  }
  console.log(counts.map(({ vendor, calls }) => `${vendor}: ${calls} calls`).join("\n"));
  console.log(`${points.length} killed`);
  expect(failures).toEqual([]);
});

it("S59 S43: the next write to one of the two, at once after the kill, finishes the swap first", async () => {
  const prepared = await prepare(VENDORS.includes("redmine") ? "redmine" : (VENDORS[0] ?? ""));
  const { account, ids, names } = prepared;
  // Held before its second rename: the first user has the parking name.
  const gate = holdAt(account.simulation, 1, "before", (call) => call.method !== "GET");
  const answer = swap(prepared).catch(() => undefined);
  await gate.reached;
  await portico.kill();
  gate.cut();
  await answer;
  await portico.restart();
  expect(await shownBy(prepared)).toEqual(names);
  const write = { op: "replace", path: "name.givenName", value: "Augusta" };
  const body = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [write] };
  expect(await ask(account, { method: "PATCH", path: `/Users/${ids[1]}`, body })).toMatchObject({ status: 200 });
  expect(await shownBy(prepared)).toEqual([...names].reverse());
  expect([...heldBy(prepared)].sort()).toEqual([...names].sort());
});
