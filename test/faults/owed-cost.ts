// `node test/faults/owed-cost.ts`: what a group of 10,000 members costs on each vendor with groups, added in PATCHes of 1,000 by one client, on loopback.

import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import type { State } from "../../adapters/native-view.ts";
import { isAddition, noRoomAfter } from "../suite/additions.ts";
import { subjectOf } from "../suite/subject.ts";
import { ask } from "./client.ts";
import { crowdOf, linkIds } from "./crowd.ts";
import { type Account, type Portico, startPortico } from "./harness.ts";
import { addGroup, members, patch, plainGroup } from "./kinds.ts";

const MEMBERS = Number(process.env.MEMBERS ?? 10_000);
const TOGETHER = 1_000;
const VENDORS = (process.env.VENDORS ?? "keeper,keepnet,klaxoon,kpifire,redmine,rest").split(",");
const MAX_WAIT_MS = 20 * 60_000;
const POLL_MS = 250;

/** How the vendor takes additions: as fast as it does, or with no room after the first call of every PATCH. */
type Pace = "free" | "busy";
const PACES = (process.env.ROOM ?? "free,busy").split(",").map((room): Pace => (room === "busy" ? room : "free"));

const table = new Table({
  head: [
    "vendor",
    "room",
    "PATCHes answered",
    "ms, median",
    "ms, longest",
    "native calls",
    "additions",
    "calls in a second, at most",
    "most pending",
    "seconds until all were there",
    "members at the vendor",
  ],
  style: { head: [], border: [] },
});

const portico = await startPortico();
try {
  for (const vendor of VENDORS) for (const pace of PACES) await measure(portico, vendor, pace);
  process.stdout.write(`${table.toString()}\n`);
} catch (error) {
  // The exit below would swallow it.
  process.stderr.write(`${error instanceof Error ? `${error.message} ${error.cause ?? ""}` : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await portico.close();
  process.exit();
}

async function measure(host: Portico, vendor: string, pace: Pace): Promise<void> {
  const subject = subjectOf(vendor);
  const account = await host.open(vendor, crowdOf(subject, MEMBERS), MAX_WAIT_MS);
  const links = linkIds(host, account, "User");
  // A simulator's state is JSON that its own schema has checked.
  const people = subject.native.users(account.simulation.state as State);
  const ids = people.flatMap((user) => links.get(user.id) ?? []);
  if (ids.length !== MEMBERS) throw new Error(`${vendor}: ${ids.length} of ${MEMBERS} users are indexed`);
  const group = await addGroup(account, plainGroup(subject, "Crowd"));
  const pending = watchPending(host, account);
  const calls = watchCalls(account);
  const answers: { status: number; ms: number }[] = [];
  const begun = Date.now();
  for (let at = 0; at < ids.length; at += TOGETHER) {
    if (pace === "busy") account.simulation.inject(noRoomAfter(vendor, 1));
    await send(account, group, ids.slice(at, at + TOGETHER), answers);
  }
  const most = await pending.end();
  const seconds = (Date.now() - begun) / 1_000;
  const seen = calls.end();
  const held = heldBy(account);
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const statuses = Map.groupBy(answers, ({ status }) => status);
  const row = [
    ...[vendor, pace, [...statuses].map(([status, all]) => `${all.length} × ${status}`).join(", ")],
    ...[times[Math.floor(times.length / 2)] ?? 0, times.at(-1) ?? 0, seen.total, seen.additions, seen.mostInASecond],
    ...[most, seconds.toFixed(1), new Set(held).size === held.length ? held.length : `${held.length}, some twice`],
  ];
  table.push(row);
  process.stdout.write(`${row.join(" | ")}\n`);
  if (new Set(held).size !== MEMBERS || held.length !== MEMBERS) process.exitCode = 1;
}

/** As an identity provider: what is not answered for good is sent again when the answer says. */
async function send(account: Account, group: string, ids: string[], answers: { status: number; ms: number }[]) {
  const write = patch(`/Groups/${group}`, { op: "add", path: "members", value: members(...ids) });
  const endsAt = Date.now() + MAX_WAIT_MS;
  while (Date.now() < endsAt) {
    const sentAt = Date.now();
    const answer = await ask(account, write);
    answers.push({ status: answer?.status ?? 0, ms: Date.now() - sentAt });
    if (answer && answer.status < 300) return;
    if (answer && answer.status < 500 && answer.status !== 429) throw new Error(JSON.stringify(answer));
    await sleep((answer?.retryAfter ?? 1) * 1_000);
  }
  throw new Error(`${account.name}: a PATCH has no success within ${MAX_WAIT_MS / 1_000} s`);
}

function heldBy({ subject, simulation }: Account): string[] {
  const groups = subject.native.groups(simulation.state as State);
  return groups.find(({ name }) => name === "Crowd")?.memberIds ?? [];
}

/** Looks at what is owed all the time; `end` waits until it is nothing and says how much was in it at most. */
function watchPending(host: Portico, account: Account): { end(): Promise<number> } {
  let most = 0;
  const look = async (): Promise<number> => {
    // The administrator API's answer, whose shape its own tests hold.
    const { kinds } = (await host.api("GET", `/connections/${account.name}/pending?kind=membership`)) as {
      kinds: [{ waiting: number; parked: number }];
    };
    const [{ waiting: pending, parked: refused }] = kinds;
    if (refused > 0) throw new Error(`${account.name}: ${refused} changes are parked`);
    most = Math.max(most, pending);
    return pending;
  };
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      await look();
      await sleep(POLL_MS);
    }
  })();
  return {
    async end() {
      isOver = true;
      await looking;
      const endsAt = Date.now() + MAX_WAIT_MS;
      while ((await look()) > 0) {
        if (Date.now() > endsAt) throw new Error(`${account.name}: something is still owed`);
        await sleep(POLL_MS);
      }
      return most;
    },
  };
}

function watchCalls({ simulation, subject }: Account) {
  const times: number[] = [];
  let additions = 0;
  const stop = simulation.watch((call, phase) => {
    if (phase !== "before") return;
    times.push(Date.now());
    if (isAddition(subject.vendor, call)) additions += 1;
  });
  return {
    end() {
      stop();
      let from = 0;
      let mostInASecond = 0;
      for (const [at, time] of times.entries()) {
        while (time - (times[from] ?? 0) >= 1_000) from += 1;
        mostInASecond = Math.max(mostInASecond, at - from + 1);
      }
      return { total: times.length, additions, mostInASecond };
    },
  };
}
