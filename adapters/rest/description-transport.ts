// How a described product is reached: credential, paging, limits and the meaning of its errors.

import * as z from "zod";
import { FAULT_KINDS } from "../../src/adapter.ts";
import { at, ELSE, oneOf, scalar, text } from "./description-words.ts";

export const auth = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("bearer"), secondHeader: text.optional() }),
    /** `prefix` stands before the credential: "Token token=". */
    z.strictObject({
      kind: z.literal("header"),
      name: text,
      prefix: text.optional(),
      secondHeader: text.optional(),
    }),
    z.strictObject({ kind: z.literal("basic"), user: text }),
    /** The credential is the user name; most such products ignore the password. */
    z.strictObject({ kind: z.literal("basicKey"), password: text.default("x") }),
    z.strictObject({
      kind: z.literal("clientCredentials"),
      tokenUrl: text,
      clientId: text,
      scope: text.optional(),
      in: oneOf("body", "header").default("body"),
    }),
  ],
  { error: `must be one of bearer, header, basic, basicKey, clientCredentials; ${ELSE}` },
);

const place = oneOf("query", "body").default("query");
const max = z.int().min(1).max(10_000);
export const paging = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("page"),
      in: place,
      page: text,
      size: text,
      max,
      first: z.union([z.literal(0), z.literal(1)]).default(1),
      total: at.optional(),
    }),
    z.strictObject({ kind: z.literal("offset"), in: place, offset: text, limit: text, max, total: at.optional() }),
    z.strictObject({ kind: z.literal("cursor"), in: place, cursor: text, limit: text.optional(), max, next: at }),
    z.strictObject({ kind: z.literal("link"), limit: text.optional(), max }),
    z.strictObject({ kind: z.literal("none") }),
  ],
  { error: `must be one of page, offset, cursor, link, none; ${ELSE}` },
);

const count = z.int().min(1).max(1_000_000).optional();
export const limits = z.strictObject({
  perSecond: count,
  perMinute: count,
  perHour: count,
  perDay: count,
  concurrency: z.int().min(1).max(32).optional(),
});

const status = z.int().min(100).max(599);
export const fault = z.strictObject({
  status: z.union([status, z.tuple([status, status])], { error: "must be a status or [from, to]" }).optional(),
  method: oneOf("GET", "POST", "PUT", "PATCH", "DELETE").optional(),
  path: z.string().max(300).optional(),
  /** `at` absent: the whole text. */
  body: z.strictObject({ at: at.optional(), is: scalar.nullable().optional(), contains: text.optional() }).optional(),
  /** Where the answer names the field that is to blame: Portico finds its attribute. */
  names: at.optional(),
  fault: oneOf(...FAULT_KINDS),
  attribute: z.string().max(300).optional(),
  detail: text.optional(),
});
