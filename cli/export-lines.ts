// What the administrator API exports, a JSON object a line: whole or a failure, to stdout or to a new file.

import { link, open, unlink } from "node:fs/promises";
import * as z from "zod";
import type { AdminApi } from "./api.ts";
import { CliFailure, causeOf, type Terminal } from "./terminal.ts";

const line = z.looseObject({ kind: z.string() });

/** The lines of an export. @throws CliFailure where the line that ends it is missing */
export async function* wholeExport(api: AdminApi, path: string): AsyncGenerator<string> {
  let isWhole = false;
  for await (const each of api.lines(path)) {
    isWhole = line.safeParse(JSON.parse(each)).data?.kind === "end";
    yield each;
  }
  if (!isWhole) throw new CliFailure("the export broke off: its last line is missing");
}

/** Prints the lines, or writes them to the file that the options name. */
export async function putLines(
  lines: AsyncIterable<string>,
  { output, json }: { output?: string; json?: true },
  terminal: Terminal,
): Promise<void> {
  if (output === undefined) {
    for await (const each of lines) terminal.out(each);
    return;
  }
  const count = await writeNew(output, lines);
  terminal.out(json ? JSON.stringify({ file: output, lines: count }) : `wrote ${count} lines to ${output}`);
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
