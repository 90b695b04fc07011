// `portico connection`: create, list, show and change the connections of one Portico.

import { type Command, Option } from "commander";
import type * as z from "zod";
import { connection, connections as connectionList } from "../../src/routes/api-answers.ts";
import { health } from "../../src/routes/health-answers.ts";
import { aliases, protection } from "../../src/routes/user-answers.ts";
import { type AdminApi, connectionPath, openApi, openFor } from "../api.ts";
import { warningsOf } from "../credential-warnings.ts";
import { formatTable } from "../print.ts";
import { CliFailure, confirm, type Terminal } from "../terminal.ts";
import { addAlarmCommands } from "./alarms.ts";
import { addCreateCommand, NO_TEST_HELP, SETTINGS_HELP, showConnection } from "./connection-create.ts";
import { type ChangeOptions, toChanges, withChoices } from "./connection-options.ts";
import { addTestCommand } from "./connection-test.ts";
import { formatAll } from "./status.ts";

export function addConnectionCommands(program: Command, terminal: Terminal, exit: (code: number) => void): Command {
  const group = program
    .command("connection")
    .description("one customer's identity provider, joined to one vendor account");

  addCreateCommand(group, terminal);

  group
    .command("list")
    .description("list all connections, and how each is")
    .option("--rules", "how each is set instead")
    .action(async (own: { rules?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { connections } = await api.call("GET", "/connections", connectionList);
      if (options.json) return terminal.out(JSON.stringify(connections, null, 2));
      if (own.rules) {
        const rows = connections.map((each) => [each.name, each.purpose, each.coupling, each.unmapped, each.profile]);
        terminal.out(formatTable(["name", "purpose", "coupling", "unmapped", "profile"], rows, "no connections yet"));
      } else {
        const found = await api.call("GET", "/health", health);
        terminal.out(formatAll(found.connections, Date.parse(found.at)));
      }
      for (const line of connections.flatMap(warningsOf)) terminal.out(line);
    });

  group
    .command("show <name>")
    .description("show one connection; sealed settings stay sealed")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      showConnection(await api.call("GET", connectionPath(name), connection), options, terminal);
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
      showConnection(await api.call("PATCH", connectionPath(name), connection, body), options, terminal);
    });

  return group;
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
