// `portico connection create`: from options, or asked for at the terminal.

import { type Command, Option } from "commander";
import type * as z from "zod";
import type { Adapter } from "../../src/adapter.ts";
import { connection } from "../../src/routes/api-answers.ts";
import { type GlobalOptions, openApi } from "../api.ts";
import { askChoice, askSettings, askText, requireAsking } from "../connection-questions.ts";
import { formatRecord } from "../print.ts";
import { CliFailure, type Terminal } from "../terminal.ts";
import { type ChangeOptions, toChanges, withChoices } from "./connection-options.ts";
import { linesOf } from "./connection-test.ts";

export const SETTINGS_HELP =
  "the vendor's settings as JSON: @file, - for stdin, or inline (inline secrets are visible to other processes and stay in the shell's history: prefer @file or -)";
export const NO_TEST_HELP = "store new settings without trying the credentials at the product";

interface CreateOptions extends ChangeOptions {
  vendor?: string;
  purpose?: string;
  sample?: true;
}

export function addCreateCommand(group: Command, terminal: Terminal): void {
  withChoices(group.command("create [name]"))
    .description("create a connection; what is left out is asked for")
    .option("--vendor <vendor>", "the vendor's adapter, as portico adapter list shows it")
    .option("--settings <json>", SETTINGS_HELP)
    .option("--sample", "instead: print settings of the vendor to fill in")
    .addOption(
      new Option(
        "--purpose <purpose>",
        "exam: a simulator or a sandbox, on which the gallery exam is taken; it cannot change afterwards",
      ).choices(["live", "exam"]),
    )
    .option("--no-test", NO_TEST_HELP)
    .action(async (given: string | undefined, _own: unknown, command: Command) => {
      const options = command.optsWithGlobals<CreateOptions>();
      if (options.sample) return printSample(options.vendor, terminal);
      const api = await openApi(options, terminal);
      const { purpose, test } = options;
      const body = {
        ...(await askMissing(given, options, terminal)),
        ...(purpose ? { purpose } : {}),
        ...(test ? {} : { test: false }),
        ...(await toChanges(options, terminal)),
      };
      showConnection(await api.call("POST", "/connections", connection, body), options, terminal);
      if (!options.json) terminal.err(`Next: portico credential create ${body.name}`);
    });
}

const SAMPLE = "portico connection create --vendor <vendor> --sample prints a settings file";

/** What a connection needs at least; where all of it is given, the adapter may be one that only the gateway has. */
async function askMissing(given: string | undefined, { vendor, settings }: CreateOptions, terminal: Terminal) {
  const missing = [
    ...(given === undefined ? ["a name"] : []),
    ...(vendor === undefined ? ["--vendor"] : []),
    ...(settings === undefined ? ["--settings"] : []),
  ];
  if (given !== undefined && vendor !== undefined && missing.length === 0) return { name: given, vendor };
  const asking = requireAsking(terminal, `${missing.join(" and ")}; ${SAMPLE}`);
  const { adapters } = await import("../../adapters/index.ts");
  const chosen = vendor ?? (await askChoice(asking, "vendor", Object.keys(adapters)));
  const adapter = settings === undefined ? requireAdapter(adapters, chosen) : undefined;
  const name = given ?? (await askText(asking, "name of the connection"));
  return { name, vendor: chosen, ...(adapter ? { settings: await askSettings(asking, adapter) } : {}) };
}

async function printSample(vendor: string | undefined, terminal: Terminal): Promise<void> {
  if (vendor === undefined) throw new CliFailure("--sample needs --vendor <vendor>");
  const { adapters } = await import("../../adapters/index.ts");
  const { sampleOf } = await import("../settings-fields.ts");
  terminal.out(JSON.stringify(sampleOf(requireAdapter(adapters, vendor)), null, 2));
}

/** Throws CliFailure that names those that there are. */
export function requireAdapter(adapters: Record<string, Adapter>, name: string): Adapter {
  const adapter = Object.hasOwn(adapters, name) ? adapters[name] : undefined;
  if (adapter) return adapter;
  throw new CliFailure(`there is no adapter ${name}; there are ${Object.keys(adapters).join(", ")}`);
}

export function showConnection(one: z.infer<typeof connection>, options: GlobalOptions, terminal: Terminal): void {
  const { trial: tried, ...shown } = one;
  terminal.out(options.json ? JSON.stringify(one, null, 2) : formatRecord(shown));
  // Beside the record, which scripts may read.
  if (tried) for (const line of linesOf(tried)) terminal.err(line);
}
