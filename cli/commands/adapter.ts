// `portico adapter`: a new vendor, the suite for one vendor, and what an adapter's attribute table says.

import type { Command } from "commander";
import type { Adapter } from "../../src/adapter.ts";
import { CliFailure, type Terminal } from "../terminal.ts";
import { addProbeCommand } from "./adapter-probe.ts";
import { requireAdapter } from "./connection-create.ts";

// The adapters are loaded by the commands that need them, so that a broken one does not take the whole command line down.

export function addAdapterCommands(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const group = program.command("adapter").description("what Portico knows of the vendors, and how to add one");

  group
    .command("new <name>")
    .description("write a new vendor's folder (adapter, simulator, README, view, promise), and register it")
    .option("--title <text>", "the product's name for people (default: made from the name)")
    .option(
      "--openapi <file>",
      "draft a description, or where data is not enough an adapter, from the vendor's OpenAPI 3 document in JSON (docs/openapi-draft.md)",
    )
    .option("--out <folder>", "where the draft is written (default: drafts/<name>)")
    .action(async (name: string, own: { title?: string; openapi?: string; out?: string }) => {
      if (own.openapi !== undefined) return terminal.out(await draft(name, own.openapi, own.out));
      if (own.out !== undefined) throw new CliFailure("--out is for --openapi: a vendor's folder is adapters/<name>");
      const { ROOT } = await import("../build.ts");
      const { createAdapter, toNames } = await import("../adapter/create.ts");
      const names = toNames(name, own.title);
      const paths = createAdapter(ROOT, names, new Date().toISOString().slice(0, 10));
      terminal.out(
        [
          ...paths.map((path) => `wrote ${path}`),
          "",
          "It works already. Now make it the product's, in this order:",
          `  1. adapters/${name}/README.md      what the vendor documents, and what is assumed`,
          `  2. adapters/${name}/simulator.ts   the product's API, played from the README`,
          `  3. adapters/${name}/view.ts        how the suite looks into the simulator's state`,
          `  4. adapters/${name}/promise.json   what the product can do and hold, as the README has it`,
          `  5. adapters/${name}/index.ts       the adapter; docs/adapters.md explains each part`,
          `  6. adapters/${name}/statements.ts  what the vendor promises to its customers, and what holds it`,
          `     adapters/${name}/customer.ts    what customers are told: docs/connect/${name}.md is made of it`,
          `  7. adapters/${name}/test/          tests of its own: *.test.ts, with the gateway *.worker.test.ts`,
          `Test it with: npm run -s portico -- adapter test ${name}`,
          "Layout: npm run format.",
        ].join("\n"),
      );
    });

  group
    .command("list", { isDefault: true })
    .description("the vendors that this Portico knows")
    .action(async (_own: unknown, command: Command) => {
      const { showList } = await import("../adapter/table.ts");
      const { json } = command.optsWithGlobals<{ json?: true }>();
      terminal.out(showList(Object.values(await loadAdapters()), json ? "json" : "terminal"));
    });

  group
    .command("test <name>")
    .description("check the types of one vendor's adapter, then run the suite for it")
    .option("--only <text>", "only scenarios whose name contains it (a regular expression)")
    .action(async (name: string, own: { only?: string }) => {
      if (!(await hasSoundTypes(name, terminal))) return exit(1);
      const adapter = requireAdapter(await loadAdapters(), name);
      const { checkAdapter } = await import("../../src/provision/vendor/declaration.ts");
      try {
        checkAdapter(adapter);
      } catch (error) {
        throw new CliFailure(error instanceof Error ? error.message : String(error), { cause: error });
      }
      const { testAdapter } = await import("../adapter/run.ts");
      if (!(await testAdapter(name, own.only, terminal))) exit(1);
    });

  addProbeCommand(group, terminal, exit, loadAdapters);

  group
    .command("table [name]")
    .description("print attribute tables as provisioning tutorials do, from the adapters' own declarations")
    .option("--markdown", "as Markdown")
    .action(async (name: string | undefined, own: { markdown?: true }, command: Command) => {
      const adapters = await loadAdapters();
      const chosen = name === undefined ? Object.values(adapters) : [requireAdapter(adapters, name)];
      const { showTable } = await import("../adapter/table.ts");
      const { json } = command.optsWithGlobals<{ json?: true }>();
      const form = json ? "json" : own.markdown ? "markdown" : "terminal";
      terminal.out(showTable(chosen.map(toShown), form));
    });
}

/** Drafts a description or an adapter from a document, and says what is left to do. */
async function draft(name: string, file: string, out: string | undefined): Promise<string> {
  const { toNames } = await import("../adapter/create.ts");
  const { isCode } = await import("../openapi-draft/draft.ts");
  const { toSentence } = await import("../openapi-draft/rules.ts");
  const { writeDraft } = await import("../openapi-draft/write.ts");
  const folder = out ?? `drafts/${toNames(name).name}`;
  const { draft: made, files } = writeDraft(name, file, folder, new Date().toISOString().slice(0, 10));
  const forces = made.forces.map((text) => `! data is not enough: ${text}`);
  const next = isCode(made)
    ? [`An adapter was drafted. ${folder}/README.md says how to run it, and what is left to do.`]
    : [];
  return [
    ...files.map((path) => `wrote ${path}`),
    `${made.lines.length} lines drafted, ${made.todos.length} questions left; the first of them:`,
    ...made.todos.slice(0, 5).map((todo) => `  ${todo.blocks}: ${toSentence(todo)}`),
    ...forces,
    ...next,
  ].join("\n");
}

/** Tells the type errors of a vendor's folder, and an adapter that is too long; a folder that is not there has neither. */
async function hasSoundTypes(name: string, terminal: Terminal): Promise<boolean> {
  const { ROOT } = await import("../build.ts");
  const { vendorFolders } = await import("../adapter/registry.ts");
  if (!vendorFolders(ROOT).includes(name)) return true;
  const { findLength } = await import("../adapter/length.ts");
  const tooLong = findLength(ROOT, name);
  if (tooLong !== undefined) terminal.out(`! ${tooLong}`);
  const { findTypeErrors } = await import("../adapter/types.ts");
  const { formatOutcome } = await import("../adapter/run.ts");
  const failures = await findTypeErrors(`adapters/${name}`);
  terminal.out(formatOutcome({ name: "types", state: failures.length > 0 ? "failed" : "passed", failures }));
  if (failures.length > 0) terminal.out(`${name}: the suite runs when the types are right`);
  return failures.length === 0;
}

async function loadAdapters(): Promise<Record<string, Adapter>> {
  try {
    return (await import("../../adapters/index.ts")).adapters;
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const place = /adapters\/\S+?\.ts:\d+/.exec(error.stack ?? "")?.[0];
    throw new CliFailure(`the adapters cannot be loaded: ${error.message}${place ? ` (${place})` : ""}`, { cause });
  }
}

/** A vendor that its settings describe has no table of its own. */
const toShown = (adapter: Adapter): Adapter =>
  adapter.specialise
    ? { ...adapter, title: `${adapter.title} (the table comes from each connection's description)` }
    : adapter;
