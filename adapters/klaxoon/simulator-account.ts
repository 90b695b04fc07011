// The state of the simulated Klaxoon account, its refusals, bodies and pages (vendors.md 3.2, stated 2026-11-22).

import type { Context } from "hono";
import * as z from "zod";

const MAX_LIMIT = 100;
/** Assumed. */
const DEFAULT_LIMIT = 20;

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
  /** A label only: licences are per user (vendors.md 3.2). */
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

/** An answer that ends the request. */
export class Refused extends Error {
  readonly status: 400 | 401 | 404 | 405 | 409 | 422 | 429;
  readonly code: string;
  readonly field: string | undefined;
  constructor(status: Refused["status"], code: string, message: string, field?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** The body as the vendor's routes want it. */
export async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(JSON.parse(await c.req.text()));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refused(422, "invalid_field", issue?.message ?? "invalid", issue?.path.join("."));
}

const pageQuery = z.object({
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
});

/** One page of ids; a cursor names the last id of the page before, in a form of the vendor's own. */
export function pageOf<T>(c: Context, ids: readonly string[], show: (id: string) => T) {
  const query = pageQuery.safeParse(c.req.query());
  if (!query.success) throw new Refused(400, "bad_request", "limit must be between 1 and 100", "limit");
  const { cursor, limit } = query.data;
  const start = cursor === undefined ? 0 : ids.indexOf(decode(cursor)) + 1;
  if (cursor !== undefined && start === 0) throw new Refused(400, "bad_cursor", "the cursor is not valid", "cursor");
  const page = ids.slice(start, start + limit);
  const last = page.at(-1);
  const isMore = start + limit < ids.length && last !== undefined;
  return { data: page.map(show), next_cursor: isMore ? btoa(last) : null };
}

function decode(cursor: string): string {
  try {
    return atob(cursor);
  } catch {
    return "";
  }
}
