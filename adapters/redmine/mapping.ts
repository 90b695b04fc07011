// Between SCIM and Redmine: the attribute table, and a user in both spellings.

import type { FieldMap, Written } from "../../src/adapter.ts";
import { toLogin, toUserName } from "./login.ts";
import type { Row } from "./records.ts";

export const work = 'emails[type eq "work"].value';
export const ACTIVE = 1;
const LOCKED = 3;
/** Not yet activated by the person or an administrator. */
export const REGISTERED = 2;

export const attributes = {
  User: [
    {
      path: "userName",
      required: true,
      filterable: true,
      maxLength: 60,
      description: "login; other characters than letters, digits and _-@. are written as _xHHHH_",
    },
    { path: work, required: true, filterable: true, maxLength: 254 },
    { path: "active", description: "false is locked; a registered user who is not yet activated is inactive too" },
    { path: "name.givenName", required: true, maxLength: 30 },
    { path: "name.familyName", required: true, maxLength: 30 },
  ],
  Group: [{ path: "displayName", required: true, filterable: true, maxLength: 255 }],
} as const;

/** What rows and records have in common. */
export const toNames = (record: Row) => ({
  userName: toUserName(record.login),
  [work]: record.mail ?? undefined,
  "name.givenName": record.firstname,
  "name.familyName": record.lastname,
});

/** Redmine's field for each path; an empty text clears. */
export const fields = {
  userName: ["login", (userName) => toLogin(userName ?? "")],
  // Redmine trims it too.
  [work]: ["mail", (mail) => (mail ?? "").trim()],
  "name.givenName": "firstname",
  "name.familyName": "lastname",
  active: ["status", (active) => (active === false ? LOCKED : ACTIVE)],
} as const satisfies FieldMap<Written<typeof attributes.User>>;
