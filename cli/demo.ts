// The local start's file `.portico/demo.json`: where it listens and with which secrets.

import { readFile } from "node:fs/promises";
import * as z from "zod";
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

/** What the last `npm start` wrote, or undefined. Throws CliFailure when the file has another shape. */
export async function readDemo(terminal: Terminal): Promise<Demo | undefined> {
  let text: string;
  try {
    text = await readFile(terminal.demoFile, "utf8");
  } catch {
    return undefined;
  }
  try {
    return demoShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new CliFailure(`${terminal.demoFile} is not what npm start writes; remove it and run npm start again`, {
      cause,
    });
  }
}

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
