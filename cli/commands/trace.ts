// `portico trace`: what SCIM requests did.

import type { Command } from "commander";
import { trace, traces as traceList } from "../../src/routes/report-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import { formatRecord, formatTable, formatTime } from "../print.ts";
import type { Terminal } from "../terminal.ts";
import { parseCount } from "./token.ts";

export function addTraceCommands(program: Command, terminal: Terminal): void {
  const traces = program.command("trace").description("what one SCIM request did; ids and paths, never values");

  traces
    .command("list <connection>")
    .description("the latest requests of a connection")
    .option("--limit <n>", "at most so many, newest first", parseCount)
    .option("--status <status>", "only this HTTP status and those above it", parseCount)
    .action(async (name: string, own: { limit?: number; status?: number }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const query = new URLSearchParams();
      if (own.limit !== undefined) query.set("limit", String(own.limit));
      if (own.status !== undefined) query.set("status", String(own.status));
      const path = `${connectionPath(name, "traces")}${query.size > 0 ? `?${query}` : ""}`;
      const found = await api.call("GET", path, traceList);
      if (options.json) return terminal.out(JSON.stringify(found.traces, null, 2));
      const rows = found.traces.map((each) => [
        each.id,
        formatTime(each.at),
        `${each.method} ${each.path}`,
        each.status,
        each.ms,
        each.nativeCalls,
        each.repairs,
        each.dropped,
      ]);
      terminal.out(
        formatTable(["id", "at", "request", "status", "ms", "native calls", "repairs", "dropped"], rows, "no traces"),
      );
    });

  traces
    .command("show <connection> <id>")
    .description("one request with every native call")
    .action(async (name: string, id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const path = connectionPath(name, "traces", id);
      const found = await api.call("GET", path, trace);
      if (options.json) return terminal.out(JSON.stringify(found, null, 2));
      const { calls, ...rest } = found;
      terminal.out(formatRecord({ ...rest, at: formatTime(rest.at) }));
      const rows = calls.map((call) => [
        `${call.method} ${call.path}`,
        call.status,
        call.at,
        call.pauseMs,
        call.waitMs,
        call.ms,
        call.attempt,
        call.fault,
      ]);
      const columns = ["native call", "status", "sent at ms", "after a pause of ms", "waited ms", "took ms"];
      terminal.out(formatTable([...columns, "attempt", "fault"], rows, "no native calls"));
    });
}
