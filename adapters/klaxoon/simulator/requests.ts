// The refusals, bodies and pages of the simulated Klaxoon ([N3.2], stated 2026-11-22).

import type { Context } from "hono";
import * as z from "zod";

const MAX_LIMIT = 100;
/** Assumed. */
const DEFAULT_LIMIT = 20;

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
