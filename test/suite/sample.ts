// How much of what multiplies is tried: everything by `npm run check:full` and `adapter test`, a sample by `npm run check`.

import { inject } from "vitest";

export const isFull = inject("porticoFull") || inject("porticoAdapter") !== "";

/** Every second of the items, another half for each key; all of them where all are asked for. */
export function halfOf<T>(items: readonly T[], key: string): T[] {
  const turn = [...key].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return items.filter((_, at) => isFull || (at + turn) % 2 === 0);
}
