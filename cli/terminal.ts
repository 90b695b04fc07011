// What a command may do to the world outside: print, read stdin, find the local start's file.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

export const STATE_FOLDER = join(import.meta.dirname, "..", ".portico");

/** A failure that the person at the terminal can act on: one line, no stack. */
export class CliFailure extends Error {
  override readonly name = "CliFailure";
}

/** A question that nobody can be asked; its exit code is its own, so that scripts can tell it from a failure. */
export class CannotAsk extends CliFailure {
  readonly exitCode = 2;
}

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Where progress is drawn; absent means plain lines through `err`. */
  bar?: NodeJS.WriteStream;
  readStdin(): Promise<string>;
  /** Asks the person at the terminal; absent without a terminal. */
  ask?(question: string): Promise<string>;
  /** The same for a secret: what is typed is not shown. */
  askSecret?(question: string): Promise<string>;
  /** The git-ignored folder of `npm start` where it is given no other. */
  stateFolder: string;
  fetch: typeof fetch;
}

/** The terminal of this process. */
export function createTerminal(): Terminal {
  // `| head` reads a few lines and goes; the command goes on all the same.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    ...(process.stderr.isTTY ? { bar: process.stderr } : {}),
    readStdin,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask, askSecret } : {}),
    stateFolder: STATE_FOLDER,
    fetch: (input, init) => fetch(input, init),
  };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

async function askSecret(question: string): Promise<string> {
  process.stderr.write(question);
  // readline echoes to its output; this one shows nothing.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  // Ctrl-C ends the question, as it ends every other.
  lines.once("SIGINT", () => process.exit(130));
  try {
    return await lines.question("");
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

/**
 * Goes on only when the person at the terminal has answered as asked, or has said `--yes` beforehand.
 * @param wanted what must be typed; absent: yes
 * @throws CannotAsk where there is no terminal; CliFailure where the answer is another
 */
export async function confirm(
  terminal: Terminal,
  question: string,
  options: { yes?: true | undefined },
  wanted?: string,
): Promise<void> {
  if (options.yes) return;
  if (!terminal.ask) throw new CannotAsk(`${toPrintable(question)}; there is no terminal to ask at: repeat with --yes`);
  const prompt = wanted === undefined ? "Go on? [y/N] " : "Type it to go on: ";
  const answer = (await terminal.ask(`${toPrintable(question)}\n${prompt}`)).trim();
  const isMeant = wanted === undefined ? /^y(es)?$/i.test(answer) : answer === wanted;
  if (!isMeant) throw new CliFailure("nothing was changed");
}

/** The argument itself, the content of `@file`, or stdin for `-`. Throws CliFailure when the file cannot be read. */
export async function readArgument(argument: string, terminal: Terminal): Promise<string> {
  if (argument === "-") return (await terminal.readStdin()).trim();
  if (!argument.startsWith("@")) return argument;
  const path = argument.slice(1);
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    throw new CliFailure(`cannot read ${path}: ${causeOf(cause)}`, { cause });
  }
}

/** The innermost reason of a failed call: fetch hides the system's own code in `cause`. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return causeOf(error.cause);
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.message;
}

/** Text of a server without control characters, so that it cannot drive the terminal. */
export function toPrintable(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
