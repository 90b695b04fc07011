// `portico simulate entra`: an identity provider's whole dialogue against any SCIM server.

import { type Command, Option } from "commander";
import * as z from "zod";
import { connectionPath, type GlobalOptions, openApi } from "../api.ts";
import { parseAddress } from "../demo.ts";
import { simulateEntra } from "../simulate/entra/cycle.ts";
import { createProgress, silentProgress } from "../simulate/progress.ts";
import { formatReport } from "../simulate/report.ts";
import { CliFailure, readArgument, type Terminal } from "../terminal.ts";
import { mintedToken, parseCount, parseCountOrZero } from "./token.ts";

interface EntraOptions extends GlobalOptions {
  connection?: string;
  tenantUrl?: string;
  token?: string;
  users: number;
  groups: number;
  flag?: true;
  seed: number;
  concurrency: number;
  keep?: true;
}

/** How long the brake of a simulated connection stays open for the removals at the end. */
const CLEAN_UP_MINUTES = 5;

interface Target {
  tenantUrl: string;
  token: string;
  /** Says that the removals of the clean-up are intended, where that can be said. */
  beforeCleanUp?(): Promise<void>;
  /** Gives back what was made to reach the target. */
  release(): Promise<void>;
}

export function addSimulateCommands(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command("simulate")
    .description("play an identity provider")
    .command("entra")
    .description("Microsoft Entra ID: an initial and an incremental cycle with fake people; exit 1 on a deviation")
    .option("--connection <name>", "a connection of this Portico")
    .option("--tenant-url <url>", "any SCIM server, instead of --connection")
    .addOption(
      new Option("--token <token>", "its bearer: @file, - for stdin, or inline (visible to other processes)").env(
        "PORTICO_SCIM_TOKEN",
      ),
    )
    .option("--users <n>", "people of the tenant", parseCount, 20)
    .option("--groups <n>", "groups of the tenant", parseCountOrZero, 3)
    .option("--flag", "send the shapes of aadOptscim062020")
    .option("--seed <n>", "the same seed gives the same people", parseCountOrZero, 1)
    .option("--concurrency <n>", "requests under way at once", parseCount, 4)
    .option("--keep", "leave what the run made")
    .action(async (_own: unknown, command: Command) => {
      const options = command.optsWithGlobals<EntraOptions>();
      const target = await findTarget(options, terminal);
      try {
        const report = await simulateEntra({
          tenantUrl: parseAddress(target.tenantUrl, "the Tenant URL"),
          token: target.token,
          users: options.users,
          groups: options.groups,
          flag: options.flag ?? false,
          seed: options.seed,
          concurrency: options.concurrency,
          keep: options.keep ?? false,
          fetch: terminal.fetch,
          ...(target.beforeCleanUp ? { beforeCleanUp: target.beforeCleanUp } : {}),
          progress: options.json ? silentProgress : createProgress(terminal),
        });
        terminal.out(options.json ? JSON.stringify(report, null, 2) : formatReport(report));
        if (report.deviationCount > 0) exit(1);
      } finally {
        await target.release();
      }
    });
}

async function findTarget(options: EntraOptions, terminal: Terminal): Promise<Target> {
  const nothing = async () => {};
  if (options.connection !== undefined && options.tenantUrl !== undefined) {
    throw new CliFailure("give --connection or --tenant-url, not both");
  }
  if (options.tenantUrl !== undefined) {
    if (options.token === undefined) throw new CliFailure("--tenant-url needs --token (or PORTICO_SCIM_TOKEN)");
    return { tenantUrl: options.tenantUrl, token: await readArgument(options.token, terminal), release: nothing };
  }
  if (options.connection === undefined) throw new CliFailure("give --connection <name>, or --tenant-url and --token");
  return findConnection(options.connection, options, terminal);
}

// The local start's token where there is one; else one of a day, revoked at the end.
async function findConnection(name: string, options: EntraOptions, terminal: Terminal): Promise<Target> {
  const api = await openApi(options, terminal);
  const known = api.demo?.connections.find((each) => each.name === name);
  const beforeCleanUp = async () => {
    // Where it cannot be said, the clean-up reports what was held back.
    await api
      .call("POST", connectionPath(name, "brake", "release"), z.unknown(), { minutes: CLEAN_UP_MINUTES })
      .catch(() => {});
  };
  if (known) return { tenantUrl: known.tenantUrl, token: known.token, beforeCleanUp, release: async () => {} };
  const minted = await api.call("POST", connectionPath(name, "tokens"), mintedToken, {
    label: "portico simulate",
    expiresInDays: 1,
  });
  return {
    tenantUrl: minted.tenantUrl,
    token: minted.token,
    beforeCleanUp,
    async release() {
      await api.call("DELETE", connectionPath(name, "tokens", minted.id), z.unknown());
    },
  };
}
