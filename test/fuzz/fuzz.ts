// `npm run test:fuzz`: inputs with structure to the pure parsers, and requests to the door. Nothing of it may end in a 5xx.

import { parseArgs } from "node:util";
import { fuzzDoor } from "./door.ts";
import { fuzzParsers } from "./parsers.ts";

const USAGE = "usage: npm run test:fuzz -- [--minutes 5] [--seed 1] [--inputs 1000000] [--requests 50000]";

const { values } = parseArgs({
  options: {
    /** Half of the time for each part; without it the numbers below are what ends them. */
    minutes: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    inputs: { type: "string", default: "1000000" },
    requests: { type: "string", default: "50000" },
  },
});
const [minutes, seed, inputs, requests] = [values.minutes ?? 0, values.seed, values.inputs, values.requests].map(
  Number,
);

/** Until a number is reached, or where minutes are given until half of them are over. */
function until(limit: number): (count: number) => boolean {
  const endsAt = performance.now() + ((minutes ?? 0) * 60_000) / 2;
  return (count) => (minutes ? performance.now() < endsAt : count < limit);
}

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  if (![minutes, seed, inputs, requests].every((one) => Number.isFinite(one) && Number(one) >= 0))
    throw new Error(USAGE);
  say(`seed ${seed}`);
  const parsers = fuzzParsers(seed ?? 0, until(inputs ?? 0));
  say(
    `parsers: ${parsers.inputs} inputs, ${parsers.refused} refused, none failed; longest ${parsers.longestMs.toFixed(0)} ms (${parsers.longestOf}); most steps of an accepted one ${parsers.mostSteps}`,
  );
  const door = await fuzzDoor(seed ?? 0, until(requests ?? 0));
  const statuses = Object.entries(door.statuses).map(([status, count]) => `${count} × ${status}`);
  say(
    `door: ${door.requests} requests: ${statuses.join(", ")}; longest ${door.longestMs.toFixed(0)} ms (${door.longestOf})`,
  );
  say(`the longest wait of a second client for a neighbour's discovery: ${door.longestWaitMs.toFixed(0)} ms`);
} catch (error) {
  process.stderr.write(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  process.exit();
}
