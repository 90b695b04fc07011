// The type errors of one vendor's folder, found by the project's own compiler before the suite runs.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ROOT } from "../build.ts";
import { CliFailure } from "../terminal.ts";

/** More errors than these are mostly the echo of the first. */
const MAX_ERRORS = 12;
/** In characters: the compiler writes whole tables out as types. */
const MAX_TYPE_LENGTH = 160;
const ERROR = /^(?<file>[^\s(][^(]*)\((?<line>\d+),\d+\): error (?<code>TS\d+): (?<message>.*)$/;

/** What the compiler says of the folder, without the vendor's own tests, which need the types of the whole Worker. */
async function compile(folder: string): Promise<string> {
  // A configuration is found from its own place, and this folder is ignored by git.
  const place = join(ROOT, ".portico");
  mkdirSync(place, { recursive: true });
  const config = join(place, `types-${folder.replaceAll(/\W/g, "-")}.json`);
  const include = `../${folder}`;
  writeFileSync(
    config,
    JSON.stringify({ extends: "../tsconfig.json", include: [include], exclude: [`${include}/test`] }),
  );
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const child = spawn(process.execPath, [compiler, "--project", config, "--pretty", "false"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [said, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0 && !said.split("\n").some((line) => ERROR.test(line))) {
    throw new CliFailure(`the compiler failed: ${`${said}${complaint}`.trim()}`);
  }
  return said;
}

const shorten = (message: string): string =>
  message.replaceAll(/'([^']+)'/g, (quoted, type: string) =>
    type.length > MAX_TYPE_LENGTH ? `'${type.slice(0, MAX_TYPE_LENGTH)}…'` : quoted,
  );

/**
 * The compiler's words, one text for each error: the place, the line that stands there, and what is wrong with it. Of a
 * chain of reasons the last two are told, because the first ones repeat whole types.
 */
export function toTypeErrors(said: string, readLine: (file: string, line: number) => string): string[] {
  const errors: { place: string; source: string; code: string; reasons: string[] }[] = [];
  for (const line of said.split("\n")) {
    const { file, line: at = "", code = "", message = "" } = ERROR.exec(line)?.groups ?? {};
    if (file !== undefined) {
      const source = readLine(file, Number(at)).trim();
      errors.push({ place: `${file.replaceAll("\\", "/")}:${at}`, source, code, reasons: [message] });
    } else if (line.startsWith("  ")) errors.at(-1)?.reasons.push(line.trim());
  }
  const texts = errors.map(({ place, source, code, reasons }) =>
    [place, `  ${source}`, ...reasons.slice(-2).map((reason) => `  ${shorten(reason)}`), `  (${code})`].join("\n"),
  );
  const more = texts.length - MAX_ERRORS;
  return more > 0 ? [...texts.slice(0, MAX_ERRORS), `${more} more: npx tsc --noEmit shows them all`] : texts;
}

/**
 * The type errors of a folder, named from the root of the repository.
 * @throws CliFailure where the compiler does not run
 */
export async function findTypeErrors(folder: string): Promise<string[]> {
  const readLine = (file: string, line: number) =>
    readFileSync(join(ROOT, file), "utf8")
      .split("\n")
      .at(line - 1) ?? "";
  return toTypeErrors(await compile(folder), readLine);
}
