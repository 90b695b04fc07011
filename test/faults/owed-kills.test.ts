// SIGKILL while the outbox sends members: each arrives once, in order, and what is pending is said honestly [S13] [S43].

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { State } from "../../adapters/native-view.ts";
import type { Phase } from "../../adapters/simulation.ts";
import { isAddition, noRoomAfter, submissionsOf } from "../suite/additions.ts";
import { subjectOf } from "../suite/subject.ts";
import { ask, succeed } from "./client.ts";
import { crowdOf, linkIds } from "./crowd.ts";
import { type Gate, holdAt } from "./gate.ts";
import { type Account, type Portico, startPortico } from "./harness.ts";
import { inParallel, PHASES } from "./kills.ts";
import { addGroup, members, patch, plainGroup } from "./kinds.ts";

/** Those that take members in chunks; a list that is replaced is written by the request itself. */
const VENDORS = ["keeper", "keepnet", "klaxoon", "redmine", "rest"];
/** Names of vendors to examine; empty: every one. */
const ONLY = (process.env.PORTICO_ADAPTER ?? "").split(",").filter((name) => name !== "");
/** `PORTICO_KILLS=all` and `PORTICO_FULL=1` kill in every phase; else in one for each vendor. */
const IS_ALL = process.env.PORTICO_KILLS === "all" || process.env.PORTICO_FULL === "1";
/** The request has room for one chunk; the outbox sends two more and a rest. */
const CHUNKS = 3;
const REST = 3;
const REACH_MS = 60_000;
const DRAIN_MS = 90_000;

let portico: Portico;
beforeAll(async () => {
  portico = await startPortico();
});
afterAll(async () => {
  await portico?.close();
});

interface Waiting {
  title: string;
  account: Account;
  group: string;
  chunk: number;
  /** SCIM ids in the order in which they were asked for, by native id. */
  ids: Map<string, string>;
  phase: Phase;
}

/** A group whose members wait in the outbox, all but the first chunk; the outbox is held at its first addition. */
async function leaveWaiting(vendor: string, phase: Phase): Promise<{ waiting: Waiting; gate: Gate }> {
  const subject = subjectOf(vendor);
  const chunk = subject.adapter.group?.members.chunk ?? 1;
  const count = CHUNKS * chunk + REST;
  const account = await portico.open(vendor, crowdOf(subject, count));
  const links = linkIds(portico, account, "User");
  const natives = subject.native.users(account.simulation.state as State).map((user) => user.id);
  const ids = new Map(natives.map((id) => [id, links.get(id) ?? ""]));
  const group = await addGroup(account, plainGroup(subject, "Crowd"));
  account.simulation.inject(noRoomAfter(vendor, 1));
  const waiting = { title: `${vendor}, ${phase}`, account, group, chunk, ids, phase };
  const gate = gateOf(waiting, submissionsOf(vendor));
  const add = patch(`/Groups/${group}`, { op: "add", path: "members", value: members(...ids.values()) });
  expect(await ask(account, add), vendor).toMatchObject({ status: 204 });
  expect(await pendingOf(waiting), waiting.title).toBe(count - chunk);
  return { waiting, gate };
}

const gateOf = ({ account, phase }: Waiting, index: number): Gate =>
  holdAt(account.simulation, index, phase, (call) => isAddition(account.subject.vendor, call));

async function pendingOf({ account }: Waiting): Promise<number> {
  // The administrator API's answer, whose shape its own tests hold.
  const { kinds } = (await portico.api("GET", `/connections/${account.name}/pending?kind=membership`)) as {
    kinds: [{ waiting: number; parked: number }];
  };
  const [{ waiting: pending, parked: refused }] = kinds;
  expect(refused).toBe(0);
  return pending;
}

/** Native ids of the members, as the vendor has them. */
function heldBy({ account }: Waiting): string[] {
  const groups = account.subject.native.groups(account.simulation.state as State);
  return groups.find(({ name }) => name === "Crowd")?.memberIds ?? [];
}

async function shownBy({ account, group }: Waiting): Promise<string[]> {
  const { body } = await succeed(account, { method: "GET", path: `/Groups/${group}` });
  return (body.members ?? []).map((one: { value: string }) => one.value).sort();
}

/** Kills the process under all of them, each at its gate. */
async function killAll(all: readonly Waiting[], gates: readonly Gate[]): Promise<void> {
  const reached = Promise.all(gates.map((gate) => gate.reached)).then(() => true);
  expect(await Promise.race([reached, sleep(REACH_MS, false, { ref: false })]), "every outbox is at its gate").toBe(
    true,
  );
  await Promise.all(gates.map((gate) => gate.pass()));
  await portico.kill();
  for (const gate of gates) gate.cut();
  for (const one of all) expectNoneLost(one);
}

/** What the vendor does not have yet still waits. */
function expectNoneLost(waiting: Waiting): void {
  const { account, ids, title } = waiting;
  const rows = portico.query(account, "select key as user from owed where kind = 'membership' and not is_parked");
  const owed = new Set(rows.map(({ user }) => user));
  const held = new Set(heldBy(waiting));
  const lost = [...ids].filter(([native, id]) => !held.has(native) && !owed.has(id));
  expect(lost, `${title}: neither held nor waiting`).toEqual([]);
}

/** Waits until nothing is pending, and looks at every step whether the number is true. */
async function drain(waiting: Waiting): Promise<void> {
  const { ids, chunk, title } = waiting;
  const endsAt = Date.now() + DRAIN_MS;
  for (;;) {
    const before = heldBy(waiting).length;
    const pending = await pendingOf(waiting);
    // A chunk that has arrived is pending until its answer is written down.
    expect(pending, `${title}: pending`).toBeLessThanOrEqual(ids.size - before + chunk);
    expect(pending, `${title}: pending`).toBeGreaterThanOrEqual(ids.size - heldBy(waiting).length);
    if (pending === 0) return;
    if (Date.now() > endsAt) throw new Error(`${title}: ${pending} are still pending`);
    await sleep(100);
  }
}

it("S13 S43: an outbox that is killed at an addition, and again while it recovers, sends each member once, in order", {
  timeout: 300_000,
}, async () => {
  const points = VENDORS.flatMap((vendor, at) =>
    PHASES.filter((_, index) => IS_ALL || index === at % PHASES.length).map((phase) => ({ vendor, phase })),
  ).filter(({ vendor }) => ONLY.length === 0 || ONLY.includes(vendor));
  const held = await inParallel(points, ({ vendor, phase }) => leaveWaiting(vendor, phase));
  const all = held.map(({ waiting }) => waiting);
  await killAll(
    all,
    held.map(({ gate }) => gate),
  );
  const gates = all.map((one) => gateOf(one, 0));
  await portico.restart();
  await inParallel(all, pendingOf);
  await killAll(all, gates);
  await portico.restart();
  await inParallel(all, async (one) => {
    const everybody = [...one.ids.values()].sort();
    expect(await shownBy(one), `${one.title}: shown on the way`).toEqual(everybody);
    await drain(one);
    expect(heldBy(one), `${one.title}: held`).toEqual([...one.ids.keys()]);
    expect(await shownBy(one), `${one.title}: shown`).toEqual(everybody);
  });
});
