// `portico connection alarms`, `acknowledge` and `status`: what waits for an administrator to look at, and what is stored.

import type { Command } from "commander";
import { acknowledged, alarms, status } from "../../src/routes/sweep-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import { formatTable, formatTime } from "../print.ts";
import type { Terminal } from "../terminal.ts";

/** So many ids are shown of each alarm; --json has more. */
const SHOWN_IDS = 3;

export function addAlarmCommands(group: Command, terminal: Terminal): void {
  group
    .command("alarms <name>")
    .description("what waits for an administrator to look at, and what was acknowledged lately")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("GET", connectionPath(name, "alarms"), alarms);
      if (options.json) return terminal.out(JSON.stringify(found.alarms, null, 2));
      const rows = found.alarms.map((each) => [
        each.id,
        formatTime(each.since),
        each.says,
        idsOf(each),
        each.heldAt === null ? "" : `since ${formatTime(each.heldAt)}`,
        each.acknowledgedAt === null ? "" : `${formatTime(each.acknowledgedAt)} by ${each.acknowledgedBy}`,
      ]);
      const head = ["alarm", "since", "what", "users or groups", "a request is held", "acknowledged"];
      terminal.out(formatTable(head, rows, "no alarms"));
    });

  group
    .command("status <name>")
    .description("how many rows each table of the connection has, and how many it may have")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("GET", connectionPath(name, "status"), status);
      if (options.json) return terminal.out(JSON.stringify(found.tables, null, 2));
      const rows = found.tables.map(({ table, rows: used, cap, refusesWhenFull }) => [
        table,
        used,
        cap,
        refusesWhenFull ? "new requests are refused" : "the oldest rows make room",
      ]);
      terminal.out(formatTable(["table", "rows", "at most", "when it is full"], rows, "no tables"));
    });

  group
    .command("acknowledge <name> <alarm>")
    .description("say that an alarm, or every one of a kind, was looked at; what waited for it goes on")
    .action(async (name: string, alarm: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("POST", connectionPath(name, "alarms", alarm, "acknowledge"), acknowledged);
      terminal.out(options.json ? JSON.stringify(found, null, 2) : `acknowledged ${found.alarms} of ${alarm}`);
    });
}

function idsOf({ ids, count }: { ids: string[]; count: number }): string {
  const shown = ids.slice(0, SHOWN_IDS);
  const rest = count - shown.length;
  return [...shown, ...(ids.length > 0 && rest > 0 ? [`and ${rest} more`] : [])].join(", ");
}
