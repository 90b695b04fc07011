// The gallery exam of the demo connections: each exam connection passes it, and a live one fails what docs/gallery.md says.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { simulators } from "../../adapters/simulators.ts";
import { shortfallsOf, skippedBy } from "../../cli/exam/live.ts";
import { run } from "../../cli/main.ts";
import { type Started, startAll } from "../../cli/start.ts";
import { freePort } from "../faults/harness.ts";

const IS_FULL = process.env.PORTICO_FULL === "1";
/** Seconds that the exam of one connection may take. */
const MAX_SECONDS = 240;
// Klaxoon refuses more by format than the others, and its licences follow groups; Keepabl's groups are held by Portico.
const SAMPLE = IS_FULL ? Object.keys(simulators) : ["keepabl", "klaxoon"];
const LIVE = IS_FULL ? Object.keys(simulators) : ["keepabl"];

let folder: string;
let started: Started;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portico-exam-"));
  started = await startAll({ port: await freePort(), stateDir: folder }, () => {});
});

afterAll(async () => {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
});

async function exam(connection: string, ...more: string[]) {
  const out: string[] = [];
  const code = await run(["exam", "--connection", connection, "--json", ...more], {
    out: (text) => out.push(text),
    err: (text) => out.push(text),
    readStdin: async () => "",
    stateFolder: folder,
    fetch: (input, init) => fetch(input, init),
  });
  const result = JSON.parse(out.join("\n"));
  const of = (...verdicts: string[]): string[] =>
    result.tests.flatMap(({ id, verdict }: { id: string; verdict: string }) =>
      verdicts.includes(verdict) ? [id] : [],
    );
  return { code, result, of };
}

/** What the demo's settings make of an adapter. */
function adapterOf(vendor: string) {
  const adapter = adapters[vendor];
  const settings = simulators[vendor]?.demoSettings("https://vendors.example.net");
  if (!adapter) throw new Error(`no adapter ${vendor}`);
  return adapter.specialise?.(adapter.settings.parse(settings)) ?? adapter;
}

describe.each(SAMPLE)("%s-exam", (vendor) => {
  it.each(IS_FULL ? ["bearer", "secret", "federation"] : ["federation"])(
    "S62: passes all 25 tests, getting in by %s, and nothing is left",
    async (auth) => {
      const { code, result, of } = await exam(`${vendor}-exam`, "--auth", auth);
      expect(result.tests.filter(({ why }: { why?: string }) => why)).toEqual(
        skippedBy(adapterOf(vendor)).map((id) => expect.objectContaining({ id, verdict: "skipped" })),
      );
      expect(of("failed", "warned")).toEqual([]);
      expect(of("passed", "skipped")).toHaveLength(25);
      expect(result).toMatchObject({ isPassed: true, left: [] });
      expect(result.seconds).toBeLessThan(MAX_SECONDS);
      expect(code).toBe(0);
    },
    MAX_SECONDS * 1_000,
  );
});

describe.each(LIVE)("%s-demo", (vendor) => {
  it(
    "fails on a live connection what is said of it, and nothing else",
    async () => {
      const adapter = adapterOf(vendor);
      const { result, of } = await exam(`${vendor}-demo`);
      const expected = shortfallsOf(adapter).flatMap(({ tests }) => tests);
      expect(of("failed", "warned").sort()).toEqual([...expected].sort());
      expect(of("skipped")).toEqual(skippedBy(adapter));
      expect(result.left).toEqual([]);
      const page = readFileSync(join(import.meta.dirname, "../../docs/gallery.md"), "utf8");
      const row = page.split("\n").find((line) => line.startsWith(`| ${adapters[vendor]?.title}`)) ?? "";
      expect([...new Set(row.match(/G\d\d/g) ?? [])].sort()).toEqual([...expected].sort());
    },
    MAX_SECONDS * 1_000,
  );
});
