// Every kind of write on every vendor survives SIGKILL at its native calls (semantics 23, 31, 34 and 43).

import { afterAll, beforeAll, expect, it } from "vitest";
import { simulators } from "../../adapters/simulators.ts";
import { subjectOf } from "../suite/subject.ts";
import { type Portico, startPortico } from "./harness.ts";
import {
  type CleanRun,
  type Failure,
  inParallel,
  type KillPoint,
  killAndAbandon,
  killTogether,
  nameOf,
  PHASES,
  runClean,
} from "./kills.ts";
import { kinds as plainKinds } from "./kinds.ts";
import { seatKinds } from "./seat-kinds.ts";

/** `PORTICO_KILLS=all` kills at every call and phase; otherwise one point for each vendor and kind. */
const IS_ALL = process.env.PORTICO_KILLS === "all";
/** Names of vendors, and parts of kinds' names, to examine; empty: every one. */
const ONLY = (process.env.PORTICO_ADAPTER ?? "").split(",").filter((name) => name !== "");
const ONLY_KIND = process.env.PORTICO_KIND ?? "";
/** So many accounts die in one kill. */
const TOGETHER = 40;

const kinds = [...plainKinds, ...seatKinds];

let portico: Portico;
beforeAll(async () => {
  portico = await startPortico();
});
afterAll(async () => {
  await portico?.close();
});

/** All points of a run, or one that is not like its neighbours'. */
function pointsOf(run: CleanRun, at: number): KillPoint[] {
  const all = run.calls.flatMap((_, index) => PHASES.map((phase) => ({ run, index, phase })));
  if (IS_ALL) return all;
  const writes = all.filter(({ index }) => run.calls[index] !== "GET");
  const choice = writes.length > 0 ? writes : all;
  const phase = PHASES[at % PHASES.length];
  const ofPhase = choice.filter((point) => point.phase === phase);
  return ofPhase.slice(at % ofPhase.length).slice(0, 1);
}

function print(runs: readonly CleanRun[], points: readonly KillPoint[], failures: readonly Failure[]): void {
  const vendors = [...new Set(runs.map((run) => run.vendor))];
  const failed = new Set(failures.map((failure) => failure.point));
  const rows = kinds.map((kind) => {
    const cells = vendors.map((vendor) => {
      const mine = points.filter(({ run }) => run.kind === kind && run.vendor === vendor);
      const survived = mine.filter((point) => !failed.has(nameOf(point)) && !failed.has(`${nameOf(point)}, abandoned`));
      return mine.length === 0
        ? "–"
        : survived.length === mine.length
          ? `${mine.length}`
          : `${survived.length}/${mine.length}`;
    });
    return [kind.name.padEnd(18), ...cells.map((cell) => cell.padStart(8))].join(" ");
  });
  const header = ["kill points survived".slice(0, 18).padEnd(18), ...vendors.map((one) => one.padStart(8))].join(" ");
  console.log([header, ...rows].join("\n"));
}

it("S23 S43: a write that is killed anywhere and sent again ends like one clean run", {
  timeout: 3_600_000,
}, async () => {
  const vendors = Object.keys(simulators).filter((vendor) => ONLY.length === 0 || ONLY.includes(vendor));
  const pairs = vendors.flatMap((vendor) =>
    kinds
      .filter((kind) => kind.name.includes(ONLY_KIND) && kind.appliesTo(subjectOf(vendor)))
      .map((kind) => ({ vendor, kind })),
  );
  const clean = await inParallel(pairs, ({ vendor, kind }) => runClean(portico, vendor, kind));
  const runs = clean.filter((run) => run !== undefined);
  const points = runs.flatMap(pointsOf);
  const failures: Failure[] = [];
  const note = (found: readonly Failure[]) => {
    failures.push(...found);
    for (const { point, why } of found) console.error(`${point}\n  ${why}`);
  };
  for (let at = 0; at < points.length; at += TOGETHER) {
    note(await killTogether(portico, points.slice(at, at + TOGETHER)));
    if (IS_ALL) note(await killAndAbandon(portico, points.slice(at, at + TOGETHER)));
  }
  print(runs, points, failures);
  expect(failures.map(({ point }) => point)).toEqual([]);
});
