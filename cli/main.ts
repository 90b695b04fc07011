// The `portico` command line: one commander program; each command is loaded from its own file.

import { resolve } from "node:path";
import { Command, CommanderError, Help, InvalidArgumentError, Option } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { addAdapterCommands } from "./commands/adapter.ts";
import { addAuditCommands } from "./commands/audit.ts";
import { addBackupCommands } from "./commands/backup.ts";
import { addBrakeCommands } from "./commands/brake.ts";
import { addConnectionCommands } from "./commands/connection.ts";
import { addConnectionFileCommands } from "./commands/connection-file.ts";
import { addCredentialCommands } from "./commands/credential.ts";
import { addExamCommand } from "./commands/exam.ts";
import { addExportAndEraseCommands } from "./commands/export-erase.ts";
import { addGatewayAlarmCommands } from "./commands/gateway-alarms.ts";
import { addInviteCommands } from "./commands/invite.ts";
import { addKeyCommands } from "./commands/key.ts";
import { addMasterKeyCommands } from "./commands/master-key.ts";
import { addPendingCommands } from "./commands/pending.ts";
import { addPersonCommands } from "./commands/person.ts";
import { addPlanCommands } from "./commands/plan.ts";
import { addSetupCommands } from "./commands/setup.ts";
import { addSimulateCommands } from "./commands/simulate.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addSweepCommands } from "./commands/sweep.ts";
import { addTokenCommands } from "./commands/token.ts";
import { addTraceCommands } from "./commands/trace.ts";
import { addUserCommands } from "./commands/user.ts";
import { addWebhookCommands } from "./commands/webhook.ts";
import { CannotAsk, CliFailure, createTerminal, type Terminal, toPrintable } from "./terminal.ts";

/** Runs one command line and answers the exit code; a failure is one line on stderr. */
export async function run(argv: readonly string[], terminal: Terminal = createTerminal()): Promise<number> {
  let code = 0;
  const program = createProgram(terminal, (failed) => {
    code = failed;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (!(error instanceof CliFailure)) throw error;
    terminal.err(`portico: ${error.message.split("\n").map(toPrintable).join("\n")}`);
    return error instanceof CannotAsk ? error.exitCode : 1;
  }
}

function createProgram(terminal: Terminal, exit: (code: number) => void): Command {
  const program = new Command("portico")
    .description("SCIM 2.0 for products that have none")
    .addOption(new Option("--url <url>", "address of Portico (default: the local start's)"))
    .addOption(
      new Option("--folder <folder>", "the folder of a local start (default: of the one that runs)").env(
        "PORTICO_FOLDER",
      ),
    )
    .addOption(
      new Option("--admin-token <token>", "API key; prefer the environment, arguments are visible to others").env(
        "PORTICO_ADMIN_TOKEN",
      ),
    )
    .option("--json", "print JSON only")
    .version(packageJson.version, "-V, --version", "print the version of Portico")
    .configureHelp({ optionDescription: describeOption })
    .showHelpAfterError("(portico help <command> lists its options)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });

  program
    .command("start")
    .description("run Portico on this machine with every vendor simulated")
    .option("--port <port>", "port on 127.0.0.1", parsePort, 8787)
    .option("--state <folder>", "where everything is kept (default: .portico)")
    .option("--empty", "without the demo connections: a place to restore a backup into")
    .option("--new-master-key", "seal with a new key from now on; the one before stays until this is said again")
    .action(async (own: { port: number; state?: string; empty?: true; newMasterKey?: true }) => {
      const { start } = await import("./start.ts");
      const { port, state, empty, newMasterKey } = own;
      await start({
        port,
        ...(state ? { stateDir: resolve(state) } : {}),
        ...(empty ? { isEmpty: true } : {}),
        ...(newMasterKey ? { newMasterKey } : {}),
      });
    });

  program
    .command("generate")
    .description("write the generated files")
    .option("--check", "write nothing; fail when one is not fresh")
    .action(async ({ check }: { check?: true }) => {
      const { generate } = await import("./generate.ts");
      await generate({ check: check ?? false });
    });

  program
    .command("verify")
    .description("check the rules of the house")
    .action(async () => {
      const { verify } = await import("./verify.ts");
      await verify();
    });

  addSetupCommands(program, terminal, exit);
  addAdapterCommands(program, terminal, exit);
  addConnectionFileCommands(addConnectionCommands(program, terminal, exit), terminal);
  addCredentialCommands(program, terminal);
  addInviteCommands(program, terminal);
  addTokenCommands(program, terminal);
  addMasterKeyCommands(program, terminal);
  addBackupCommands(program, terminal);
  addPersonCommands(program, terminal);
  addTraceCommands(program, terminal);
  addBrakeCommands(program, terminal);
  addPlanCommands(program, terminal);
  addPendingCommands(program, terminal);
  addSweepCommands(program, terminal, exit);
  addStatusCommand(program, terminal);
  addUserCommands(program, terminal);
  addKeyCommands(program, terminal);
  addAuditCommands(program, terminal, exit);
  addGatewayAlarmCommands(program, terminal);
  addWebhookCommands(program, terminal, exit);
  addExportAndEraseCommands(program, terminal);
  addSimulateCommands(program, terminal, exit);
  addExamCommand(program, terminal, exit);
  return program;
}

const help = new Help();
const describeOption = (option: Option) => `${option.mandatory ? "(required) " : ""}${help.optionDescription(option)}`;

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("a port is a number from 0 to 65535");
}
