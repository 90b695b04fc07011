// A new file that only its owner can read: written beside its place first, so that it is there whole or not at all.

import { type FileHandle, link, open, unlink } from "node:fs/promises";
import { CliFailure, causeOf } from "./terminal.ts";

/** @throws CliFailure where the file exists, or cannot be written */
export async function writeNew<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const part = `${path}.part`;
  let isOurs = false;
  try {
    const file = await open(part, "wx", 0o600);
    isOurs = true;
    let result: T;
    try {
      result = await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike a rename, a link never takes the place of a file that is there.
    await link(part, path);
    return result;
  } catch (cause) {
    if (cause instanceof CliFailure) throw cause;
    throw new CliFailure(`cannot write ${path}: ${causeOf(cause)}`, { cause });
  } finally {
    if (isOurs) await unlink(part).catch(() => {});
  }
}
