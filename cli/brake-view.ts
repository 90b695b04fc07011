// What the brake counts, holds and lets through, as a terminal shows it.

import type * as z from "zod";
import type { applied, brake, held } from "../src/routes/brake-answers.ts";
import { formatTable } from "./print.ts";

export type Brake = z.infer<typeof brake>;

const toPercent = (share: number) => Number((share * 100).toFixed(4));

/** What is held, in one line. */
export function stateOf({ kinds, isHeldByHand, heldSince }: Brake): string {
  if (isHeldByHand) return `everything is held by an administrator since ${heldSince ?? "-"}`;
  const held = kinds.filter((kind) => kind.heldSince !== null);
  if (held.length === 0) return "nothing is held";
  return held.map((kind) => `${kind.what} held since ${kind.heldSince}`).join(", ");
}

export function formatBrake(brake: Brake): string {
  const rows = brake.kinds.map(({ kind, what, counted, limit, base, line, heldSince, warnedSince, requests }) => [
    kind,
    what,
    counted,
    `${limit}${line.action === "warn" ? " (only warns)" : ""}`,
    `more than ${toPercent(line.share)} % of ${base ?? "?"} and at least ${line.count} within ${line.minutes} minutes`,
    heldSince ? `held since ${heldSince}` : warnedSince ? `half since ${warnedSince}` : "-",
    requests,
  ]);
  const head = ["kind", "what", "counted", "limit", "line", "state", "requests that wait"];
  return [
    stateOf(brake),
    formatTable(head, rows, ""),
    ...(brake.disables > 0 ? [`${brake.disables} disables are held; “portico brake apply” does them now`] : []),
    ...brake.patterns.map(({ from, to, held }) => `${held} renames from ${from} to ${to} are held`),
    ...brake.releases.map(formatRelease),
  ].join("\n");
}

function formatRelease({ id, kind, user, domain, count, used, isExpected, until }: Brake["releases"][number]): string {
  const what = kind ?? (user ? `user ${user}` : `renames from ${domain?.from} to ${domain?.to}`);
  const many = count === null ? `${used} so far` : `${used} of ${count}`;
  return `${isExpected ? "announced" : "released"} until ${until}: ${what}, ${many} (${id})`;
}

export function formatHeld({ total, requests }: z.infer<typeof held>): string {
  const rows = requests.map((one) => [
    one.kind,
    one.id,
    one.domain ? `${one.domain.from}→${one.domain.to}` : one.isDisable ? "disable" : one.objects,
    one.since,
    one.lastAt,
    one.times,
    one.requestId,
  ]);
  const head = ["kind", "user or group", "what", "since", "last", "times", "last request"];
  const more = total > requests.length ? `\n${total} in all; --limit shows more` : "";
  return `${formatTable(head, rows, "no request is held")}${more}`;
}

export function formatApplied({ disables, refused }: z.infer<typeof applied>): string {
  return [`${disables} users are being disabled`, ...refused.map(({ user, why }) => `${user}: ${why}`)].join("\n");
}
