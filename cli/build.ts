// The Worker's bundle, made by wrangler without deploying it.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { toOmission } from "./adapter/registry.ts";
import { CliFailure } from "./terminal.ts";

export const ROOT = join(import.meta.dirname, "..");
const WRANGLER = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");

/** Runs wrangler quietly; its output is shown only if it fails. */
async function runWrangler(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [WRANGLER, ...args], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CI: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new CliFailure(`wrangler ${args[0]} failed:\n${Buffer.concat(output).toString("utf8")}`);
}

export interface BuildOptions {
  /** The entry module, from the root of the repository; default: that of the configuration. */
  entry?: string;
  /** The deployment's wrangler.toml, from the root of the repository; default: the one that is there. */
  config?: string;
  /** Where to write what the bundle was made of. */
  metafile?: string;
  /** Vendors that are left out, as a deployment does by the `[define]` of its wrangler.toml. */
  leftOut?: readonly string[];
  /** Whether the console is a part of it; default: as the configuration says. */
  withConsole?: boolean;
}

/** Bundles a Worker, whose entry module is called worker.ts, into a folder and answers the script's path. */
export async function buildWorker(
  folder: string,
  { entry, config = "wrangler.toml", metafile, leftOut = [], withConsole }: BuildOptions = {},
): Promise<string> {
  const written = metafile === undefined ? [] : ["--metafile", metafile];
  const defined = [
    ...leftOut.map((name) => `${toOmission(name)}:true`),
    ...(withConsole === undefined ? [] : [`WITH_CONSOLE:${withConsole}`]),
  ];
  const more = [...written, ...defined.flatMap((one) => ["--define", one])];
  const entries = entry === undefined ? [] : [entry];
  await runWrangler("deploy", ...entries, "--dry-run", "--config", config, "--outdir", folder, ...more);
  return join(folder, "worker.js");
}

/** Writes how the Worker spends its start, as a profile of the processor. */
export const profileStart = (file: string): Promise<void> => runWrangler("check", "startup", "--outfile", file);
