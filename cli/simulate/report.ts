// The end of a run: one value for `--json`, and the same as tables and sentences for people.

import { formatTable } from "../print.ts";
import { toPrintable } from "../terminal.ts";
import type { CleanUp } from "./clean-up.ts";
import type { Conversation, Plan } from "./conversation.ts";
import type { Deviation, StepRow } from "./ledger.ts";

/** Deviations that are listed, at most, and of one kind, at most; the count is always whole. */
const MAX_LISTED = 50;
const MAX_OF_A_KIND = 3;

export interface Report {
  client: Plan["client"];
  variant: string;
  flag: boolean;
  seed: number;
  prefix: string;
  users: number;
  groups: number;
  seconds: number;
  requests: number;
  requestsPerSecond: number;
  waits: { throttled: number; unavailable: number; seconds: number };
  steps: StepRow[];
  notHeld: string[];
  notExercised: string[];
  deviationCount: number;
  deviations: Deviation[];
  cleanUp?: CleanUp;
}

export function createReport(conversation: Conversation, seconds: number, cleanUp: CleanUp | undefined): Report {
  const { plan, ledger } = conversation;
  const requests = ledger.requests();
  return {
    client: plan.client,
    variant: plan.variant,
    flag: plan.flag,
    seed: plan.seed,
    prefix: plan.prefix,
    users: conversation.people.length,
    groups: conversation.groups.length,
    seconds: round(seconds),
    requests,
    requestsPerSecond: round(requests / Math.max(seconds, 0.001)),
    waits: { ...ledger.waits, seconds: round(ledger.waits.seconds) },
    steps: ledger.rows(),
    notHeld: [...conversation.notHeld].sort(),
    notExercised: [...conversation.notExercised].sort(),
    deviationCount: ledger.deviations.length,
    deviations: listExamples(ledger.deviations),
    ...(cleanUp ? { cleanUp } : {}),
  };
}

// One lost attribute deviates once per user: a few examples of each kind, so that the other kinds are seen.
function listExamples(deviations: readonly Deviation[]): Deviation[] {
  const seen = new Map<string, number>();
  const examples = deviations.filter(({ step, expected }) => {
    const kind = `${step} ${expected.split(" = ")[0]?.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "#")}`;
    const times = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, times);
    return times <= MAX_OF_A_KIND;
  });
  return examples.slice(0, MAX_LISTED);
}

export function formatReport(report: Report): string {
  const lines = [formatSteps(report.steps), ""];
  lines.push(
    `${report.requests} requests in ${report.seconds} s (${report.requestsPerSecond}/s); ${report.users} users, ${report.groups} groups, ${report.variant}, seed ${report.seed}`,
  );
  const { throttled, unavailable, seconds } = report.waits;
  if (throttled + unavailable > 0) {
    lines.push(`Waited ${seconds} s in all: ${throttled} times for 429, ${unavailable} times for 503.`);
  }
  lines.push(...formatItems("Not held by the server (sent, accepted, not compared)", report.notHeld));
  lines.push(...formatItems("Not exercised", report.notExercised));
  lines.push(...formatCleanUp(report));
  lines.push("", ...formatDeviations(report));
  return toLines(lines);
}

function formatSteps(steps: readonly StepRow[]): string {
  const head = [
    "step",
    "",
    "asked",
    "answered",
    "re-read ok",
    "deviations",
    "p50 ms",
    "p95 ms",
    "native calls avg / max",
  ];
  const rows = steps.map((row) => [
    row.step,
    row.name,
    row.asked,
    Object.entries(row.statuses)
      .map(([status, times]) => `${status === "0" ? "none" : status}×${times}`)
      .join(" "),
    row.rereads > 0 ? `${row.rereadsOk}/${row.rereads}` : "",
    row.deviations,
    row.p50Ms,
    row.p95Ms,
    row.nativeCalls.map(({ method, average, max }) => `${method} ${average} / ${max}`).join(", "),
  ]);
  return formatTable(head, rows, "nothing was asked");
}

function formatItems(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ["", `${title}:`, ...items.map((item) => `  ${item}`)];
}

function formatCleanUp({ cleanUp }: Report): string[] {
  if (!cleanUp) return ["", "What the run made was kept."];
  if (cleanUp.left.length === 0) return ["", `Cleaned up: ${cleanUp.deleted} deleted.`];
  return [
    "",
    `Clean-up: ${cleanUp.deleted} deleted, ${cleanUp.left.length} left (${cleanUp.reason}); no deviation, the server may hold removals back.`,
  ];
}

function formatDeviations({ deviationCount, deviations }: Report): string[] {
  const lines = deviations.flatMap((each) => [
    `${each.step}  ${each.request}${each.requestId ? `  [request ${each.requestId}]` : ""}`,
    `    expected ${each.expected}`,
    `    got      ${each.got}`,
  ]);
  if (deviationCount > deviations.length) lines.push(`… and ${deviationCount - deviations.length} more`);
  lines.push(deviationCount === 1 ? "1 deviation" : `${deviationCount} deviations`);
  return lines;
}

// Server text within a line must not drive the terminal; the line ends are ours.
function toLines(lines: readonly string[]): string {
  return lines.flatMap((line) => line.split("\n").map(toPrintable)).join("\n");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
