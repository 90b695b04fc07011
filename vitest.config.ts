import { existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { parseCLI } from "vitest/node";
import { createNodeHandler } from "./adapters/simulation/server.ts";
import { breadthOf, WIDER_FILES } from "./test/breadth.ts";
import { findChromium } from "./test/browser/chromium.ts";
import LongestFirst from "./test/sequencer.ts";
import { withIssuers } from "./test/worker/issuers.ts";
import { withReceivers } from "./test/worker/receivers.ts";
import { createTestVendors } from "./test/worker/vendors.ts";

/** Where Linux mounts a file system in memory. */
const MEMORY = "/dev/shm";
/** A whole run leaves a third of it; containers often have 64 MiB. */
const MIN_MEMORY_BYTES = 2 * 1024 ** 3;

// Every object of a test has a database of its own, which nobody needs afterwards: waiting for the disk took most of the time.
if (existsSync(MEMORY)) {
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize >= MIN_MEMORY_BYTES) process.env.TMPDIR ??= MEMORY;
}

// Tests mostly wait: for a vendor's pace, for a lock, for a process that is started again. So more of them are under way
// at once than there are processors.
const WORKERS = 6;
const SCENARIOS_AT_ONCE = 8;

const { filter, options } = parseCLI(["vitest", ...process.argv.slice(2)]);
const breadth = breadthOf(filter.length > 0 || options.testNamePattern !== undefined, process.env);
/** What tests ask for with `inject`, whatever project they are in. */
const provide = {
  porticoAdapter: process.env.PORTICO_ADAPTER ?? "",
  porticoBreadth: breadth,
  porticoFull: process.env.PORTICO_FULL === "1",
  porticoMutants: process.env.PORTICO_MUTANTS === "all",
  porticoSample: Number(process.env.PORTICO_SAMPLE ?? 0),
  porticoPair: process.env.PORTICO_PAIR ?? "",
};
const shared = {
  provide,
  // What an object does by itself is waited for so long: on a busy machine a second is not enough.
  expect: { poll: { timeout: 20_000 } },
};
const exclude = breadth === "narrow" ? WIDER_FILES : [];

/** The console as people use it; where there is no Chromium, the last lines of a run say so. */
const IN_A_BROWSER = {
  test: {
    name: "browser",
    ...shared,
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};

export default defineConfig(async () => {
  const migrations = await readD1Migrations(path.join(import.meta.dirname, "migrations/control"));
  return {
    test: {
      maxConcurrency: SCENARIOS_AT_ONCE,
      sequence: { sequencer: LongestFirst },
      reporters: ["default", "./test/suite/reporter.ts", "./test/closing-line.ts"],
      projects: [
        {
          // Pure units, simulators and command line: plain Node. A vendor's own tests say in their names what they need.
          test: {
            name: "node",
            include: ["test/{scim,upstream,provision,simulators,cli}/**/*.test.ts", "adapters/*/test/**/*.test.ts"],
            exclude: ["adapters/**/*.{worker,contract}.test.ts", ...exclude],
            setupFiles: ["./test/sampled.ts"],
            ...shared,
            // These keep nothing outside of their files that another could meet; a process for each took half of their time.
            isolate: false,
            maxWorkers: WORKERS,
            testTimeout: 30_000,
          },
        },
        {
          // The tests' Worker has the console.
          define: { WITH_CONSOLE: "true" },
          // Everything that needs D1 and objects: one workerd for each worker. Vendors are played in this process.
          plugins: [
            cloudflareTest({
              wrangler: { configPath: "./wrangler.toml" },
              miniflare: {
                bindings: {
                  TEST_MIGRATIONS: migrations,
                  PUBLIC_URL: "https://scim.example.com",
                  SHOW_NATIVE_CALLS: "true",
                  MASTER_KEY: `test:${Buffer.alloc(32, 7).toString("base64")}`,
                  // SHA-256 of "test-administrator".
                  ADMIN_TOKEN_SHA256: "2c162c139d28f69a7851620a2ed2c2c9953e673dfcc564545e50983694b3dae2",
                },
                outboundService: { node: withReceivers(withIssuers(createNodeHandler(createTestVendors()))) },
              },
            }),
          ],
          test: {
            name: "workers",
            // An object's alarm can log when its file has just ended. The pool would send that line with the next message, and
            // the file's end waits for it: a deadlock, seen with @cloudflare/vitest-plugin 1.4.10.
            disableConsoleIntercept: true,
            include: ["test/{worker,dialogues,suite}/**/*.test.ts", "adapters/*/test/**/*.worker.test.ts"],
            setupFiles: ["./test/worker/setup.ts", "./test/sampled.ts"],
            maxConcurrency: SCENARIOS_AT_ONCE,
            ...shared,
            isolate: false,
            maxWorkers: WORKERS,
            // The longest scenarios take half a minute on a quiet machine and several times that on a busy one.
            testTimeout: 240_000,
          },
        },
        {
          // What the Worker tests have asked of a vendor with a published contract.
          test: {
            name: "contract",
            include: ["adapters/*/test/**/*.contract.test.ts"],
            sequence: { groupOrder: 1 },
          },
        },
        {
          // The built bundle over real HTTP, as `npm start` runs it.
          test: {
            name: "start",
            include: ["test/start/**/*.test.ts"],
            exclude,
            ...shared,
            maxWorkers: WORKERS,
            testTimeout: 120_000,
            hookTimeout: 120_000,
          },
        },
        ...(findChromium() === undefined ? [] : [IN_A_BROWSER]),
        {
          // SIGKILL to the built bundle, with vendors that outlive it.
          test: {
            name: "faults",
            include: ["test/faults/**/*.test.ts"],
            exclude,
            ...shared,
            maxWorkers: WORKERS,
            testTimeout: 120_000,
            hookTimeout: 120_000,
          },
        },
      ],
    },
  };
});
