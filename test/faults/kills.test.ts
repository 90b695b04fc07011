// Every kind of write on every vendor survives SIGKILL at its native calls [S23] [S31] [S34] [S43].

import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { simulators } from "../../adapters/simulators.ts";
import { subjectOf } from "../suite/subject.ts";
import { type Portico, startPortico } from "./harness.ts";
import { courses, type Failure, type KillPoint, nameOf } from "./kill-courses.ts";
import { type CleanRun, inParallel, PHASES, runClean } from "./kills.ts";
import { kinds as plainKinds } from "./kinds.ts";
import { seatKinds } from "./seat-kinds.ts";

/** `PORTICO_KILLS=all` kills at every call and phase; `PORTICO_FULL=1` at one call in each phase; else at one point of some pairs of vendor and kind. */
const IS_ALL = process.env.PORTICO_KILLS === "all";
const IS_FULL = process.env.PORTICO_FULL === "1";
/** Names of vendors, and parts of kinds' and courses' names, to examine; empty: every one. */
const ONLY = (process.env.PORTICO_ADAPTER ?? "").split(",").filter((name) => name !== "");
const ONLY_KIND = process.env.PORTICO_KIND ?? "";
const ONLY_COURSE = process.env.PORTICO_COURSE ?? "";
/** So many accounts die in one kill. */
const TOGETHER = 64;
/** One of so many pairs of vendor and kind of write. */
const SAMPLED = inject("porticoBreadth") === "narrow" ? 7 : 4;
/** Courses that every point takes when all are asked for; of the others each takes a third of the points. */
const FULL = ["sent again", "abandoned"];

const kinds = [...plainKinds, ...seatKinds];

let portico: Portico;
beforeAll(async () => {
  portico = await startPortico();
});
afterAll(async () => {
  await portico?.close();
});

/** All points of a run, or a few that are not like its neighbours'. */
function pointsOf(run: CleanRun, at: number): KillPoint[] {
  const all = run.calls.flatMap((_, index) => PHASES.map((phase) => ({ run, index, phase })));
  if (IS_ALL) return all;
  const writes = all.filter(({ index }) => run.calls[index] !== "GET");
  const choice = writes.length > 0 ? writes : all;
  const phases = IS_FULL ? PHASES : PHASES.slice(at % PHASES.length).slice(0, 1);
  return phases.flatMap((phase) => {
    const ofPhase = choice.filter((point) => point.phase === phase);
    return ofPhase.slice(at % ofPhase.length).slice(0, 1);
  });
}

/** Half of a sample is sent again, the other courses share the rest. */
function isTaken(course: string, at: number): boolean {
  const others = Object.keys(courses).filter((name) => name !== "sent again");
  if (IS_ALL) return FULL.includes(course) || at % 3 === others.indexOf(course) % 3;
  if (course === "sent again") return at % 2 === 0;
  return at % 2 === 1 && (at >> 1) % others.length === others.indexOf(course);
}

function print(runs: readonly CleanRun[], points: readonly KillPoint[], failures: readonly Failure[]): void {
  const vendors = [...new Set(runs.map((run) => run.vendor))];
  const rows = kinds.map((kind) => {
    const cells = vendors.map((vendor) => {
      const mine = points.filter(({ run }) => run.kind === kind && run.vendor === vendor);
      const survived = mine.filter((point) => !failures.some((failure) => failure.point.startsWith(nameOf(point))));
      return mine.length === 0
        ? "–"
        : survived.length === mine.length
          ? `${mine.length}`
          : `${survived.length}/${mine.length}`;
    });
    return [kind.name.padEnd(18), ...cells.map((cell) => cell.padStart(8))].join(" ");
  });
  const header = ["points survived".padEnd(18), ...vendors.map((one) => one.padStart(8))].join(" ");
  console.log([header, ...rows].join("\n"));
}

it("S23 S34 S43: a write that is killed anywhere ends like one clean run when it is sent again, and alone with both sides equal", {
  timeout: 3_600_000,
}, async () => {
  const vendors = Object.keys(simulators).filter((vendor) => ONLY.length === 0 || ONLY.includes(vendor));
  const pairs = vendors.flatMap((vendor) =>
    kinds
      .filter((kind) => kind.name.includes(ONLY_KIND) && kind.appliesTo(subjectOf(vendor)))
      .map((kind) => ({ vendor, kind })),
  );
  const taken = pairs.filter((_, at) => IS_ALL || IS_FULL || ONLY.length > 0 || at % SAMPLED === 0);
  const clean = await inParallel(taken, ({ vendor, kind }) => runClean(portico, vendor, kind));
  const runs = clean.filter((run) => run !== undefined);
  const points = runs.flatMap(pointsOf);
  const failures: Failure[] = [];
  const lines: string[] = [];
  for (const [name, course] of Object.entries(courses)) {
    const mine = name.includes(ONLY_COURSE) ? points.filter((_, at) => isTaken(name, at)) : [];
    let killedAgain: number | undefined;
    for (let at = 0; at < mine.length; at += TOGETHER) {
      const { failures: found, again } = await course(portico, mine.slice(at, at + TOGETHER));
      failures.push(...found);
      if (again !== undefined) killedAgain = (killedAgain ?? 0) + again;
      for (const { point, why } of found) console.error(`${point}\n  ${why}`);
    }
    lines.push(`${name}: ${mine.length} killed${killedAgain === undefined ? "" : `, ${killedAgain} of them twice`}`);
    // Of many recoveries some need a call; were none killed, the second kill would examine nothing.
    if (mine.length >= 10 && killedAgain !== undefined) expect(killedAgain, name).toBeGreaterThan(0);
  }
  print(runs, points, failures);
  console.log(lines.join("\n"));
  expect(failures.map(({ point }) => point)).toEqual([]);
});
