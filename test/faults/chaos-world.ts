// The world of one chaos run: what its clients know together, its figures, and the differences that it has found.

import { setTimeout as sleep } from "node:timers/promises";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import type { Simulation } from "../../adapters/simulation.ts";
import { personOf } from "../suite/subject.ts";
import type { KnownGroup, KnownUser, Line } from "./chaos-model.ts";
import type { Account, Portico } from "./harness.ts";

export interface Counts {
  /** What clients wanted to do, and what they sent for it. */
  operations: number;
  requests: number;
  givenUp: number;
  refused: number;
  /** Reads whose answer was compared with what had been told. */
  looks: number;
  kills: Record<string, number>;
  /** By the administrator. */
  orders: Record<string, number>;
  faults: Record<string, number>;
  /** Most membership changes that waited in the outbox at once. */
  outbox: number;
}

export interface World {
  portico: Portico;
  account: Account;
  users: KnownUser[];
  groups: KnownGroup[];
  /** Kills, pauses and the like. */
  events: Line[];
  /** The storm is over: no client gives up any more. */
  isQuiet: boolean;
  /** When the vendor may become slow next; infinite while it is, and nothing is killed so that time runs out. */
  slowFrom: number;
  count: Counts;
  differences: string[];
  /** The next free number for a person or group. */
  next(): number;
  /** Changes the vendor's state while no call of its API is at work on it. */
  whileVendorRests(work: () => void): Promise<void>;
}

/** Lines of a subject's history that a difference shows. */
const SHOWN_LINES = 40;
const SHOWN_READS = 6;

export function createWorld(portico: Portico, account: Account): World {
  let number = 0;
  return {
    portico,
    account,
    users: [],
    groups: [],
    events: [],
    isQuiet: false,
    // Where one call holds up all others, a slow vendor is one that stands still.
    slowFrom: account.subject.transport.limits?.concurrency === 1 ? Number.MAX_SAFE_INTEGER : 0,
    count: {
      operations: 0,
      requests: 0,
      givenUp: 0,
      refused: 0,
      looks: 0,
      kills: {},
      orders: {},
      faults: {},
      outbox: 0,
    },
    differences: [],
    next: () => ++number,
    whileVendorRests: createRest(account.simulation),
  };
}

export const addTo = (counts: Record<string, number>, name: string, more = 1): void => {
  counts[name] = (counts[name] ?? 0) + more;
};

export const note = (lines: Line[], text: string): void => {
  lines.push({ at: Date.now(), text });
};

interface Subject {
  n: number;
  id: string | undefined;
  history: Line[];
}

/** Keeps a difference with the history of its subjects: what clients were told, and what happened in between. */
export function report(world: World, why: string, ...subjects: (Subject | undefined)[]): void {
  // Reads show a lasting difference again and again.
  if (world.differences.some((one) => one === why || one.startsWith(`${why}\n`))) return;
  const lines = subjects.flatMap((subject) => {
    const mine = subject?.history.slice(-SHOWN_LINES) ?? [];
    const first = mine[0]?.at ?? Date.now();
    const known = [...mine, ...tracesOf(world, subject?.id, first)];
    return subjects.length > 1 ? known.map(({ at, text }) => ({ at, text: `${subject?.n}: ${text}` })) : known;
  });
  const first = Math.min(...lines.map(({ at }) => at));
  const now = subjects.map((subject) => ({ at: Date.now(), text: `compared; ${keptOf(world, subject?.id)}` }));
  const all = [...lines, ...world.events.filter(({ at }) => at >= first), ...now].sort((a, b) => a.at - b.at);
  const shown = all.map(({ at, text }) => `      ${new Date(at).toISOString().slice(11, 23)} ${text}`);
  world.differences.push([why, ...shown].join("\n"));
}

const isId = (id: string | undefined): id is string => id !== undefined && /^[\w-]+$/.test(id);

/** What Portico noted of the requests on one resource: all that write, and the last reads. */
function tracesOf({ portico, account }: World, id: string | undefined, from: number): Line[] {
  if (!isId(id)) return [];
  const rows = ["<>", "="].flatMap((isRead) =>
    portico.query(
      account,
      `select at, ms, method, status, notes, calls from traces where link_id = '${id}' and at >= ${from}
       and method ${isRead} 'GET' order by at desc limit ${isRead === "=" ? SHOWN_READS : SHOWN_LINES}`,
    ),
  );
  return rows.map((row) => ({
    at: Number(row.at),
    text: `  portico ${row.method} → ${row.status} in ${row.ms} ms ${String(row.notes)} ${callsIn(row.calls)}`,
  }));
}

/** What Portico keeps of a resource that may show other values than the product has. */
function keptOf({ portico, account }: World, id: string | undefined): string {
  if (!isId(id)) return "no id";
  const kept = ["intents", "doubts", "overlays", "owed"].map(
    (table) => `${table} ${JSON.stringify(portico.query(account, `select * from ${table} where link_id = '${id}'`))}`,
  );
  return kept.join(", ");
}

function callsIn(text: unknown): string {
  const calls: { method: string; path: string; status?: number; fault?: string }[] = JSON.parse(String(text));
  return calls.map((call) => `[${call.method} ${call.path} ${call.fault ?? call.status ?? "?"}]`).join(" ");
}

/** A state that is replaced under a call at work would lose what the call does. */
function createRest(simulation: Simulation): World["whileVendorRests"] {
  const working = new Set<Readonly<RecordedCall>>();
  let closed: Promise<void> | undefined;
  simulation.watch(async (call, phase) => {
    if (phase === "before") {
      while (closed) await closed;
      working.add(call);
    } else working.delete(call);
  });
  const isAtWork = () => [...working].some((call) => call.ms === null);
  return async (work) => {
    while (closed) await closed;
    const opened = Promise.withResolvers<void>();
    closed = opened.promise;
    while (isAtWork()) await sleep(5);
    work();
    closed = undefined;
    working.clear();
    opened.resolve();
  };
}

/** Every invited user accepts. */
export async function accept(world: World, users: readonly KnownUser[]): Promise<void> {
  const { simulation, subject } = world.account;
  const { accept: acceptBy } = subject.native;
  if (!acceptBy) return;
  await world.whileVendorRests(() => {
    for (const { n } of users) {
      for (const edition of [0, 1] as const) {
        // A simulator's state is JSON that its own schema has checked.
        const state = simulation.state as Record<string, unknown>;
        simulation.seed(acceptBy(state, personOf(subject, n, edition).key));
      }
    }
  });
}
