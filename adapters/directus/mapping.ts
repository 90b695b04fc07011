// Between SCIM and Directus: the attribute tables with the lengths of its columns, and a user in both spellings.

import type { FieldMap, Written } from "../../src/adapter.ts";
import type { User } from "./records.ts";

export const work = 'emails[type eq "work"].value';
const ACTIVE = "active";
const SUSPENDED = "suspended";
/** Who becomes active by what they do themselves: by taking an invitation, or by confirming a registration. */
const DORMANT = ["invited", "unverified"];

// SQLite keeps longer texts, other databases refuse them.
export const attributes = {
  User: [
    { path: "userName", required: true, filterable: true, maxLength: 128 },
    { path: work, required: true, filterable: true, maxLength: 128 },
    { path: "active", description: "false is suspended; draft, invited, unverified and archived are inactive, too" },
    { path: "name.givenName", maxLength: 50 },
    { path: "name.familyName", maxLength: 50 },
    { path: "title", maxLength: 50 },
    { path: "preferredLanguage", maxLength: 255 },
  ],
  Group: [{ path: "displayName", required: true, filterable: true, maxLength: 100, description: "a policy" }],
} as const;

/** Directus's field for each path; the userName is another spelling of the address. */
export const fields = {
  [work]: "email",
  active: ["status", (active) => (active === false ? SUSPENDED : ACTIVE)],
  "name.givenName": "first_name",
  "name.familyName": "last_name",
  title: "title",
  preferredLanguage: "language",
} as const satisfies FieldMap<Written<typeof attributes.User>>;

export const toScim = (native: User) => ({
  [work]: native.email ?? undefined,
  active: native.status === ACTIVE,
  "name.givenName": native.first_name ?? undefined,
  "name.familyName": native.last_name ?? undefined,
  title: native.title ?? undefined,
  preferredLanguage: native.language ?? undefined,
});

export const isDormant = ({ status }: User): boolean => DORMANT.includes(status);
