// What administrators and their monitoring get of all connections, field by field.

import * as z from "zod";
import { time } from "./answer-parts.ts";

const count = z.int().nullable();

export const connectionHealth = z
  .strictObject({
    name: z.string(),
    vendor: z.string(),
    purpose: z.enum(["live", "exam"]),
    mode: z.enum(["live", "plan", "paused"]),
    state: z.enum(["active", "suspended"]),
    toldAt: time
      .nullable()
      .describe("when the connection last told of itself; null: it never did, and the numbers are null"),
    ageSeconds: count.describe(
      "so long ago; it tells after a change, at most once a minute, and at least once an hour: an older one means that its object does not work",
    ),
    lastRequestAt: time.nullable().describe("null: no request was counted"),
    requests: count.describe("SCIM requests of the last 24 hours, by whole hours"),
    failures: count.describe("how many of them were answered with 400 or more, but for 404"),
    hours: z
      .array(z.tuple([z.int(), z.int()]))
      .optional()
      .describe("with `hours=true`: requests and failures of each of the last 24 hours, the oldest first"),
    requestsTotal: count.describe("SCIM requests since the connection counts them"),
    failuresTotal: count.describe("how many of them failed"),
    held: count.describe("requests that the brake holds"),
    alarms: count.describe("alarms that nobody has acknowledged"),
    owed: count.describe("what was accepted and is still to be done at the product"),
    parked: count.describe("of that, what is not tried any more"),
    credential: z
      .strictObject({ id: z.string(), kind: z.string(), label: z.string().nullable(), expiresAt: time })
      .nullable()
      .describe("the one that ends first of those that let an identity provider in; null: none does"),
    indexing: z
      .strictObject({
        state: z
          .enum(["complete", "running", "waiting"])
          .describe("`waiting`: what the product has was never read to its end"),
        seen: z.int().describe("of the passes that run: records so far"),
        total: z.int().nullable().describe("of how many; null: the product does not say"),
      })
      .nullable(),
  })
  .meta({ id: "ConnectionHealth" });

export const health = z.strictObject({
  at: time,
  connections: z.array(connectionHealth).describe("by name"),
});
