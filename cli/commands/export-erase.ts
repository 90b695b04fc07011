// `portico export` and `portico erase`: copies what Portico knows of a connection, and deletes it.

import { link, open, unlink } from "node:fs/promises";
import type { Command } from "commander";
import * as z from "zod";
import { erased } from "../../src/routes/connection-answers.ts";
import { type AdminApi, connectionPath, openFor } from "../api.ts";
import { CliFailure, causeOf, confirm, type Terminal } from "../terminal.ts";
import { describeOpen, linesOfOpen, readUnfinished } from "./fence.ts";

const line = z.looseObject({ kind: z.string() });
const connectionShape = z.looseObject({ id: z.string(), vendor: z.string() });

export function addExportAndEraseCommands(program: Command, terminal: Terminal): void {
  program
    .command("export <connection>")
    .description("settings without secrets, links and memberships, one JSON object a line")
    .option("--output <file>", "a new file that only its owner can read, instead of stdout")
    .action(async (name: string, own: { output?: string }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      if (own.output === undefined) {
        for await (const each of wholeExport(api, name)) terminal.out(each);
        return;
      }
      const lines = await writeNew(own.output, wholeExport(api, name));
      const written = { file: own.output, lines };
      terminal.out(options.json ? JSON.stringify(written) : `wrote ${lines} lines to ${own.output}`);
    });

  program
    .command("erase <connection>")
    .description("forget a connection with its links, tokens and traces; accounts at the product stay as they are")
    .option("--yes", "without typing the connection's id")
    .action(async (name: string, own: { yes?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { id, vendor } = await api.call("GET", connectionPath(name), connectionShape);
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

/** The lines of an export. @throws CliFailure where the line that ends it is missing */
async function* wholeExport(api: AdminApi, name: string): AsyncGenerator<string> {
  let isWhole = false;
  for await (const each of api.lines(connectionPath(name, "export"))) {
    isWhole = line.safeParse(JSON.parse(each)).data?.kind === "end";
    yield each;
  }
  if (!isWhole) throw new CliFailure("the export broke off: its last line is missing");
}

/** Writes beside the file first, so that it is there whole or not at all. @throws CliFailure where it exists */
async function writeNew(path: string, lines: AsyncIterable<string>): Promise<number> {
  const part = `${path}.part`;
  try {
    const file = await open(part, "wx", 0o600);
    let count = 0;
    try {
      for await (const each of lines) {
        await file.write(`${each}\n`);
        count += 1;
      }
    } finally {
      await file.close();
    }
    // Unlike a rename, a link never takes the place of a file that is there.
    await link(part, path);
    return count;
  } catch (cause) {
    if (cause instanceof CliFailure) throw cause;
    throw new CliFailure(`cannot write ${path}: ${causeOf(cause)}`, { cause });
  } finally {
    await unlink(part).catch(() => {});
  }
}
