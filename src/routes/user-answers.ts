// What administrators get of users and groups whom a connection names, and of users' names, field by field.

import * as z from "zod";
import { scimId } from "./answer-parts.ts";

const principal = { id: scimId.nullable(), nativeId: z.string().nullable() };
const principals = z.array(z.strictObject({ name: z.string(), ...principal }));
export const protection = z.strictObject({
  users: principals,
  groups: principals,
  privileged: z
    .array(z.strictObject(principal))
    .describe("whom the product shows as its administrators, but for those whom the connection names as managed"),
  account: z.strictObject(principal).nullable().describe("whose credential the connection uses; null: not known"),
});

export const aliases = z.strictObject({
  total: z.int().describe("how many users; 0 where userName and e-mail are one value already"),
  aliases: z
    .array(
      z.strictObject({
        id: z.string(),
        userName: z.string(),
        email: z.string().describe("what the userName would become, in lower case"),
        collidesWith: z.string().nullable().describe("another user whose e-mail is this user's userName now"),
      }),
    )
    .describe("those that collide first"),
});

export const swapped = z.strictObject({
  outcome: z
    .enum(["swapped", "earlier"])
    .describe(
      "`earlier`: an earlier call had done it, whose answer was lost; the same call again swaps the names back",
    ),
});
