// kpifire's records: the shapes of its answers and the forms of its writes ([N4.2], stated 2026-11-22).

import * as z from "zod";
import type { FieldMap, Read, Written } from "../../src/adapter.ts";

export const user = z.looseObject({
  id: z.int(),
  login: z.string(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  workPhone: z.string().nullish(),
  department: z.string().nullish(),
  isActive: z.literal([0, 1]),
});
export type User = z.infer<typeof user>;
export const group = z.looseObject({ id: z.int(), name: z.string() });
export type Group = z.infer<typeof group>;
export const wholeGroup = group.extend({ memberIds: z.array(z.int()) });
/** Answers say whether they are errors in the body only. */
export const enveloped = <T>(result: z.ZodType<T>) => z.looseObject({ success: z.literal(true), result });
export const done = z.looseObject({ success: z.literal(true) });

const phone = 'phoneNumbers[type eq "work"].value';
const department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

/** The tiers in a group's name, the highest first, and the vendor's number for each [N4.1] [N4.2]. */
const tiers: Record<string, number> = {
  Admin: 7,
  Executive: 6,
  Strategy: 5,
  Project: 4,
  TeamMember: 3,
  Idea: 2,
  Viewer: 1,
};
export const order = Object.keys(tiers);
export const toLicenseType = (tier: string) => tiers[tier];
/** The tier whose number a user's record shows. */
export const tierOf = (record: unknown): string | undefined => {
  const { data } = z.looseObject({ licenseType: z.int() }).safeParse(record);
  return order.find((tier) => tiers[tier] === data?.licenseType);
};

const TIER_WORDS = order.map((tier) => ({
  tier,
  word: new RegExp(`(?<![\\p{L}\\p{N}])kpifire\\.${tier}(?![\\p{L}\\p{N}])`, "iu"),
}));

/** The highest tier that a group's name has as words of their own, in any case: a letter or digit beside them makes others. */
export const tierIn = (name: string): string | undefined => TIER_WORDS.find(({ word }) => word.test(name))?.tier;

/** The groups of these names, compared in any case, whatever words they have. */
export const tierOfNamed = (name: string, named: Readonly<Record<string, string>>): string | undefined => {
  const wanted = name.trim().toLowerCase();
  return Object.entries(named).find(([group]) => group.trim().toLowerCase() === wanted)?.[1];
};

/** Assumed; an error's text names no field, so that lengths are checked before the call. */
const maxLength = 255;

export const userTable = [
  { path: "userName", required: true, filterable: true, maxLength },
  { path: "active" },
  { path: "name.givenName", maxLength },
  { path: "name.familyName", maxLength },
  { path: phone, maxLength },
  { path: department, maxLength },
] as const;

/** The vendor's field for each path; an empty text clears. */
export const userFields = {
  userName: "login",
  active: ["isActive", (active) => Number(active ?? true)],
  "name.givenName": "firstName",
  "name.familyName": "lastName",
  [phone]: "workPhone",
  [department]: "department",
} as const satisfies FieldMap<Written<typeof userTable>>;

export const groupTable = [{ path: "displayName", required: true, filterable: true, maxLength }] as const;

export const toUser = (native: User): Read<typeof userTable> => ({
  userName: native.login,
  active: native.isActive === 1,
  "name.givenName": native.firstName ?? undefined,
  "name.familyName": native.lastName ?? undefined,
  [phone]: native.workPhone ?? undefined,
  [department]: native.department ?? undefined,
});
