// What administrators get of users and groups whom a connection names, and of users' names, field by field.

import * as z from "zod";
import { scimId, time } from "./answer-parts.ts";
import { owedThing } from "./owed-answers.ts";
import { finding, traceShown } from "./report-answers.ts";

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

export const usersShown = z.strictObject({
  users: z
    .array(
      z.strictObject({
        id: scimId,
        state: z
          .enum(["live", "tombstone", "lost"])
          .describe("`tombstone`: deleted through SCIM; `lost`: gone at the product"),
        userName: z.string().nullable().describe("null: not read yet"),
        nativeId: z.string().nullable().describe("the product's id"),
        externalId: z.string().nullable(),
        isActive: z.boolean().describe("as the product last showed it"),
        leftAt: time.nullable().describe("when the user became inactive; null: active, or not known"),
        licence: z.string().nullable().describe("the licence that Portico gave; null: none"),
        isProtected: z.boolean().describe("no request takes anything from the user"),
        inDoubtUntil: time
          .nullable()
          .describe("until then a call without an answer can still take effect; null: there is none"),
        groups: z.array(z.strictObject({ id: scimId, name: z.string().nullable() })),
        owed: z.array(owedThing),
        drift: z.array(finding),
        requests: z.array(traceShown).describe("the newest 20"),
        createdAt: time,
        modifiedAt: time,
        deletedAt: time.nullable(),
      }),
    )
    .describe("more than one where a name was used again"),
});
