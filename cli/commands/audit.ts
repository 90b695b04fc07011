// `portico audit`: who did what through the administrator API, from where; no values, no secrets.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { audit } from "../../src/routes/api-answers.ts";
import { refused } from "../../src/routes/api-key-shapes.ts";
import { openFor } from "../api.ts";
import { type NotedHead, parseHead, verifyAudit } from "../audit-verification.ts";
import { putLines, wholeExport } from "../export-lines.ts";
import { formatTable, formatTime } from "../print.ts";
import { CliFailure, causeOf, type Terminal } from "../terminal.ts";
import { parseCount } from "./token.ts";

const EXPORT = "/audit/export";

export function addAuditCommands(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const group = program.command("audit").description("what administrators did");

  group
    .command("list [connection]")
    .description("the latest calls of the administrator API, newest first")
    .option("--limit <n>", "at most so many", parseCount, 50)
    .option("--before <time>", "only earlier ones (ISO 8601, UTC)")
    .option("--changes", "leave out calls that only read")
    .action(async (name: string | undefined, own: AuditOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const query = new URLSearchParams({ limit: String(own.limit) });
      if (name !== undefined) query.set("connection", name);
      if (own.before !== undefined) query.set("before", own.before);
      if (own.changes) query.set("changes", "true");
      const { calls } = await api.call("GET", `/audit?${query}`, audit);
      if (options.json) return terminal.out(JSON.stringify(calls, null, 2));
      const rows = calls.map((call) => [
        formatTime(call.at),
        call.actor,
        call.address,
        `${call.method} ${call.route}`,
        call.connection,
        call.target,
        call.fields,
        call.status,
      ]);
      const head = ["at", "who", "from", "call", "connection", "id", "fields", "status"];
      terminal.out(formatTable(head, rows, "no calls"));
    });

  group
    .command("refused")
    .description("how many calls were refused because nobody known made them, by network and minute")
    .option("--since <time>", "only later ones (ISO 8601, UTC)")
    .action(async (own: { since?: string }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const query = own.since === undefined ? "" : `?${new URLSearchParams({ since: own.since })}`;
      const found = await api.call("GET", `/audit/refused${query}`, refused);
      if (options.json) return terminal.out(JSON.stringify(found.refused, null, 2));
      const rows = found.refused.map(({ minute, address, count }) => [formatTime(minute), address, count]);
      terminal.out(formatTable(["minute", "from", "calls"], rows, "no calls were refused"));
    });

  group
    .command("export")
    .description("every row with its hash and the hash of the row before it, one JSON object a line")
    .option("--output <file>", "a new file that only its owner can read, instead of stdout")
    .action(async (own: { output?: string }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      await putLines(wholeExport(api, EXPORT), { ...options, ...own }, terminal);
    });

  group
    .command("verify [file]")
    .description("check that no row was changed, taken out or put in: of the audit, or of an export; exit code 1 if so")
    .option("--head <head>", "a head that an earlier check printed; may be given again", addHead, [])
    .action(async (file: string | undefined, own: { head: NotedHead[] }, command: Command) => {
      const lines = file === undefined ? await exportOf(command, terminal) : linesOf(file);
      const chains = await verifyAudit(lines, own.head);
      if (chains.some(({ broken }) => broken !== null)) exit(1);
      if (command.optsWithGlobals<{ json?: true }>().json) return terminal.out(JSON.stringify(chains, null, 2));
      const rows = chains.map((one) => [
        one.chain,
        one.rows,
        one.unchained,
        one.from,
        one.to,
        one.broken ?? "as it was written",
      ]);
      terminal.out(formatTable(["chain", "rows", "before chains", "from", "to", "result"], rows, "no rows"));
      const heads = chains.flatMap(({ head }) => head ?? []);
      if (heads.length > 0) terminal.out("Note these down elsewhere; the next check with --head finds them again:");
      for (const head of heads) terminal.out(head);
    });
}

const addHead = (text: string, heads: NotedHead[]): NotedHead[] => [...heads, parseHead(text)];

async function exportOf(command: Command, terminal: Terminal): Promise<AsyncIterable<string>> {
  const { api } = await openFor(command, terminal);
  return wholeExport(api, EXPORT);
}

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    for await (const line of createInterface({ input: createReadStream(file) })) yield line;
  } catch (cause) {
    throw new CliFailure(`cannot read ${file}: ${causeOf(cause)}`, { cause });
  }
}

interface AuditOptions {
  limit: number;
  before?: string;
  changes?: true;
}
