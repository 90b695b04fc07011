// What the administrator API exports, a JSON object a line: whole or a failure, to stdout or to a new file.

import * as z from "zod";
import type { AdminApi } from "./api.ts";
import { writeNew } from "./new-file.ts";
import { CliFailure, type Terminal } from "./terminal.ts";

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
  const count = await writeLines(output, lines);
  terminal.out(json ? JSON.stringify({ file: output, lines: count }) : `wrote ${count} lines to ${output}`);
}

/** How many lines there were. */
const writeLines = (path: string, lines: AsyncIterable<string>): Promise<number> =>
  writeNew(path, async (file) => {
    let count = 0;
    for await (const each of lines) {
      await file.writeFile(`${each}\n`);
      count += 1;
    }
    return count;
  });
