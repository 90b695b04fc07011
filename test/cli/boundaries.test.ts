// The import boundaries of the house: lint refuses what crosses them.

import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { findStrayParts } from "../../cli/verify.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const BIOME = join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome");
let written = "";

afterEach(() => rmSync(written, { force: true }));

/** What lint says of a file with this import; empty where it is allowed. */
function lint(folder: string, specifier: string, begin = "boundary"): string {
  const name = `${begin}-${process.pid}.ts`;
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
  ["src/store", "../provision/jobs/job.ts"],
  ["src/upstream", "../store/links.ts"],
  ["src/provision/users", "../../routes/errors.ts"],
  ["src/provision/users", "hono"],
  ["src/contract", "../upstream/faults.ts"],
  ["src", "../adapters/index.ts"],
  ["src", "../worker.ts"],
  ["src/provision/users", "../../../adapters/index.ts"],
  ["src/routes", "../../adapters/index.ts"],
  ["src/routes", "../../adapters/keepnet/index.ts"],
  ["examples/own-product", "../../adapters/index.ts"],
  ["examples/own-product", "../../src/connection.ts"],
  ["adapters/keepabl", "../../src/scim/text.ts"],
  ["adapters/keepabl", "../keepnet/records.ts"],
  ["adapters/keepabl", "./view.ts"],
  ["adapters/keepabl", "./test/simulator.test.ts"],
  ["adapters/keepabl", "../native-view.ts"],
  ["adapters/keepnet/test", "../../keepabl/simulator.ts"],
  ["adapters/keepnet/test", "../../../cli/build.ts"],
  ["adapters/keepnet/test/contract", "../../../keepabl/simulator.ts"],
  ["src", "../adapters/views.ts"],
  ["src", "../adapters/keepnet/index.ts"],
  ["src", "../test/suite/world.ts"],
  ["src/provision/users", "../../../test/suite/world.ts"],
  ["bench", "../test/suite/subject.ts"],
  ["cli/commands", "../../test/suite/subject.ts"],
])("lint refuses %s → %s", (folder, specifier) => {
  expect(lint(folder, specifier)).toContain("noRestrictedImports");
});

it.each([
  "./index.ts",
  "./records.ts",
  "./simulator.ts",
  "./test/client.ts",
  "../keepabl/view.ts",
  "../../src/adapter.ts",
])("lint refuses %s in a view", (specifier) => {
  expect(lint("adapters/keepnet", specifier, "view")).toContain("noRestrictedImports");
});

it.each([
  ["src", "../adapters/simulation.ts"],
  ["src/routes", "../../adapters/simulators.ts"],
  ["src/routes", "../../adapters/keepnet/simulator/state.ts"],
  ["adapters/keepabl", "../keepnet/simulator.ts"],
  ["adapters/keepabl", "./simulator.ts"],
  ["adapters/keepabl", "../simulation.ts"],
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
  ["adapters/keepnet/test", "../records.ts"],
  ["adapters/keepnet/test", "../../simulation.ts"],
  ["adapters/keepnet/test", "../../../src/upstream/faults.ts"],
  ["adapters/keepnet/test", "../../../test/worker/gateway.ts"],
  ["adapters/keepnet/test/contract", "../../simulator.ts"],
  ["adapters/keepnet/test/contract", "../../../../test/contract/schema.ts"],
  ["examples/own-product", "../../src/portico.ts"],
])("lint allows %s → %s", (folder, specifier) => {
  expect(lint(folder, specifier)).toBe("");
});

it("lint allows native-view.ts in a view", () => {
  expect(lint("adapters/keepnet", "../native-view.ts", "view")).toBe("");
});

it("S41: files in the bundle that only tests need are found by what the bundle says of itself", () => {
  expect(findStrayParts(["adapters/index.ts", "adapters/keepnet/index.ts", "adapters/rest/members.ts"])).toEqual([]);
  const strays = [
    "adapters/views.ts",
    "adapters/native-view.ts",
    "adapters/rest/view-legacy.ts",
    "adapters/keepnet/simulator/state.ts",
    "adapters/keepnet/test/client.ts",
    "adapters/keepnet/promise.json",
    "test/suite/world.ts",
  ];
  expect(findStrayParts(["adapters/index.ts", ...strays])).toEqual(strays);
  expect(findStrayParts(["worker.ts"])).toHaveLength(1);
});
