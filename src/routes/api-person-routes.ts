// The administrator's route about what is stored of one person, and its shapes.

import * as z from "zod";
import type { ApiRoute } from "./api-route.ts";

const row = z.record(z.string(), z.unknown());
const person = z
  .strictObject({
    id: z.string().describe("the SCIM id"),
    in: z.enum(["connection", "plan"]).describe("`plan`: as plan mode has it, which ends with it"),
    stored: z
      .record(z.string(), z.array(row))
      .describe("by table, as docs/schema.md calls it, the rows that name this user; of traces the newest 10,000"),
    memberOf: z.array(z.strictObject({ id: z.string(), name: z.string().nullable() })).describe("groups"),
    referredToBy: z.array(z.string()).describe("users whose record names this one, as their manager"),
    audit: z.array(row).describe("calls of administrators that name this user, or were about a request of theirs"),
  })
  .meta({ id: "StoredPerson" });

export const PERSON_ROUTES = {
  exportPerson: {
    method: "POST",
    path: "/connections/:name/person",
    role: "owner",
    does: "Shows everything that is stored of one user, deleted users too: for a request of the person about their data.",
    body: z.strictObject({
      person: z.string().min(1).max(320).describe("the SCIM id, native id, externalId, userName or e-mail address"),
    }),
    status: 200,
    answer: z.strictObject({
      connection: z.string(),
      vendor: z.string(),
      at: z.iso.datetime(),
      people: z.array(person).describe("more than one where a name was used again"),
    }),
    note: "the record itself is at the product, and is not in it",
    refusals: { 404: "nothing is stored of such a user" },
  },
} as const satisfies Record<string, ApiRoute>;
