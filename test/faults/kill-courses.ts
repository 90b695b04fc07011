// What can come before and after a kill: the client sends again, or never, or has gone; the recovery is killed, too.

import { setTimeout as sleep } from "node:timers/promises";
import type { Phase } from "../../adapters/simulation.ts";
import { type Answer, ask, insist, succeed, type Write } from "./client.ts";
import { type Gate, holdAt } from "./gate.ts";
import type { Account, Portico } from "./harness.ts";
import { type CleanRun, compare, disagreements, examine, inParallel, PHASES, prepare, waitForRest } from "./kills.ts";

export interface KillPoint {
  run: CleanRun;
  index: number;
  phase: Phase;
}

export interface Failure {
  point: string;
  why: string;
}

/** One way to die and to come back, for many accounts in one process; where the recovery was killed, too, of how many. */
export type Course = (
  portico: Portico,
  points: readonly KillPoint[],
) => Promise<{ failures: Failure[]; again?: number }>;

const REACH_TIMEOUT_MS = 45_000;
/** A recovery that needs fewer calls than its second kill waits for is over by then. */
const AGAIN_TIMEOUT_MS = 15_000;
const OLD_ENOUGH_MS = 10 * 60_000;
/** Of a recovery's calls those that come first are killed: more it seldom has. */
const AGAIN_CALLS = 3;

export const nameOf = ({ run, index, phase }: KillPoint): string =>
  `${run.vendor}: ${run.kind.name}, ${phase} call ${index + 1} of ${run.calls.length} (${run.calls[index]})`;

interface Started {
  point: KillPoint;
  account: Account;
  write: Write;
  gate: Gate;
  answer: Promise<Answer | undefined>;
  leave: AbortController;
}

const noAnswer = (ms: number) => sleep(ms, undefined, { ref: false });

/**
 * Prepares and sends the writes, each held at its point. One that does not come there, because on a busy machine an earlier
 * call came too late, is sent once more for another account; then it is a failure.
 */
async function hold(
  portico: Portico,
  points: readonly KillPoint[],
  isSecond = false,
): Promise<{ held: Started[]; failures: Failure[] }> {
  const started = await inParallel(points, async (point): Promise<Started> => {
    const { account, write } = await prepare(portico, point.run.vendor, point.run.kind);
    const gate = holdAt(account.simulation, point.index, point.phase);
    const leave = new AbortController();
    return { point, account, write, gate, leave, answer: ask(account, write, leave.signal) };
  });
  const reached = await Promise.all(
    started.map(({ gate, answer }) =>
      Promise.race([
        gate.reached.then(() => true),
        // An answer means that the write has passed its point.
        answer.then(() => sleep(1_000)).then(() => false),
        noAnswer(REACH_TIMEOUT_MS).then(() => false),
      ]),
    ),
  );
  const missed = started.filter((_, at) => !reached[at]);
  for (const { gate } of missed) gate.cut();
  const held = started.filter((_, at) => reached[at]);
  if (missed.length > 0 && !isSecond) {
    const again = await hold(
      portico,
      missed.map(({ point }) => point),
      true,
    );
    return { held: [...held, ...again.held], failures: again.failures };
  }
  return {
    held,
    failures: missed.map(({ point }) => ({ point: nameOf(point), why: "the write never came to this call" })),
  };
}

/** The answer that is to leave leaves; then the process dies under all. */
async function kill(portico: Portico, gates: readonly Gate[]): Promise<void> {
  await Promise.all(gates.map((gate) => Promise.race([gate.pass(), sleep(1_000)])));
  await portico.kill();
  for (const gate of gates) gate.cut();
}

async function collect(
  held: readonly Started[],
  course: string,
  examineOne: (one: Started) => Promise<string[]>,
): Promise<Failure[]> {
  const found = await inParallel(held, async (one) => {
    const whys = await examineOne(one).catch((error: unknown) => [String(error)]);
    return whys.map((why) => ({ point: `${nameOf(one.point)}, ${course}`, why }));
  });
  return found.flat();
}

/** The client sends the write again until it is told something definite. */
async function retryAndCompare(portico: Portico, one: Started, told: Answer | undefined): Promise<string[]> {
  const { point, account, write } = one;
  const whys: string[] = [];
  const answer = told !== undefined && told.status < 300 ? told : await insist(account, write);
  if (!isExpected(point, write, answer)) {
    whys.push(`the retry was answered ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 300)}`);
  }
  whys.push(...(await waitForRest(portico, account)));
  return [...whys, ...compare(point.run.end, await examine(portico, account))];
}

/** As the clean run's; after a lost answer a deletion may find no user, and a creation may find what it had made. */
function isExpected({ run, index, phase }: KillPoint, { method }: Write, { status }: Answer): boolean {
  if (status === run.status) return true;
  if (method === "DELETE") return status === 404;
  return method === "POST" && status === 409 && phase === "sent" && index === run.calls.length - 1;
}

const retried: Course = async (portico, points) => {
  const { held, failures } = await hold(portico, points);
  await kill(
    portico,
    held.map(({ gate }) => gate),
  );
  const told = new Map(await Promise.all(held.map(async (one) => [one, await one.answer] as const)));
  await portico.restart();
  const found = await collect(held, "sent again", (one) => retryAndCompare(portico, one, told.get(one)));
  return { failures: [...failures, ...found] };
};

/** No client sends again, and by itself Portico ends with both sides equal. */
async function endAlone(portico: Portico, held: readonly Started[], course: string): Promise<Failure[]> {
  await becomeOld(portico, held);
  await portico.restart();
  return collect(held, course, async ({ account }) => {
    await wake(account);
    const left = await waitForRest(portico, account);
    return [...left, ...(await disagreements(account))];
  });
}

async function becomeOld(portico: Portico, held: readonly Started[]): Promise<void> {
  await Promise.all(held.map(({ answer }) => answer));
  portico.passTime(OLD_ENOUGH_MS);
  for (const { account } of held) account.simulation.advance(OLD_ENOUGH_MS);
}

/** Any request wakes the object, whose alarm then does what is due. */
const wake = (account: Account) => succeed(account, { method: "GET", path: "/ServiceProviderConfig" });

const abandoned: Course = async (portico, points) => {
  const { held, failures } = await hold(portico, points);
  await kill(
    portico,
    held.map(({ gate }) => gate),
  );
  return { failures: [...failures, ...(await endAlone(portico, held, "abandoned"))] };
};

/** The client hangs up while the vendor works, and then the process dies. */
const hungUp: Course = async (portico, points) => {
  const { held, failures } = await hold(portico, points);
  for (const { leave } of held) leave.abort();
  await sleep(200);
  await kill(
    portico,
    held.map(({ gate }) => gate),
  );
  return { failures: [...failures, ...(await endAlone(portico, held, "hung up"))] };
};

/** Where the recovery is killed: another call and phase for each point. */
const againAt = (simulation: Account["simulation"], at: number): { gate: Gate; phase: Phase } => {
  const phase = PHASES[(at + Math.floor(at / AGAIN_CALLS)) % PHASES.length] ?? "after";
  return { gate: holdAt(simulation, at % AGAIN_CALLS, phase), phase };
};

/** The retry is killed, too, and the client comes back ten minutes later. */
const retryKilled: Course = async (portico, points) => {
  const { held, failures } = await hold(portico, points);
  await kill(
    portico,
    held.map(({ gate }) => gate),
  );
  const told = await Promise.all(held.map(({ answer }) => answer));
  const again = held.map(({ account }, at) => againAt(account.simulation, at));
  await portico.restart();
  const retries = held.map(({ account, write }, at) => {
    const first = told[at];
    return first !== undefined && first.status < 300 ? Promise.resolve(first) : ask(account, write);
  });
  const isHeld = await Promise.all(
    again.map(({ gate }, at) =>
      Promise.race([
        gate.reached.then(() => true),
        Promise.resolve(retries[at]).then(() => false),
        noAnswer(AGAIN_TIMEOUT_MS).then(() => false),
      ]),
    ),
  );
  await kill(
    portico,
    again.map(({ gate }) => gate),
  );
  const toldAgain = await Promise.all(retries);
  // A write that no client waits for is resolved only when it is old enough.
  await becomeOld(portico, held);
  await portico.restart();
  const found = await collect(held, "its retry killed", async (one) => {
    const at = held.indexOf(one);
    // A second answer may have been lost behind its commit, so that a creation finds what it has made.
    const point: KillPoint =
      again[at]?.phase === "sent" ? { ...one.point, phase: "sent", index: one.point.run.calls.length - 1 } : one.point;
    return retryAndCompare(portico, { ...one, point }, toldAgain[at]);
  });
  return { failures: [...failures, ...found], again: isHeld.filter(Boolean).length };
};

/** No client sends again, and the alarm that resolves the open write is killed, too. */
const settlingKilled: Course = async (portico, points) => {
  const { held, failures } = await hold(portico, points);
  await kill(
    portico,
    held.map(({ gate }) => gate),
  );
  await becomeOld(portico, held);
  const again = held.map(({ account }, at) => againAt(account.simulation, at));
  await portico.restart();
  const isHeld = await inParallel(held, async (one) => {
    await wake(one.account);
    return Promise.race([
      Promise.resolve(again[held.indexOf(one)]?.gate.reached).then(() => true),
      waitForRest(portico, one.account).then(() => false),
    ]);
  });
  await kill(
    portico,
    again.map(({ gate }) => gate),
  );
  const found = await endAlone(portico, held, "its settling killed");
  return { failures: [...failures, ...found], again: isHeld.filter(Boolean).length };
};

export const courses: Record<string, Course> = {
  "sent again": retried,
  abandoned,
  "hung up": hungUp,
  "its retry killed": retryKilled,
  "its settling killed": settlingKilled,
};
