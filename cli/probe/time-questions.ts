// What is asked about time: how long until a write is read.

import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../../src/adapter.ts";
import { isText, keyOf } from "./people.ts";
import type { Subject } from "./subject.ts";

/** In milliseconds: so exactly times are told, because machines differ. */
const STEPS = [2_000, 10_000, 60_000];
const PAUSE_MS = 250;

/** Looks until it is so; the first look comes at once. */
async function until(isSo: () => Promise<boolean>): Promise<string> {
  const begun = Date.now();
  for (let looks = 0; ; looks += 1) {
    if (await isSo()) {
      const passed = Date.now() - begun;
      return looks === 0 ? "at once" : `within ${(STEPS.find((step) => passed <= step) ?? passed) / 1_000} s`;
    }
    if (Date.now() - begun > (STEPS.at(-1) ?? 0)) return `later than ${(STEPS.at(-1) ?? 0) / 1_000} s`;
    await sleep(PAUSE_MS);
  }
}

export async function askTimes(subject: Subject): Promise<void> {
  const { ask, pass, adapter, wire, newUser, update, read, keyIn } = subject;
  const { user } = adapter;
  const words = (text: string) => text;
  const quiet = { withoutShapes: true } as const;
  const created = async () => {
    const { id } = await newUser();
    return until(async () => (await read(id).catch(isMissing)) !== undefined);
  };
  await ask("time: until a new user is read", created, words, quiet);
  const find = user.find?.[keyOf(adapter)];
  const found = async () => {
    const made = await newUser();
    return until(
      async () => (await find?.(wire.api, keyIn(made.values)))?.some((row) => user.id(row) === made.id) ?? false,
    );
  };
  if (find) await ask("time: until a new user is found", found, words, quiet);
  else pass("time: until a new user is found");
  const path = adapter.attributes.User.filter(isText)
    .map((row) => row.path)
    .find((one) => one.startsWith("name.") || one === "displayName");
  const changed = async (of: string) => {
    const { id, ...made } = await newUser();
    await update({ id, ...made }, { [of]: "Later" });
    return until(async () => (await read(id))[of] === "Later");
  };
  if (path) await ask(`time: until a change of ${path} is read`, () => changed(path), words, quiet);
  const { remove } = user;
  const removed = async () => {
    const { id } = await newUser();
    await remove?.(wire.api, id);
    subject.users.delete(id);
    return until(async () => (await read(id).catch(isMissing)) === undefined);
  };
  if (remove) await ask("time: until a removed user is gone", removed, words, quiet);
  else pass("time: until a removed user is gone");
}

function isMissing(error: unknown): undefined {
  if (error instanceof Fault && error.kind === "notFound") return undefined;
  throw error;
}
