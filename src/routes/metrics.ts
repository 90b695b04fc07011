// The state of all connections in the text format of OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).

import type * as z from "zod";
import type { connectionHealth } from "./health-answers.ts";

export const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/** A label has at most so many values, because each costs the one who stores the curves. */
const MAX_CONNECTIONS = 1_000;

type Health = z.input<typeof connectionHealth>;

interface Metric {
  name: string;
  type: "gauge" | "counter";
  unit?: "seconds";
  help: string;
  /** null: not known, and there is no sample. */
  value(health: Health): number | null;
}

const seconds = (time: string | null | undefined) => (time ? Date.parse(time) / 1_000 : null);

/** None of them has a value of a person: names of connections are what operators call them. */
const METRICS: Metric[] = [
  {
    name: "portico_requests",
    type: "counter",
    help: "SCIM requests since the connection counts them.",
    value: ({ requestsTotal }) => requestsTotal,
  },
  {
    name: "portico_request_failures",
    type: "counter",
    help: "SCIM requests answered with 400 or more, but for 404.",
    value: ({ failuresTotal }) => failuresTotal,
  },
  {
    name: "portico_last_request_timestamp_seconds",
    type: "gauge",
    unit: "seconds",
    help: "When the last SCIM request came.",
    value: ({ lastRequestAt }) => seconds(lastRequestAt),
  },
  {
    name: "portico_held_requests",
    type: "gauge",
    help: "Requests that the brake holds.",
    value: ({ held }) => held,
  },
  {
    name: "portico_open_alarms",
    type: "gauge",
    help: "Alarms that nobody has acknowledged.",
    value: ({ alarms }) => alarms,
  },
  {
    name: "portico_owed",
    type: "gauge",
    help: "What was accepted and is still to be done at the product.",
    value: ({ owed }) => owed,
  },
  {
    name: "portico_parked",
    type: "gauge",
    help: "Of what is owed: not tried any more.",
    value: ({ parked }) => parked,
  },
  {
    name: "portico_credential_end_timestamp_seconds",
    type: "gauge",
    unit: "seconds",
    help: "When the credential ends that ends first; no sample where none lets an identity provider in.",
    value: ({ credential }) => seconds(credential?.expiresAt),
  },
  {
    name: "portico_index_complete",
    type: "gauge",
    help: "1: the product was read to its end and no pass runs.",
    value: ({ indexing }) => (indexing ? Number(indexing.state === "complete") : null),
  },
  {
    name: "portico_told_timestamp_seconds",
    type: "gauge",
    unit: "seconds",
    help: "When the connection last told of itself; more than an hour ago means that its object does not work.",
    value: ({ toldAt }) => seconds(toldAt),
  },
];

/** A label's value (section "Escaping"); the names of connections need none of it today. */
const quote = (text: string) => `"${text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
const labels = (of: Record<string, string>) =>
  `{${Object.entries(of)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(",")}}`;

const head = (name: string, type: string, help: string, unit?: string) => [
  `# TYPE ${name} ${type}`,
  ...(unit ? [`# UNIT ${name} ${unit}`] : []),
  `# HELP ${name} ${help}`,
];

export function toMetrics(all: readonly Health[], now: number): string {
  const shown = all.slice(0, MAX_CONNECTIONS);
  const info = shown.map(
    ({ name, vendor, purpose, mode, state }) =>
      `portico_connection_info${labels({ connection: name, vendor, purpose, mode, state })} 1`,
  );
  const lines = METRICS.flatMap(({ name, type, unit, help, value }) => {
    const sample = type === "counter" ? `${name}_total` : name;
    const samples = shown.flatMap((health) => {
      const number = value(health);
      return number === null ? [] : [`${sample}${labels({ connection: health.name })} ${number}`];
    });
    return [...head(name, type, help, unit), ...samples];
  });
  return `${[
    ...head("portico_connections", "gauge", "Connections of this deployment."),
    `portico_connections ${all.length}`,
    ...head(
      "portico_connections_left_out",
      "gauge",
      "Connections that have no samples here, because there are too many.",
    ),
    `portico_connections_left_out ${all.length - shown.length}`,
    ...head("portico_read_timestamp_seconds", "gauge", "When this was read.", "seconds"),
    `portico_read_timestamp_seconds ${now / 1_000}`,
    ...head("portico_connection", "info", "What a connection is."),
    ...info,
    ...lines,
    "# EOF",
  ].join("\n")}\n`;
}
