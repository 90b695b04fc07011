// The state of one simulated Directus (seen on 11.17.4, 2026-11-29).

import * as z from "zod";

const text = z.string().nullable().default(null);
const userSchema = z.object({
  id: z.string(),
  ...{ first_name: text, last_name: text, email: text, location: text, title: text, description: text, language: text },
  tags: z.array(z.string()).nullable().default(null),
  status: z.string().default("active"),
  role: text,
  token: text,
  provider: z.string().default("default"),
  external_identifier: text,
});
export type User = z.output<typeof userSchema>;
const roleSchema = z.object({ id: z.string(), name: z.string(), parent: text });
const policySchema = z.object({
  id: z.string(),
  name: z.string(),
  icon: z.string().default("badge"),
  description: text,
  admin_access: z.boolean().default(false),
  app_access: z.boolean().default(false),
  /** A custom permission: it shows the users with these addresses, and every policy, role and row that gives a policy. */
  shows: z.array(z.string()).optional(),
});
const accessSchema = z.object({ id: z.string(), user: text, role: text, policy: z.string() });
export type Row = { id: string; [field: string]: unknown };

export const ADMIN_ID = "90000000-0000-4000-8000-000000000001";
const ROLE_ID = "90000000-0000-4000-8000-000000000002";
const ADMIN_POLICY_ID = "90000000-0000-4000-8000-000000000003";
const PUBLIC_POLICY_ID = "90000000-0000-4000-8000-000000000004";
const byId = <T extends { id: string }>(...rows: T[]) => Object.fromEntries(rows.map((row) => [row.id, row]));

const administrator = userSchema.parse({
  ...{ id: ADMIN_ID, first_name: "Admin", last_name: "User", email: "admin@example.com", role: ROLE_ID },
  token: "fake-directus-token",
});
const giving = [
  { id: "90000000-0000-4000-8000-000000000005", user: null, role: ROLE_ID, policy: ADMIN_POLICY_ID },
  { id: "90000000-0000-4000-8000-000000000006", user: null, role: null, policy: PUBLIC_POLICY_ID },
];
const born = [
  policySchema.parse({ id: ADMIN_POLICY_ID, name: "Administrator", admin_access: true, app_access: true }),
  policySchema.parse({ id: PUBLIC_POLICY_ID, name: "$t:public_label", icon: "public" }),
];

/** The state of one Directus; a seed may leave out any part. */
export const directusState = z.strictObject({
  users: z.record(z.string(), userSchema).default(() => byId({ ...administrator })),
  roles: z.record(z.string(), roleSchema).default(() => byId({ id: ROLE_ID, name: "Administrator", parent: null })),
  policies: z.record(z.string(), policySchema).default(() => byId(...structuredClone(born))),
  access: z.record(z.string(), accessSchema).default(() => byId(...structuredClone(giving))),
});
export type State = z.output<typeof directusState>;
export type Collection = keyof State;

/** A user and a policy as a creation makes them, of what its body names. */
export const toUser = (fields: object): User => userSchema.parse({ ...fields, id: crypto.randomUUID() });
export const toPolicy = (fields: object) => policySchema.parse({ ...fields, id: crypto.randomUUID() });
/** What a body may set: Directus passes over fields that it does not know. */
export function fieldsIn(collection: "users" | "policies", body: Record<string, unknown>): Record<string, unknown> {
  const { shape } = collection === "users" ? userSchema : policySchema;
  return Object.fromEntries(Object.entries(body).filter(([field]) => field !== "id" && Object.hasOwn(shape, field)));
}
