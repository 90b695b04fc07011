// `portico adapter probe`: the same questions to a product and to its simulator, answers side by side.

import { randomInt } from "node:crypto";
import type { Command } from "commander";
import type { Adapter } from "../../src/adapter.ts";
import type { Send } from "../../src/upstream/exchange.ts";
import { CliFailure, confirm, type Terminal } from "../terminal.ts";
import { requireAdapter } from "./connection-create.ts";
import { parseObject } from "./connection-options.ts";

interface ProbeCommandOptions {
  connection: string;
  record?: string;
  limit?: true;
  yes?: true;
}

const PLAYED = "played";
const MARK = "portico-probe";
const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

export function addProbeCommand(
  group: Command,
  terminal: Terminal,
  exit: (code: number) => void,
  loadAdapters: () => Promise<Record<string, Adapter>>,
): void {
  group
    .command("probe <name>")
    .description(
      "ask a product and its simulator the same questions: missing ids, names twice, members, awkward texts, lists, times, a wrong credential; exit 1 where an answer differs",
    )
    .requiredOption(
      "--connection <real or played>",
      `the settings of an account as JSON (@file, or - for stdin), which is asked beside the simulator; or ${PLAYED}: the simulator is compared with the product's record`,
    )
    .option(
      "--record <product>",
      "write the product's answers down in adapters/<name>/probe.json: its name and version",
    )
    .option("--limit", "also call until the product's limit answers; only on this machine")
    .option("--yes", "go on without asking, where the account is no simulator")
    .action(async (name: string, options: ProbeCommandOptions) => {
      const adapter = requireAdapter(await loadAdapters(), name);
      const differs =
        options.connection === PLAYED
          ? await comparePlayed(adapter, terminal)
          : await compareReal(adapter, options, terminal);
      if (differs) exit(1);
    });
}

/** The simulator against what the product has answered, as far as that is known. */
async function comparePlayed(adapter: Adapter, terminal: Terminal): Promise<boolean> {
  const { ROOT } = await import("../build.ts");
  const { differences, readRecord } = await import("../probe/record.ts");
  const { showSide, showSides } = await import("../probe/report.ts");
  const { probeSimulator } = await import("../probe/simulator.ts");
  const { answers } = await probeSimulator(adapter);
  const known = readRecord(ROOT, adapter.name);
  const simulator = { title: "simulator", answers };
  if (!known) {
    terminal.out(showSide(simulator));
    terminal.out(`no product was asked yet: adapters/${adapter.name}/probe.json is not there`);
    return false;
  }
  terminal.out(showSides(simulator, { title: `${known.product}, ${known.date}`, answers: known.answers }));
  return differences(answers, known.answers).length > 0;
}

async function compareReal(adapter: Adapter, options: ProbeCommandOptions, terminal: Terminal): Promise<boolean> {
  const settings = parseSettings(adapter, await parseObject("--connection", options.connection, terminal));
  const { baseUrl } = adapter.connect(settings);
  const { hostname } = new URL(baseUrl);
  if (options.limit && !LOOPBACK.includes(hostname)) {
    throw new CliFailure(`--limit is for a product on this machine; ${hostname} is elsewhere`);
  }
  const mark = `${MARK}-${randomInt(36 ** 5).toString(36)}`;
  const isSimulator = await isSimulated(baseUrl, terminal.fetch);
  const { toPlan } = await import("../probe/plan.ts");
  terminal.err(toPlan(adapter, mark, baseUrl));
  if (!isSimulator) await confirm(terminal, `${baseUrl} is no simulator. The probe writes there`, options);
  const { ROOT } = await import("../build.ts");
  const { probe } = await import("../probe/probe.ts");
  const { probeSimulator } = await import("../probe/simulator.ts");
  const { differences, writeRecord } = await import("../probe/record.ts");
  const { showSides } = await import("../probe/report.ts");
  const withLimit = options.limit;
  const real = await probe({ adapter, settings, fetch: (url, init) => terminal.fetch(url, init), mark, withLimit });
  const { answers } = await probeSimulator(adapter, settings, withLimit);
  terminal.out(
    showSides({ title: "simulator", answers }, { title: options.record ?? hostname, answers: real.answers }),
  );
  terminal.out(`left there: ${real.left.users} users, ${real.left.groups} groups`);
  if (options.record !== undefined) {
    const date = new Date().toISOString().slice(0, 10);
    const command = `portico adapter probe ${adapter.name}`;
    writeRecord(ROOT, adapter.name, { product: options.record, date, command, answers: real.answers });
  }
  return differences(answers, real.answers).length > 0;
}

function parseSettings(adapter: Adapter, given: Record<string, unknown>): Record<string, unknown> {
  const parsed = adapter.settings.safeParse(given);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(({ path, code }) => `${path.join(".")} (${code})`);
  throw new CliFailure(`--connection has wrong settings: ${places.join(", ")}`);
}

/** Whether the account says of itself that it is played. */
async function isSimulated(baseUrl: string, fetch: Send): Promise<boolean> {
  const { SIMULATOR_MARKER } = await import("../../adapters/simulation/exchange.ts");
  try {
    return (await fetch(baseUrl, { redirect: "manual" })).headers.get("x-simulator") === SIMULATOR_MARKER;
  } catch {
    return false;
  }
}
