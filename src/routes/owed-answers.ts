// What administrators get of what was accepted and is still to be done at the product, field by field.

import * as z from "zod";
import { OWED_KINDS } from "../store/background-tables.ts";
import { scimId, time } from "./answer-parts.ts";

const owedKind = z.enum(OWED_KINDS);
export const owedThing = z.strictObject({
  id: z.string(),
  kind: owedKind,
  user: scimId.nullable(),
  userName: z.string().nullable().describe("as clients see it now; null: nobody, or no link of theirs any more"),
  group: scimId.nullable(),
  groupName: z.string().nullable(),
  what: z.string().describe("the attribute, or what is done"),
  why: z.string().describe("why it waits, or why it is parked"),
  since: time,
  nextAttemptAt: time.nullable().describe("null: by a request, or not any more"),
  failures: z.int().describe("in a row"),
  isParked: z.boolean(),
});
export const pending = z.strictObject({
  kinds: z
    .array(
      z.strictObject({
        kind: owedKind,
        mode: z
          .enum(["lookup", "replay", "request"])
          .describe(
            "`lookup`: the product's record is read first, and the write never repeated blindly; `replay`: the write is sent again, which does no harm; `request`: a later request of the client does it",
          ),
        waiting: z.int().describe("on their way, or waiting for a request"),
        failing: z.int().describe("how many of those have failed so far and are tried again"),
        nextAttemptAt: time.nullable().describe("when the next is tried"),
        parked: z.int().describe("not tried any more, until an administrator or a later request asks for it"),
      }),
    )
    .describe("what may leave access open comes first"),
  owed: z.array(owedThing).describe("of each kind the oldest first"),
});
export const decided = z.strictObject({ changes: z.int().describe("how many there were") });
