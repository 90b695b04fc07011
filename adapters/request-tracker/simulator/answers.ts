// How the simulated Request Tracker reads requests and answers: bodies, refusals, lists (seen on 5.0.3, 2026-11-29).

import type { Context } from "hono";
import { foldAscii, type SimulatorEnv } from "../../simulation.ts";

const DEFAULT_ROWS = 20;
const MAX_ROWS = 100;

/** An answer instead of an effect. */
export class Refusal extends Error {
  readonly status: 400 | 404;
  constructor(status: 400 | 404, message: string) {
    super(message);
    this.status = status;
  }
}

export const missing = () => new Refusal(404, "Not Found");

async function readJson(c: Context): Promise<unknown> {
  try {
    return JSON.parse(await c.req.text());
  } catch {
    throw new Refusal(400, "JSON parse error");
  }
}

export async function readHash(c: Context): Promise<Record<string, unknown>> {
  const body = await readJson(c);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
  throw new Refusal(400, "JSON object must be a HASH");
}

export async function readList(c: Context): Promise<unknown[]> {
  const body = await readJson(c);
  if (Array.isArray(body)) return body;
  throw new Refusal(400, "JSON object must be a ARRAY");
}

interface Condition {
  field?: string;
  operator?: string;
  value?: unknown;
}

/** The rows that every condition names; a field that cannot be searched is passed over. */
export function search<T extends { Name: string; EmailAddress?: string | undefined }>(
  c: Context,
  all: readonly T[],
): T[] {
  const conditions = JSON.parse(c.req.query("query") || "[]") as Condition[];
  return all.filter((one) =>
    conditions.every(({ field, operator, value }) =>
      field === "Name" || field === "EmailAddress"
        ? (foldAscii(one[field] ?? "") === foldAscii(String(value))) === (operator !== "!=")
        : true,
    ),
  );
}

/** One page, in the order of ids. */
export function toPage<T extends { id: number }>(
  c: Context<SimulatorEnv>,
  all: readonly T[],
  show: (one: T) => object,
  hasLinks = true,
) {
  const toCount = (text: string | undefined, fallback: number) =>
    /^[1-9]\d*$/.test(text ?? "") ? Number(text) : fallback;
  const per_page = Math.min(toCount(c.req.query("per_page"), DEFAULT_ROWS), MAX_ROWS);
  const page = toCount(c.req.query("page"), 1);
  const rows = [...all].sort((left, right) => left.id - right.id).slice((page - 1) * per_page, page * per_page);
  const pages = Math.ceil(all.length / per_page);
  const link = (to: number) => `${c.env.base}${c.req.path}?page=${to}&per_page=${per_page}`;
  const links = {
    pages,
    ...(page < pages ? { next_page: link(page + 1) } : {}),
    ...(page > 1 && pages > 0 ? { prev_page: link(Math.min(pages, page - 1)) } : {}),
  };
  return c.json({
    count: rows.length,
    total: all.length,
    per_page,
    page,
    ...(hasLinks ? links : {}),
    items: rows.map(show),
  });
}
