// `portico export` and `portico erase`: copies what Portico knows of a connection, and deletes it.

import type { Command } from "commander";
import { connection } from "../../src/routes/api-answers.ts";
import { erased } from "../../src/routes/connection-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import { putLines, wholeExport } from "../export-lines.ts";
import { confirm, type Terminal } from "../terminal.ts";
import { describeOpen, linesOfOpen, readUnfinished } from "./fence.ts";

export function addExportAndEraseCommands(program: Command, terminal: Terminal): void {
  program
    .command("export <connection>")
    .description("settings without secrets, links and memberships, one JSON object a line")
    .option("--output <file>", "a new file that only its owner can read, instead of stdout")
    .action(async (name: string, own: { output?: string }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      await putLines(wholeExport(api, connectionPath(name, "export")), { ...options, ...own }, terminal);
    });

  program
    .command("erase <connection>")
    .description("forget a connection with its links, tokens and traces; accounts at the product stay as they are")
    .option("--yes", "without typing the connection's id")
    .action(async (name: string, own: { yes?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { id, vendor } = await api.call("GET", connectionPath(name), connection);
      const open = describeOpen(await readUnfinished(api, name));
      const lost = open ? ` ${open}: Portico does nothing about them any more.` : "";
      const question = `Erasing ${name} (${vendor}) forgets its links, tokens and traces for good.${lost} Its id is ${id}`;
      await confirm(terminal, question, own, id);
      const left = await api.call("DELETE", connectionPath(name), erased);
      if (options.json) return terminal.out(JSON.stringify({ erased: name, id, unfinished: left }));
      terminal.out(`erased ${name}`);
      if (left.underWay > 0) terminal.out(`${left.underWay} requests that had begun were cut at their next call`);
      for (const line of linesOfOpen(left)) terminal.out(line);
    });
}
