// How long the built Worker takes to start, as `wrangler check startup` profiles it, and how large the bundles are.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vendorFolders } from "../cli/adapter/registry.ts";
import { profileStart, ROOT } from "../cli/build.ts";
import { gzipKib, sizesOf } from "../cli/bundle-sizes.ts";
import { readBundle } from "../cli/bundles.ts";
import { median } from "./operations.ts";

interface Profile {
  nodes: { id: number; callFrame: { functionName: string } }[];
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

/**
 * Milliseconds in which the profile shows the processor at work. Each sample counts as the usual time between two: where the machine is
 * busy with others, the times between samples are not the Worker's.
 */
function busyMilliseconds({ nodes, samples, timeDeltas }: Profile): number {
  const waiting = new Set(
    nodes.filter(({ callFrame }) => ["(idle)", "(program)"].includes(callFrame.functionName)).map(({ id }) => id),
  );
  return (samples.filter((id) => !waiting.has(id)).length * median(timeDeltas)) / 1_000;
}

export interface Start {
  /** null where the machine was too busy for a profile. */
  milliseconds: number | null;
  /** KiB of each bundle: compressed, and its parts as they are. */
  bundles: readonly { name: string; gzip: number; parts: Readonly<Record<string, number>> }[];
}

/** @param profiles of which the shortest counts: another process may have had the processor */
export async function measureStart(profiles: number): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), "portico-start-"));
  try {
    const file = join(folder, "start.cpuprofile");
    let milliseconds: number | null = null;
    for (let at = 0; at < profiles; at++) {
      try {
        await profileStart(file);
      } catch {
        // wrangler gives a profile up after ten seconds, which a busy machine can take.
        continue;
      }
      // wrangler wrote it.
      const busy = busyMilliseconds(JSON.parse(readFileSync(file, "utf8")) as Profile);
      milliseconds = Math.min(milliseconds ?? busy, busy);
    }
    const others = vendorFolders(ROOT).filter((name) => name !== "rest");
    const bundles = [
      { name: "the gateway", bundle: await readBundle("wrangler.toml") },
      { name: "with `rest` alone", bundle: await readBundle("wrangler.toml", { leftOut: others }) },
      { name: "a vendor's own", bundle: await readBundle("examples/own-product/wrangler.toml") },
    ].map(({ name, bundle }) => ({ name, gzip: gzipKib(bundle), parts: Object.fromEntries(sizesOf(bundle)) }));
    return { milliseconds, bundles };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
