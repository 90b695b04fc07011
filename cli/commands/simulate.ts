// `portico simulate`: an identity provider's whole dialogue against any SCIM server.

import { type Command, Option } from "commander";
import * as z from "zod";
import { connectionPath, type GlobalOptions, openApi } from "../api.ts";
import { parseAddress } from "../demo.ts";
import { simulateAuthentik } from "../simulate/authentik/cycle.ts";
import type { Simulation } from "../simulate/cycle.ts";
import { simulateEntra } from "../simulate/entra/cycle.ts";
import { createEntrance, type Entrance, WAYS, type Way } from "../simulate/entrance.ts";
import { simulateOkta } from "../simulate/okta/cycle.ts";
import { createProgress, silentProgress } from "../simulate/progress.ts";
import { formatReport, type Report } from "../simulate/report.ts";
import { CliFailure, readArgument, type Terminal } from "../terminal.ts";
import { parseCount, parseCountOrZero } from "./token.ts";

interface SimulateOptions extends GlobalOptions {
  connection?: string;
  tenantUrl?: string;
  token?: string;
  users: number;
  groups: number;
  seed: number;
  concurrency: number;
  keep?: true;
}

interface EntraOptions extends SimulateOptions {
  auth?: Way;
  rotate?: true;
  flag?: true;
  softDelete?: true;
}

interface OktaOptions extends SimulateOptions {
  putOnly?: true;
}

interface AuthentikOptions extends SimulateOptions {
  workMail?: true;
}

/** How long the removals at the end may take before the brake counts them again. */
const CLEAN_UP_MS = 3_600_000;

interface Target {
  tenantUrl: string;
  token(): Promise<string>;
  /** Present where a credential of its own was made for the run. */
  entrance?: Entrance;
  /** Says that the removals of the clean-up are intended, where that can be said. */
  beforeCleanUp?(counts: Record<string, number>): Promise<void>;
  /** Gives back what was made to reach the target. */
  release(): Promise<void>;
}

export function addSimulateCommands(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const simulate = program.command("simulate").description("play an identity provider against any SCIM server");
  const play = <Options extends SimulateOptions>(run: Run<Options>) => toAction(terminal, exit, run);

  addOptions(simulate.command("entra"))
    .description("Microsoft Entra ID: an initial and an incremental cycle with fake people; exit 1 on a deviation")
    .option("--flag", "send the shapes of aadOptscim062020")
    .option("--soft-delete", "play how users leave and return, too")
    .addOption(
      new Option("--auth <way>", "with --connection: a credential of its own, revoked at the end").choices(WAYS),
    )
    .option("--rotate", "with --connection: change the credential in the middle of the cycle")
    .action(
      play(({ simulation, entrance }, { flag, softDelete, auth, rotate }: EntraOptions) =>
        simulateEntra({
          ...simulation,
          flag: flag ?? false,
          ...(softDelete ? { softDelete } : {}),
          ...(auth ? { auth: `auth ${auth}` } : {}),
          ...(rotate && entrance ? { rotation: entrance } : {}),
        }),
      ),
    );
  addOptions(simulate.command("okta"))
    .description("Okta: assignments, profile and group pushes with the default mapping; exit 1 on a deviation")
    .option("--put-only", "write everything by PUT, as a custom application does")
    .action(
      play(({ simulation }, { putOnly }: OktaOptions) =>
        simulateOkta({ ...simulation, ...(putOnly ? { putOnly } : {}) }),
      ),
    );
  addOptions(simulate.command("authentik"))
    .description("authentik: two synchronisations with the default mappings; exit 1 on a deviation")
    .option("--work-mail", "send the address as work, by a mapping of the administrator, instead of other")
    .action(
      play(({ simulation }, { workMail }: AuthentikOptions) =>
        simulateAuthentik({ ...simulation, ...(workMail ? { workMail } : {}) }),
      ),
    );
}

function addOptions(command: Command): Command {
  return command
    .option("--connection <name>", "a connection of this Portico")
    .option("--tenant-url <url>", "any SCIM server, instead of --connection")
    .addOption(
      new Option("--token <token>", "its bearer: @file, - for stdin, or inline (visible to other processes)").env(
        "PORTICO_SCIM_TOKEN",
      ),
    )
    .option("--users <n>", "people of the tenant", parseCount, 20)
    .option("--groups <n>", "groups of the tenant", parseCountOrZero, 3)
    .option("--seed <n>", "the same seed gives the same people", parseCountOrZero, 1)
    .option("--concurrency <n>", "requests under way at once", parseCount, 4)
    .option("--keep", "leave what the run made");
}

type Run<Options> = (
  target: { simulation: Simulation; entrance: Entrance | undefined },
  options: Options,
) => Promise<Report>;

function toAction<Options extends SimulateOptions>(
  terminal: Terminal,
  exit: (code: number) => void,
  run: Run<Options>,
) {
  return async (_own: unknown, command: Command): Promise<void> => {
    const options = command.optsWithGlobals<Options>();
    const target = await findTarget(options, terminal);
    try {
      const simulation: Simulation = {
        tenantUrl: parseAddress(target.tenantUrl, "the Tenant URL"),
        token: () => target.token(),
        users: options.users,
        groups: options.groups,
        seed: options.seed,
        concurrency: options.concurrency,
        keep: options.keep ?? false,
        fetch: terminal.fetch,
        ...(target.beforeCleanUp ? { beforeCleanUp: target.beforeCleanUp } : {}),
        progress: options.json ? silentProgress : createProgress(terminal),
      };
      const report = await run({ simulation, entrance: target.entrance }, options);
      terminal.out(options.json ? JSON.stringify(report, null, 2) : formatReport(report));
      if (report.deviationCount > 0) exit(1);
    } finally {
      await target.release();
    }
  };
}

async function findTarget(
  options: SimulateOptions & Pick<EntraOptions, "auth" | "rotate">,
  terminal: Terminal,
): Promise<Target> {
  const nothing = async () => {};
  if (options.connection !== undefined && options.tenantUrl !== undefined) {
    throw new CliFailure("give --connection or --tenant-url, not both");
  }
  if (options.tenantUrl !== undefined) {
    if (options.auth !== undefined || options.rotate) throw new CliFailure("--auth and --rotate need --connection");
    if (options.token === undefined) throw new CliFailure("--tenant-url needs --token (or PORTICO_SCIM_TOKEN)");
    const token = await readArgument(options.token, terminal);
    return { tenantUrl: options.tenantUrl, token: async () => token, release: nothing };
  }
  if (options.connection === undefined) throw new CliFailure("give --connection <name>, or --tenant-url and --token");
  return findConnection(options.connection, options, terminal);
}

// The local start's token where there is one; else, or where it is asked for, a credential that is revoked at the end.
async function findConnection(
  name: string,
  options: SimulateOptions & Pick<EntraOptions, "auth" | "rotate">,
  terminal: Terminal,
): Promise<Target> {
  const api = await openApi(options, terminal);
  const known = api.demo?.connections.find((each) => each.name === name);
  const beforeCleanUp = async (counts: Record<string, number>) => {
    const until = new Date(Date.now() + CLEAN_UP_MS).toISOString();
    for (const [kind, count] of Object.entries(counts)) {
      // Where it cannot be said, the clean-up reports what was held back.
      await api
        .call("POST", connectionPath(name, "brake", "release"), z.unknown(), { kind, count, until })
        .catch(() => {});
    }
  };
  if (known && options.auth === undefined && !options.rotate) {
    return { tenantUrl: known.tenantUrl, token: async () => known.token, beforeCleanUp, release: async () => {} };
  }
  const entrance = await createEntrance(options.auth ?? "bearer", name, api, terminal.fetch);
  const { tenantUrl, token, release } = entrance;
  return { tenantUrl, token, entrance, beforeCleanUp, release };
}
