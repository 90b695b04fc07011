// How much of what multiplies is tried: everything by `npm run check:full` and `adapter test`, a sample by `npm run check`.

import { inject } from "vitest";

export const isFull = inject("porticoFull") || inject("porticoAdapter") !== "";

/** Every second, third or other of the items, not the same ones for each key; all of them where all are asked for. */
export function sampleOf<T>(items: readonly T[], key: string, every: number): T[] {
  const turn = [...key].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return items.filter((_, at) => isFull || (at + turn) % every === 0);
}
