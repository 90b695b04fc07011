// A real Redmine from Debian's packages, on loopback, with a database and a configuration that are thrown away.

import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers, freePort, runCommand, startServer } from "./processes.ts";
import type { RealProduct } from "./product.ts";

const SHARE = "/usr/share/redmine";
const LOCK_FILE = "/var/lib/redmine/Gemfile.lock";
const PUMA = "/usr/bin/puma";

export const MISSING =
  "Redmine is not installed; as root on Debian 12: sh test/real/install.sh " +
  "(debconf preset redmine/instances/default/dbconfig-install=false, then " +
  "apt-get install -y --no-install-recommends redmine redmine-sqlite puma)";

export interface RealRedmine extends RealProduct {
  apiKey: string;
}

export const isInstalled = () => [join(SHARE, "config.ru"), LOCK_FILE, PUMA].every((path) => existsSync(path));

/** @throws Error with what Ruby said */
export async function startRedmine(): Promise<RealRedmine> {
  const folder = mkdtempSync(join(tmpdir(), "portico-redmine-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const env = writeInstance(folder);
    const at = { cwd: SHARE, env };
    const apiKey = (
      await runCommand("ruby", [join(SHARE, "bin", "rails"), "runner", join(folder, "prepare.rb")], at)
    ).trim();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = ["-b", `tcp://127.0.0.1:${port}`, "-e", "production", "-w", "0", "-t", "5:5", "config.ru"];
    process.once("exit", remove);
    const server = await startServer(PUMA, args, at, answers(`${url}/users.json`, 401));
    return {
      ...{ url, apiKey, title: `Redmine ${readVersion()}`, settings: { baseUrl: url, apiKey } },
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

function readVersion(): string {
  const source = readFileSync(join(SHARE, "lib/redmine/version.rb"), "utf8");
  return ["MAJOR", "MINOR", "TINY"].map((part) => new RegExp(`${part}\\s*=\\s*(\\d+)`).exec(source)?.[1]).join(".");
}
