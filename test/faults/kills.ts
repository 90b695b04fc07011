// One clean run of a write, and what a killed one has left differently on either side.

import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Phase } from "../../adapters/simulation.ts";
import { insist, succeed, type Write } from "./client.ts";
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

/** So many accounts are prepared or examined at once. */
const PARALLEL = 20;
const REST_TIMEOUT_MS = 45_000;

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

const lagOf = ({ subject }: Account): number => subject.transport.readLagMs ?? 0;

export async function prepare(
  portico: Portico,
  vendor: string,
  kind: Kind,
): Promise<{ account: Account; write: Write }> {
  const account = await portico.open(vendor);
  const write = await kind.prepare(account);
  account.simulation.advance(lagOf(account));
  return { account, write };
}

/** Both states when nothing lags any more. */
export async function examine(portico: Portico, account: Account): Promise<End> {
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

/** Lets the alarm do what is due; what is left after that. */
export async function waitForRest(
  portico: Portico,
  account: Account,
  withinMs: number = REST_TIMEOUT_MS,
): Promise<string[]> {
  const endsAt = Date.now() + withinMs;
  for (;;) {
    // A licence whose call may still act is set once more when it no longer can, which is later than this waits.
    const left = portico.query(
      account,
      `select kind as left, acts_until as actsUntil from intents
       where state = 'open' and not (kind = 'user.seat' and acts_until > ${Date.now()})
       union all select kind, 0 from owed where due_at is not null and not is_parked`,
    );
    if (left.length === 0) return [];
    // What a call may still do at the end of the wait is in doubt until then, and open with good reason [S46].
    const stuck = left.filter(({ actsUntil }) => Number(actsUntil) <= Date.now());
    if (Date.now() > endsAt) {
      return stuck.length === 0 ? [] : [`left open: ${stuck.map((row) => row.left).join(", ")}`];
    }
    await sleep(100);
  }
}

export function compare(expected: End, found: End): string[] {
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

/** Where Portico shows something else than the vendor holds. */
export async function disagreements(account: Account): Promise<string[]> {
  const lagMs = lagOf(account);
  if (lagMs > 0) await sleep(lagMs + 200);
  const shown = await showScim(account);
  const held = showVendor(account);
  return differences(account, shown, held);
}

type Person = { userName?: string; active?: boolean; emails?: { type?: string; value?: string }[] };

/** Users and memberships on both sides; a hidden account must be off, in no group and without a seat. */
function differences(account: Account, shown: Pick<Shown, "users" | "groups">, held: Held): string[] {
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
  const waiting = new Set<string>();
  for (const [key, { active }] of byKey) {
    if (seen.has(key)) continue;
    // Who is inactive may wait for an account where the vendor invites [S56].
    if (subject.adapter.user.invites && active === false) waiting.add(key);
    else whys.push(`${key} is shown and not at the vendor`);
  }
  const heldGroups = new Map(held.groups.map((group) => [group.name.toLowerCase(), group.members]));
  for (const [name, group] of Object.entries(shown.groups) as [string, { members?: { value: string }[] }][]) {
    const members = (group.members ?? []).flatMap(({ value }) => {
      const key = keys.get(value) ?? value;
      return waiting.has(key) ? [] : [key];
    });
    members.sort();
    const native = heldGroups.get(name);
    if (!native) whys.push(`group ${name} is shown and not at the vendor`);
    else if (!isDeepStrictEqual(members, native)) whys.push(`group ${name}: shown ${members}, held ${native}`);
    heldGroups.delete(name);
  }
  for (const name of heldGroups.keys()) whys.push(`group ${name} is at the vendor and not shown`);
  return whys;
}
