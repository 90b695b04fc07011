// What administrators get of one connection in one answer, made of the answers that each part has alone.

import * as z from "zod";
import { connection } from "./api-answers.ts";
import { credentials } from "./api-credential-answers.ts";
import { brake } from "./brake-answers.ts";
import { unfinished } from "./connection-answers.ts";
import { pending } from "./owed-answers.ts";
import { drift, named, plan } from "./report-answers.ts";
import { alarms, sweeps } from "./sweep-answers.ts";
import { protection } from "./user-answers.ts";

export const overview = z.strictObject({
  connection,
  credentials: credentials.shape.credentials,
  brake,
  sweeps: sweeps.shape.sweeps,
  drift: drift.shape.counts,
  ...pending.shape,
  retry: z
    .strictObject({
      calls: z.int().describe("calls that change something at the product; what looks records up first is not counted"),
      disables: z.int().describe("users who would be disabled"),
    })
    .describe("what a try of everything that is owed would do, if nothing fails"),
  alarms: alarms.shape.alarms,
  unfinished,
  protection,
  plan: plan
    .pick({ writes: true, deactivations: true })
    .nullable()
    .describe("what plan mode did not send; null: the connection is not in plan mode"),
  licences: z.int().nullable().describe("users who have one through Portico; null: the product has none"),
  heldGroups: z.strictObject({ groups: z.int(), memberships: z.int() }),
  named: z.array(named).describe("whom the lists name by an id, as far as they have a name"),
});
