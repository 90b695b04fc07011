// `portico connection`: create, list, show and change the connections of one Portico.

import { type Command, Option } from "commander";
import * as z from "zod";
import { aliases } from "../../src/routes/api-answers.ts";
import { trial } from "../../src/routes/connection-answers.ts";
import { type AdminApi, connectionPath, type GlobalOptions, openApi, openFor } from "../api.ts";
import { expiring, warningsOf } from "../credential-warnings.ts";
import { formatRecord, formatTable } from "../print.ts";
import { CliFailure, confirm, readArgument, type Terminal } from "../terminal.ts";
import { addAlarmCommands } from "./alarms.ts";
import { addTestCommand, linesOf } from "./connection-test.ts";
import { parseCount, parseCountOrZero } from "./token.ts";

const connection = z.looseObject({
  name: z.string(),
  vendor: z.string(),
  expiring: z.array(expiring).optional(),
  heldGroups: z.looseObject({ groups: z.number(), memberships: z.number() }).optional(),
  trial: trial.optional(),
});
const principal = z.looseObject({ id: z.string().nullable(), nativeId: z.string().nullable() });
const named = z.array(principal.extend({ name: z.string() }));
const protection = z.looseObject({ users: named, groups: named, account: principal.nullable() });
const connectionList = z.object({ connections: z.array(connection) });

const SETTINGS_HELP =
  "the vendor's settings as JSON: @file, - for stdin, or inline (inline secrets are visible to other processes and stay in the shell's history: prefer @file or -)";

const NO_TEST_HELP = "store new settings without trying the credentials at the product";

interface ChangeOptions extends GlobalOptions {
  settings?: string;
  mode?: string;
  state?: string;
  freshness?: number;
  allowHost?: string[];
  coupling?: string;
  unmapped?: string;
  parking?: string;
  createInactive?: string;
  groups?: string;
  profile?: string;
  restoreWithin?: number;
  references?: string;
  retireAfter?: number | null;
  retire?: string;
  requestRate?: number;
  requestBurst?: number;
  traceDays?: number;
  tombstoneDays?: number;
  protected?: string;
  /** commander sets it; false after --no-test. */
  test: boolean;
}

export function addConnectionCommands(program: Command, terminal: Terminal, exit: (code: number) => void): void {
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

function withChoices(command: Command): Command {
  return command
    .addOption(
      new Option("--mode <mode>", "live sends, plan only records, paused answers 503").choices([
        "live",
        "plan",
        "paused",
      ]),
    )
    .addOption(
      new Option("--coupling <rule>", "who wins where userName and e-mail are one value at the vendor").choices([
        "reject",
        "userName",
        "separate",
      ]),
    )
    .addOption(new Option("--unmapped <rule>", "attributes that the vendor cannot hold").choices(["ignore", "keep"]))
    .option(
      "--allow-host <host...>",
      "hosts that the settings may name although they look private, lead to Portico or have another port than 443 (host:port)",
    )
    .option("--freshness <minutes>", "for how long a complete sweep answers for the product", parseCount)
    .option(
      "--protected <json>",
      'which users and groups no request may take away: {"users":[…],"groups":[…]}, as @file, - or inline',
    )
    .addOption(
      new Option("--parking <when>", "rename the record of a user who left when a new user needs the name").choices([
        "on-demand",
        "never",
      ]),
    )
    .addOption(
      new Option(
        "--create-inactive <when>",
        "where the product invites: a user created inactive is invited when activated, or at once",
      ).choices(["later", "now"]),
    )
    .addOption(
      new Option(
        "--groups <rule>",
        "where the product has no groups: none, or held by Portico alone (they change nothing at the product)",
      ).choices(["none", "held"]),
    )
    .addOption(
      new Option("--profile <rule>", "read what known clients send, or refuse what the RFCs do not foresee").choices([
        "lenient",
        "strict",
      ]),
    )
    .option(
      "--restore-within <days>",
      "for how long a disabled user comes back with groups and licences",
      parseCountOrZero,
    )
    .addOption(
      new Option(
        "--references <rule>",
        "a manager who does not exist here yet: set later, or the request refused",
      ).choices(["defer", "reject"]),
    )
    .option("--retire-after <days>", "retire users who are inactive for so long; never: nobody is retired", parseDays)
    .addOption(
      new Option("--retire <how>", "retiring a user takes the licence back, or deletes the user").choices([
        "release",
        "delete",
      ]),
    )
    .option("--request-rate <n>", "requests in a second that the connection takes; with --request-burst", parseCount)
    .option("--request-burst <n>", "requests that it takes at once, after a pause", parseCount)
    .option("--trace-days <n>", "for how long traces are kept; with --tombstone-days", parseCount)
    .option("--tombstone-days <n>", "for how long deleted people are known, should they return", parseCount);
}

const parseDays = (text: string): number | null => (text === "never" ? null : parseCount(text));

async function toChanges(options: ChangeOptions, terminal: Terminal): Promise<Record<string, unknown>> {
  return {
    ...(options.settings === undefined
      ? {}
      : { settings: await parseObject("--settings", options.settings, terminal) }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.allowHost === undefined ? {} : { allowedHosts: options.allowHost }),
    ...(options.state === undefined ? {} : { state: options.state }),
    ...(options.freshness === undefined ? {} : { freshnessMinutes: options.freshness }),
    ...(options.coupling === undefined ? {} : { coupling: options.coupling }),
    ...(options.unmapped === undefined ? {} : { unmapped: options.unmapped }),
    ...(options.protected === undefined
      ? {}
      : { protected: await parseObject("--protected", options.protected, terminal) }),
    ...(options.parking === undefined ? {} : { parking: options.parking }),
    ...(options.createInactive === undefined ? {} : { createInactive: options.createInactive }),
    ...(options.groups === undefined ? {} : { groups: options.groups }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.restoreWithin === undefined ? {} : { restoreWithinDays: options.restoreWithin }),
    ...(options.references === undefined ? {} : { references: options.references }),
    ...(options.retireAfter === undefined ? {} : { retireAfterDays: options.retireAfter }),
    ...(options.retire === undefined ? {} : { retire: options.retire }),
    ...toRequestRate(options),
    ...toRetention(options),
  };
}

function toRequestRate({ requestRate, requestBurst }: ChangeOptions): Record<string, unknown> {
  if (requestRate === undefined && requestBurst === undefined) return {};
  if (requestRate !== undefined && requestBurst !== undefined)
    return { requestRate: { perSecond: requestRate, burst: requestBurst } };
  throw new CliFailure("give --request-rate and --request-burst together");
}

function toRetention({ traceDays, tombstoneDays }: ChangeOptions): Record<string, unknown> {
  if (traceDays === undefined && tombstoneDays === undefined) return {};
  if (traceDays !== undefined && tombstoneDays !== undefined) return { retention: { traceDays, tombstoneDays } };
  throw new CliFailure("give --trace-days and --tombstone-days together");
}

// The text may hold secrets, so the failure must not repeat any of it (JSON.parse would).
async function parseObject(option: string, argument: string, terminal: Terminal): Promise<Record<string, unknown>> {
  const text = await readArgument(argument, terminal);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CliFailure(`${option} is not JSON${placeIn(text, error)}`);
  }
  const object = z.record(z.string(), z.unknown()).safeParse(json);
  if (object.success) return object.data;
  throw new CliFailure(`${option} must be a JSON object`);
}

/** Where reading stopped, which is all of the error that holds nothing of the text. */
function placeIn(text: string, error: unknown): string {
  const said = error instanceof Error ? error.message : "";
  if (said === "Unexpected end of JSON input") return ": it ends too early";
  const position = / at position (\d+)/.exec(said)?.[1];
  if (position === undefined) return "";
  const before = text.slice(0, Number(position)).split("\n");
  return `: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
