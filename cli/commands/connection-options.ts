// The options of `portico connection create` and `change`, and what they change.

import { type Command, Option } from "commander";
import * as z from "zod";
import type { GlobalOptions } from "../api.ts";
import { CliFailure, readArgument, type Terminal } from "../terminal.ts";
import { parseCount, parseCountOrZero } from "./token.ts";

export interface ChangeOptions extends GlobalOptions {
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

export function withChoices(command: Command): Command {
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

/** What the options change, as the administrator API takes it. */
export async function toChanges(options: ChangeOptions, terminal: Terminal): Promise<Record<string, unknown>> {
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
export async function parseObject(
  option: string,
  argument: string,
  terminal: Terminal,
): Promise<Record<string, unknown>> {
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
