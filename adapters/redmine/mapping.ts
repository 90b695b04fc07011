// Between SCIM and Redmine: the attribute table, and a user in both spellings.

import type { Written } from "../../src/adapter.ts";
import { toLogin, toUserName } from "./login.ts";
import type { Row, User } from "./records.ts";

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
type Values = Written<typeof attributes.User>;

/** What rows and records have in common. */
export const toNames = (record: Row) => ({
  userName: toUserName(record.login),
  [work]: record.mail ?? undefined,
  "name.givenName": record.firstname,
  "name.familyName": record.lastname,
});

/** What Redmine gets of the paths that changed. */
export function toFields(values: Values, changed: { has(path: string): boolean }): Partial<User> {
  return {
    ...(changed.has("userName") ? { login: toLogin(values.userName ?? "") } : {}),
    // Redmine trims it too.
    ...(changed.has(work) ? { mail: (values[work] ?? "").trim() } : {}),
    ...(changed.has("name.givenName") ? { firstname: values["name.givenName"] ?? "" } : {}),
    ...(changed.has("name.familyName") ? { lastname: values["name.familyName"] ?? "" } : {}),
    ...(changed.has("active") ? { status: values.active === false ? LOCKED : ACTIVE } : {}),
  };
}
