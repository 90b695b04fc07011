// What of a person or group Entra usually has in the place of each attribute.

import type { Adapter } from "../../src/adapter.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** What Entra usually maps from [E3] [E12]. */
const SOURCES: Record<string, string> = {
  userName: "userPrincipalName",
  active: 'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
  displayName: "displayName",
  externalId: "mailNickname",
  title: "jobTitle",
  preferredLanguage: "preferredLanguage",
  "name.givenName": "givenName",
  "name.familyName": "surname",
  'emails[type eq "work"].value': "mail",
  'phoneNumbers[type eq "work"].value': "telephoneNumber",
  'phoneNumbers[type eq "mobile"].value': "mobile",
  [`${ENTERPRISE}:department`]: "department",
  [`${ENTERPRISE}:manager`]: "manager",
  [`${ENTERPRISE}:employeeNumber`]: "employeeId",
};
const GROUP_SOURCES: Record<string, string> = {
  displayName: "displayName",
  externalId: "objectId",
  members: "members",
};

/** Both spellings of one value come from one attribute. */
export function sourceOf(adapter: Adapter, type: "User" | "Group", attribute: string): string | undefined {
  if (type === "Group") return GROUP_SOURCES[attribute];
  const isOneValue = adapter.userNameIs !== undefined && ["userName", adapter.userNameIs].includes(attribute);
  return isOneValue ? SOURCES.userName : SOURCES[attribute];
}
