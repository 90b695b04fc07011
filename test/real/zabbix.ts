// A real Zabbix frontend from Debian's packages, on loopback, with a PostgreSQL and a configuration that are thrown away.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { answers, freePort, runCommand, startServer } from "./processes.ts";
import type { Cycle, RealProduct, Sight } from "./product.ts";
import { toReply } from "./reply.ts";

const FRONTEND = "/usr/share/zabbix";
const SCHEMA = "/usr/share/zabbix-server-pgsql";
const POSTGRES = "/usr/lib/postgresql/15/bin";
const PHP = "/usr/bin/php";
/** Who runs the database where this process is root, which PostgreSQL refuses. */
const OWNER = "postgres";

export const MISSING =
  "Zabbix is not installed; as root on Debian 12: sh test/real/install-zabbix.sh " +
  "(apt-get install -y --no-install-recommends zabbix-frontend-php zabbix-server-pgsql postgresql-15 php-pgsql php-cli php8.2-cgi)";

export const isInstalled = () =>
  [join(FRONTEND, "api_jsonrpc.php"), join(SCHEMA, "schema.sql.gz"), join(POSTGRES, "initdb"), PHP].every((path) =>
    existsSync(path),
  );

export interface RealZabbix extends RealProduct {
  token: string;
  userGroup: string;
}

/** @throws Error with what PostgreSQL or Zabbix said */
export async function startZabbix(): Promise<RealZabbix> {
  const folder = mkdtempSync(join(tmpdir(), "portico-zabbix-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const started: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const server of started.reverse()) await server.close();
    remove();
  };
  try {
    started.push(await startDatabase(folder));
    writeFrontend(folder);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const at = { cwd: folder, env: process.env };
    const args = ["-q", "-S", `127.0.0.1:${port}`, "-t", join(folder, "frontend")];
    // Without a content type the API answers 412.
    started.push(await startServer(PHP, args, at, answers(`${url}/api_jsonrpc.php`, 412)));
    const { token, userGroup } = await prepare(url);
    const version = await call(url, "apiinfo.version", []);
    return {
      ...{ url, token, userGroup, title: `Zabbix ${version}`, settings: { baseUrl: url, token, userGroup } },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A cluster of its own below the folder, reached by a socket there, with Zabbix's tables and data. */
async function startDatabase(folder: string): Promise<{ close(): Promise<void> }> {
  const isRoot = process.getuid?.() === 0;
  const asOwner = (command: string, args: string[]): [string, string[]] =>
    isRoot
      ? ["setpriv", [`--reuid=${OWNER}`, `--regid=${OWNER}`, "--clear-groups", command, ...args]]
      : [command, args];
  const at = { cwd: folder, env: { ...process.env, LC_ALL: "C.UTF-8" } };
  const data = join(folder, "data");
  mkdirSync(data);
  if (isRoot) await runCommand("chown", [`${OWNER}:`, folder, data], at);
  const initial = ["-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
  await runCommand(...asOwner(join(POSTGRES, "initdb"), initial), at);
  const cheap = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "log_min_messages=panic"];
  const socket = ["-h", folder, "-U", OWNER];
  const isReady = () =>
    runCommand(join(POSTGRES, "pg_isready"), socket, at).then(
      () => true,
      () => false,
    );
  const server = await startServer(
    ...asOwner(join(POSTGRES, "postgres"), ["-D", data, "-k", folder, ...cheap]),
    at,
    isReady,
  );
  for (const part of ["schema", "images", "data"]) {
    const file = join(folder, `${part}.sql`);
    writeFileSync(file, gunzipSync(readFileSync(join(SCHEMA, `${part}.sql.gz`))));
    await runCommand(join(POSTGRES, "psql"), [...socket, "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", file, OWNER], at);
  }
  return server;
}

/** The frontend reads one file of /etc, and its name stands in the code: so the code is a copy. */
function writeFrontend(folder: string): void {
  const frontend = join(folder, "frontend");
  const conf = join(folder, "zabbix.conf.php");
  mkdirSync(frontend);
  for (const part of readdirSync(FRONTEND)) {
    if (part === "include" || part === "api_jsonrpc.php")
      cpSync(join(FRONTEND, part), join(frontend, part), { recursive: true });
    else symlinkSync(join(FRONTEND, part), join(frontend, part));
  }
  const reader = join(frontend, "include/classes/core/CConfigFile.php");
  writeFileSync(reader, readFileSync(reader, "utf8").replace("/etc/zabbix/zabbix.conf.php", conf));
  const settings = {
    TYPE: "POSTGRESQL",
    SERVER: folder,
    PORT: "5432",
    DATABASE: OWNER,
    USER: OWNER,
    PASSWORD: "",
    SCHEMA: "",
  };
  const lines = Object.entries(settings).map(([name, value]) => `$DB['${name}'] = '${value}';`);
  writeFileSync(conf, ["<?php", ...lines, "$DB['DOUBLE_IEEE754'] = true;", ""].join("\n"));
}

/** What the operator makes by hand: a token of the administrator's, and the group of all users whom Portico creates. */
async function prepare(url: string): Promise<{ token: string; userGroup: string }> {
  // The password that Zabbix ships with.
  const session = await call(url, "user.login", { username: "Admin", password: "zabbix" });
  const [{ userid }] = await call(url, "user.get", { filter: { username: "Admin" } }, session);
  const { tokenids } = await call(url, "token.create", { name: "Portico", userid }, session);
  const [{ token }] = await call(url, "token.generate", tokenids, session);
  const { usrgrpids } = await call(url, "usergroup.create", { name: "Portico" }, session);
  return { token, userGroup: usrgrpids[0] };
}

/** The result of a method; Zabbix tells of errors with status 200. */
export async function call(url: string, method: string, params: unknown, auth: string | null = null) {
  const { body } = await toReply(
    await fetch(`${url}/api_jsonrpc.php`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", method, params, auth, id: 1 }),
    }),
  );
  if (body.error) throw new Error(`${method}: ${JSON.stringify(body.error)}`);
  return body.result;
}

/** Whether somebody may log in is the sum of their groups. */
export function lookInto({ url, token }: RealZabbix): Sight {
  return {
    async users() {
      const rows = await call(url, "user.get", { output: ["userid"], getAccess: true }, token);
      return rows.map((row: { userid: string; users_status: string }) => ({
        id: row.userid,
        isActive: row.users_status === "0",
      }));
    },
    groups: () => call(url, "usergroup.get", { output: ["name"] }, token),
  };
}

export const CYCLES: Cycle[] = [
  { ...{ name: "zabbix-entra", users: 50, groups: 6, flag: true, leaves: "nothing" }, settings: {}, profile: {} },
];
