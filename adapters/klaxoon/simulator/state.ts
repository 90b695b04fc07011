// The state of one simulated Klaxoon account ([N3.2], stated 2026-11-22).

import * as z from "zod";

const userSchema = z.object({
  id: z.uuid(),
  username: z.string(),
  email: z.string(),
  external_id: z.string().nullable(),
  first_name: z.string(),
  last_name: z.string(),
  status: z.enum(["active", "deactivated", "pending_consent"]).default("active"),
  license: z.enum(["FREE", "PRO"]).default("FREE"),
  created_at: z.string(),
  updated_at: z.string(),
});
export type User = z.output<typeof userSchema>;
const groupSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  external_id: z.string().nullable(),
  /** A label only: licences are per user [N3.2]. */
  license: z.boolean(),
  members: z.array(z.string()).default([]),
});
export type Group = z.output<typeof groupSchema>;

/** The state of one Klaxoon account; a seed may leave out any part. */
export const klaxoonState = z.strictObject({
  clientId: z.string().default("fake-klaxoon-client"),
  clientSecret: z.string().default("fake-klaxoon-secret"),
  tokens: z.array(z.object({ token: z.string(), expiresAt: z.int() })).default([]),
  /** On average, in bursts of as many; null is unlimited. */
  requestsPerSecond: z.int().min(1).nullable().default(16),
  /** PRO seats that the account has bought. */
  proSeats: z.int().min(0).default(1_000),
  /** E-mail addresses, in lower case, of people with a PRO licence elsewhere who have not consented yet. */
  awaitingConsent: z.array(z.string()).default([]),
  users: z.record(z.string(), userSchema).default({}),
  groups: z.record(z.string(), groupSchema).default({}),
});
export type State = z.output<typeof klaxoonState>;
