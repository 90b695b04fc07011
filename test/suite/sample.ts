// How much of what multiplies is tried: everything by `npm run check:full` and `adapter test`, a sample by `npm run check`.
// `PORTICO_SAMPLE=1`, 2 and so on take other samples.

import { inject } from "vitest";

export const isFull = inject("porticoFull") || inject("porticoAdapter") !== "";

/** FNV-1a in 32 bits; its low bits say too little: the parity of every vendor's name is the same. */
const hashOf = (text: string): number =>
  [...text].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5) >>> 0;

/**
 * Every second, third or other of the items, not the same ones for each key, and of few items at least one; all of them where all
 * are asked for.
 */
export function sampleOf<T>(items: readonly T[], key: string, every: number): T[] {
  const turn = (hashOf(key) >>> 16) + inject("porticoSample");
  const step = Math.min(every, Math.max(items.length, 1));
  return items.filter((_, at) => isFull || (at + turn) % step === 0);
}
