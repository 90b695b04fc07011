// Whole answers of the administrator API, for tests of commands: the types are those of its shapes.

import type * as z from "zod";
import type { connection } from "../../src/routes/api-answers.ts";
import type { createdCredential, credential } from "../../src/routes/api-credential-answers.ts";
import type { connectionHealth } from "../../src/routes/health-answers.ts";

const AT = "2026-11-01T08:00:00.000Z";

export const CONNECTION: z.infer<typeof connection> = {
  name: "acme",
  id: "0193a0c8-0000-7000-8000-0000000000aa",
  vendor: "redmine",
  state: "active",
  purpose: "live",
  mode: "live",
  coupling: "reject",
  unmapped: "ignore",
  freshnessMinutes: null,
  jurisdiction: null,
  drift: "report",
  driftActivated: "repair",
  protected: { users: [], groups: [] },
  brake: null,
  parking: "on-demand",
  createInactive: "later",
  groups: "none",
  profile: "lenient",
  restoreWithinDays: 30,
  references: "defer",
  retireAfterDays: null,
  retire: "release",
  requestRate: { perSecond: 50, burst: 200 },
  retention: { traceDays: 30, tombstoneDays: 90 },
  settings: {},
  allowedHosts: [],
  openAlarms: 0,
  tenantUrl: "http://127.0.0.1/scim",
  version: 1,
  createdAt: AT,
  updatedAt: AT,
};

export const CREDENTIAL: z.infer<typeof credential> = {
  id: "c1",
  kind: "secret",
  label: "Entra",
  hint: "wxyz",
  clientId: "client-of-acme",
  scopes: ["users"],
  addresses: null,
  trust: null,
  createdBy: "administrator",
  createdAt: AT,
  expiresAt: "2027-01-15T08:00:00.000Z",
  lastUsedAt: "2026-11-28T08:00:00.000Z",
  revokedAt: null,
};

export const CREATED: z.infer<typeof createdCredential> = {
  ...CREDENTIAL,
  secret: "reference-token",
  tenantUrl: "http://127.0.0.1/scim",
  tokenUrl: "http://127.0.0.1/oauth2/token",
};

export const HEALTH_AT = "2026-11-28T10:00:00.000Z";
export const HEALTH: z.infer<typeof connectionHealth> = {
  name: "acme",
  vendor: "redmine",
  purpose: "live",
  mode: "live",
  state: "active",
  toldAt: "2026-11-28T09:59:30.000Z",
  ageSeconds: 30,
  lastRequestAt: "2026-11-28T07:45:00.000Z",
  requests: 40,
  failures: 3,
  requestsTotal: 900,
  failuresTotal: 12,
  held: 5,
  alarms: 1,
  owed: 7,
  parked: 2,
  credential: { id: "c1", kind: "secret", label: "Entra", expiresAt: "2026-12-10T12:00:00.000Z" },
  indexing: { state: "running", seen: 10, total: null },
};
/** Of a connection whose object has not told anything. */
export const UNTOLD: z.infer<typeof connectionHealth> = {
  ...HEALTH,
  ...{ name: "new", toldAt: null, ageSeconds: null, lastRequestAt: null, requests: null, failures: null },
  ...{ requestsTotal: null, failuresTotal: null, held: null, alarms: null, owed: null, parked: null },
  ...{ credential: null, indexing: null },
};
