// `portico brake`: what holds changes back when there are too many at once, and how those that are meant are let through.

import { type Command, InvalidArgumentError, Option } from "commander";
import * as z from "zod";
import { connection } from "../../src/routes/api-answers.ts";
import { applied, brake as brakeShape, held as heldShape } from "../../src/routes/brake-answers.ts";
import { BRAKE_KINDS } from "../../src/store/safeguard-tables.ts";
import { type AdminApi, connectionPath, type GlobalOptions, openFor } from "../api.ts";
import { type Brake, formatApplied, formatBrake, formatHeld, stateOf } from "../brake-view.ts";
import { CliFailure, confirm, type Terminal } from "../terminal.ts";
import { parseCount } from "./token.ts";

interface LineOptions {
  kind?: Brake["kinds"][number]["kind"];
  share?: number;
  minimum?: number;
  window?: number;
  action?: "hold" | "warn";
  default?: true;
}

interface MeantOptions {
  kind?: string;
  count?: number;
  user?: string;
  domain?: { from: string; to: string };
  until?: string;
  yes?: true;
}

export function addBrakeCommands(program: Command, terminal: Terminal): void {
  const group = program
    .command("brake")
    .description("what holds too many changes back until an administrator says that they are meant");

  group
    .command("show <connection>")
    .description("what is counted, where the lines are, what is held and what is let through")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      show(await brakeOf(api, name), options);
    });

  group
    .command("list <connection>")
    .description("each request that is held, the longest waiting first")
    .option("--limit <n>", "how many", parseCount, 200)
    .action(async (name: string, own: { limit: number }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const held = await api.call("GET", `${connectionPath(name, "brake", "held")}?limit=${own.limit}`, heldShape);
      terminal.out(options.json ? JSON.stringify(held, null, 2) : formatHeld(held));
    });

  group
    .command("set <connection>")
    .description("move a line: more than a share, and at least a number, within a time")
    .addOption(
      new Option("--kind <kind>", "of this kind; without it of users deactivated and removed").choices(BRAKE_KINDS),
    )
    .option("--share <percent>", "of what there is", parsePercent)
    .option("--minimum <n>", "fewer than so many are never held", parseCount)
    .option("--window <minutes>", "for how long one counts", parseCount)
    .addOption(
      new Option("--action <action>", "whether the line of --kind holds or only warns").choices(["hold", "warn"]),
    )
    .option("--default", "the line that a new connection has")
    .action(async (name: string, own: LineOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { share, minimum, window, action } = own;
      const isMoved = [share, minimum, window, action].some((part) => part !== undefined);
      if (isMoved === (own.default === true)) {
        throw new CliFailure("give --share, --minimum, --window or --action, or else --default");
      }
      if (action !== undefined && own.kind === undefined) throw new CliFailure("--action needs --kind");
      // Another administrator may change another line meanwhile; that change must stay.
      const present = await api.call("GET", connectionPath(name), connection);
      const brake = toSetting(present.brake, await brakeOf(api, name), own);
      await api.call("PATCH", connectionPath(name), z.unknown(), { brake }, present.version);
      show(await brakeOf(api, name), options);
    });

  withMeant(group.command("release <connection>"))
    .description("let through what is held and meant, once the identity provider sends it again; counts from zero then")
    .action(async (name: string, own: MeantOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const body = toMeant(own);
      await confirm(terminal, `${describe(own)} on ${name} pass the brake (${stateOf(await brakeOf(api, name))})`, own);
      show(await api.call("POST", connectionPath(name, "brake", "release"), brakeShape, body), options);
    });

  withMeant(group.command("expect <connection>"))
    .description("announce what is meant before it comes, such as a domain migration or a reorganisation of groups")
    .action(async (name: string, own: MeantOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const body = toMeant(own);
      await confirm(terminal, `${describe(own)} on ${name} will not be counted`, own);
      show(await api.call("POST", connectionPath(name, "brake", "expect"), brakeShape, body), options);
    });

  group
    .command("end <connection> <id>")
    .description("end a release or an announcement before its time")
    .action(async (name: string, id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      await api.call("DELETE", connectionPath(name, "brake", "releases", id), z.unknown());
      show(await brakeOf(api, name), options);
    });

  group
    .command("apply <connection>")
    .description("do the disables that are held now, without waiting for the identity provider")
    .option("--yes", "without being asked")
    .action(async (name: string, own: { yes?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { disables } = await brakeOf(api, name);
      await confirm(terminal, `${disables} users of ${name} are disabled at the product now`, own);
      const done = await api.call("POST", connectionPath(name, "brake", "apply"), applied);
      terminal.out(options.json ? JSON.stringify(done, null, 2) : formatApplied(done));
    });

  group
    .command("hold <connection>")
    .description("hold every removal from now on, and end all releases")
    .option("--end", "hold only what is beyond a line again")
    .action(async (name: string, own: { end?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const method = own.end ? "DELETE" : "POST";
      show(await api.call(method, connectionPath(name, "brake", "hold"), brakeShape), options);
    });

  function show(brake: Brake, options: GlobalOptions): void {
    terminal.out(options.json ? JSON.stringify(brake, null, 2) : formatBrake(brake));
  }
}

const brakeOf = (api: AdminApi, name: string): Promise<Brake> =>
  api.call("GET", connectionPath(name, "brake"), brakeShape);

// ---- Lines ----------------------------------------------------------------------------------------------------------

type Setting = z.infer<typeof connection>["brake"];

/** The connection's setting once one line is moved. */
function toSetting(present: Setting, { kinds }: Brake, own: LineOptions): Setting {
  const lineOf = (kind: string) => kinds.find((one) => one.kind === kind)?.line;
  const parts = {
    ...(own.share === undefined ? {} : { share: own.share }),
    ...(own.minimum === undefined ? {} : { count: own.minimum }),
    ...(own.window === undefined ? {} : { minutes: own.window }),
    ...(own.action === undefined ? {} : { action: own.action }),
  };
  const { kind } = own;
  const others = present?.kinds ?? {};
  if (kind === undefined) {
    if (own.default) return Object.keys(others).length === 0 ? null : { ...DEFAULT_LINE, kinds: others };
    const { share, count, minutes } = present ?? lineOf("deactivation") ?? DEFAULT_LINE;
    return { share, count, minutes, ...parts, ...(present?.kinds ? { kinds: others } : {}) };
  }
  const { [kind]: before, ...rest } = others;
  const changed = own.default ? rest : { ...rest, [kind]: { ...before, ...parts } };
  return { ...(present ?? DEFAULT_LINE), kinds: changed };
}

const DEFAULT_LINE = { share: 0.1, count: 20, minutes: 60 };

function parsePercent(text: string): number {
  const percent = /^\d{1,3}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw new InvalidArgumentError("a percentage from 0 to 100 is needed");
}

// ---- What is meant --------------------------------------------------------------------------------------------------

function withMeant(command: Command): Command {
  return command
    .addOption(new Option("--kind <kind>", "changes of this kind; needs --count").choices(BRAKE_KINDS))
    .option("--count <n>", "so many; it ends with the last of them", parseCount)
    .option("--user <user>", "everything about one user: the SCIM id or userName")
    .option(
      "--domain <old→new>",
      "renames that only move users from one domain to another; also old->new",
      parseDomains,
    )
    .option("--until <time>", "a day or a time in ISO 8601, at most in 90 days; without it in 7 days", parseUntil)
    .option("--yes", "without being asked");
}

function toMeant({ kind, count, user, domain, until }: MeantOptions): object {
  if ([kind, user, domain].filter((one) => one !== undefined).length !== 1) {
    throw new CliFailure("give exactly one of --kind, --user and --domain");
  }
  if (kind !== undefined && count === undefined) throw new CliFailure("--kind needs --count: how many are meant");
  if (user !== undefined && count !== undefined) throw new CliFailure("--count does not go with --user");
  return Object.fromEntries(
    Object.entries({ kind, count, user, domain, until }).filter(([, value]) => value !== undefined),
  );
}

function describe({ kind, count, user, domain, until }: MeantOptions): string {
  const what =
    kind !== undefined
      ? `${count} changes of the kind ${kind}`
      : domain
        ? `${count ?? "all"} renames from ${domain.from} to ${domain.to}`
        : `all changes of the user ${user}`;
  return `Until ${until ?? "in 7 days"} ${what}`;
}

function parseDomains(text: string): { from: string; to: string } {
  const [from = "", to = "", ...more] = text.split(/→|->/).map((domain) => domain.trim().replace(/^@/, ""));
  if (from !== "" && to !== "" && more.length === 0) return { from, to };
  throw new InvalidArgumentError("two domains are needed, such as old.example→new.example");
}

/** A day ends at its midnight in UTC. */
function parseUntil(text: string): string {
  const at = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59Z` : text);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new InvalidArgumentError("a day or a time in ISO 8601 is needed, such as 2027-01-31");
}
