// `portico adapter test`: the suite for one vendor, its outcome in words.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "../build.ts";
import { CliFailure, type Terminal } from "../terminal.ts";
import { MARK, type Outcome, outcome } from "./reporter.ts";

/** Lines of other output that are shown where no scenario ended. */
const MAX_RAW_LINES = 40;

const SIGNS: Record<Outcome["state"], string> = { passed: "✓", failed: "✗", "not applicable": "–" };

export function formatOutcome({ name, state, reason, failures }: Outcome): string {
  const because = reason === undefined ? "" : ` (not applicable: the adapter ${reason})`;
  const lines = failures.flatMap((failure) => stripVTControlCharacters(failure).split("\n"));
  return [`${SIGNS[state]} ${name}${because}`, ...lines.map((line) => `    ${line}`)].join("\n");
}

/** Writes down which refusals a whole run has met, for the vendor's page; true where the list is another one now. */
function refreshDetails(name: string, met: ReadonlySet<string>): boolean {
  const file = join(ROOT, "adapters", name, "details.json");
  const text = `${JSON.stringify([...met].sort(), null, 2)}\n`;
  if (!existsSync(file) || readFileSync(file, "utf8") === text) return false;
  writeFileSync(file, text);
  return true;
}

/** Runs the shared suite for one vendor, what its folder promises, and the vendor's own tests; true where all passed. */
export async function testAdapter(name: string, only: string | undefined, terminal: Terminal): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [
      join(ROOT, "node_modules", "vitest", "vitest.mjs"),
      ...["run", "test/suite/adapters.test.ts", "test/suite/adapters-troubled.test.ts"],
      ...["test/provision/adapter-fixtures.test.ts", `adapters/${name}/test/`],
      ...["--project", "workers", "--project", "node", "--project", "contract"],
      ...["--reporter", join(ROOT, "cli", "adapter", "reporter.ts")],
      ...(only === undefined ? [] : ["--testNamePattern", only]),
    ],
    { cwd: ROOT, env: { ...process.env, PORTICO_ADAPTER: name }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const counts: Record<Outcome["state"], number> = { passed: 0, failed: 0, "not applicable": 0 };
  const raw: string[] = [];
  const met = new Set<string>();
  child.stderr.on("data", (chunk: Buffer) => raw.push(...chunk.toString("utf8").trimEnd().split("\n")));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith(MARK)) {
      raw.push(line);
      continue;
    }
    const one = outcome.parse(JSON.parse(line.slice(MARK.length)));
    counts[one.state]++;
    for (const detail of one.details ?? []) met.add(detail);
    terminal.out(formatOutcome(one));
  }
  const code = await ended;
  if (counts.passed + counts.failed === 0) {
    for (const line of raw.slice(-MAX_RAW_LINES)) terminal.err(line);
    throw new CliFailure(`no scenario ran for ${name}${only === undefined ? "" : ` with ${JSON.stringify(only)}`}`);
  }
  const isWhole = code === 0 && counts.failed === 0;
  if (isWhole && only === undefined && refreshDetails(name, met)) {
    terminal.out(`adapters/${name}/details.json was written anew: run npm run generate, and read what the page says`);
  }
  terminal.out(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts["not applicable"]} not applicable`);
  return isWhole;
}
