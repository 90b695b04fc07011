// The exam's result on a terminal: one line for each test, and the exchange that shows what is not passed.

import { formatTable } from "../print.ts";
import { toPrintable } from "../terminal.ts";
import { entryOf, TEST_IDS } from "./catalogue.ts";
import type { Exchange } from "./dialogue.ts";
import type { Outcome, Result, Verdict } from "./outcome.ts";
import { requirementsOf } from "./requirements.ts";

/** Characters of one body; a page of a list can be long. */
const MAX_BODY = 1_500;

const shorten = (text: string) => (text.length > MAX_BODY ? `${text.slice(0, MAX_BODY)}…` : text);

function formatBody(label: string, body: unknown): string[] {
  return body === undefined ? [] : [`    ${label} ${toPrintable(shorten(JSON.stringify(body)))}`];
}

function formatExchange({ method, target, sent, status, body, requestId, problem }: Exchange): string {
  return [
    `  ${method} ${toPrintable(safeDecode(target))}`,
    ...formatBody("sent    ", sent),
    `    answered ${status === 0 ? (problem ?? "nothing") : status}${requestId ? ` (request ${toPrintable(requestId)})` : ""}`,
    ...formatBody("body    ", body),
  ].join("\n");
}

/** Why tests are not passed; an exchange that shows several of them stands there once. */
function formatWhys(results: readonly Result[], before: string): string[] {
  const shown = new Set<Exchange>();
  return results.map(({ id, name, verdict, why = "", shownBy }) => {
    const line = `${before}${id} ${name} ${verdict}: ${toPrintable(why)}`;
    if (!shownBy || shown.has(shownBy)) return line;
    shown.add(shownBy);
    return `${line}\n${formatExchange(shownBy)}`;
  });
}

function safeDecode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

function countVerdicts(results: readonly Result[]): Record<Verdict, number> {
  const counts = { passed: 0, warned: 0, skipped: 0, failed: 0 };
  for (const { verdict } of results) counts[verdict] += 1;
  return counts;
}

/** The last line, which says whether the exam is passed. */
export function sumUp({ results, isPassed, why, requests, seconds }: Outcome): string {
  const { passed, warned, skipped, failed } = countVerdicts(results);
  const counts = `${passed} passed, ${warned} warned, ${skipped} skipped, ${failed} failed`;
  const verdict = isPassed ? "passed" : "not passed";
  return `The exam is ${verdict}: ${counts} (${requests} requests, ${Math.round(seconds)} s)${why ? `; ${why}` : ""}`;
}

export function formatOutcome(outcome: Outcome): string {
  const { results, probes, mapping, cleanUp } = outcome;
  const rows = results.map(({ id, name, verdict, seconds }) => [id, name, verdict, seconds.toFixed(1)]);
  const requirements = requirementsOf(results, probes).map(({ id, what, state, shownBy }) => [
    id,
    what,
    state,
    shownBy,
  ]);
  return [
    `Mapping: ${mapping.source}; ${mapping.user.length} attributes of users, ${mapping.group.length} of groups.`,
    formatTable(["test", "name", "result", "s"], rows, "no tests"),
    formatTable(["", "the gallery requires", "", "shown by"], requirements, "nothing"),
    ...formatWhys(
      results.filter(({ why }) => why !== undefined),
      "",
    ),
    ...(cleanUp.left.length > 0
      ? [`${cleanUp.left.length} resources of this run are left (${toPrintable(cleanUp.reason ?? "")}).`]
      : []),
    sumUp(outcome),
  ].join("\n");
}

/** Several connections side by side. */
export function formatOutcomes(outcomes: readonly { name: string; outcome: Outcome }[]): string {
  const rows = TEST_IDS.map((id) => [
    id,
    entryOf(id).name,
    ...outcomes.map(({ outcome }) => outcome.results.find((one) => one.id === id)?.verdict ?? ""),
  ]);
  const last = [
    ["", "the exam is", ...outcomes.map(({ outcome }) => (outcome.isPassed ? "passed" : "not passed"))],
    ["", "seconds", ...outcomes.map(({ outcome }) => Math.round(outcome.seconds))],
  ];
  const whys = outcomes.flatMap(({ name, outcome }) =>
    formatWhys(
      outcome.results.filter(({ verdict }) => verdict === "failed"),
      `${name}: `,
    ),
  );
  return [formatTable(["test", "name", ...outcomes.map(({ name }) => name)], [...rows, ...last], ""), ...whys].join(
    "\n",
  );
}

/** The same for programs: no bodies, because the evidence has them. */
export function toJson(outcome: Outcome): object {
  const { results, isPassed, why, probes, mapping, cleanUp, requests, seconds } = outcome;
  return {
    isPassed,
    ...(why ? { why } : {}),
    counts: countVerdicts(results),
    tests: results.map(({ id, name, verdict, why: because, shownBy, seconds: took }) => ({
      id,
      name,
      verdict,
      ...(because ? { why: because } : {}),
      ...(shownBy ? { request: `${shownBy.method} ${shownBy.target}`, requestId: shownBy.requestId } : {}),
      seconds: took,
    })),
    requirements: requirementsOf(results, probes),
    mapping,
    left: cleanUp.left,
    requests,
    seconds,
  };
}
