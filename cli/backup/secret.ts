// What encrypts a backup: a passphrase from a prompt, the environment or a file, or a key file; never an argument.

import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { CannotAsk, CliFailure, causeOf, type Terminal } from "../terminal.ts";
import type { Secret } from "./container.ts";

const VARIABLE = "PORTICO_BACKUP_PASSPHRASE";
const MIN_CHARACTERS = 12;
const MIN_KEY_BYTES = 32;
const MAX_KEY_BYTES = 65_536;

export interface SecretOptions {
  passphraseFile?: string;
  keyFile?: string;
}

export const withSecret = (command: Command): Command =>
  command
    .option("--passphrase-file <file>", `a file whose first line is the passphrase; else ${VARIABLE}, else it is asked`)
    .option("--key-file <file>", "instead of a passphrase: a file of at least 32 random bytes");

/** @param isNew the secret is chosen now: it is asked twice, and must not be short */
export async function readSecret(options: SecretOptions, terminal: Terminal, isNew: boolean): Promise<Secret> {
  const { passphraseFile, keyFile } = options;
  if (passphraseFile !== undefined && keyFile !== undefined) {
    throw new CliFailure("give --passphrase-file or --key-file, not both");
  }
  if (keyFile !== undefined) {
    const bytes = await read(keyFile);
    if (bytes.length >= MIN_KEY_BYTES && bytes.length <= MAX_KEY_BYTES) return { keyFile: bytes };
    throw new CliFailure(
      `a key file has ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} random bytes: openssl rand -out <file> 32`,
    );
  }
  const given =
    passphraseFile === undefined
      ? process.env[VARIABLE]
      : (await read(passphraseFile)).toString("utf8").split(/\r?\n/, 1)[0];
  const passphrase = given ?? (await ask(terminal, isNew));
  if (isNew && [...passphrase].length < MIN_CHARACTERS) {
    throw new CliFailure(
      `a passphrase has at least ${MIN_CHARACTERS} characters; several words are easy to write down`,
    );
  }
  return { passphrase };
}

async function ask(terminal: Terminal, isNew: boolean): Promise<string> {
  const { askSecret } = terminal;
  if (!askSecret) {
    throw new CannotAsk(
      `the passphrase is needed, and there is no terminal to ask at: set ${VARIABLE}, or give --key-file`,
    );
  }
  const passphrase = await askSecret("Passphrase: ");
  if (isNew && (await askSecret("Once more: ")) !== passphrase) {
    throw new CliFailure("the two passphrases are not the same");
  }
  return passphrase;
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((cause) => {
    throw new CliFailure(`cannot read ${path}: ${causeOf(cause)}`, { cause });
  });
}
