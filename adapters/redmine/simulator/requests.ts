// How the simulated Redmine reads bodies and paths, and its answers without a record (verified on 5.0.4, 2026-11-22).

import type { Context } from "hono";
import * as z from "zod";
import type { SimulatorEnv } from "../../simulation.ts";

export const ids = z.union([z.array(z.coerce.number()), z.coerce.number().transform((id) => [id])]);

/** A body that Redmine's code trips over. */
export class Tripped extends Error {}

export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Tripped(parsed.error.message);
  return parsed.data;
}

export async function readJson(c: Context): Promise<unknown> {
  return JSON.parse(await c.req.text());
}

/** The id of `/users/5.json`. */
export const idIn = (c: Context, name: string) => (c.req.param(name) ?? "").replace(/\.json$/, "");

export const head = (c: Context, status: 401 | 403 | 404 | 422) =>
  c.body("", status, {
    "content-type": "application/json",
    ...(status === 401 ? { "www-authenticate": 'Basic realm="Redmine API"' } : {}),
  });
export const refused = (c: Context, errors: string[]) => c.json({ errors }, 422);
export const unknownRecord = (c: Context) => c.json({ status: 404, error: "Not Found" }, 404);
export const place = (c: Context<SimulatorEnv>, path: string) => c.header("location", `${c.env.base}${path}`);
