// `portico brake`: what holds mass removals back, and how they are let through.

import { type Command, InvalidArgumentError } from "commander";
import * as z from "zod";
import { type AdminApi, connectionPath, type GlobalOptions, openFor } from "../api.ts";
import { formatRecord, formatTime, time } from "../print.ts";
import { CliFailure, confirm, type Terminal } from "../terminal.ts";
import { parseCount } from "./token.ts";

const brakeShape = z.looseObject({
  limits: z.object({ share: z.number(), count: z.number(), minutes: z.number() }),
  deactivations: z.number(),
  removals: z.number(),
  emptiedGroups: z.number(),
  users: z.number().nullable(),
  held: z.array(z.string()),
  heldSince: time,
  isHeldByHand: z.boolean(),
  releasedUntil: time,
});
type Brake = z.infer<typeof brakeShape>;

const HELD: Record<string, string> = {
  deactivation: "deactivations",
  removal: "removals for good",
  emptied: "emptied groups",
};

export function addBrakeCommands(program: Command, terminal: Terminal): void {
  const group = program
    .command("brake")
    .description("what holds mass removals back until an administrator says that they are meant");

  group
    .command("show <connection>")
    .description("what is counted, where the line is, and whether anything is held")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      show(await brakeOf(api, name), options);
    });

  group
    .command("set <connection>")
    .description("move the line: more than a share of the users, and at least a number of them, within a time")
    .option("--share <percent>", "of the users there were when the window began", parsePercent)
    .option("--minimum <n>", "fewer than so many are never held", parseCount)
    .option("--window <minutes>", "for how long a removal counts", parseCount)
    .option("--default", "the line that a new connection has")
    .action(async (name: string, own: LineOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const isMoved = own.share !== undefined || own.minimum !== undefined || own.window !== undefined;
      if (isMoved === (own.default === true)) {
        throw new CliFailure("give --share, --minimum or --window, or else --default");
      }
      // Another administrator may change another part of the line meanwhile; that change must stay.
      const { version } = await api.call("GET", connectionPath(name), z.looseObject({ version: z.number() }));
      const { limits } = await brakeOf(api, name);
      const brake = own.default
        ? null
        : {
            share: own.share ?? limits.share,
            count: own.minimum ?? limits.count,
            minutes: own.window ?? limits.minutes,
          };
      await api.call("PATCH", connectionPath(name), z.unknown(), { brake }, version);
      show(await brakeOf(api, name), options);
    });

  group
    .command("release <connection>")
    .description("let removals through for a while and start the count again")
    .option("--minutes <n>", "for how long", parseCount, 60)
    .option("--yes", "without being asked")
    .action(async (name: string, own: { minutes: number; yes?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const before = await brakeOf(api, name);
      const counted = `${before.deactivations} deactivated, ${before.removals} removed for good, ${before.emptiedGroups} groups emptied`;
      const question = `For ${own.minutes} minutes nothing holds removals on ${name} back (${stateOf(before)}; lately ${counted})`;
      await confirm(terminal, question, own);
      const { minutes } = own;
      show(await api.call("POST", connectionPath(name, "brake", "release"), brakeShape, { minutes }), options);
    });

  group
    .command("hold <connection>")
    .description("hold every removal from now on until it is released")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      show(await api.call("POST", connectionPath(name, "brake", "hold"), brakeShape), options);
    });

  function show(brake: Brake, options: GlobalOptions): void {
    const { share, count, minutes } = brake.limits;
    const record = {
      state: stateOf(brake),
      line: `more than ${toPercent(share)} % and at least ${count} within ${minutes} minutes`,
      users: brake.users ?? "not known; the minimum alone decides",
      deactivated: brake.deactivations,
      "removed for good": brake.removals,
      "groups emptied": brake.emptiedGroups,
    };
    terminal.out(options.json ? JSON.stringify(brake, null, 2) : formatRecord(record));
  }
}

interface LineOptions {
  share?: number;
  minimum?: number;
  window?: number;
  default?: true;
}

const brakeOf = (api: AdminApi, name: string): Promise<Brake> =>
  api.call("GET", connectionPath(name, "brake"), brakeShape);

function stateOf(brake: Brake): string {
  if (brake.isHeldByHand) return `everything is held by an administrator since ${formatTime(brake.heldSince)}`;
  if (brake.releasedUntil) return `released until ${formatTime(brake.releasedUntil)}`;
  if (brake.held.length === 0) return "nothing is held";
  return `${brake.held.map((kind) => HELD[kind] ?? kind).join(", ")} held since ${formatTime(brake.heldSince)}`;
}

const toPercent = (share: number) => Number((share * 100).toFixed(4));

function parsePercent(text: string): number {
  const percent = /^\d{1,3}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw new InvalidArgumentError("a percentage from 0 to 100 is needed");
}
