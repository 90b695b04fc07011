// `portico exam`: Microsoft's gallery exam, played against connections or any SCIM server.

import { join } from "node:path";
import { type Command, Option } from "commander";
import { connections as connectionList } from "../../src/routes/api-answers.ts";
import { type GlobalOptions, openApi } from "../api.ts";
import { parseAddress } from "../demo.ts";
import { type Doors, doorsOf, namedDoors } from "../exam/doors.ts";
import { writeEvidence } from "../exam/evidence.ts";
import { mappingOfServer, type Product, productOf } from "../exam/mapping.ts";
import type { Outcome } from "../exam/outcome.ts";
import { formatOutcome, formatOutcomes, toJson } from "../exam/report.ts";
import { playExam } from "../exam/run.ts";
import { WAYS } from "../simulate/entrance.ts";
import { createProgress, silentProgress } from "../simulate/progress.ts";
import { findTarget, type TargetOptions } from "../simulate/target.ts";
import { CliFailure, confirm, readArgument, type Terminal } from "../terminal.ts";

interface ExamOptions extends GlobalOptions, TargetOptions {
  all?: true;
  tokenUrl?: string;
  clientId?: string;
  clientSecret?: string;
  assertion?: string;
  mapping?: string;
  evidence?: string;
  yes?: true;
}

export function addExamCommand(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command("exam")
    .description("play the 25 tests of Microsoft's gallery exam; exit 1 where it is not passed")
    .option("--connection <name>", "a connection of this Portico; meant for one with purpose exam")
    .option("--all", "every connection of this Portico with purpose exam, one after another, in one table")
    .option("--tenant-url <url>", "any SCIM server, instead of a connection")
    .addOption(
      new Option("--token <token>", "its bearer: @file, - for stdin, or inline (visible to other processes)").env(
        "PORTICO_SCIM_TOKEN",
      ),
    )
    .addOption(new Option("--auth <way>", "of a connection: how the exam's requests get in").choices(WAYS))
    .option("--token-url <url>", "with --tenant-url: its token endpoint")
    .option("--client-id <id>", "with --token-url: the client")
    .addOption(
      new Option("--client-secret <secret>", "with --client-id: @file, - for stdin, or inline").env(
        "PORTICO_CLIENT_SECRET",
      ),
    )
    .option("--assertion <jwt>", "with --client-id: a token of Entra, as @file, - for stdin, or inline")
    .option("--mapping <file>", "the mapped attributes, as JSON: {user: [paths], group: [paths]}")
    .option("--evidence <folder>", "write every exchange there, values replaced, and drafts of the customers' pages")
    .option("--yes", "examine a live connection without being asked")
    .action(async (_own: unknown, command: Command) => {
      const options = command.optsWithGlobals<ExamOptions>();
      const isPassed = options.all ? await examineAll(options, terminal) : await examineOne(options, terminal);
      if (!isPassed) exit(1);
    });
}

async function examineOne(options: ExamOptions, terminal: Terminal): Promise<boolean> {
  const outcome = await examine(options, terminal);
  terminal.out(options.json ? JSON.stringify(toJson(outcome), null, 2) : formatOutcome(outcome));
  return outcome.isPassed;
}

async function examineAll(options: ExamOptions, terminal: Terminal): Promise<boolean> {
  if (options.connection !== undefined || options.tenantUrl !== undefined) {
    throw new CliFailure("--all takes the connections with purpose exam; leave --connection and --tenant-url out");
  }
  const api = await openApi(options, terminal);
  const { connections } = await api.call("GET", "/connections", connectionList);
  const names = connections.filter(({ purpose }) => purpose === "exam").map(({ name }) => name);
  if (names.length === 0) throw new CliFailure("there is no connection with purpose exam");
  const outcomes: { name: string; outcome: Outcome }[] = [];
  for (const name of names) {
    const evidence = options.evidence === undefined ? {} : { evidence: join(options.evidence, name) };
    outcomes.push({ name, outcome: await examine({ ...options, connection: name, ...evidence }, terminal) });
  }
  const shown = outcomes.map(({ name, outcome }) => ({ connection: name, ...toJson(outcome) }));
  terminal.out(options.json ? JSON.stringify(shown, null, 2) : formatOutcomes(outcomes));
  return outcomes.every(({ outcome }) => outcome.isPassed);
}

async function examine(options: ExamOptions, terminal: Terminal): Promise<Outcome> {
  const product = await findProduct(options, terminal);
  const target = await findTarget(options, terminal);
  try {
    const tenantUrl = parseAddress(target.tenantUrl, "the Tenant URL");
    const doors = await openDoors(options, terminal);
    try {
      const outcome = await playExam({
        tenantUrl,
        token: () => target.token(),
        fetch: terminal.fetch,
        doors,
        mapping: product.mapping,
        ...(target.beforeCleanUp ? { beforeCleanUp: target.beforeCleanUp } : {}),
        progress: options.json ? silentProgress : createProgress(terminal),
      });
      if (options.evidence !== undefined) {
        await writeEvidence(options.evidence, outcome, {
          title: product.title,
          isBehindPortico: options.connection !== undefined,
          baseAddress: `${tenantUrl.origin}${tenantUrl.pathname.replace(/\/+$/, "")}`,
          at: new Date(),
        });
      }
      return outcome;
    } finally {
      await doors.release();
    }
  } finally {
    await target.release();
  }
}

async function findProduct(options: ExamOptions, terminal: Terminal): Promise<Pick<Product, "title" | "mapping">> {
  const { connection, tenantUrl, mapping } = options;
  if (connection === undefined || tenantUrl !== undefined) {
    return { title: "the product", mapping: await mappingOfServer(mapping) };
  }
  const api = await openApi(options, terminal);
  const product = await productOf(api, connection, mapping);
  const isOurs = api.demo?.connections.some(({ name }) => name === connection) ?? false;
  if (product.purpose === "live" && !isOurs) {
    const question = `${connection} is a live connection: the exam makes about 45 users and 25 groups in ${product.title}, and removes them again`;
    await confirm(terminal, question, options);
  }
  return product;
}

async function openDoors(options: ExamOptions, terminal: Terminal): Promise<Doors> {
  if (options.connection !== undefined) return doorsOf(await openApi(options, terminal), options.connection);
  const { tokenUrl, clientId } = options;
  if (tokenUrl !== undefined) parseAddress(tokenUrl, "--token-url");
  const secret = async (name: "clientSecret" | "assertion") => {
    const given = tokenUrl === undefined ? undefined : options[name];
    return given === undefined ? {} : { [name]: await readArgument(given, terminal) };
  };
  return namedDoors({
    ...(tokenUrl === undefined ? {} : { tokenUrl }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(await secret("clientSecret")),
    ...(await secret("assertion")),
  });
}
