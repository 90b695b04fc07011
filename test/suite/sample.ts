// How much of what multiplies is tried: everything by `npm run check:full` and `adapter test`, else a sample. Of its tests
// `npm test` and `.ci/run` run a share: see `test/breadth.ts`.
// `PORTICO_SAMPLE=1`, 2 and so on take other samples.

import { inject } from "vitest";
import { hashOf } from "../choice.ts";

export const isFull = inject("porticoFull") || inject("porticoAdapter") !== "";

/**
 * Every second, third or other of the items, not the same ones for each key, and of few items at least one; all of them where all
 * are asked for.
 */
export function sampleOf<T>(items: readonly T[], key: string, every: number): T[] {
  const turn = (hashOf(key) >>> 16) + inject("porticoSample");
  const step = Math.min(every, Math.max(items.length, 1));
  return items.filter((_, at) => isFull || (at + turn) % step === 0);
}
