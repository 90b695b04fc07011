// Between SCIM and Request Tracker: the attribute tables with the lengths of its columns, and a user in both spellings.

import type { FieldMap, Written } from "../../src/adapter.ts";

export const work = 'emails[type eq "work"].value';
const organization = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization";

// RT cuts a longer value off without a word (seen on 5.0.3, 2026-11-29), so the core must refuse it.
export const attributes = {
  User: [
    { path: "userName", required: true, filterable: true, maxLength: 200 },
    { path: work, filterable: true, maxLength: 120 },
    { path: "active" },
    { path: "displayName", maxLength: 120, description: "the real name" },
    { path: 'phoneNumbers[type eq "work"].value', maxLength: 30 },
    { path: 'phoneNumbers[type eq "mobile"].value', maxLength: 30 },
    { path: organization, maxLength: 200 },
  ],
  Group: [{ path: "displayName", required: true, filterable: true, maxLength: 200 }],
} as const;

interface Names {
  Name: string;
  EmailAddress?: string | null | undefined;
  RealName?: string | null | undefined;
}

/** What rows and records have in common. */
export const toNames = ({ Name, EmailAddress, RealName }: Names) => ({
  userName: Name,
  [work]: EmailAddress || undefined,
  displayName: RealName || undefined,
});

/** RT's field for each path; an empty text clears, and RT passes over `true` and `false` (seen on 5.0.3, 2026-11-29). */
export const fields = {
  userName: "Name",
  [work]: "EmailAddress",
  active: ["Disabled", (active) => (active === false ? 1 : 0)],
  displayName: "RealName",
  'phoneNumbers[type eq "work"].value': "WorkPhone",
  'phoneNumbers[type eq "mobile"].value': "MobilePhone",
  [organization]: "Organization",
} as const satisfies FieldMap<Written<typeof attributes.User>>;

/** The path whose value a field holds. */
export const pathOf = (field: string): string | undefined =>
  Object.entries(fields).find(([, one]) => (typeof one === "string" ? one : one[0]) === field)?.[0];
