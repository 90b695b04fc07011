// What administrators get of requests, of a plan and of differences, field by field.

import * as z from "zod";
import { FAULT_KINDS } from "../adapter.ts";
import { PLAN_KINDS } from "../store/plan-tables.ts";
import { DEEDS, DRIFT_KINDS } from "../store/report-tables.ts";
import { BRAKE_KINDS } from "../store/safeguard-tables.ts";
import { scimId, time } from "./answer-parts.ts";

const linkName = z.string().nullable().describe("userName or displayName; null: not known");
const traceHead = {
  id: z.string().describe("the request's id, as in the header `X-Request-Id`"),
  at: time,
  tokenId: z.string().describe("the id of the credential; empty: not known"),
  method: z.string(),
  path: z.string().describe("the route's template"),
  linkId: scimId.nullable(),
  status: z.int(),
  scimType: z.string().nullable(),
  ms: z.int().describe("milliseconds"),
  lockMs: z.int().describe("of them for other requests about the same user or group"),
  nativeCalls: z.int().describe("calls to the product's user API"),
  repairs: z.array(z.string()).describe("what was repaired at the door"),
  dropped: z.array(z.string()).describe("attribute paths that were accepted and dropped"),
  notes: z.array(z.string()),
  deed: z
    .strictObject({
      what: z.enum(DEEDS).describe("`hidden`: deleted to clients, and disabled at the product"),
      paths: z.array(z.string()).optional().describe("the attributes that were written"),
      joined: z.int().optional().describe("members who came into the group"),
      left: z.int().optional().describe("members who went"),
      found: z.int().optional().describe("how many a search has found"),
      isOwed: z.literal(true).optional().describe("the product is still to be told"),
    })
    .nullable()
    .describe("what came of it for the user or group; null: it was refused, or is none of these"),
};
const traceShown = z.strictObject(traceHead);
export const traces = z.strictObject({ traces: z.array(traceShown) });
export const named = z.strictObject({
  id: scimId,
  type: z.enum(["User", "Group"]),
  name: z.string().nullable().describe("userName or displayName as the link has it now; null: it was forgotten"),
});
export const found = z.strictObject({ found: z.array(named) });
/** What a sentence about a request is made of. */
const toldParts = {
  ...traceHead,
  link: named.nullable().describe("the user or group; null: none, or it was forgotten"),
  fault: z.enum(FAULT_KINDS).nullable().describe("why the last call to the product failed"),
};
export const told = z.strictObject(toldParts);
export const activity = z.strictObject({
  requests: z.array(z.strictObject({ ...toldParts, place: z.string() }).meta({ id: "ActivityRequest" })),
  next: z.string().nullable().describe("the place before which the next page begins; null: there is nothing older"),
  credentials: z
    .array(z.strictObject({ id: z.string(), kind: z.string(), label: z.string().nullable() }))
    .describe("of the connection, those that ended too"),
});
export const news = z.strictObject({ count: z.int().describe("at most 100") });
const calls = z.array(
  z.strictObject({
    purpose: z.enum(["read", "write", "token"]),
    method: z.string(),
    path: z.string().describe("the path's template"),
    status: z.int().optional().describe("absent: no answer came"),
    at: z.int().optional().describe("when it was sent, in milliseconds from the begin of the request"),
    ms: z.int().describe("from sending to the end of the answer"),
    waitMs: z.int().optional().describe("how long it waited for the product's limits before that; absent: not at all"),
    pauseMs: z.int().optional().describe("the pause after an attempt that failed; absent: there was none"),
    attempt: z.int().describe("from 1"),
    fault: z.string().optional(),
  }),
);
/** Without the names of those whom it is about. */
export const trace = z.strictObject({ ...traceHead, calls });
export const request = z.strictObject({ ...toldParts, calls });

export const plan = z.strictObject({
  writes: z.int().describe("how many were not sent"),
  deactivations: z.int().describe("how many of them disable a user"),
  steps: z
    .array(
      z.strictObject({
        id: z.string(),
        at: time,
        step: z.string(),
        type: z.enum(["User", "Group"]),
        nativeId: z.string(),
        name: linkName,
        what: z.array(z.string()).describe("attribute paths, or how many members"),
        isDeactivation: z.boolean(),
      }),
    )
    .describe("newest first, at most 1,000"),
});

const plannedValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable();
export const planChanges = z.strictObject({
  writes: z.int().describe("how many were not sent"),
  deactivations: z.int().describe("how many of them disable a user"),
  counts: z.array(z.strictObject({ kind: z.enum(PLAN_KINDS), count: z.int() })).describe("those kinds that there are"),
  changes: z
    .array(
      z.strictObject({
        kind: z.enum(PLAN_KINDS),
        type: z.enum(["User", "Group"]),
        id: scimId.nullable(),
        nativeId: z.string().describe("the product's id; of a new one an invented id"),
        name: linkName,
        before: plannedValues.describe(
          "by the attribute's path, as the product has it; null: it has none, or it was not read",
        ),
        after: plannedValues.describe("as it would be; null: it would be removed, or nothing of the record changes"),
        group: z
          .strictObject({ id: scimId.nullable(), name: linkName })
          .nullable()
          .describe("of a membership: the group"),
        licence: z.string().nullable().describe("of a licence: which"),
      }),
    )
    .describe("by name"),
  brake: z
    .array(z.strictObject({ kind: z.enum(BRAKE_KINDS), count: z.int() }))
    .describe("how many changes the brake would count if all of it came at once"),
});

export const finding = z.strictObject({
  kind: z.enum(DRIFT_KINDS),
  linkId: scimId,
  name: linkName,
  memberId: z.string().optional().describe("where a membership differs"),
  memberName: linkName.optional().describe("of that member"),
  path: z.string().optional().describe("where a value differs"),
  firstId: z.string().optional().describe("of a duplicate, the user or group that clients find by the name"),
  at: time,
  isRepaired: z.boolean(),
});
export const drift = z.strictObject({
  counts: z.record(z.string(), z.int()).describe("findings by kind"),
  findings: z.array(finding).describe("at most 1,000"),
});
