// `portico outbox`: changes that are still on their way to the product, and those that it has refused.

import type { Command } from "commander";
import * as z from "zod";
import { type AdminApi, connectionPath, type GlobalOptions, openApi, openFor } from "../api.ts";
import { formatTable, formatTime, time } from "../print.ts";
import { CliFailure, confirm, type Terminal } from "../terminal.ts";

const outboxShape = z.looseObject({
  pending: z.number(),
  retrying: z.number(),
  nextAttemptAt: time,
  refused: z.number(),
  parked: z.array(
    z.looseObject({ id: z.string(), group: z.string(), user: z.string(), op: z.string(), reason: z.string() }),
  ),
  owed: z.array(
    z.looseObject({ user: z.string(), path: z.string(), kind: z.string(), why: z.string(), since: z.string() }),
  ),
});

const decidedShape = z.looseObject({ changes: z.number() });

const DONE = { retry: "is sent again", drop: "is given up" } as const;
type Decision = keyof typeof DONE;

export function addOutboxCommands(program: Command, terminal: Terminal): void {
  const group = program
    .command("outbox")
    .description("member changes that the product has still to be told, and those that it refused");

  group
    .command("show <connection>")
    .description("how many are on their way, and what is parked, with the reason")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const outbox = await outboxOf(api, name);
      if (options.json) return terminal.out(JSON.stringify(outbox, null, 2));
      terminal.out(`${outbox.pending} changes are on their way to the product`);
      if (outbox.retrying > 0) {
        terminal.out(
          `${outbox.retrying} of them have failed and are sent again from ${formatTime(outbox.nextAttemptAt)}`,
        );
      }
      const rows = outbox.parked.map((each) => [each.id, each.op, each.user, each.group, each.reason]);
      terminal.out(formatTable(["id", "change", "user", "group", "refused because"], rows, "nothing is parked"));
      if (outbox.owed.length === 0) return;
      const owed = outbox.owed.map(({ user, path, kind, since, why }) => [user, path, kind, formatTime(since), why]);
      terminal.out("Values of users that are not written yet:");
      terminal.out(
        "set-aside and renamed wait until the user is activated, reference until the named user exists, copy is written and sessions are ended soon, dropped is given up",
      );
      terminal.out(formatTable(["user", "attribute", "kind", "since", "because"], owed, ""));
    });

  decide("retry", "send a parked change again, once its reason is gone");
  decide("drop", "give a parked change up: reads show again what the product has");

  function decide(decision: Decision, description: string): void {
    group
      .command(`${decision} <connection> [id]`)
      .description(description)
      .option("--all", "every parked change")
      .option("--yes", "without being asked")
      .action(async (name: string, id: string | undefined, own: { all?: true; yes?: true }, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        if ((id === undefined) !== (own.all === true)) throw new CliFailure("give the id of a parked change, or --all");
        const api = await openApi(options, terminal);
        const count = id === undefined ? (await outboxOf(api, name)).refused : 1;
        if (decision === "drop" && count > 0) {
          await confirm(terminal, `${count} changes are given up and will not reach the product`, own);
        }
        if (id === undefined) {
          const { changes } = await api.call("POST", connectionPath(name, "outbox", decision), decidedShape);
          const told = changes === 0 ? "nothing is parked" : `every parked change ${DONE[decision]}: ${changes}`;
          return terminal.out(options.json ? JSON.stringify({ [decision]: changes }) : told);
        }
        await api.call("POST", connectionPath(name, "outbox", id, decision), z.unknown());
        terminal.out(options.json ? JSON.stringify({ [decision]: 1 }) : `${id} ${DONE[decision]}`);
      });
  }
}

const outboxOf = (api: AdminApi, name: string) => api.call("GET", connectionPath(name, "outbox"), outboxShape);
