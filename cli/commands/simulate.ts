// `portico simulate`: an identity provider's whole dialogue against any SCIM server.

import { type Command, Option } from "commander";
import type { GlobalOptions } from "../api.ts";
import { parseAddress } from "../demo.ts";
import { simulateAuthentik } from "../simulate/authentik/cycle.ts";
import type { Simulation } from "../simulate/cycle.ts";
import { simulateEntra } from "../simulate/entra/cycle.ts";
import { type Entrance, WAYS } from "../simulate/entrance.ts";
import { simulateOkta } from "../simulate/okta/cycle.ts";
import { createProgress, silentProgress } from "../simulate/progress.ts";
import { formatReport, type Report } from "../simulate/report.ts";
import { findTarget, type TargetOptions } from "../simulate/target.ts";
import type { Terminal } from "../terminal.ts";
import { parseCount, parseCountOrZero } from "./token.ts";

interface SimulateOptions extends GlobalOptions, TargetOptions {
  users: number;
  groups: number;
  seed: number;
  concurrency: number;
  keep?: true;
}

interface EntraOptions extends SimulateOptions {
  flag?: true;
  softDelete?: true;
}

interface OktaOptions extends SimulateOptions {
  putOnly?: true;
}

interface AuthentikOptions extends SimulateOptions {
  workMail?: true;
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
        fetch: target.fetch,
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
