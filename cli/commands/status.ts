// `portico status`: how every connection is, in one table, from what the connections have told of themselves.

import type { Command } from "commander";
import type * as z from "zod";
import { type connectionHealth, health } from "../../src/routes/health-answers.ts";
import { openFor } from "../api.ts";
import { bad, badIfAny, formatRecord, formatTable } from "../print.ts";
import { CliFailure, type Terminal } from "../terminal.ts";

type Health = z.infer<typeof connectionHealth>;

const MINUTE_MS = 60_000;
const UNITS: [name: string, minutes: number][] = [
  ["d", 1_440],
  ["h", 60],
  ["min", 1],
];

export function addStatusCommand(program: Command, terminal: Terminal): void {
  program
    .command("status [connection]")
    .description("how a connection is, or without a name how each is: requests, failures, what is held, wrong and owed")
    .option("--all", "every connection, a line each: the same as no name")
    .action(async (name: string | undefined, own: { all?: true }, command: Command) => {
      if (name !== undefined && own.all) throw new CliFailure("give the name of a connection, or --all");
      const { options, api } = await openFor(command, terminal);
      const path = name === undefined ? "/health" : `/health?${new URLSearchParams({ connection: name })}`;
      const { at, connections } = await api.call("GET", path, health);
      if (options.json) return terminal.out(JSON.stringify(name === undefined ? connections : connections[0], null, 2));
      const [only] = connections;
      if (name !== undefined && only) return terminal.out(formatRecord({ ...only }));
      terminal.out(formatAll(connections, Date.parse(at)));
    });
}

/** A line for each connection. */
export function formatAll(connections: readonly Health[], now: number): string {
  const rows = connections.map((one) => [
    one.name,
    one.vendor,
    one.mode,
    one.state,
    one.lastRequestAt === null ? "never" : `${durationOf(now - Date.parse(one.lastRequestAt))} ago`,
    one.failures ? bad(`${one.failures} of ${one.requests}`) : one.failures === 0 ? `0 of ${one.requests}` : "",
    badIfAny(one.held),
    badIfAny(one.alarms),
    one.parked ? bad(`${one.owed}, ${one.parked} parked`) : one.owed,
    describeEnd(one, now),
    describeIndex(one),
    one.toldAt === null ? "never" : `${durationOf(now - Date.parse(one.toldAt))} ago`,
  ]);
  const head = [
    ...["connection", "vendor", "mode", "state", "last request", "failed in 24 h", "held", "alarms", "owed"],
    ...["credential ends", "index", "told"],
  ];
  return formatTable(head, rows, "no connections yet");
}

/** In the largest unit of which there is a whole one. */
function durationOf(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / MINUTE_MS);
  const [name, size] = UNITS.find(([, each]) => minutes >= each) ?? ["min", 1];
  return `${Math.floor(minutes / size)} ${name}`;
}

function describeEnd({ credential }: Health, now: number): string {
  if (credential === null) return "none lets anybody in";
  return `in ${durationOf(Date.parse(credential.expiresAt) - now)} (${credential.kind})`;
}

function describeIndex({ indexing }: Health): string {
  if (indexing === null) return "";
  return indexing.state === "running" ? `reading: ${indexing.seen} of ${indexing.total ?? "?"}` : indexing.state;
}
