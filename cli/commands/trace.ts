// `portico trace`: what SCIM requests did.

import type { Command } from "commander";
import type * as z from "zod";
import { trace, traces as traceList } from "../../src/routes/report-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import { bad, cutTo, formatRecord, formatShortTime, formatTable, formatTime, shortId, shortTraceId } from "../print.ts";
import type { Terminal } from "../terminal.ts";
import { findUserId } from "../user-lookup.ts";
import { parseCount } from "./token.ts";

interface ListOptions {
  limit?: number;
  status?: number;
  user?: string;
  wide?: true;
}

type Trace = z.infer<typeof traceList>["traces"][number];

export function addTraceCommands(program: Command, terminal: Terminal): void {
  const traces = program.command("trace").description("what one SCIM request did; ids and paths, never values");

  traces
    .command("list <connection>", { isDefault: true })
    .description("the latest requests of a connection")
    .option("--limit <n>", "at most so many, newest first", parseCount)
    .option("--status <status>", "only this HTTP status and those above it", parseCount)
    .option("--user <user>", "only about one user: the userName, e-mail address or an id")
    .option("--wide", "whole ids and every column, for a terminal of 200 columns")
    .action(async (name: string, own: ListOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const query = new URLSearchParams();
      if (own.limit !== undefined) query.set("limit", String(own.limit));
      if (own.status !== undefined) query.set("status", String(own.status));
      if (own.user !== undefined) query.set("user", await findUserId(api, name, own.user));
      const path = `${connectionPath(name, "traces")}${query.size > 0 ? `?${query}` : ""}`;
      const found = await api.call("GET", path, traceList);
      if (options.json) return terminal.out(JSON.stringify(found.traces, null, 2));
      terminal.out(own.wide ? formatWide(found.traces) : formatTraces(found.traces));
    });

  traces
    .command("show <connection> <id>")
    .description("one request with every native call; the id as the list shows it is enough")
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

/** What is about whom, in so few characters that the table fits 80. */
const MAX_REQUEST = 24;

/** As requests are listed where there is little room. */
export const formatTraces = (traces: readonly Trace[]): string =>
  formatTable(
    ["id", "at", "request", "status", "ms", "calls"],
    traces.map((one) => [
      shortTraceId(one.id),
      formatShortTime(one.at),
      cutTo(`${one.method} ${one.path.replace(":id", one.linkId === null ? ":id" : shortId(one.linkId))}`, MAX_REQUEST),
      toStatusCell(one.status),
      one.ms,
      one.nativeCalls,
    ]),
    "no requests",
  );

function formatWide(traces: readonly Trace[]): string {
  const rows = traces.map((one) => [
    one.id,
    formatTime(one.at),
    `${one.method} ${one.path}`,
    one.linkId,
    toStatusCell(one.status),
    one.ms,
    one.nativeCalls,
    one.repairs,
    one.dropped,
  ]);
  const head = ["id", "at", "request", "user or group", "status", "ms", "native calls", "repairs", "dropped"];
  return formatTable(head, rows, "no requests");
}

const toStatusCell = (status: number) => (status >= 400 ? bad(status) : status);
