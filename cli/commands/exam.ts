// `portico exam`: Microsoft's gallery exam, played against a connection or any SCIM server.

import { type Command, Option } from "commander";
import { type GlobalOptions, openApi } from "../api.ts";
import { parseAddress } from "../demo.ts";
import { type Doors, doorsOf, namedDoors } from "../exam/doors.ts";
import { type Mapping, mappingOfServer, productOf } from "../exam/mapping.ts";
import { formatOutcome, toJson } from "../exam/report.ts";
import { playExam } from "../exam/run.ts";
import { WAYS } from "../simulate/entrance.ts";
import { createProgress, silentProgress } from "../simulate/progress.ts";
import { findTarget, type TargetOptions } from "../simulate/target.ts";
import { readArgument, type Terminal } from "../terminal.ts";

interface ExamOptions extends GlobalOptions, TargetOptions {
  tokenUrl?: string;
  clientId?: string;
  clientSecret?: string;
  assertion?: string;
  mapping?: string;
}

interface Examined {
  title: string;
  mapping: Mapping | undefined;
  doors: Doors;
}

export function addExamCommand(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command("exam")
    .description("play the 25 tests of Microsoft's gallery exam; exit 1 where it is not passed")
    .option("--connection <name>", "a connection of this Portico; meant for an exam connection, <vendor>-exam")
    .option("--tenant-url <url>", "any SCIM server, instead of --connection")
    .addOption(
      new Option("--token <token>", "its bearer: @file, - for stdin, or inline (visible to other processes)").env(
        "PORTICO_SCIM_TOKEN",
      ),
    )
    .addOption(new Option("--auth <way>", "with --connection: how the exam's requests get in").choices(WAYS))
    .option("--token-url <url>", "with --tenant-url: its token endpoint")
    .option("--client-id <id>", "with --token-url: the client")
    .addOption(
      new Option("--client-secret <secret>", "with --client-id: @file, - for stdin, or inline").env(
        "PORTICO_CLIENT_SECRET",
      ),
    )
    .option("--assertion <jwt>", "with --client-id: a token of Entra, as @file, - for stdin, or inline")
    .option("--mapping <file>", "the mapped attributes, as JSON: {user: [paths], group: [paths]}")
    .action(async (_own: unknown, command: Command) => {
      const options = command.optsWithGlobals<ExamOptions>();
      const target = await findTarget(options, terminal);
      try {
        const tenantUrl = parseAddress(target.tenantUrl, "the Tenant URL");
        const { doors, mapping } = await open(options, terminal);
        try {
          const outcome = await playExam({
            tenantUrl,
            token: () => target.token(),
            fetch: terminal.fetch,
            doors,
            mapping,
            ...(target.beforeCleanUp ? { beforeCleanUp: target.beforeCleanUp } : {}),
            progress: options.json ? silentProgress : createProgress(terminal),
          });
          terminal.out(options.json ? JSON.stringify(toJson(outcome), null, 2) : formatOutcome(outcome));
          if (!outcome.isPassed) exit(1);
        } finally {
          await doors.release();
        }
      } finally {
        await target.release();
      }
    });
}

async function open(options: ExamOptions, terminal: Terminal): Promise<Examined> {
  if (options.connection !== undefined) {
    const api = await openApi(options, terminal);
    const { title, mapping } = await productOf(api, options.connection, options.mapping);
    return { title, mapping, doors: await doorsOf(api, options.connection) };
  }
  const { tokenUrl, clientId } = options;
  if (tokenUrl !== undefined) parseAddress(tokenUrl, "--token-url");
  const secret = async (name: "clientSecret" | "assertion") => {
    const given = tokenUrl === undefined ? undefined : options[name];
    return given === undefined ? {} : { [name]: await readArgument(given, terminal) };
  };
  const doors = namedDoors({
    ...(tokenUrl === undefined ? {} : { tokenUrl }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(await secret("clientSecret")),
    ...(await secret("assertion")),
  });
  return { title: "the product", mapping: await mappingOfServer(options.mapping), doors };
}
