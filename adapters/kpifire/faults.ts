// What kpifire's errors mean: they come with status 200 and a text ([N4.2], stated 2026-11-22).

import type { FaultRule } from "../../src/adapter.ts";

export const faults: FaultRule[] = [
  {
    status: 200,
    body: { at: "error", matches: /^login already in use/i },
    fault: "conflict",
    attribute: "userName",
  },
  {
    status: 200,
    body: { at: "error", matches: /already in use/i },
    fault: "conflict",
    attribute: "displayName",
  },
  { status: 200, body: { at: "error", matches: /^(user|group) not found/i }, fault: "notFound" },
  {
    status: 200,
    body: { at: "success", is: false },
    fault: "invalid",
    // Its text names no field.
    attribute: null,
  },
  // Its own "not found" comes with status 200.
  { status: 404, fault: "unavailable", detail: "There is no kpifire API at this address. Check the base URL." },
  {
    status: 401,
    fault: "unauthorized",
    detail:
      "kpifire refused the API token, which belongs to a person and may have been revoked. Make a new one under " +
      "Settings, API Settings, and enter it in the connection's settings.",
  },
];
