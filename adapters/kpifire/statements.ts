// What kpifire's public documents promise to its customers, in words of ours.

import type { Source, Statement } from "../customer-facts.ts";

const read = "2026-11-29";

export const sources = {
  tutorial: {
    title: "Microsoft's tutorial for kpifire",
    url: "https://learn.microsoft.com/en-us/entra/identity/saas-apps/kpifire-provisioning-tutorial",
    read,
  },
  tiers: {
    title: "kpifire on groups and licence types",
    url: "https://kpifire.com/blog/setting-up-sso-with-pingone/",
    read,
  },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created",
    sources: ["tutorial"],
    isSupported: true,
    holds: [{ test: "a created user exists at the vendor, reads back by id, and is found" }],
  },
  {
    says: "Users who no longer need access are removed",
    sources: ["tutorial"],
    isSupported: true,
    holds: [
      { test: "DELETE removes the user at the vendor; afterwards no search finds them, and a second DELETE is 404" },
      { test: "active false disables at the vendor, keeps the person, and active true restores them" },
    ],
  },
  {
    says: "Attributes are kept in step",
    sources: ["tutorial"],
    isSupported: true,
    holds: [{ test: "every attribute can be changed by PATCH alone, and nothing else changes with it" }],
  },
  {
    says: "Groups and memberships are provisioned",
    sources: ["tutorial"],
    isSupported: true,
    holds: [
      { test: "a group is created with its members, read back, and found" },
      { test: "of 50 concurrent changes of one group's members none is lost" },
    ],
  },
  {
    says: "The licence type follows the names of a user's groups, and the highest wins",
    sources: ["tiers"],
    isSupported: true,
    holds: [{ test: "the highest tier wins, in any order, and an existing user without one is left unchanged" }],
  },
  {
    says: "The case of a group's name does not matter, and something may stand before and behind the tier",
    sources: ["tiers"],
    holds: [{ section: "docs/connect/kpifire.md#licence-types" }, { test: "a group named … gives the licence type …" }],
  },
  {
    says: "The attributes of users and groups, their types, and which can be filtered by",
    sources: ["tutorial"],
    holds: [
      { test: "holds every attribute of a …, of its type, required and filterable as promised" },
      { section: "docs/connect/kpifire.md#step-6-map-the-attributes" },
    ],
  },
  {
    says: "An administrator makes the token under Settings, API Settings, Add New Token",
    sources: ["tutorial"],
    holds: [
      { section: "docs/connect/kpifire.md#for-the-gateway-in-kpifire" },
      { test: "a token that was revoked is 503, and the sentence says where to make a new one" },
    ],
  },
  {
    says: "Single sign-on",
    sources: ["tutorial"],
    isNotOffered: true,
    holds: [{ section: "docs/connect/kpifire.md#step-3-add-the-application" }],
  },
];
