// Writes that are killed at a chosen native call, sent again after the restart, and compared with one clean run.

import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Phase } from "../../adapters/simulation.ts";
import { type Answer, ask, insist, succeed, type Write } from "./client.ts";
import { type Gate, holdAt } from "./gate.ts";
import type { Account, Portico } from "./harness.ts";
import type { Kind } from "./kinds.ts";
import { type Held, listAll, type Shown, showScim, showVendor } from "./views.ts";

export const PHASES: readonly Phase[] = ["before", "after", "sent"];

export interface CleanRun {
  vendor: string;
  kind: Kind;
  status: number;
  /** The methods of its native calls, in their order. */
  calls: string[];
  end: End;
}

/** What a write leaves behind. */
interface End {
  vendor: Held;
  scim: Pick<Shown, "users" | "groups">;
  /** The vendor's side when every group has been deleted; only where there are seats. */
  withoutGroups: Held | undefined;
  live: Record<string, unknown>[];
}

export interface KillPoint {
  run: CleanRun;
  index: number;
  phase: Phase;
}

export interface Failure {
  point: string;
  why: string;
}

/** So many accounts are prepared or examined at once. */
const PARALLEL = 8;
const REACH_TIMEOUT_MS = 45_000;
const REST_TIMEOUT_MS = 15_000;
const OLD_ENOUGH_MS = 10 * 60_000;

export const nameOf = ({ run, index, phase }: KillPoint): string =>
  `${run.vendor}: ${run.kind.name}, ${phase} call ${index + 1} of ${run.calls.length} (${run.calls[index]})`;

/** Runs `work` over all items, a few at once. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      // `at` is below the length.
      results[at] = await work(items[at] as T);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}

const lagOf = ({ subject }: Account): number => subject.adapter.quirks.readLagMs?.is ?? 0;

async function prepare(portico: Portico, vendor: string, kind: Kind): Promise<{ account: Account; write: Write }> {
  const account = await portico.open(vendor);
  const write = await kind.prepare(account);
  account.simulation.advance(lagOf(account));
  return { account, write };
}

/** Both states when nothing lags any more. */
async function examine(portico: Portico, account: Account): Promise<End> {
  const lagMs = lagOf(account);
  if (lagMs > 0) await sleep(lagMs + 200);
  const vendor = showVendor(account);
  const { users, groups } = await showScim(account);
  const live = portico.query(account, "select type, count(*) as links from links where state = 'live' group by type");
  let withoutGroups: Held | undefined;
  if (account.subject.adapter.seats) {
    for (const { id } of await listAll(account, "Groups")) {
      await succeed(account, { method: "DELETE", path: `/Groups/${id}` });
    }
    withoutGroups = showVendor(account);
  }
  return { vendor, scim: { users, groups }, withoutGroups, live };
}

/** The write without a kill; undefined where the vendor has no such write. */
export async function runClean(portico: Portico, vendor: string, kind: Kind): Promise<CleanRun | undefined> {
  const { account, write } = await prepare(portico, vendor, kind);
  const calls: string[] = [];
  const stop = account.simulation.watch((call, phase) => {
    if (phase === "before") calls.push(call.method);
  });
  const answer = await insist(account, write);
  stop();
  if (answer.status >= 300) return undefined;
  const left = await waitForRest(portico, account);
  if (left.length > 0) throw new Error(`${vendor}: ${kind.name} without a kill: ${left.join(", ")}`);
  return { vendor, kind, status: answer.status, calls, end: await examine(portico, account) };
}

interface Started {
  point: KillPoint;
  account: Account;
  write: Write;
  gate: Gate;
  first: Promise<Answer | undefined>;
}

/** One kill for many accounts: each is held at its point, then the process dies under all of them. */
export async function killTogether(portico: Portico, points: readonly KillPoint[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  const prepared = await inParallel(points, ({ run }) => prepare(portico, run.vendor, run.kind));
  const started = points.flatMap((point, at): Started[] => {
    const { account, write } = prepared[at] ?? {};
    if (!account || !write) return [];
    const gate = holdAt(account.simulation, point.index, point.phase);
    return [{ point, account, write, gate, first: ask(account, write) }];
  });
  const held = await Promise.all(
    started.map(async (one) => {
      const isReached = await Promise.race([
        one.gate.reached.then(() => true),
        // An answer means that the write has passed its point.
        one.first.then(() => sleep(1_000)).then(() => false),
        sleep(REACH_TIMEOUT_MS, false, { ref: false }),
      ]);
      if (!isReached) failures.push({ point: nameOf(one.point), why: "the write never came to this call" });
      return isReached;
    }),
  );
  await Promise.all(started.filter((_, at) => held[at]).map((one) => one.gate.pass()));
  await portico.kill();
  for (const one of started) one.gate.cut();
  const firsts = await Promise.all(started.map((one) => one.first));
  await portico.restart();
  const found = await inParallel(started, async (one) => {
    const at = started.indexOf(one);
    try {
      return await retryAndCompare(portico, one, firsts[at]);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
  for (const [at, whys] of found.entries()) {
    const one = started[at];
    if (one && held[at]) for (const why of whys) failures.push({ point: nameOf(one.point), why });
  }
  return failures;
}

async function retryAndCompare(portico: Portico, one: Started, first: Answer | undefined): Promise<string[]> {
  const { point, account, write } = one;
  const whys: string[] = [];
  const isTold = first !== undefined && first.status < 300;
  const answer = isTold ? first : await insist(account, write);
  if (!isExpected(point, write, answer)) {
    whys.push(`the retry was answered ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 300)}`);
  }
  whys.push(...(await waitForRest(portico, account)));
  return [...whys, ...compare(point.run.end, await examine(portico, account))];
}

/** Lets the alarm do what is due; what is left after that. */
async function waitForRest(portico: Portico, account: Account): Promise<string[]> {
  const endsAt = Date.now() + REST_TIMEOUT_MS;
  for (;;) {
    const left = portico.query(
      account,
      "select kind as left from intents where state = 'open' union all select 'seat due' from links where is_seat_due = 1",
    );
    if (left.length === 0) return [];
    if (Date.now() > endsAt) return [`left open: ${left.map((row) => row.left).join(", ")}`];
    await sleep(100);
  }
}

/** As the clean run's; after a lost answer a deletion may find nobody, and a creation what it had made. */
function isExpected({ run, index, phase }: KillPoint, { method }: Write, { status }: Answer): boolean {
  if (status === run.status) return true;
  if (method === "DELETE") return status === 404;
  return method === "POST" && status === 409 && phase === "sent" && index === run.calls.length - 1;
}

function compare(expected: End, found: End): string[] {
  return (["vendor", "scim", "withoutGroups", "live"] as const).flatMap((side) =>
    isDeepStrictEqual(found[side], expected[side])
      ? []
      : [`${side} differs: ${different(expected[side], found[side])}`],
  );
}

/** The innermost difference. */
function different(clean: unknown, killed: unknown): string {
  if (typeof clean === "object" && clean !== null && typeof killed === "object" && killed !== null) {
    const [a, b] = [Object.entries(clean), new Map(Object.entries(killed))];
    const at = a.filter(([key, value]) => !isDeepStrictEqual(value, b.get(key)));
    if (a.length === b.size && at.length > 0 && at.every(([key]) => b.has(key))) {
      return at.map(([key, value]) => `${key}: ${different(value, b.get(key))}`).join("; ");
    }
  }
  return `clean ${JSON.stringify(clean)}, killed ${JSON.stringify(killed)}`;
}

/** The same kill, but nobody comes back: by itself Portico ends with both sides equal. */
export async function killAndAbandon(portico: Portico, points: readonly KillPoint[]): Promise<Failure[]> {
  const prepared = await inParallel(points, ({ run }) => prepare(portico, run.vendor, run.kind));
  const started = points.flatMap((point, at): Started[] => {
    const { account, write } = prepared[at] ?? {};
    if (!account || !write) return [];
    const gate = holdAt(account.simulation, point.index, point.phase);
    return [{ point, account, write, gate, first: ask(account, write) }];
  });
  await Promise.all(
    started.map((one) =>
      Promise.race([one.gate.reached, one.first, sleep(REACH_TIMEOUT_MS, undefined, { ref: false })]),
    ),
  );
  await Promise.all(started.map((one) => Promise.race([one.gate.pass(), sleep(1_000)])));
  await portico.kill();
  for (const one of started) one.gate.cut();
  await Promise.all(started.map((one) => one.first));
  portico.passTime(OLD_ENOUGH_MS);
  for (const { account } of started) account.simulation.advance(OLD_ENOUGH_MS);
  await portico.restart();
  const found = await inParallel(started, async ({ account, point }) => {
    // Any request wakes the object, whose alarm then does what is due.
    await succeed(account, { method: "GET", path: "/ServiceProviderConfig" });
    const left = await waitForRest(portico, account);
    const whys = await disagreements(account).catch((error: Error) => [error.message]);
    return [...left, ...whys].map((why) => ({ point: `${nameOf(point)}, abandoned`, why }));
  });
  return found.flat();
}

/** Where Portico shows something else than the vendor holds. */
async function disagreements(account: Account): Promise<string[]> {
  const lagMs = lagOf(account);
  if (lagMs > 0) await sleep(lagMs + 200);
  const shown = await showScim(account);
  const held = showVendor(account);
  return differences(account, shown, held);
}

type Person = { userName?: string; active?: boolean; emails?: { type?: string; value?: string }[] };

/** Users and memberships on both sides; a hidden account must be off, in no group and without a seat. */
export function differences(account: Account, shown: Pick<Shown, "users" | "groups">, held: Held): string[] {
  const { subject } = account;
  const whys: string[] = [];
  const byKey = new Map<string, Person>();
  const keys = new Map<string, string>();
  for (const [name, person] of Object.entries(shown.users) as [string, Person][]) {
    const mail = person.emails?.find((one) => one.type === "work")?.value;
    const key = String(subject.adapter.userNameIs ? (mail ?? name) : name).toLowerCase();
    byKey.set(key, person);
    keys.set(name, key);
  }
  const seen = new Set<string>();
  const none = subject.native.seatGroups?.none;
  for (const user of held.users as { key: string; active: boolean; seat?: string }[]) {
    const person = byKey.get(user.key);
    if (seen.has(user.key)) whys.push(`the vendor holds ${user.key} twice`);
    seen.add(user.key);
    if (person) {
      if ((person.active ?? true) !== user.active)
        whys.push(`${user.key}: shown ${person.active}, held ${user.active}`);
    } else {
      const groups = held.groups.filter((group) => group.members.includes(user.key)).map((group) => group.name);
      if (user.active) whys.push(`${user.key} is active at the vendor and not shown`);
      if (groups.length > 0) whys.push(`${user.key} is not shown and still in ${groups.join(", ")}`);
      if (none !== undefined && user.seat !== none) whys.push(`${user.key} is not shown and has seat ${user.seat}`);
    }
  }
  for (const key of account.residents) byKey.delete(key);
  for (const key of byKey.keys()) if (!seen.has(key)) whys.push(`${key} is shown and not at the vendor`);
  const heldGroups = new Map(held.groups.map((group) => [group.name.toLowerCase(), group.members]));
  for (const [name, group] of Object.entries(shown.groups) as [string, { members?: { value: string }[] }][]) {
    const members = (group.members ?? []).map(({ value }) => keys.get(value) ?? value).sort();
    const native = heldGroups.get(name);
    if (!native) whys.push(`group ${name} is shown and not at the vendor`);
    else if (!isDeepStrictEqual(members, native)) whys.push(`group ${name}: shown ${members}, held ${native}`);
    heldGroups.delete(name);
  }
  for (const name of heldGroups.keys()) whys.push(`group ${name} is at the vendor and not shown`);
  return whys;
}
