// What is in a deployment's bundle: the gateway's holds every vendor, a vendor's own holds none of them.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import * as z from "zod";
import type { Adapter } from "../src/adapter.ts";
import { buildWorker } from "./build.ts";

export interface Bundle {
  text: string;
  /** The files that are in the text, from the root of the repository. */
  files: readonly string[];
  /** Bytes of each of them in the text. */
  sizes: ReadonlyMap<string, number>;
}

/** What esbuild writes of a bundle; its paths begin at the folder of the configuration. */
const metadata = z.object({
  outputs: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) })),
});

/**
 * @param config the deployment's wrangler.toml, from the root of the repository
 * @param options what the deployment leaves out, and whether it has the console
 */
export async function readBundle(
  config: string,
  options: { leftOut?: readonly string[]; withConsole?: boolean } = {},
): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), "portico-"));
  try {
    const metafile = join(folder, "metadata.json");
    const text = readFileSync(await buildWorker(folder, { ...options, config, metafile }), "utf8");
    const { outputs } = metadata.parse(JSON.parse(readFileSync(metafile, "utf8")));
    const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
    const sizes = new Map(inputs.map(([path, one]) => [posix.join(dirname(config), path), one.bytesInOutput]));
    return { text, files: [...sizes.keys()], sizes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isNamed = ({ text }: Bundle, { title }: Adapter) => text.toLowerCase().includes(title.toLowerCase());
const hasFiles = ({ files }: Bundle, { name }: Adapter) => files.some((file) => file.startsWith(`adapters/${name}/`));

/**
 * Vendors that are in the wrong bundle. The gateway must hold every one, by its files and by its title: where these marks
 * are not found there, their absence elsewhere proves nothing.
 */
export function findMisplaced(gateway: Bundle, own: Bundle, vendors: readonly Adapter[]): string[] {
  return vendors.flatMap((vendor) => [
    ...(hasFiles(gateway, vendor) ? [] : [`the gateway's bundle has no file of adapters/${vendor.name}/`]),
    ...(isNamed(gateway, vendor) ? [] : [`the gateway's bundle does not name ${vendor.title}`]),
    ...(hasFiles(own, vendor)
      ? [`the bundle of a vendor's own deployment has a file of adapters/${vendor.name}/`]
      : []),
    ...(isNamed(own, vendor) ? [`the bundle of a vendor's own deployment names ${vendor.title}`] : []),
  ]);
}
