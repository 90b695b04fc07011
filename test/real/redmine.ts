// A real Redmine from Debian's packages, on loopback, with a database and a configuration that are thrown away.

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const SHARE = "/usr/share/redmine";
const LOCK_FILE = "/var/lib/redmine/Gemfile.lock";
const PUMA = "/usr/bin/puma";
const READY_WITHIN_MS = 60_000;
const GONE_WITHIN_MS = 10_000;

export const MISSING =
  "Redmine is not installed; as root on Debian 12: sh test/real/install.sh " +
  "(debconf preset redmine/instances/default/dbconfig-install=false, then " +
  "apt-get install -y --no-install-recommends redmine redmine-sqlite puma)";

export interface RealRedmine {
  url: string;
  apiKey: string;
  version: string;
  close(): Promise<void>;
}

export const isInstalled = () => [join(SHARE, "config.ru"), LOCK_FILE, PUMA].every((path) => existsSync(path));

/** @throws Error with what Ruby said */
export async function startRedmine(): Promise<RealRedmine> {
  const folder = mkdtempSync(join(tmpdir(), "portico-redmine-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const env = writeInstance(folder);
    const apiKey = (await runRuby(env, [join(SHARE, "bin", "rails"), "runner", join(folder, "prepare.rb")])).trim();
    const port = await freePort();
    const puma = spawn(
      PUMA,
      ["-b", `tcp://127.0.0.1:${port}`, "-e", "production", "-w", "0", "-t", "5:5", "config.ru"],
      {
        cwd: SHARE,
        env,
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    // However the run ends, the server ends with it.
    const kill = () => puma.kill("SIGKILL");
    process.once("exit", kill);
    process.once("exit", remove);
    const url = `http://127.0.0.1:${port}`;
    await untilReady(url, puma);
    return {
      url,
      apiKey,
      version: readVersion(),
      async close() {
        await end(puma);
        process.off("exit", kill);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** What Debian keeps below /etc/redmine and /var/lib/redmine for an instance, in a folder of its own. */
function writeInstance(folder: string): NodeJS.ProcessEnv {
  for (const part of ["config", "files", "log", "public", "tmp/cache"])
    mkdirSync(join(folder, part), { recursive: true });
  const write = (name: string, lines: string[]) => writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  write("config/database.yml", [
    "production:",
    "  adapter: sqlite3",
    `  database: ${join(folder, "redmine.sqlite3")}`,
    "  timeout: 10000",
  ]);
  write("config/secret_key.txt", [randomBytes(32).toString("hex")]);
  // The packaged Gemfile asks the machine's own database.yml which adapter to load, and only root may read that.
  write("Gemfile", [`eval_gemfile "${SHARE}/Gemfile"`, 'gem "sqlite3", "~> 1.4.0"']);
  copyFileSync(LOCK_FILE, join(folder, "Gemfile.lock"));
  write("prepare.rb", [
    "ActiveRecord::Migration.verbose = false",
    "ActiveRecord::Base.connection.migration_context.migrate",
    "Setting.clear_cache",
    'Setting.rest_api_enabled = "1"',
    "puts User.where(admin: true).first.api_key",
  ]);
  return {
    ...process.env,
    LANG: "C.UTF-8",
    HOME: folder,
    RAILS_ENV: "production",
    BUNDLE_GEMFILE: join(folder, "Gemfile"),
    // Migrating must not write its schema beside the packaged files.
    SCHEMA: "/dev/null",
    // Joined to /usr/share/redmine/instances by Debian's multi-tenancy; so many steps up reach the root.
    X_DEBIAN_SITEID: `../../../..${folder}`,
  };
}

async function runRuby(env: NodeJS.ProcessEnv, args: string[]): Promise<string> {
  const child = spawn("ruby", args, { cwd: SHARE, env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`Redmine could not be prepared:\n${Buffer.concat(err)}`);
  return String(Buffer.concat(out));
}

async function untilReady(url: string, puma: ChildProcess): Promise<void> {
  for (const started = Date.now(); Date.now() - started < READY_WITHIN_MS; await sleep(200)) {
    if (puma.exitCode !== null) throw new Error(`puma ended with ${puma.exitCode} before it answered`);
    const answer = await fetch(`${url}/users.json`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 401) return;
  }
  await end(puma);
  throw new Error("Redmine does not answer");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), GONE_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

function readVersion(): string {
  const source = readFileSync(join(SHARE, "lib/redmine/version.rb"), "utf8");
  return ["MAJOR", "MINOR", "TINY"].map((part) => new RegExp(`${part}\\s*=\\s*(\\d+)`).exec(source)?.[1]).join(".");
}

export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
