// What administrators get of a connection's credentials that were tried, and of what it has left open.

import * as z from "zod";
import { scimId, time } from "./answer-parts.ts";

/** Whether anything is sent to the product, or only what had begun. */
export const fence = z.enum(["live", "draining", "paused", "plan", "suspended"]);

export const trial = z.strictObject({
  works: z.boolean().nullable().describe("the product let Portico read its users; null: it was not tried"),
  says: z.string().describe("what is wrong, or that nothing is"),
  acts: z.enum(["customer", "operator", "vendor"]).nullable().describe("who must act; null: nobody"),
  account: z
    .strictObject({ id: z.string().nullable(), name: z.string().nullable() })
    .nullable()
    .describe("the user of the product whose credential it is; null: the product does not tell"),
  sharing: z.array(z.string()).describe("other connections on the same vendor account"),
  warnings: z.array(z.string()).describe("what an operator should look at"),
});

const unfinishedParts = {
  underWay: z.int().describe("requests that had begun and still finish, and calls whose answer is waited for"),
  openWrites: z
    .array(
      z.strictObject({
        id: scimId,
        kind: z.string(),
        since: time,
        tickets: z.int().describe("requests that the product has taken and may still carry out"),
      }),
    )
    .describe("writes whose outcome is unknown, at most 100; they are looked up when the connection goes on"),
  owedDisables: z.array(scimId).describe("users shown as inactive whom the product has still to disable, at most 100"),
  heldDisables: z.int().describe("disables that the brake holds, at most 100"),
  inDoubt: z
    .array(z.strictObject({ id: scimId, until: time }))
    .describe("users and groups whom a call without an answer may still change, at most 100"),
};
export const unfinished = z.strictObject({
  fence,
  ...unfinishedParts,
});
export const erased = z.strictObject(unfinishedParts);
