// `portico connection`: create, list, show and change the connections of one Portico.

import { type Command, Option } from "commander";
import type * as z from "zod";
import { connection, connections as connectionList } from "../../src/routes/api-answers.ts";
import { aliases, protection } from "../../src/routes/user-answers.ts";
import { type AdminApi, connectionPath, type GlobalOptions, openApi, openFor } from "../api.ts";
import { warningsOf } from "../credential-warnings.ts";
import { formatRecord, formatTable } from "../print.ts";
import { CliFailure, confirm, type Terminal } from "../terminal.ts";
import { addAlarmCommands } from "./alarms.ts";
import { type ChangeOptions, toChanges, withChoices } from "./connection-options.ts";
import { addTestCommand, linesOf } from "./connection-test.ts";

export const SETTINGS_HELP =
  "the vendor's settings as JSON: @file, - for stdin, or inline (inline secrets are visible to other processes and stay in the shell's history: prefer @file or -)";

const NO_TEST_HELP = "store new settings without trying the credentials at the product";

export function addConnectionCommands(program: Command, terminal: Terminal, exit: (code: number) => void): Command {
  const group = program
    .command("connection")
    .description("one customer's identity provider, joined to one vendor account");

  withChoices(group.command("create <name>"))
    .description("create a connection")
    .requiredOption("--vendor <vendor>", "the vendor's adapter, as listed in the README")
    .requiredOption("--settings <json>", SETTINGS_HELP)
    .addOption(
      new Option(
        "--purpose <purpose>",
        "exam: a simulator or a sandbox, on which the gallery exam is taken; it cannot change afterwards",
      ).choices(["live", "exam"]),
    )
    .option("--no-test", NO_TEST_HELP)
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor<ChangeOptions & { vendor: string; purpose?: string }>(command, terminal);
      const { vendor, purpose, test } = options;
      const own = { ...(purpose ? { purpose } : {}), ...(test ? {} : { test: false }) };
      const body = { name, vendor, ...own, ...(await toChanges(options, terminal)) };
      show(await api.call("POST", "/connections", connection, body), options);
    });

  group
    .command("list")
    .description("list all connections")
    .action(async (_own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { connections } = await api.call("GET", "/connections", connectionList);
      if (options.json) return terminal.out(JSON.stringify(connections, null, 2));
      const rows = connections.map((each) => [
        each.name,
        each.vendor,
        each.purpose,
        each.mode,
        each.coupling,
        each.unmapped,
        each.openAlarms === 0 ? "" : each.openAlarms,
      ]);
      const head = ["name", "vendor", "purpose", "mode", "coupling", "unmapped", "alarms"];
      terminal.out(formatTable(head, rows, "no connections yet"));
      for (const line of connections.flatMap(warningsOf)) terminal.out(line);
    });

  group
    .command("show <name>")
    .description("show one connection; sealed settings stay sealed")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      show(await api.call("GET", connectionPath(name), connection), options);
    });

  group
    .command("protected <name>")
    .description("which users and groups no request may take away, and which at the product they were found to be")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("GET", connectionPath(name, "protected"), protection);
      if (options.json) return terminal.out(JSON.stringify(found, null, 2));
      const { users, groups, account } = found;
      const rows = [
        ...users.map((one) => ["user", one.name, one.id, one.nativeId]),
        ...groups.map((one) => ["group", one.name, one.id, one.nativeId]),
        ...(account ? [["user", "Portico's own account", account.id, account.nativeId]] : []),
      ];
      terminal.out(formatTable(["type", "name", "id", "the product's id"], rows, "no user or group is protected"));
    });

  group
    .command("aliases <name>")
    .description("users whose userName is not their e-mail at the product, and becomes it without coupling separate")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("GET", connectionPath(name, "aliases"), aliases);
      terminal.out(options.json ? JSON.stringify(found, null, 2) : formatAliases(found));
    });

  addAlarmCommands(group, terminal);
  addTestCommand(group, terminal, exit);

  withChoices(group.command("change <name>"))
    .description("change settings or behaviour of a connection")
    .option("--settings <json>", SETTINGS_HELP)
    .option("--no-test", NO_TEST_HELP)
    .addOption(
      new Option("--state <state>", "a suspended connection answers 403 and asks nothing").choices([
        "active",
        "suspended",
      ]),
    )
    .option("--dry-run", "with --coupling: only list the users who get another userName")
    .option("--yes", "give users another userName, or delete held groups, without being asked")
    .action(async (name: string, own: { yes?: true; dryRun?: true }, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>();
      const changes = await toChanges(options, terminal);
      if (Object.keys(changes).length === 0) {
        throw new CliFailure(
          "nothing to change: give --settings, --mode, --state, --allow-host, --freshness, --coupling, --unmapped, --protected, --parking, --create-inactive, --groups, --profile, --restore-within, --references, --retire-after, --retire, --trace-days or --tombstone-days",
        );
      }
      const api = await openApi(options, terminal);
      if (own.dryRun && options.coupling === undefined) throw new CliFailure("--dry-run needs --coupling");
      const renamed =
        options.coupling === undefined || options.coupling === "separate"
          ? { total: 0, aliases: [] }
          : await api.call("GET", connectionPath(name, "aliases"), aliases);
      if (own.dryRun) {
        return terminal.out(options.json ? JSON.stringify(renamed, null, 2) : formatAliases(renamed));
      }
      if (renamed.total > 0) await confirm(terminal, formatAliases(renamed), own);
      const lost = options.groups === "none" ? await describeHeldGroups(api, name) : undefined;
      if (lost !== undefined) await confirm(terminal, lost, own);
      const untested = options.test ? {} : { test: false };
      const body = { ...changes, ...untested, ...(renamed.total > 0 || lost !== undefined ? { confirm: true } : {}) };
      show(await api.call("PATCH", connectionPath(name), connection, body), options);
    });

  return group;

  function show(one: z.infer<typeof connection>, options: GlobalOptions): void {
    const { trial: tried, ...shown } = one;
    terminal.out(options.json ? JSON.stringify(one, null, 2) : formatRecord(shown));
    // Beside the record, which scripts may read.
    if (tried) for (const line of linesOf(tried)) terminal.err(line);
  }
}

/** What is deleted when the connection no longer holds groups; undefined: nothing. */
async function describeHeldGroups(api: AdminApi, name: string): Promise<string | undefined> {
  const { heldGroups } = await api.call("GET", connectionPath(name), connection);
  if (!heldGroups || heldGroups.groups === 0) return undefined;
  return (
    `${heldGroups.groups} groups and ${heldGroups.memberships} memberships exist on this connection only, ` +
    "and are deleted for good when it no longer holds groups"
  );
}

function formatAliases({ total, aliases: rows }: z.infer<typeof aliases>): string {
  if (total === 0) return "no user gets another userName";
  const shown = rows.map((one) => [one.id, one.userName, one.email, one.collidesWith ?? ""]);
  const table = formatTable(["id", "userName", "becomes", "is the e-mail of"], shown, "");
  return `${total} users get another userName${total > rows.length ? `; the first ${rows.length}:` : ":"}\n${table}`;
}
