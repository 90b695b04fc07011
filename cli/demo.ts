// The local start's file `demo.json` in its folder: where it listens and with which secrets.

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";
import { isHeld, readFolders } from "./state-folder.ts";
import { CliFailure, type Terminal } from "./terminal.ts";

/** Where `npm start` listens unless told otherwise. */
export const DEFAULT_URL = "http://127.0.0.1:8787";

const demoShape = z.object({
  url: z.string(),
  /** The API key of this start. */
  adminToken: z.string(),
  connections: z.array(z.object({ name: z.string(), tenantUrl: z.string(), token: z.string(), vendor: z.string() })),
});

export type Demo = z.infer<typeof demoShape>;

/** What `npm start` wrote into a folder, or undefined where it wrote nothing. Throws CliFailure when the file has another shape. */
async function readDemo(folder: string): Promise<Demo | undefined> {
  const path = join(folder, "demo.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return undefined;
  }
  try {
    return demoShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new CliFailure(`${path} is not what npm start writes; move it away and run npm start again`, { cause });
  }
}

/**
 * The local start that a command means: that of `folder`, that at `url`, else the one that runs.
 * @throws CliFailure where `folder` has none, or several run and none is the default one
 */
export async function findDemo(
  { stateFolder }: Pick<Terminal, "stateFolder">,
  { url, folder }: { url?: string | undefined; folder?: string | undefined },
): Promise<Demo | undefined> {
  if (folder !== undefined) {
    const found = await readDemo(resolve(folder));
    if (found) return found;
    throw new CliFailure(`${resolve(folder)} holds no Portico; make one with npm start -- --state ${folder}`);
  }
  const folders = [stateFolder, ...readFolders(stateFolder)];
  if (url !== undefined) {
    for (const one of folders) {
      const found = await readDemo(one);
      if (found && originOf(found.url) === originOf(url)) return found;
    }
    return undefined;
  }
  const running = folders.filter(isHeld);
  const [only, ...others] = running;
  if (only === undefined || others.length === 0 || only === stateFolder) return readDemo(only ?? stateFolder);
  throw new CliFailure(`several Porticos run on this machine; say which with --folder: ${running.join(", ")}`);
}

const originOf = (url: string) => url.replace(/\/+$/, "");

/** An address that may be sent a secret: https, or http on this machine. Throws CliFailure. */
export function parseAddress(text: string, what: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new CliFailure(`${what} is not a URL: ${text}`, { cause });
  }
  const loopback = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && loopback)) return url;
  throw new CliFailure(`${what} must be https (http only on this machine), because a token is sent to it`);
}
