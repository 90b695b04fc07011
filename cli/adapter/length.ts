// How long an adapter may be: what does not fit stands in files beside it, under names of their own.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const MAX_ADAPTER_LINES = 150;

/** The sentence about an adapter that is too long; undefined for one that is not. */
export function findLength(root: string, name: string): string | undefined {
  const file = `adapters/${name}/index.ts`;
  const lines = readFileSync(join(root, file), "utf8").trimEnd().split("\n").length;
  return lines > MAX_ADAPTER_LINES ? `${file} has ${lines} lines; ${MAX_ADAPTER_LINES} are enough` : undefined;
}
