// The account of one simulated cycle: per step what was asked, how it was answered, and every deviation by name.

import type { Answer, Wait } from "./client.ts";

/** What the simulator plays: requests of [A2], which other clients send too, and rules about what lies behind them. */
const STEPS = {
  E1: "test connection",
  E2: "match user",
  E3: "create user",
  E4: "read user",
  E5: "update user, default form",
  E6: "update user, flagged form",
  E7: "disable user",
  E8: "restore user",
  E9: "delete user",
  E10: "manager",
  E13: "clear values",
  E14: "match group",
  E15: "create group",
  E16: "read group",
  E17: "membership check",
  E18: "rename group",
  E19: "add members",
  E20: "remove members",
  E21: "delete group",
  E22: "discovery",
  E23: "list pages",
  C32: "replace by PUT",
  S1: "active under other URNs",
  S9: "new user, former name",
  S14: "groups of leavers",
  S45: "soft-delete name",
  S48: "deactivation in trouble",
} as const;

export type StepId = keyof typeof STEPS;

export interface Deviation {
  step: StepId;
  /** Method and path with its query, of the request that showed it. */
  request: string;
  requestId: string | undefined;
  expected: string;
  got: string;
}

export interface StepRow {
  step: StepId;
  name: string;
  asked: number;
  /** How often each status came; 0 means no answer. */
  statuses: Record<string, number>;
  rereads: number;
  rereadsOk: number;
  deviations: number;
  p50Ms: number;
  p95Ms: number;
  /** Per method, of those answers that carried the figure. */
  nativeCalls: { method: string; average: number; max: number }[];
}

interface Account {
  answers: Pick<Answer, "method" | "status" | "ms" | "nativeCalls">[];
  rereads: number;
  rereadsOk: number;
  deviations: number;
}

/** Characters of one shown value; a server's answer can be long. */
const MAX_SHOWN = 200;

export interface Ledger {
  readonly deviations: readonly Deviation[];
  readonly waits: { throttled: number; unavailable: number; seconds: number };
  /** How many answers were noted. */
  requests(): number;
  note(step: StepId, answer: Answer): void;
  reread(step: StepId, ok: boolean): void;
  deviate(step: StepId, answer: Answer, expected: string, got: unknown): void;
  wait(wait: Wait): void;
  /** The steps that were played, in the order of the catalogue. */
  rows(): StepRow[];
}

export function createLedger(): Ledger {
  const deviations: Deviation[] = [];
  const waits = { throttled: 0, unavailable: 0, seconds: 0 };
  const accounts = new Map<StepId, Account>();

  function open(step: StepId): Account {
    const found = accounts.get(step) ?? { answers: [], rereads: 0, rereadsOk: 0, deviations: 0 };
    accounts.set(step, found);
    return found;
  }

  return {
    deviations,
    waits,
    requests: () => [...accounts.values()].reduce((sum, account) => sum + account.answers.length, 0),
    note(step, { method, status, ms, nativeCalls }) {
      open(step).answers.push({ method, status, ms, nativeCalls });
    },
    reread(step, ok) {
      const account = open(step);
      account.rereads += 1;
      if (ok) account.rereadsOk += 1;
    },
    deviate(step, answer, expected, got) {
      open(step).deviations += 1;
      const request = shorten(`${answer.method} ${safeDecode(answer.target)}`);
      deviations.push({ step, request, requestId: answer.requestId, expected, got: show(got) });
    },
    wait({ status, seconds }) {
      if (status === 429) waits.throttled += 1;
      else waits.unavailable += 1;
      waits.seconds += seconds;
    },
    rows() {
      const steps = Object.keys(STEPS).filter(isStep);
      return steps.flatMap((step) => {
        const account = accounts.get(step);
        return account ? [toRow(step, account)] : [];
      });
    },
  };
}

function isStep(text: string): text is StepId {
  return Object.hasOwn(STEPS, text);
}

function toRow(step: StepId, account: Account): StepRow {
  const statuses: Record<string, number> = {};
  for (const { status } of account.answers) statuses[status] = (statuses[status] ?? 0) + 1;
  const times = account.answers.map((each) => each.ms).sort((a, b) => a - b);
  return {
    step,
    name: STEPS[step],
    asked: account.answers.length,
    statuses,
    rereads: account.rereads,
    rereadsOk: account.rereadsOk,
    deviations: account.deviations,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    nativeCalls: countNativeCalls(account),
  };
}

// A step's query and its write cost differently, so they are not averaged together.
function countNativeCalls({ answers }: Account): StepRow["nativeCalls"] {
  const counts = new Map<string, number[]>();
  for (const { method, nativeCalls } of answers) {
    if (nativeCalls === undefined) continue;
    const calls = counts.get(method) ?? [];
    calls.push(nativeCalls);
    counts.set(method, calls);
  }
  return [...counts].map(([method, calls]) => ({
    method,
    average: Math.round((calls.reduce((sum, each) => sum + each, 0) / calls.length) * 100) / 100,
    max: calls.reduce((most, each) => Math.max(most, each), 0),
  }));
}

function percentile(sorted: readonly number[], share: number): number {
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return Math.round((found ?? 0) * 10) / 10;
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  return shorten(typeof value === "string" ? value : JSON.stringify(value));
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function safeDecode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
