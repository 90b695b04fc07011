// A real Directus 11 from the npm registry, on loopback, with an SQLite database that is thrown away.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers, freePort, runCommand, startServer } from "./processes.ts";
import type { Cycle, RealProduct, Sight } from "./product.ts";
import { toReply } from "./reply.ts";

/** As `install-directus.sh` has it. */
const VERSION = "11.17.4";
const FOLDER = `/var/lib/portico-directus-${VERSION}`;
const NODE = join(FOLDER, "node");
const COMMAND = join(FOLDER, "node_modules/directus/cli.js");

export const MISSING = `Directus ${VERSION} is not installed; as root on Debian 12: sh test/real/install-directus.sh`;

export const isInstalled = () => existsSync(join(FOLDER, "installed"));

export interface RealDirectus extends RealProduct {
  token: string;
}

/** @throws Error with what Directus said */
export async function startDirectus(): Promise<RealDirectus> {
  const folder = mkdtempSync(join(tmpdir(), "portico-directus-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const token = randomBytes(24).toString("hex");
    for (const part of ["uploads", "extensions"]) mkdirSync(join(folder, part));
    const at = { cwd: folder, env: settingsOf(folder, port, token) };
    await runCommand(NODE, [COMMAND, "bootstrap"], at);
    const server = await startServer(NODE, [COMMAND, "start"], at, answers(`${url}/server/ping`, 200));
    return {
      ...{ url, token, title: `Directus ${VERSION}`, settings: { baseUrl: url, token } },
      async close() {
        await server.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function settingsOf(folder: string, port: number, token: string): NodeJS.ProcessEnv {
  return {
    ...{ ...process.env, HOME: folder, NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(port) },
    ...{ KEY: randomBytes(16).toString("hex"), SECRET: randomBytes(32).toString("hex") },
    ...{ DB_CLIENT: "sqlite3", DB_FILENAME: join(folder, "directus.sqlite3") },
    ...{ ADMIN_EMAIL: "admin@example.com", ADMIN_PASSWORD: randomBytes(16).toString("hex"), ADMIN_TOKEN: token },
    ...{ STORAGE_LOCAL_ROOT: join(folder, "uploads"), EXTENSIONS_PATH: join(folder, "extensions") },
    ...{ TELEMETRY: "false", LOG_LEVEL: "error" },
  };
}

/** Everybody, and what they are, without pages. */
export function lookInto({ url, token }: RealDirectus): Sight {
  const list = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const { status, body } = await toReply(await fetch(`${url}${path}`, { headers }));
    if (status !== 200) throw new Error(`${path}: ${status}`);
    return body.data;
  };
  return {
    users: async () =>
      (await list("/users?fields=id,status&limit=-1")).map(({ id, status }: { id: string; status: string }) => ({
        ...{ id, isActive: status === "active" },
      })),
    groups: () => list("/policies?fields=name&limit=-1"),
  };
}

export const CYCLES: Cycle[] = [
  {
    ...{ name: "directus-entra", users: 50, groups: 6, flag: true, leaves: "disabled" },
    ...{ settings: {}, profile: {} },
  },
  {
    ...{ name: "directus-remove", users: 10, groups: 3, flag: false, leaves: "nothing" },
    ...{ settings: { onDelete: "remove" }, profile: {} },
  },
];
