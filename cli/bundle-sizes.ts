// How large a deployment's bundle is, and what each part of it adds: the budget that the check holds.

import { gzipSync } from "node:zlib";
import type { Bundle } from "./bundles.ts";

/** The most that a bundle and its parts may have; bench/budget.json. */
export interface SizeBudget {
  /** KiB of the whole, compressed as the platform counts it. */
  gzip: number;
  /** KiB of each part, minified, not compressed: what compression makes of a part depends on the others. */
  parts: Readonly<Record<string, number>>;
}

const KIB = 1_024;

/** The part of Portico, or the library, that a file of the bundle belongs to. */
export function partOf(file: string): string {
  const [first = "", second = "", ...others] = file.replace(/^(?:\.\.\/)+/, "").split("/");
  if (first === "node_modules") return second;
  if (first === "src") return others.length > 0 ? `src/${second}` : "src";
  return first === "adapters" && others.length > 0 ? `adapters/${second}` : "entry";
}

/** KiB of each part, the largest first. */
export function sizesOf({ sizes }: Bundle): Map<string, number> {
  const parts = new Map<string, number>();
  for (const [file, bytes] of sizes) parts.set(partOf(file), (parts.get(partOf(file)) ?? 0) + bytes / KIB);
  return new Map([...parts].sort(([, one], [, other]) => other - one));
}

export const gzipKib = ({ text }: Bundle): number => gzipSync(text).length / KIB;

/** What is larger than its budget, and parts that have none. */
export function findOversized(name: string, bundle: Bundle, { gzip, parts }: SizeBudget): string[] {
  const whole = gzipKib(bundle);
  const found = whole > gzip ? [`${name}: ${whole.toFixed(1)} KiB gzip, at most ${gzip}`] : [];
  for (const [part, size] of sizesOf(bundle)) {
    const most = parts[part];
    if (most === undefined) found.push(`${name}: ${part} has ${size.toFixed(1)} KiB and no line in bench/budget.json`);
    else if (size > most) found.push(`${name}: ${part} has ${size.toFixed(1)} KiB, at most ${most}`);
  }
  return found;
}
