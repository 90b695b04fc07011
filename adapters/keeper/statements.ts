// What Keeper's public documents promise to its customers, in words of ours.

import type { Source, Statement } from "../customer-facts.ts";

const read = "2026-11-29";

export const sources = {
  tutorial: {
    title: "Microsoft's tutorial for Keeper",
    url: "https://learn.microsoft.com/en-us/entra/identity/saas-apps/keeper-password-manager-digitalvault-provisioning-tutorial",
    read,
  },
  service: {
    title: "Keeper's Service Mode",
    url: "https://docs.keeper.io/keeperpam/commander-cli/service-mode-rest-api",
    read,
  },
  usage: {
    title: "Keeper's Service Mode: API usage",
    url: "https://docs.keeper.io/keeperpam/commander-cli/service-mode-rest-api/api-usage",
    read,
  },
  teams: {
    title: "Keeper on teams and users by SCIM",
    url: "https://help.keeper.io/article/228-im-having-scim-provisioning-issues-with-teams-and-users",
    read,
  },
  errors: {
    title: "Keeper on errors of SCIM provisioning",
    url: "https://help.keeper.io/article/247-scim-provisioning-errors",
    read,
  },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created: Keeper invites each of them",
    sources: ["tutorial", "teams"],
    isSupported: true,
    holds: [
      { test: "a created user exists at the vendor, reads back by id, and is found" },
      { test: "duplicates are 409, licences 403, and no person gets a second mail" },
    ],
  },
  {
    says: "Users are disabled: Keeper shows them as locked",
    sources: ["tutorial"],
    isSupported: true,
    holds: [{ test: "is locked and unlocked; DELETE locks and hides, nothing is destroyed" }],
  },
  {
    says: "Users are not deleted",
    sources: ["tutorial"],
    holds: [{ test: "is locked and unlocked; DELETE locks and hides, nothing is destroyed" }],
  },
  {
    says: "Attributes are kept in step",
    sources: ["tutorial"],
    isSupported: true,
    holds: [{ test: "every attribute can be changed by PATCH alone, and nothing else changes with it" }],
  },
  {
    says: "Groups become teams, and memberships are kept in step",
    sources: ["tutorial", "teams"],
    isSupported: true,
    holds: [
      { test: "a group is created with its members, read back, and found" },
      { test: "members who wait for approval are members; joining and leaving twice is a success" },
    ],
  },
  {
    says: "userName and e-mail need the same source: a change of either changes the other",
    sources: ["tutorial"],
    holds: [
      { test: "coupled attributes are one value, whichever of the two a request changes" },
      { section: "docs/connect/keeper.md#good-to-know" },
    ],
  },
  {
    says: "People with the role Default Access are left out (Microsoft has changed that since)",
    sources: ["tutorial"],
    holds: [{ section: "docs/connect/keeper.md#step-4-define-who-is-in-scope" }],
  },
  {
    says: "A new person joins their teams only after they have set up their account and somebody has approved it",
    sources: ["teams"],
    holds: [
      { test: "members who wait for approval are members; joining and leaving twice is a success" },
      { section: "docs/connect/keeper.md#step-8-try-one-person" },
    ],
  },
  {
    says: "A person who was deleted and created again in Keeper is unassigned and assigned again",
    sources: ["errors"],
    holds: [{ test: "a user who is gone is 404" }, { section: "docs/connect/keeper.md#good-to-know" }],
  },
  {
    says: "Single sign-on",
    sources: ["tutorial"],
    isNotOffered: true,
    holds: [{ section: "docs/connect/keeper.md#step-3-add-the-application" }],
  },
];
