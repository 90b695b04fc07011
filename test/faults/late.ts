// `npm run test:late`: a vendor's write takes effect 26 s late, in real time and on all vendors at once, behind a disable that
// was answered 200 meanwhile: at the end the leaver is inactive [S46].

import { setTimeout as sleep } from "node:timers/promises";
import type { State } from "../../adapters/native-view.ts";
import { simulators } from "../../adapters/simulators.ts";
import { noDisable } from "../suite/scenario.ts";
import { editableRow, get, personOf, subjectOf } from "../suite/subject.ts";
import { ask, succeed } from "./client.ts";
import { type Account, type Portico, startPortico } from "./harness.ts";
import { disagreements, waitForRest } from "./kills.ts";
import { addUser, patch } from "./kinds.ts";
import { findEffect, until } from "./late-calls.ts";

/** Six seconds after Portico has given up on the call. */
const EFFECT_MS = 26_000;
/** What a vendor's doubt lasts where its adapter says nothing. */
const LATE_MS = 60_000;
/** For the comparison and the repair. */
const REPAIR_MS = 60_000;

interface Outcome {
  vendor: string;
  /** Whether a client reads the user after the late effect, so that the comparison is due at once. */
  isRead: boolean;
  lostAfterMs: number;
  /** The late call had made the leaver active again. */
  wasUndone: boolean;
  /** From the late effect until the leaver was inactive at the vendor for good. */
  repairedAfterMs: number;
  failures: string[];
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1);

/** The user at the vendor. */
function userAt({ subject, simulation }: Account) {
  const key = personOf(subject, 1).key.toLowerCase();
  // A simulator's state is JSON that its own schema has checked.
  const found = subject.native.users(simulation.state as State).filter((user) => user.key.toLowerCase() === key);
  if (found.length !== 1 || !found[0]) throw new Error(`the vendor has ${found.length} users called ${key}`);
  return found[0];
}

async function playOne(portico: Portico, vendor: string, isRead: boolean): Promise<Outcome> {
  const account = await portico.open(vendor);
  const { subject, simulation } = account;
  const failures: string[] = [];
  const check = (isTrue: boolean, why: string) => {
    if (!isTrue) failures.push(why);
  };
  const row = editableRow(subject);
  if (!row) throw new Error(`${vendor} has no attribute that can be changed by itself`);
  const id = await addUser(account, 1);
  const edit = (edition: 0 | 1) =>
    patch(`/Users/${id}`, { op: "replace", path: row.path, value: personOf(subject, 1, edition).values[row.path] });
  const lagMs = subject.transport.readLagMs ?? 0;
  await sleep(lagMs);
  const place = await findEffect(account, edit(1));
  await succeed(account, edit(0));
  await sleep(lagMs + 500);
  simulation.inject([{ kind: "delay", delayMs: EFFECT_MS, when: "before", ...place }]);
  const startedAt = Date.now();
  const lost = await ask(account, edit(1));
  const lostAfterMs = Date.now() - startedAt;
  check(lost?.status === 503, `the write without an answer was told ${lost?.status}`);
  const late = simulation.calls.find((call) => call.fault === "delay");
  const told = await succeed(account, patch(`/Users/${id}`, { op: "replace", path: "active", value: false }));
  check(told.status === 200, `the disable was told ${told.status}`);
  check(late?.effect === false, "the late effect came before the disable was told: nothing was examined");
  check(!userAt(account).active, "the vendor has the leaver active although the disable was told 200");
  await until(() => late?.effect === true, EFFECT_MS * 2);
  const actedAt = Date.now();
  const wasUndone = userAt(account).active;
  if (isRead) {
    const shown = await succeed(account, { method: "GET", path: `/Users/${id}` });
    check(shown.body.active === false, "a read shows the leaver active");
    check(
      get(shown.body, row.path) === get(told.body, row.path) || subject.adapter.user.updateNeeds !== "wholeRecord",
      `a read shows another ${row.path} than was told`,
    );
  }
  const patience = isRead ? REPAIR_MS : (subject.transport.lateMs ?? LATE_MS) + REPAIR_MS;
  check(await until(() => !userAt(account).active, patience), "the leaver stayed active at the vendor");
  const repairedAfterMs = Date.now() - actedAt;
  const inDoubt = () => portico.query(account, "select link_id from doubts").length > 0;
  await until(() => !inDoubt(), (subject.transport.lateMs ?? LATE_MS) + REPAIR_MS);
  check(!inDoubt(), "the doubt did not end");
  failures.push(...(await waitForRest(portico, account)), ...(await disagreements(account)));
  check(!userAt(account).active, "the leaver is active at the vendor at the end");
  return { vendor, isRead, lostAfterMs, wasUndone, repairedAfterMs, failures };
}

const portico = await startPortico();
try {
  const vendors = Object.keys(simulators).filter((vendor) => noDisable(subjectOf(vendor)) === undefined);
  const runs = vendors.flatMap((vendor) => [true, false].map((isRead) => ({ vendor, isRead })));
  console.log(`disable behind a write that takes effect ${seconds(EFFECT_MS)} s late: ${vendors.join(", ")}`);
  const outcomes = await Promise.all(
    runs.map(({ vendor, isRead }) =>
      playOne(portico, vendor, isRead).catch(
        (error: unknown): Outcome => ({
          vendor,
          isRead,
          lostAfterMs: 0,
          wasUndone: false,
          repairedAfterMs: 0,
          failures: [String(error)],
        }),
      ),
    ),
  );
  console.log(
    "| vendor | read meanwhile | 503 after s | late call undid the disable | inactive again after s | failures |",
  );
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const { vendor, isRead, lostAfterMs, wasUndone, repairedAfterMs, failures } of outcomes) {
    const cells = [vendor, isRead ? "yes" : "no", seconds(lostAfterMs), wasUndone ? "yes" : "no"];
    console.log(`| ${[...cells, wasUndone ? seconds(repairedAfterMs) : "–", failures.length].join(" | ")} |`);
  }
  for (const { vendor, failures } of outcomes) for (const why of failures) console.error(`${vendor}: ${why}`);
  // Where no late call undid anything, nothing was examined.
  const isEmpty = !outcomes.some((outcome) => outcome.wasUndone);
  if (isEmpty) console.error("no late call undid a disable");
  process.exitCode = isEmpty || outcomes.some((outcome) => outcome.failures.length > 0) ? 1 : 0;
} finally {
  await portico.close();
}
