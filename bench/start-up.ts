// How long the built Worker takes to start, as `wrangler check startup` profiles it, and how large it is.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildWorker, profileStart } from "../cli/build.ts";

interface Profile {
  nodes: { id: number; callFrame: { functionName: string } }[];
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

/** Milliseconds in which the profile shows the processor at work. */
export function busyMilliseconds({ nodes, samples, timeDeltas }: Profile): number {
  const waiting = new Set(
    nodes.filter(({ callFrame }) => ["(idle)", "(program)"].includes(callFrame.functionName)).map(({ id }) => id),
  );
  return samples.reduce((sum, id, at) => sum + (waiting.has(id) ? 0 : (timeDeltas[at] ?? 0)), 0) / 1_000;
}

export async function measureStart(): Promise<{ milliseconds: number; gzip: number }> {
  const folder = mkdtempSync(join(tmpdir(), "portico-start-"));
  try {
    const file = join(folder, "start.cpuprofile");
    await profileStart(file);
    // wrangler wrote it.
    const milliseconds = busyMilliseconds(JSON.parse(readFileSync(file, "utf8")) as Profile);
    const script = readFileSync(await buildWorker(join(folder, "build")));
    return { milliseconds, gzip: gzipSync(script).length / 1_024 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
