// What Keepnet's public documents promise to its customers, in words of ours.

import type { Source, Statement } from "../customer-facts.ts";

const read = "2026-11-29";
const SETTINGS = "https://doc.keepnetlabs.com/next-generation-product/platform/company/company-settings";

export const sources = {
  scim: { title: "Keepnet's SCIM settings", url: `${SETTINGS}/scim-settings`, read },
  start: { title: "Keepnet: getting started with SCIM", url: `${SETTINGS}/scim-settings/getting-started`, read },
  entra: { title: "Keepnet: SCIM for Entra", url: `${SETTINGS}/scim-settings/azure-ad-scim-integration`, read },
  groups: {
    title: "Keepnet: add users via SCIM",
    url: "https://doc.keepnetlabs.com/next-generation-product/getting-started/2.-add-target-users/step-2-add-target-users/scim-integration",
    read,
  },
  api: { title: "Keepnet's API quickstart", url: "https://doc.keepnetlabs.com/api-reference/quickstart", read },
  client: { title: "Keepnet's REST API settings", url: `${SETTINGS}/rest-api`, read },
  domains: { title: "Keepnet's allowed domains", url: `${SETTINGS}/allowed-domains`, read },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created as target users",
    sources: ["scim", "start"],
    isSupported: true,
    holds: [{ test: "a created user exists at the vendor, reads back by id, and is found" }],
  },
  {
    says: "A user who is removed from the application becomes inactive",
    sources: ["scim"],
    isSupported: true,
    holds: [{ test: "active false disables at the vendor, keeps the person, and active true restores them" }],
  },
  {
    says: "A user who is deleted for good in the identity provider is deleted",
    sources: ["scim"],
    isSupported: true,
    holds: [
      { test: "DELETE removes the user at the vendor; afterwards no search finds them, and a second DELETE is 404" },
      {
        test: "a removed user stays in the vendor's own lists only where softDelete is declared, and in none of Portico's",
      },
    ],
  },
  {
    says: "E-mail address, first and last name, department and phone number are kept in step",
    sources: ["start"],
    isSupported: true,
    holds: [{ test: "every attribute can be changed by PATCH alone, and nothing else changes with it" }],
  },
  {
    says: "Groups of the identity provider are mirrored, with their names and members",
    sources: ["groups"],
    isSupported: true,
    holds: [
      { test: "a group is created with its members, read back, and found" },
      { test: "a group is renamed, keeping members and unmapped native fields" },
    ],
  },
  {
    says: "All users, or only those who are assigned",
    sources: ["entra"],
    holds: [{ section: "docs/connect/keepnet.md#step-4-define-who-is-in-scope" }],
  },
  {
    says: "Only addresses of allowed, verified domains are taken",
    sources: ["domains"],
    holds: [
      { test: "only allowed domains are let in" },
      { section: "docs/connect/keepnet.md#when-something-is-refused" },
    ],
  },
  {
    says: "All users in one target group, or in groups by department or another field",
    sources: ["start", "groups"],
    isSupported: true,
    holds: [
      { test: "everybody is in the group that the settings name, clients do not see it, and who is deleted leaves it" },
      { test: "a person moves from group to group with the value that names it" },
      { section: "docs/connect/keepnet.md#good-to-know" },
    ],
  },
  {
    says: "Custom fields are mapped",
    sources: ["start"],
    isSupported: true,
    holds: [
      { test: "a field round-trips under its attribute, is in the schema, and leaves the others as they are" },
      { section: "docs/connect/keepnet.md#good-to-know" },
    ],
  },
];
