// What administrators get of the brake, field by field.

import * as z from "zod";
import { BRAKE_KINDS } from "../store/safeguard-tables.ts";
import { brakeLine, scimId, time } from "./answer-parts.ts";

const brakeKind = z.enum(BRAKE_KINDS);
export const brake = z
  .strictObject({
    kinds: z.array(
      z.strictObject({
        kind: brakeKind,
        what: z.string(),
        counted: z.int().describe("in the window"),
        limit: z.int().describe("so many may be counted before a further one is held"),
        base: z.int().nullable().describe("the most there were in the window; null: no complete sweep can tell"),
        line: z.strictObject({ ...brakeLine, action: z.enum(["hold", "warn"]) }),
        heldSince: time.nullable().describe("held until it is released"),
        warnedSince: time.nullable().describe("half of the line is reached"),
        requests: z.int().describe("how many were refused and not accepted since"),
      }),
    ),
    isHeldByHand: z.boolean(),
    heldSince: time.nullable().describe("since when anything is held"),
    disables: z.int().describe("disables that were asked for and held"),
    patterns: z
      .array(z.strictObject({ from: z.string(), to: z.string(), held: z.int() }))
      .describe("renames that are held, by the domains that they move a user from and to; the 20 most frequent"),
    releases: z.array(
      z.strictObject({
        id: z.string(),
        kind: brakeKind.nullable(),
        user: scimId.nullable(),
        domain: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
        count: z.int().nullable().describe("null: as many as come"),
        used: z.int(),
        isExpected: z.boolean().describe("it was announced before anything was held"),
        until: time,
      }),
    ),
  })
  .meta({ id: "Brake" });

export const held = z.strictObject({
  total: z.int(),
  requests: z
    .array(
      z.strictObject({
        kind: brakeKind,
        id: z.string().describe("the SCIM id of the user or group; of a creation a digest of the userName"),
        objects: z.int().describe("how many objects the request would have changed"),
        isDisable: z.boolean().describe("it asks to disable the user; `apply` does it"),
        domain: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
        since: time,
        lastAt: time,
        times: z.int().describe("how often it came"),
        requestId: z.string().describe("of the last one; its trace says more"),
      }),
    )
    .describe("those that wait longest first"),
});
export const applied = z.strictObject({
  disables: z.int().describe("how many are done now"),
  refused: z
    .array(
      z.strictObject({
        user: scimId,
        alarm: z.string().describe("the open alarm, as it is acknowledged"),
        why: z.string().describe("what was not done, and what to do"),
      }),
    )
    .describe("those that stay held, because an alarm is open that an administrator must look at first"),
});
