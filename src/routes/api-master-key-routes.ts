// The administrator's routes about the master key, and their shapes.

import * as z from "zod";
import type { ApiRoute } from "./api-route.ts";

export const masterKey = z.strictObject({
  keys: z.array(
    z.strictObject({
      id: z.string().describe("what stands before the colon of the key"),
      is: z
        .enum(["current", "previous", "missing"])
        .describe("`MASTER_KEY`, `MASTER_KEY_PREVIOUS`, or not configured: what it has sealed opens for nobody"),
      values: z.int().describe("secrets of connections and signing keys that are sealed under it"),
      connections: z.int().describe("connections whose objects have sealed what they store under it"),
    }),
  ),
  connections: z.int().describe("connections in all"),
  sealedNow: z.int().describe("those whose objects have sealed what they store under the current key"),
  remaining: z.array(z.string()).describe("connections of which something is sealed under another key, at most 100"),
  isAllSealedNow: z.boolean().describe("true: no other key than the current one is used any more"),
});

const resealing = z.strictObject({
  told: z.int().describe("connections that were told to seal everything again"),
  next: z.string().nullable().describe("`after` of the next call; null: all were told"),
});

export const MASTER_KEY_ROUTES = {
  showMasterKey: {
    method: "GET",
    path: "/master-key",
    role: "reader",
    does: "Shows under which master keys everything is sealed, and what a rotation has still to do.",
    status: 200,
    answer: masterKey,
  },
  resealAll: {
    method: "POST",
    path: "/master-key/reseal",
    role: "owner",
    does: "Has connections seal everything again with the current master key, in the background; each call tells 50.",
    body: z.strictObject({ after: z.string().max(100).default("").describe("`next` of the call before") }),
    isBodyOptional: true,
    status: 202,
    answer: resealing,
  },
} as const satisfies Record<string, ApiRoute>;
