// `portico audit`: who did what through the administrator API; no values, no secrets.

import type { Command } from "commander";
import * as z from "zod";
import { openFor } from "../api.ts";
import { formatTable, formatTime, time } from "../print.ts";
import type { Terminal } from "../terminal.ts";
import { parseCount } from "./token.ts";

const auditShape = z.object({
  calls: z.array(
    z.looseObject({
      at: time,
      actor: z.string(),
      method: z.string(),
      route: z.string(),
      connection: z.string().nullable(),
      fields: z.array(z.string()),
      status: z.number(),
    }),
  ),
});

export function addAuditCommands(program: Command, terminal: Terminal): void {
  program
    .command("audit")
    .description("what administrators did")
    .command("list [connection]")
    .description("the latest calls of the administrator API, newest first")
    .option("--limit <n>", "at most so many", parseCount, 50)
    .option("--before <time>", "only earlier ones (ISO 8601, UTC)")
    .option("--changes", "leave out calls that only read")
    .action(async (name: string | undefined, own: AuditOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const query = new URLSearchParams({ limit: String(own.limit) });
      if (name !== undefined) query.set("connection", name);
      if (own.before !== undefined) query.set("before", own.before);
      if (own.changes) query.set("changes", "true");
      const { calls } = await api.call("GET", `/audit?${query}`, auditShape);
      if (options.json) return terminal.out(JSON.stringify(calls, null, 2));
      const rows = calls.map((call) => [
        formatTime(call.at),
        call.actor,
        `${call.method} ${call.route}`,
        call.connection,
        call.fields,
        call.status,
      ]);
      terminal.out(formatTable(["at", "who", "call", "connection", "fields", "status"], rows, "no calls"));
    });
}

interface AuditOptions {
  limit: number;
  before?: string;
  changes?: true;
}
