// The state of one simulated Redmine (verified on 5.0.4, 2026-11-22).

import * as z from "zod";

export const ACTIVE = 1;

const userSchema = z.object({
  id: z.int(),
  login: z.string(),
  admin: z.boolean().default(false),
  firstname: z.string(),
  lastname: z.string(),
  mail: z.string(),
  created_on: z.string(),
  updated_on: z.string(),
  last_login_on: z.string().nullable().default(null),
  passwd_changed_on: z.string().nullable().default(null),
  twofa_scheme: z.string().nullable().default(null),
  api_key: z.string(),
  status: z.int(),
  /** No answer shows it, but the words of refusals follow that of the key's owner. */
  language: z.string().default(""),
});
export type User = z.output<typeof userSchema>;
const groupSchema = z.object({ id: z.int(), name: z.string(), users: z.array(z.int()).default([]) });
export type Group = z.output<typeof groupSchema>;

export const administrator: User = {
  ...{ id: 1, login: "admin", admin: true, firstname: "Redmine", lastname: "Admin", mail: "admin@example.net" },
  ...{ created_on: "2026-01-01T00:00:00Z", updated_on: "2026-01-01T00:00:00Z", last_login_on: null },
  ...{ passwd_changed_on: null, twofa_scheme: null, api_key: "fake-redmine-api-key", status: ACTIVE, language: "" },
};

/** The state of one Redmine; a seed may leave out any part. */
export const redmineState = z.strictObject({
  restEnabled: z.boolean().default(true),
  users: z.record(z.string(), userSchema).default(() => ({ "1": structuredClone(administrator) })),
  groups: z.record(z.string(), groupSchema).default({}),
});
export type State = z.output<typeof redmineState>;
