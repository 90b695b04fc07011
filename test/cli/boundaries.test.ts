// The import boundaries of the house: lint refuses what crosses them.

import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const BIOME = join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome");
let written = "";

afterEach(() => rmSync(written, { force: true }));

/** What lint says of a file with this import; empty where it is allowed. */
function lint(folder: string, specifier: string): string {
  const name = `boundary-${process.pid}.ts`;
  written = join(ROOT, folder, name);
  writeFileSync(written, `import * as other from "${specifier}";\n\nexport const it = other;\n`);
  try {
    // Other rules read the whole project first.
    const only = ["lint", "--only=style/noRestrictedImports", `${folder}/${name}`];
    execFileSync(process.execPath, [BIOME, ...only], { cwd: ROOT, stdio: "pipe" });
    return "";
  } catch (error) {
    return error instanceof Error && "stderr" in error ? String(error.stderr) : "failed";
  }
}

it.each([
  ["src/scim", "../adapter.ts"],
  ["src/scim", "zod"],
  ["src/store", "../provision/connection/job.ts"],
  ["src/upstream", "../store/links.ts"],
  ["src/provision/users", "../../routes/errors.ts"],
  ["src/provision/users", "hono"],
  ["src", "../adapters/index.ts"],
  ["src", "../worker.ts"],
  ["src/provision/users", "../../../adapters/index.ts"],
  ["src/routes", "../../adapters/index.ts"],
  ["src/routes", "../../adapters/keepnet/index.ts"],
  ["examples/own-product", "../../adapters/index.ts"],
  ["examples/own-product", "../../src/connection.ts"],
  ["adapters/keepabl", "../../src/scim/text.ts"],
  ["adapters/keepabl", "../keepnet/records.ts"],
  ["bench", "../test/suite/subject.ts"],
  ["cli/commands", "../../test/suite/subject.ts"],
])("lint refuses %s → %s", (folder, specifier) => {
  expect(lint(folder, specifier)).toContain("noRestrictedImports");
});

it.each([
  ["src", "../adapters/simulation.ts"],
  ["src/routes", "../../adapters/simulators.ts"],
  ["src/routes", "../../adapters/keepnet/simulator/state.ts"],
  ["adapters/keepabl", "../keepnet/simulator.ts"],
])("S41: lint refuses simulators in %s (%s)", (folder, specifier) => {
  expect(lint(folder, specifier)).toContain("noRestrictedImports");
});

it.each([
  ["adapters/keepnet/simulator", "../records.ts"],
  ["adapters/keepnet/simulator", "../../klaxoon/simulator/state.ts"],
  ["adapters/keepnet/simulator", "../../../src/adapter.ts"],
])("S41: lint refuses what the adapter knows in a simulator, %s → %s", (folder, specifier) => {
  expect(lint(folder, specifier)).toContain("noRestrictedImports");
});

it.each([
  ["adapters/keepnet/simulator", "./state.ts"],
  ["adapters/keepnet/simulator", "../../simulation.ts"],
  ["src/provision/users", "../../scim/text.ts"],
  ["src/provision/users", "../../store/links.ts"],
  ["adapters/keepabl", "../../src/adapter.ts"],
  ["examples/own-product", "../../src/portico.ts"],
])("lint allows %s → %s", (folder, specifier) => {
  expect(lint(folder, specifier)).toBe("");
});
