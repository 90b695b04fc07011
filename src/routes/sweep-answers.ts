// What administrators get of sweeps, alarms and what is stored, field by field, as in api-answers.ts.

import * as z from "zod";
import { ALARM_KINDS } from "../store/alarm-tables.ts";
import { scimId, time } from "./answer-parts.ts";

const pass = {
  type: z.enum(["User", "Group", "Members"]),
  pass: z.int().describe("the number of the pass; it grows"),
};
export const startedSweep = z.strictObject({
  passes: z.array(z.strictObject(pass)).describe("the passes that are under way now"),
});
const sweep = z
  .strictObject({
    ...pass,
    state: z.enum(["running", "complete", "waiting"]),
    seen: z.int(),
    total: z.int().nullable(),
    startedAt: time.nullable(),
    completedAt: time.nullable(),
    alarm: z.string().nullable().describe("what this pass has found to be wrong, and why it stopped; see the alarms"),
  })
  .meta({ id: "Sweep" });
export const sweeps = z.strictObject({ sweeps: z.array(sweep) });

export const status = z.strictObject({
  tables: z.array(
    z.strictObject({
      table: z.string().describe("as docs/schema.md calls it; tombstones and hidden_accounts are parts of links"),
      rows: z.int(),
      cap: z.int(),
      refusesWhenFull: z
        .boolean()
        .describe("true: when it is full, requests that would add to it are refused; false: the oldest rows make room"),
    }),
  ),
});

export const alarm = z.strictObject({
  id: z.string().describe("the kind and, where it can be wrong several times, what it is about"),
  kind: z.enum(ALARM_KINDS),
  says: z.string().describe("what is the matter, in a sentence"),
  since: time,
  ids: z.array(scimId).describe("the first 200 users or groups that it concerns"),
  count: z.int().describe("how many it concerns in all"),
  total: z.int().nullable().describe("of how many"),
  heldAt: time.nullable().describe("since when a request is held for it"),
  acknowledgedAt: time.nullable(),
  acknowledgedBy: z.string().nullable(),
});
export const alarms = z.strictObject({
  alarms: z.array(alarm).describe("those that nobody has acknowledged first, at most 1,000"),
});
export const acknowledged = z.strictObject({ alarms: z.int().describe("how many were open") });
