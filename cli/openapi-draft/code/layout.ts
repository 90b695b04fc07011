// Drafted code in the layout of the house.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../../build.ts";
import { CliFailure } from "../../terminal.ts";

const BIOME = join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome");

/**
 * The text as `npm run format` would write it, with its imports in order.
 * @throws CliFailure where it is no code
 */
export function inLayout(name: string, text: string): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [BIOME, "check", "--write", "--linter-enabled=false", `--stdin-file-path=adapters/draft/${name}`],
    { cwd: ROOT, input: text, encoding: "utf8" },
  );
  if (status !== 0 || stdout === "") throw new CliFailure(`${name} cannot be laid out: ${stderr.trim()}`);
  return stdout;
}
