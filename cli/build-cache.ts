// The Worker's bundle, built once for as long as none of its files changes: a second `npm start` need not wait for wrangler.

import { createHash, randomUUID } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { type BuildOptions, buildWorker, ROOT } from "./build.ts";

const CACHE = join(ROOT, "node_modules", ".cache", "portico");
/** Beside the files that esbuild names: what says how they are found, and what becomes of them. */
const SETTINGS = ["wrangler.toml", "package-lock.json", "tsconfig.json"];
const STAMPS = "stamps.json";

const metadata = z.object({ inputs: z.record(z.string(), z.unknown()) });
/** By file, from the root of the repository: its size in bytes and when it was last changed. */
const stampsOfFiles = z.record(z.string(), z.string());

type Options = Omit<BuildOptions, "config" | "metafile">;

/** Bundles the Worker of the root's wrangler.toml into a folder, or copies the bundle that is there; answers the script's path. */
export async function takeWorker(folder: string, options: Options = {}): Promise<string> {
  const kept = join(CACHE, createHash("sha256").update(JSON.stringify(options)).digest("hex").slice(0, 16));
  if (!(isFresh(kept) && isCopied(kept, folder))) {
    const metafile = join(folder, "metadata.json");
    const begunAt = Date.now();
    await buildWorker(folder, { ...options, metafile });
    keep(kept, folder, begunAt, metafile);
  }
  return join(folder, "worker.js");
}

const stampOf = (file: string) => {
  const { size, mtimeMs } = statSync(resolve(ROOT, file));
  return { size, mtimeMs, text: `${size} ${mtimeMs}` };
};

/** Whether a bundle is there, and none of its files has changed since. */
function isFresh(kept: string): boolean {
  try {
    const stamps = stampsOfFiles.parse(JSON.parse(readFileSync(join(kept, STAMPS), "utf8")));
    return Object.entries(stamps).every(([file, stamp]) => stampOf(file).text === stamp);
  } catch {
    return false;
  }
}

/** False where another process has just put a new one in its place. */
function isCopied(kept: string, folder: string): boolean {
  try {
    cpSync(kept, folder, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** Keeps a bundle for later, as far as that is possible: where a file of it cannot be looked at, or nothing may be written, each start builds. */
function keep(kept: string, folder: string, begunAt: number, metafile: string): void {
  const next = `${kept}.${randomUUID()}`;
  try {
    const { inputs } = metadata.parse(JSON.parse(readFileSync(metafile, "utf8")));
    const stamps = [...Object.keys(inputs), ...SETTINGS].map((file) => ({ file, ...stampOf(file) }));
    // Which state of such a file was bundled is not known.
    if (stamps.some(({ mtimeMs }) => mtimeMs >= begunAt)) return;
    mkdirSync(next, { recursive: true });
    for (const file of ["worker.js", "worker.js.map"]) cpSync(join(folder, file), join(next, file));
    writeFileSync(join(next, STAMPS), JSON.stringify(Object.fromEntries(stamps.map(({ file, text }) => [file, text]))));
    rmSync(kept, { recursive: true, force: true });
    renameSync(next, kept);
  } catch {
    rmSync(next, { recursive: true, force: true });
  }
}
