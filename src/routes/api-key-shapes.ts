// What administrators send and get about API keys, refused calls and what waits for the whole deployment, field by field.

import * as z from "zod";
import { MAX_DAYS } from "../auth/expiry.ts";
import { ROLES } from "../store/administrator-tables.ts";
import { time } from "./answer-parts.ts";

/** Names by which the audit shows callers without a key. */
const RESERVED = /^(?:break glass|administrator|refused|customer of .*)$/i;
export const DEFAULT_KEY_DAYS = 365;

const role = z
  .enum(ROLES)
  .describe(
    "`reader` looks; `operator` also works on connections; `owner` also manages API keys, and does what is gone for good. Each route says which it needs",
  );

export const newKey = z.strictObject({
  name: z
    .string()
    .regex(
      /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,62}[\p{L}\p{N}])?$/u,
      "letters, digits, spaces, dots, underscores and hyphens, at most 64 characters; no e-mail address",
    )
    .refine((name) => !RESERVED.test(name), "the audit shows callers without a key under this name; choose another one")
    .describe(
      "the name that the audit shows for calls with this key: of a job or a program, at most 64 characters; no e-mail address",
    ),
  role,
  connections: z
    .array(z.string().max(100))
    .min(1)
    .max(1_000)
    .nullable()
    .default(null)
    .describe("the names of the connections that it is for; null: all, and what concerns the whole deployment"),
  expiresInDays: z.int().min(1).max(MAX_DAYS).default(DEFAULT_KEY_DAYS),
});

const key = z.strictObject({
  id: z.string(),
  name: z.string(),
  role,
  connections: z
    .array(z.string())
    .nullable()
    .describe("the names of the connections that it is for; null: all, and what concerns the whole deployment"),
  hint: z.string().describe("the last four characters"),
  createdBy: z.string().describe("who made it, as in the audit"),
  createdAt: time,
  expiresAt: time,
  lastUsedAt: time.nullable().describe("to the minute; null: never"),
  revokedAt: time.nullable(),
});
export const createdKey = key.extend({ key: z.string().describe("shown once; only its hash is stored") });
export const keys = z.strictObject({ keys: z.array(key).describe("the oldest first; those that ended too") });

export const me = z.strictObject({
  kind: z
    .enum(["key", "break-glass", "access"])
    .describe("by an API key, by the break-glass token, or through Cloudflare Access"),
  id: z.string().nullable().describe("of the API key"),
  name: z.string().describe("as in the audit"),
  role,
  connections: z.array(z.string()).nullable().describe("as of a key"),
});

export const refusedQuery = z.object({
  since: z.iso.datetime().optional().describe("without it the last 30 days, for which they are kept"),
  limit: z.coerce.number().int().min(1).max(5_000).default(500),
});
export const refused = z.strictObject({
  refused: z
    .array(
      z.strictObject({
        minute: time,
        address: z
          .string()
          .describe(
            "the network: /24 of IPv4, /48 of IPv6; empty: not known; `others`: beyond 50 networks in one minute",
          ),
        count: z.int(),
      }),
    )
    .describe("the latest first"),
});

export const gatewayAlarms = z.strictObject({
  alarms: z.array(
    z.strictObject({
      id: z.string(),
      says: z.string().describe("what is the matter, in a sentence"),
      since: time,
      lastAt: time.describe("when it happened last"),
      acknowledgedAt: time.nullable(),
      acknowledgedBy: z.string().nullable(),
    }),
  ),
});
