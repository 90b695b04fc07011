// A real Request Tracker 5 from Debian's packages, on loopback, with a database and a configuration that are thrown away.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers, freePort, runCommand, startServer } from "./processes.ts";
import type { Cycle, RealProduct, Sight } from "./product.ts";
import { toReply } from "./reply.ts";

const SERVER = "/usr/share/request-tracker5/libexec/rt-server";
const SETUP = "/usr/sbin/rt-setup-database-5";
const PAGE = 100;

export const MISSING =
  "Request Tracker is not installed; as root on Debian 12: sh test/real/install-request-tracker.sh " +
  "(apt-get install -y --no-install-recommends request-tracker5 rt5-db-sqlite rt5-standalone)";

export const isInstalled = () => [SERVER, SETUP].every((path) => existsSync(path));

export interface RealRequestTracker extends RealProduct {
  token: string;
}

/** @throws Error with what Perl said */
export async function startRequestTracker(): Promise<RealRequestTracker> {
  const folder = mkdtempSync(join(tmpdir(), "portico-rt-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const port = await freePort();
    const env = writeInstance(folder, port);
    const at = { cwd: folder, env };
    await runCommand(SETUP, ["--action", "init", "--skip-create"], at);
    const token = (await runCommand("perl", [join(folder, "prepare.pl")], at)).trim();
    const url = `http://127.0.0.1:${port}/REST/2.0`;
    const args = ["--host", "127.0.0.1", "--port", String(port)];
    const server = await startServer(SERVER, args, at, answers(`${url}/users`, 401));
    const version = await call(url, token, "/rt").then(({ body }) => String(body.Version).split("+")[0]);
    return {
      ...{ url, token, title: `Request Tracker ${version}`, settings: { baseUrl: url, token } },
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

/** What Debian keeps below /etc/request-tracker5 for an instance, in a folder of its own. */
function writeInstance(folder: string, port: number): NodeJS.ProcessEnv {
  for (const part of ["mason", "sessions", "log", "none"]) mkdirSync(join(folder, part));
  const site = join(folder, "RT_SiteConfig.pm");
  const settings = {
    ...{ rtname: "throwaway", Organization: "example.net", DatabaseType: "SQLite" },
    ...{ DatabaseName: join(folder, "rt.sqlite3"), MasonDataDir: join(folder, "mason") },
    ...{
      MasonSessionDir: join(folder, "sessions"),
      LogDir: join(folder, "log"),
      LogToSyslog: "",
      LogToSTDERR: "error",
    },
    ...{ WebDomain: "127.0.0.1", WebPort: String(port), WebBaseURL: `http://127.0.0.1:${port}` },
  };
  const lines = Object.entries(settings).map(([name, value]) => `Set($${name}, '${value}');`);
  writeFileSync(site, `${lines.join("\n")}\n1;\n`);
  writeFileSync(
    join(folder, "prepare.pl"),
    [
      "use lib '/usr/share/request-tracker5/lib';",
      "use RT; RT::LoadConfig(); RT::Init();",
      "my $root = RT::User->new(RT->SystemUser); $root->Load('root');",
      "my $token = RT::AuthToken->new(RT::CurrentUser->new($root));",
      "my ($ok, $message, $text) = $token->Create(Owner => $root->Id, Description => 'portico');",
      "die $message unless $ok;",
      "print $text;",
    ].join("\n"),
  );
  return { ...process.env, LANG: "C.UTF-8", RT_SITE_CONFIG: site, RT_SITE_CONFIG_DIR: join(folder, "none") };
}

const call = async (url: string, token: string, path: string) =>
  toReply(await fetch(`${url}${path}`, { headers: { authorization: `token ${token}` } }));

/** Lists do not tell who is disabled, so they are asked for twice. */
export function lookInto({ url, token }: RealRequestTracker): Sight {
  const listed = async (query: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const { body } = await call(url, token, `/users?fields=id&orderby=id&per_page=${PAGE}&page=${page}${query}`);
      pages = body.pages;
      ids.push(...body.items.map(({ id }: { id: number }) => String(id)));
    }
    return ids;
  };
  return {
    async users() {
      const active = new Set(await listed(""));
      return (await listed("&find_disabled_rows=1")).map((id) => ({ id, isActive: active.has(id) }));
    },
    async groups() {
      const { body } = await call(url, token, `/groups?fields=id,Name&per_page=${PAGE}`);
      return body.items.map(({ Name }: { Name: string }) => ({ name: Name }));
    },
  };
}

export const CYCLES: Cycle[] = [
  {
    ...{ name: "request-tracker-entra", users: 50, groups: 6, flag: true, leaves: "disabled" },
    ...{ settings: {}, profile: {} },
  },
];
