// What administrators ask for and say about what happens on a connection, field by field.

import * as z from "zod";
import { ACTIVITY_KINDS, ACTIVITY_OUTCOMES } from "../store/activity.ts";
import { OWED_KINDS } from "../store/background-tables.ts";
import { PLAN_KINDS } from "../store/plan-tables.ts";
import { BRAKE_KINDS } from "../store/safeguard-tables.ts";

const domain = z.string().regex(/^[^\s@→]{1,253}$/, "a domain, such as example.com");
export const meant = z.strictObject({
  kind: z.enum(BRAKE_KINDS).optional().describe("changes of this kind; needs `count`"),
  count: z.int().min(1).max(1_000_000).optional().describe("so many; the release ends with the last of them"),
  user: z.string().min(1).max(320).optional().describe("everything about one user: the SCIM id or userName"),
  domain: z
    .strictObject({ from: domain, to: domain })
    .optional()
    .describe("renames that move a user from one domain to the other and keep what is before the @"),
  until: z.iso.datetime().optional().describe("not later than in 90 days; without it in 7 days"),
});
export const userSwap = z.strictObject({
  first: z.string().max(100).describe("the SCIM id of one of the two"),
  second: z.string().max(100).describe("the SCIM id of the other"),
});
export const heldQuery = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(200) });
export const pendingQuery = z.object({
  kind: z.enum(OWED_KINDS).optional().describe("only this kind"),
  parked: z.enum(["true", "false"]).optional().describe("only what is parked, or only what is not"),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});
export const traceQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  status: z.coerce.number().int().min(100).max(599).optional().describe("only this status and those above it"),
  user: z.string().max(100).optional().describe("only requests about the user with this SCIM id"),
  group: z.string().max(100).optional().describe("only requests about the group with this SCIM id"),
});
export const userNamed = z.strictObject({
  user: z.string().min(1).max(320).describe("the SCIM id, native id, externalId, userName or e-mail address"),
});
export const groupNamed = z.strictObject({
  group: z.string().min(1).max(320).describe("the SCIM id, native id, externalId or displayName"),
  offset: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe("so many members are left out before those that are shown"),
  limit: z.int().min(0).max(200).default(50).describe("of the members"),
});
export const linkNamed = z.strictObject({
  type: z.enum(["User", "Group"]),
  id: z.string().max(100).describe("the SCIM id"),
});
/** The place of a request in the feed: its time and its id. */
const place = z
  .string()
  .regex(/^\d{1,15}\.[\w-]{1,64}$/, "a place as the answer has it")
  .transform((text) => {
    const [at = "", id = ""] = text.split(".", 2);
    return { at: Number(at), id };
  });
const activityFilters = {
  about: z.string().max(64).optional().describe("only about the user or group of this SCIM id"),
  kind: z.enum(ACTIVITY_KINDS).optional().describe("only about users, about groups, only changes, only what reads"),
  outcome: z.enum(ACTIVITY_OUTCOMES).optional().describe("`failed`: answered with 400 or more, but for 404"),
  credential: z.string().max(64).optional().describe("only with the credential of this id"),
  from: z.iso.datetime().optional().describe("not older"),
  to: z.iso.datetime().optional().describe("not newer"),
};
export const activityQuery = z.object({
  ...activityFilters,
  before: place.optional().describe("only older ones than this place: `next` of the page before"),
  after: place.optional().describe("only newer ones than this place"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const retryQuery = z.object({
  scope: z.enum(["parked", "all"]).default("parked").describe("`all`: also what waits for its next try"),
});
export const planQuery = z.object({
  kind: z.enum(PLAN_KINDS).optional().describe("only changes of this kind"),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0).describe("so many of each kind are left out first"),
  limit: z.coerce.number().int().min(0).max(1_000).default(50).describe("of each kind"),
});
export const overviewQuery = z.object({
  limit: z.coerce.number().int().min(0).max(200).default(20).describe("of each list"),
});
export const newsQuery = z.object({ ...activityFilters, after: place.describe("only newer ones than this place") });
export const placeQuery = newsQuery.pick({ after: true });
export const customerQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });
export const search = z.strictObject({
  text: z.string().min(1).max(320).describe("a userName, displayName, address or id, whole"),
});
export const aliasQuery = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(200) });
export const auditQuery = z.object({
  connection: z.string().max(100).optional().describe("only calls about the connection of this name"),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.iso.datetime().optional().describe("only calls before this time"),
  changes: z.enum(["true", "false"]).default("false").describe("`true` leaves out calls that only read"),
});
