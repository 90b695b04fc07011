// Whole answers of the administrator API, for tests of commands: the types are those of its shapes.

import type * as z from "zod";
import type { connection } from "../../src/routes/api-answers.ts";
import type { createdCredential, credential } from "../../src/routes/api-credential-answers.ts";

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
