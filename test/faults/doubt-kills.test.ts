// SIGKILL in every phase of a doubt: behind the doubtful write, while the next one is told, in the repair's read and write,
// and behind it; what was told is true at the end [S43] [S46].

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { State } from "../../adapters/native-view.ts";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import type { Phase } from "../../adapters/simulation.ts";
import { simulators } from "../../adapters/simulators.ts";
import { noDisable } from "../suite/scenario.ts";
import { editableRow, effectIn, get, personOf, type Subject, subjectOf } from "../suite/subject.ts";
import { createRandom } from "./chaos-model.ts";
import { type Answer, ask, insist, succeed, type Write } from "./client.ts";
import { type Gate, holdAt } from "./gate.ts";
import { type Account, HASTY_WORKER, type Portico, startPortico } from "./harness.ts";
import { disagreements, inParallel, PHASES, waitForRest } from "./kills.ts";
import { addUser, patch } from "./kinds.ts";
import { findEffect, until } from "./late-calls.ts";

/** `PORTICO_KILLS=all` kills at every point; `PORTICO_FULL=1` at a sample of 50; else at a few. */
const SAMPLE =
  process.env.PORTICO_KILLS === "all" ? Number.POSITIVE_INFINITY : process.env.PORTICO_FULL === "1" ? 50 : 5;
const SEED = Number(process.env.PORTICO_SEED ?? 46);
/** Before the doubt ends, which lasts eight seconds on the hasty Worker, and behind the second write. */
const EFFECT_MS = 4_000;
const REACH_MS = 45_000;
const OLD_ENOUGH_MS = 10 * 60_000;
const REST_MS = 90_000;
const MAX_ATTEMPTS = 4;
/** So many accounts die in one kill. */
const TOGETHER = 25;

const MOMENTS = ["the doubtful write", "the telling", "the repair's read", "the repair's write", "the repair"] as const;

/** Two writes of one attribute, the first of which comes late. */
interface Kind {
  name: string;
  unless(subject: Subject): string | undefined;
  path(subject: Subject): string;
  first(subject: Subject): unknown;
  second(subject: Subject): unknown;
}
const rowPath = (subject: Subject) => editableRow(subject)?.path ?? "";
const KINDS: Kind[] = [
  {
    name: "update",
    unless: (subject) => (editableRow(subject) ? undefined : "declares no attribute that changes"),
    path: rowPath,
    first: (subject) => personOf(subject, 7, 1).values[rowPath(subject)],
    second: (subject) => personOf(subject, 8, 1).values[rowPath(subject)],
  },
  { name: "disable", unless: noDisable, path: () => "active", first: () => true, second: () => false },
  { name: "restore", unless: noDisable, path: () => "active", first: () => false, second: () => true },
];

interface Point {
  vendor: string;
  kind: Kind;
  moment: (typeof MOMENTS)[number];
  phase: Phase;
}

const nameOf = ({ vendor, kind, moment, phase }: Point) => `${vendor}: ${kind.name}, ${phase} at ${moment}`;

/** All points, or a sample of them in which every moment has its share. */
function pointsOf(): Point[] {
  const random = createRandom(SEED);
  const all = MOMENTS.map((moment) =>
    Object.keys(simulators)
      .flatMap((vendor) =>
        KINDS.filter(({ unless }) => unless(subjectOf(vendor)) === undefined).flatMap((kind) =>
          (moment === "the doubtful write" || moment === "the repair" ? PHASES.slice(-1) : PHASES).map((phase) => ({
            order: random.next(),
            point: { vendor, kind, moment, phase },
          })),
        ),
      )
      .sort((a, b) => a.order - b.order)
      .map(({ point }) => point),
  );
  const share = Math.ceil(SAMPLE / MOMENTS.length);
  return all.flatMap((points) => points.slice(0, share)).slice(0, SAMPLE);
}

let portico: Portico;
beforeAll(async () => {
  portico = await startPortico({ entry: HASTY_WORKER });
});
afterAll(async () => {
  await portico?.close();
});

interface Played {
  point: Point;
  account: Account;
  id: string;
  first: Write;
  second: Write;
  /** Has the effect of the next first write come late. */
  placeFault(): Promise<void>;
  gate?: Gate;
  answer?: Promise<Answer | undefined>;
}

/** A user for whom the first write will come late. */
async function prepare(point: Point): Promise<Played> {
  const account = await portico.open(point.vendor);
  const { subject, simulation } = account;
  const id = await addUser(account, 1);
  const write = (value: unknown) => patch(`/Users/${id}`, { op: "replace", path: point.kind.path(subject), value });
  const [first, second] = [write(point.kind.first(subject)), write(point.kind.second(subject))];
  const rest = () => sleep((subject.transport.readLagMs ?? 0) + 200);
  await succeed(account, second);
  await rest();
  const placeFault = async () => {
    const place = await findEffect(account, first);
    await rest();
    await succeed(account, second);
    await rest();
    simulation.inject([{ kind: "late", delayMs: EFFECT_MS, ...place }]);
  };
  await placeFault();
  return { point, account, id, first, second, placeFault };
}

/** Sends the first write, whose call comes late. */
async function sendLate({ point, account, first, second, placeFault }: Played): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const status = (await ask(account, first))?.status;
    if (status === 503) return;
    // Where all commands have one address, the fault may have met a look-up that is not made each time.
    expect(status !== undefined && status < 300 && attempt < MAX_ATTEMPTS, `${nameOf(point)}: ${status}`).toBe(true);
    await succeed(account, second);
    await placeFault();
  }
}

/** The last one: an earlier one may have met another call. */
const lateCall = ({ account }: Played) => account.simulation.calls.findLast(({ fault }) => fault === "late");
const hasActed = (played: Played) => lateCall(played)?.effect === true;
const isInDoubt = ({ account }: Played) => portico.query(account, "select link_id from doubts").length > 0;
const isChange =
  ({ account }: Played) =>
  (call: Readonly<RecordedCall>) =>
    effectIn(account.subject, [call]) === 0;

/** Sends both writes and holds the repair at its point. */
async function holdRepair(played: Played): Promise<Played> {
  const { point, account } = played;
  await sendLate(played);
  await succeed(account, played.second);
  const isWrite = isChange(played);
  const isRepair = point.moment === "the repair's write" ? isWrite : (call: Readonly<RecordedCall>) => !isWrite(call);
  // The late call itself is not held.
  const isCounted = (call: Readonly<RecordedCall>) => call.fault !== "late" && isRepair(call);
  if (point.moment === "the repair") {
    await until(() => hasActed(played) && !isInDoubt(played), REACH_MS);
    return played;
  }
  const gate = holdAt(account.simulation, 0, point.phase, isCounted);
  await Promise.race([gate.reached, sleep(REACH_MS, undefined, { ref: false })]);
  return { ...played, gate };
}

/** Sends the doubtful write, and the next one as far as its point. */
async function holdWrites(played: Played): Promise<Played> {
  const { point, account } = played;
  await sendLate(played);
  if (point.moment === "the doubtful write") return played;
  const gate = holdAt(account.simulation, 0, point.phase, (call) => call.fault !== "late" && isChange(played)(call));
  const answer = ask(account, played.second);
  await Promise.race([gate.reached, answer, sleep(REACH_MS, undefined, { ref: false })]);
  return { ...played, gate, answer };
}

const isOfRepair = ({ point }: Played) => point.moment.startsWith("the repair");

/** Whether what was told is shown and held, and nothing is left to do. */
async function examine(played: Played): Promise<string[]> {
  const { point, account, id } = played;
  const told = await played.answer;
  // A client that was told keeps silent, so that nothing but the alarm can repair.
  const isTold = isOfRepair(played) || (told !== undefined && told.status < 300);
  if (!isTold) await insist(account, played.second);
  else await succeed(account, { method: "GET", path: "/ServiceProviderConfig" });
  await until(() => hasActed(played), EFFECT_MS * 2);
  const whys = hasActed(played) ? [] : ["the late call never took effect"];
  await until(() => !isInDoubt(played), REST_MS);
  if (isInDoubt(played)) whys.push("the doubt did not end");
  whys.push(...(await waitForRest(portico, account, REST_MS)), ...(await disagreements(account)));
  const { subject, simulation } = account;
  const wanted = point.kind.second(subject);
  const path = point.kind.path(subject);
  const { body } = await succeed(account, { method: "GET", path: `/Users/${id}` });
  if (get(body, path) !== wanted) whys.push(`${path} is shown as ${get(body, path)}, told ${wanted}`);
  // A simulator's state is JSON that its own schema has checked.
  const state = simulation.state as State;
  const [native] = subject.native
    .users(state)
    .filter(({ key }) => key.toLowerCase() === personOf(subject, 1).key.toLowerCase());
  const held = path === "active" ? native?.active : native && subject.native.held(native.record, state)[path];
  if (held !== wanted) whys.push(`${path} is held as ${held}, told ${wanted}`);
  return whys.map((why) => `${nameOf(point)}: ${why}`);
}

/** @param passedMs how long the process stays dead */
async function killAt(points: readonly Point[], passedMs: number): Promise<string[]> {
  const prepared = await inParallel(points, prepare);
  // A repair begins seconds after the writes: those that are killed in a write send it when the repairs are held.
  const repairs = await inParallel(prepared.filter(isOfRepair), holdRepair);
  const writes = await inParallel(
    prepared.filter((played) => !isOfRepair(played)),
    holdWrites,
  );
  const all = [...repairs, ...writes];
  await Promise.all(all.map(({ gate }) => gate && Promise.race([gate.pass(), sleep(1_000)])));
  await portico.kill();
  for (const { gate } of all) gate?.cut();
  if (passedMs > 0) {
    await Promise.all(all.map((played) => until(() => hasActed(played), EFFECT_MS * 2)));
    portico.passTime(passedMs);
    for (const { account } of all) account.simulation.advance(passedMs);
  }
  await portico.restart();
  return (await inParallel(all, examine)).flat();
}

it("S43 S46: a doubt that is killed in any of its phases ends with what was told", { timeout: 3_600_000 }, async () => {
  const points = pointsOf();
  const failures: string[] = [];
  // Half of them come back at once, half after the doubt.
  for (const [passedMs, rest] of [
    [0, 0],
    [OLD_ENOUGH_MS, 1],
  ] as const) {
    const mine = points.filter((_, at) => at % 2 === rest);
    for (let at = 0; at < mine.length; at += TOGETHER) {
      const found = await killAt(mine.slice(at, at + TOGETHER), passedMs);
      for (const why of found) console.error(why);
      failures.push(...found);
    }
  }
  const counts = MOMENTS.map((moment) => `${moment} ${points.filter((one) => one.moment === moment).length}`);
  console.log(`killed, seed ${SEED}: ${counts.join(", ")}`);
  expect(failures).toEqual([]);
});
