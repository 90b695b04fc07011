// SIGKILL while the alarm fills the groups of Portico's own: each group is made once, and everybody is in theirs [S52] [S43].

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { State } from "../../adapters/native-view.ts";
import type { Phase } from "../../adapters/simulation.ts";
import { succeed } from "./client.ts";
import { type Gate, holdAt } from "./gate.ts";
import { type Account, type Portico, startPortico } from "./harness.ts";
import { inParallel, PHASES } from "./kills.ts";
import { addUser, patch } from "./kinds.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/** Keepnet's calls, each of which a placement waits for: a group is made, people join it, people leave it. */
const CALLS = [
  { method: "POST", path: /^\/api\/target-groups$/ },
  { method: "PUT", path: /^\/api\/target-groups\/users$/ },
  { method: "DELETE", path: /^\/api\/target-groups\/[^/]+\/users$/ },
] as const;
type Call = (typeof CALLS)[number];
const LEAVE: Call = CALLS[2];
const PEOPLE = [1, 2, 3];
const REACH_MS = 60_000;
/** How long Portico is down: so long that no earlier call can still act. */
const OLD_ENOUGH_MS = 20 * 60_000;
const PLACED_MS = 90_000;

let portico: Portico;
beforeAll(async () => {
  portico = await startPortico();
});
afterAll(async () => {
  await portico?.close();
});

interface Held {
  title: string;
  account: Account;
  call: Call;
  phase: Phase;
}
interface Filled extends Held {
  gate: Gate;
}

const gateOf = ({ account, phase, call }: Held): Gate =>
  holdAt(account.simulation, 0, phase, ({ method, path }) => method === call.method && call.path.test(path));

/** How many places are owed. */
const owedBy = (account: Account): number =>
  portico.query(account, "select link_id from owed where kind = 'placement'").length;

// A simulator's state is JSON that its own schema has checked.
const stateOf = ({ simulation }: Account) => simulation.state as State;
const people = (account: Account): string[] =>
  account.subject.native
    .users(stateOf(account))
    .map(({ key }) => key)
    .sort();

/** Each group at Keepnet with its members, a line for each. */
function groupsAt(account: Account): string[] {
  const { native } = account.subject;
  const keys = new Map(native.users(stateOf(account)).map(({ id, key }) => [id, key]));
  const lines = native.groups(stateOf(account)).map(({ name, memberIds }) => {
    const members = memberIds.map((id) => keys.get(id) ?? id).sort();
    return [`${name}:`, ...members].join(" ");
  });
  return lines.sort();
}

async function untilPlaced({ account, title }: Held): Promise<void> {
  for (const endsAt = Date.now() + PLACED_MS; owedBy(account) > 0; await sleep(100)) {
    if (Date.now() > endsAt) throw new Error(`${title}: ${owedBy(account)} places are still owed`);
  }
}

/** The alarm is held at its first call of a kind. That people leave a group is what a change of the department brings. */
async function leaveOwed(call: Call, phase: Phase): Promise<Filled> {
  const account = await portico.open("keepnet");
  const settings = { targetGroup: "Everybody", groupBy: "department" };
  await portico.api("PATCH", `/connections/${account.name}`, { settings, test: false });
  const filled = { title: `${call.method}, ${phase}`, account, call, phase };
  const early = call === LEAVE ? undefined : gateOf(filled);
  const ids: string[] = [];
  for (const n of PEOPLE) ids.push(await addUser(account, n, { [ENTERPRISE]: { department: "Sales" } }));
  if (early) return { ...filled, gate: early };
  await untilPlaced(filled);
  const gate = gateOf(filled);
  for (const id of ids) {
    await succeed(account, patch(`/Users/${id}`, { op: "replace", path: `${ENTERPRISE}:department`, value: "Legal" }));
  }
  return { ...filled, gate };
}

/** Kills the process under all of them, each at its gate; when it starts again, no earlier call can act any more. */
async function killAll(all: readonly Filled[]): Promise<void> {
  const reached = Promise.all(all.map(({ gate }) => gate.reached)).then(() => true);
  expect(await Promise.race([reached, sleep(REACH_MS, false, { ref: false })]), "every alarm is at its gate").toBe(
    true,
  );
  await Promise.all(all.map(({ gate }) => gate.pass()));
  await portico.kill();
  for (const { gate } of all) gate.cut();
  for (const { account, title } of all) expect(owedBy(account), `${title}: still owed`).not.toBe(0);
  portico.passTime(OLD_ENOUGH_MS);
}

it("S52 S43: a placement that is killed at a call to the product, and again while it recovers, is done once", {
  timeout: 300_000,
}, async () => {
  const points = CALLS.flatMap((call) => PHASES.map((phase) => ({ call, phase })));
  const all = await inParallel(points, ({ call, phase }) => leaveOwed(call, phase));
  await killAll(all);
  // Each has two groups to make and to join, and one to leave: that call may be over.
  const again = all.filter(({ call }) => call !== LEAVE).map((one) => ({ ...one, gate: gateOf(one) }));
  await portico.restart();
  await killAll(again);
  await portico.restart();
  await inParallel(all, async (one) => {
    await untilPlaced(one);
    const everybody = people(one.account).join(" ");
    const ofDepartment = one.call === LEAVE ? [`Legal: ${everybody}`, "Sales:"] : [`Sales: ${everybody}`];
    expect(groupsAt(one.account), one.title).toEqual([`Everybody: ${everybody}`, ...ofDepartment]);
  });
});
