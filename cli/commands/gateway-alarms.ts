// `portico alarm`: what waits for somebody to look at and concerns the whole deployment.

import type { Command } from "commander";
import * as z from "zod";
import { gatewayAlarms } from "../../src/routes/api-key-shapes.ts";
import { openFor } from "../api.ts";
import { formatTable, formatTime } from "../print.ts";
import type { Terminal } from "../terminal.ts";

export function addGatewayAlarmCommands(program: Command, terminal: Terminal): void {
  const group = program
    .command("alarm")
    .description("what waits and concerns the whole deployment (portico connection alarms: one connection)");

  group
    .command("list")
    .description("what is wrong, since when, and who has acknowledged it")
    .action(async (_own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { alarms } = await api.call("GET", "/alarms", gatewayAlarms);
      if (options.json) return terminal.out(JSON.stringify(alarms, null, 2));
      const rows = alarms.map((each) => [
        each.id,
        each.says,
        formatTime(each.since),
        formatTime(each.lastAt),
        each.acknowledgedAt ? `${each.acknowledgedBy}, ${formatTime(each.acknowledgedAt)}` : "open",
      ]);
      terminal.out(formatTable(["id", "what", "since", "last", "acknowledged"], rows, "no alarms"));
    });

  group
    .command("acknowledge <id>")
    .description("say that somebody has looked at it")
    .action(async (id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      await api.call("POST", `/alarms/${encodeURIComponent(id)}/acknowledge`, z.unknown());
      terminal.out(options.json ? JSON.stringify({ acknowledged: id }) : `acknowledged ${id}`);
    });
}
