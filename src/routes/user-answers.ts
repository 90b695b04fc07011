// What administrators get of users and groups whom a connection names, and of users' names, field by field.

import * as z from "zod";
import { BRAKE_KINDS } from "../store/safeguard-tables.ts";
import { scimId, time } from "./answer-parts.ts";
import { owedThing } from "./owed-answers.ts";
import { finding, told } from "./report-answers.ts";

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

/** What there is to know of a user and of a group alike. */
const standing = {
  id: scimId,
  state: z
    .enum(["live", "tombstone", "lost"])
    .describe("`tombstone`: deleted through SCIM; `lost`: gone at the product"),
  nativeId: z.string().nullable().describe("the product's id"),
  externalId: z.string().nullable(),
  isProtected: z.boolean().describe("no request takes anything away"),
  inDoubtUntil: time
    .nullable()
    .describe("until then a call without an answer can still take effect; null: there is none"),
  held: z
    .array(
      z.strictObject({
        kind: z.enum(BRAKE_KINDS),
        since: time,
        requestId: z.string().describe("of the last request that asked for it"),
      }),
    )
    .describe("what the brake holds"),
  owed: z.array(owedThing),
  drift: z.array(finding),
  requests: z.array(told).describe("the newest 20"),
  createdAt: time,
  modifiedAt: time,
  deletedAt: time.nullable(),
};

export const usersShown = z.strictObject({
  users: z
    .array(
      z.strictObject({
        ...standing,
        userName: z.string().nullable().describe("null: not read yet"),
        isActive: z.boolean().describe("as the product last showed it"),
        isWaiting: z.boolean().describe("the user gets an account when activated"),
        leftAt: time.nullable().describe("when the user became inactive; null: active, or not known"),
        wasTold: z
          .boolean()
          .describe("a request or an administrator has disabled the user; false: the product showed it"),
        disabledBy: z
          .strictObject({ id: z.string(), at: time })
          .nullable()
          .describe(
            "the last request that disabled or deleted the user; null: none, or its trace is not kept any more",
          ),
        licence: z.string().nullable().describe("the licence that Portico gave; null: none"),
        groups: z.array(z.strictObject({ id: scimId, name: z.string().nullable() })),
      }),
    )
    .describe("more than one where a name was used again"),
});

export const groupsShown = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        ...standing,
        displayName: z.string().nullable().describe("null: not read yet"),
        licence: z.string().nullable().describe("the licence that its members get; null: none"),
        membersLoaded: z.boolean().describe("the members were read at the product once, so they are all there"),
        members: z.strictObject({
          total: z.int(),
          from: z.int().describe("how many members are before those that are shown"),
          shown: z
            .array(z.strictObject({ id: scimId, name: z.string().nullable(), isActive: z.boolean() }))
            .describe("by name"),
        }),
      }),
    )
    .describe("more than one where a name was used again"),
});

export const compared = z.strictObject({
  isThere: z.boolean().describe("false: the product has no such record"),
  values: z.array(
    z.strictObject({
      path: z.string().describe("the attribute's path"),
      value: z
        .string()
        .nullable()
        .describe("what the product has now, as a text; of a reference the userName; null: nothing"),
      isAsTold: z
        .boolean()
        .nullable()
        .describe("whether it is what Portico last wrote or read; null: Portico knows nothing of it"),
    }),
  ),
});

export const licences = z.strictObject({
  held: z.int().describe("users who have one through Portico"),
  waiting: z.int().describe("users whose licence is still to be given, such as those who must consent first"),
  free: z.array(
    z.strictObject({
      licence: z.string(),
      free: z.int().nullable().describe("how many the product can still give; null: it does not tell"),
    }),
  ),
});
