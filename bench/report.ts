// The benchmark's tables, in Markdown, so that the last run can stand in docs/performance.md as it was printed.

import { costOf } from "./cost.ts";
import type { Cycled, Tenants } from "./courses.ts";
import type { Counted, Grown } from "./growth.ts";
import type { NativeCalls } from "./native-calls.ts";
import type { Compares } from "./operations.ts";
import { OPERATIONS, type OperationName } from "./requests.ts";
import type { Start } from "./start-up.ts";

export interface Measured {
  /** What was run, where and when. */
  about: string;
  operations: Compares;
  counts: Record<OperationName, Counted>;
  cycle: Cycled;
  tenants: Tenants;
  growth: readonly Grown[];
  native: NativeCalls;
  start: Start;
}

/** A product's own time for one call, for the cost. */
const VENDOR_MS = 200;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const round = (value: number, digits = 1): string => value.toFixed(digits);
/** Without the noise that a count has that is not always the same. */
const count = (value: number | undefined): string =>
  value === undefined ? "–" : Number.isInteger(value) ? String(value) : round(value);

const operationsTable = ({ operations, counts }: Measured): string =>
  table(
    [
      ...["operation", "Portico, requests/s", "durable floor", "floor", "vendor", "refused"],
      ...["Portico, processor ms", "durable floor", "floor", "Portico ÷ durable floor", "÷ floor"],
      ...["Portico, one at a time: ms over the vendor's own", "durable floor", "floor"],
      ...["statements", "rows read", "rows written", "commits", "fsyncs", "native calls"],
    ],
    OPERATIONS.map((operation) => {
      const { portico, durable, floor, vendor } = operations[operation];
      const { statements, rowsRead, rowsWritten, commits, fsyncs, native } = counts[operation];
      return [
        operation,
        ...[portico, durable, floor, vendor].map(({ rate }) => round(rate, 0)),
        `${round(100 * portico.refused, 0)} %`,
        ...[portico, durable, floor].map(({ processor }) => round(processor, 2)),
        ...[durable, floor].map(({ processor }) => round(portico.processor / processor)),
        ...[portico, durable, floor].map(({ alone }) => round(alone - vendor.alone, 2)),
        ...[statements, rowsRead, rowsWritten, commits, fsyncs, native].map(count),
      ];
    }),
  );

const coursesTable = ({ cycle, tenants }: Measured): string => {
  const thousand = (1_000 * cycle.portico) / cycle.users;
  const refused = Object.entries(tenants.statuses).map(([status, times]) => `${times} × ${status}`);
  return table(
    ["course", "figure"],
    [
      ["initial cycle: users", cycle.users],
      ["requests, seconds", `${cycle.requests}, ${round(cycle.seconds)}`],
      ["Portico's processor, the vendor's, s", `${round(cycle.portico)}, ${round(cycle.vendor)}`],
      ["Portico's processor for 1,000 users, s", round(thousand)],
      ["tenants × requests a second", `${tenants.tenants} × ${tenants.perSecond}`],
      ["p50, p99, longest, ms", [tenants.p50, tenants.p99, tenants.longest].map((one) => round(one, 0)).join(", ")],
      ["answers", refused.join(", ")],
      ["share of one processor", `${round(100 * tenants.share, 0)} %`],
    ],
  );
};

const growthTable = ({ growth }: Measured): string => {
  const [small, large] = [growth[0], growth.at(-1)];
  if (!small || !large) return "";
  return [
    table(
      [
        "first sweep of",
        "s",
        "Portico's processor, s",
        "users in a second of it",
        "native calls",
        "workerd's peak, MB",
      ],
      growth.map(({ users, sweep: { seconds, processor, calls, memory } }) => [
        ...[`${users} users`, round(seconds), round(processor), round(users / processor, 0), calls, memory],
      ]),
    ),
    table(
      [
        ...["operation", `statements, ${small.users} users, a group of ${small.members}`],
        ...[`${large.users}, ${large.members}`, "native calls", "", "rows read", "", "ms one at a time", "", "ratio"],
      ],
      OPERATIONS.map((operation) => {
        const [one, other] = [small.operations[operation], large.operations[operation]];
        return [
          ...[operation, count(one.statements), count(other.statements), count(one.native), count(other.native)],
          ...[round(one.rowsRead, 0), round(other.rowsRead, 0)],
          ...[round(one.alone, 2), round(other.alone, 2), round(other.alone / one.alone, 2)],
        ];
      }),
    ),
  ].join("\n\n");
};

const nativeTable = ({ native }: Measured): string => {
  const names = [...new Set(Object.values(native).flatMap((calls) => Object.keys(calls)))];
  return table(
    ["native calls", ...Object.keys(native)],
    names.map((name) => [name, ...Object.values(native).map((calls) => calls[name] ?? "–")]),
  );
};

const costTable = ({ operations, counts }: Measured): string =>
  table(
    ["$ for a million", "requests", "processor", "duration", "rows read", "rows written", "in all"],
    OPERATIONS.map((operation) => {
      const cost = costOf(operations[operation].portico, counts[operation], VENDOR_MS);
      const { requests, processor, duration, rowsRead, rowsWritten, total } = cost;
      return [operation, ...[requests, processor, duration, rowsRead, rowsWritten, total].map((one) => round(one, 2))];
    }),
  );

const sizesTable = ({ start: { bundles } }: Measured): string =>
  table(
    ["KiB", ...bundles.map(({ name }) => name)],
    [
      ["all, compressed", ...bundles.map(({ gzip }) => round(gzip))],
      ...Object.keys(bundles[0]?.parts ?? {}).map((part) => [
        ...[`${part}, minified`, ...bundles.map(({ parts }) => (parts[part] === undefined ? "–" : round(parts[part])))],
      ]),
    ],
  );

/** Everything, under headings. */
export const toReport = (measured: Measured): string =>
  [
    measured.about,
    "### Operations",
    operationsTable(measured),
    "### Courses",
    coursesTable(measured),
    "### Growth",
    growthTable(measured),
    "### Native calls",
    nativeTable(measured),
    "### Cost",
    costTable(measured),
    `Each alone in its object, before a product that takes ${VENDOR_MS} ms for a call.`,
    "### Start",
    measured.start.milliseconds === null
      ? "The machine was too busy for a profile of the start."
      : `${round(measured.start.milliseconds, 0)} ms of the processor until the Worker can answer.`,
    sizesTable(measured),
  ].join("\n\n");
