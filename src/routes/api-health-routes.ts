// The routes that monitoring asks: how all connections are, for people and for tools that draw curves.

import type { ApiRoute } from "./api-route.ts";
import * as answers from "./health-answers.ts";
import { healthQuery } from "./health-shapes.ts";
import { OPENMETRICS } from "./metrics.ts";
import { NO_CONNECTION } from "./problem-texts.ts";

export const HEALTH_ROUTES = {
  showHealth: {
    method: "GET",
    path: "/health",
    role: "reader",
    isFiltered: true,
    does: "Shows how each connection is, a line each, from what the connections have told of themselves; none of them is asked.",
    query: healthQuery,
    status: 200,
    answer: answers.health,
    refusals: { 404: NO_CONNECTION },
    isPolled: true,
  },
  readMetrics: {
    method: "GET",
    path: "/metrics",
    role: "reader",
    isFiltered: true,
    does: "Gives the same as OpenMetrics; also at `/metrics` of the deployment.",
    status: 200,
    contentType: OPENMETRICS,
    note: "a label names the connection; of more than 1,000 connections the first by name are shown, and `portico_connections_left_out` says how many are not",
    isPolled: true,
  },
} as const satisfies Record<string, ApiRoute>;
