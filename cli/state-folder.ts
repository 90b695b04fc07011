// The folder of the local start: one process at a time has it, and nobody else on the machine reads it.

import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { CliFailure } from "./terminal.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** What the umask takes away from whatever this process and workerd create. */
const OTHERS = 0o077;

/** How long what an earlier start has left may take to answer. */
const ALONE_MS = 2_000;

/** Of folders that the command line knows. */
const MAX_FOLDERS = 20;

const holderShape = z.object({ pid: z.number(), url: z.string(), since: z.string() });

const holderPath = (folder: string) => join(folder, "holder.json");

/**
 * Takes the folder for this process, until it ends however it ends: the lock is the operating system's, through an open
 * transaction of SQLite, so that a process that was killed leaves none behind.
 * @returns how to give the folder back
 * @throws CliFailure naming the process that has it
 */
export function claimFolder(folder: string, url: string): () => void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  const lock = new DatabaseSync(join(folder, "lock"));
  try {
    lock.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (cause) {
    lock.close();
    throw new CliFailure(describeHolder(folder), { cause });
  }
  writeFileSync(holderPath(folder), JSON.stringify({ pid: process.pid, url, since: new Date().toISOString() }), {
    mode: FILE_MODE,
  });
  return () => {
    if (lock.isOpen) lock.close();
  };
}

/** The file beside the default folder that names the folders of other starts, the latest first. */
const listPath = (defaultFolder: string) => `${defaultFolder}-folders.json`;

/** Folders of starts that were given one with `--state`, as far as they still exist. */
export function readFolders(defaultFolder: string): string[] {
  try {
    const known = z.array(z.string()).parse(JSON.parse(readFileSync(listPath(defaultFolder), "utf8")));
    return known.filter((folder) => existsSync(folder));
  } catch {
    // No start has had a folder of its own.
    return [];
  }
}

/** Lets the command line find a folder that is not the default one. */
export function rememberFolder(defaultFolder: string, folder: string): void {
  if (folder === defaultFolder) return;
  const others = readFolders(defaultFolder).filter((one) => one !== folder);
  writeFileSync(listPath(defaultFolder), JSON.stringify([folder, ...others].slice(0, MAX_FOLDERS)), {
    mode: FILE_MODE,
  });
}

/** Whether a process has the folder. */
export function isHeld(folder: string): boolean {
  const holder = readHolder(folder);
  if (!holder) return false;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch {
    return false;
  }
}

function describeHolder(folder: string): string {
  const holder = readHolder(folder);
  const who = holder ? `process ${holder.pid} since ${holder.since}, at ${holder.url}` : "another process";
  return `${folder} is in use by ${who}; end that one, or start with a folder and a port of its own: npm start -- --state <folder> --port <port>`;
}

function readHolder(folder: string): z.infer<typeof holderShape> | undefined {
  try {
    return holderShape.parse(JSON.parse(readFileSync(holderPath(folder), "utf8")));
  } catch {
    // It is about to be written, or another program has the folder.
    return undefined;
  }
}

/** Closes what is in the folder to everybody else, and whatever this process and those that it starts will create. */
export function closeToOthers(folder: string): void {
  // Windows has no such modes; there the folder has the rights of its parent.
  if (process.platform === "win32") return;
  process.umask(OTHERS);
  const close = (path: string) => {
    const found = lstatSync(path);
    if (found.isSymbolicLink()) return;
    chmodSync(path, found.isDirectory() ? FOLDER_MODE : FILE_MODE);
    if (found.isDirectory()) for (const name of readdirSync(path)) close(join(path, name));
  };
  close(folder);
}

/**
 * A start that was killed leaves its workerd running, which goes on with the databases.
 * @throws CliFailure where the last one's still answers to the folder's own token
 */
export async function requireAlone(
  folder: string,
  { url, adminToken }: { url: string; adminToken: string },
): Promise<void> {
  if (url === "") return;
  const headers = { authorization: `Bearer ${adminToken}` };
  const answer = await fetch(`${url}/api/vendors`, { headers, signal: AbortSignal.timeout(ALONE_MS) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  if (answer?.status !== 200) return;
  throw new CliFailure(
    `a workerd that an earlier npm start has left behind uses ${folder} and still answers at ${url}; end that process, or start with a folder and a port of its own: npm start -- --state <folder> --port <port>`,
  );
}
