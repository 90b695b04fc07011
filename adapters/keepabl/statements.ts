// What Keepabl's public documents promise to its customers, in words of ours.

import type { Source, Statement } from "../customer-facts.ts";

const read = "2026-11-29";

export const sources = {
  tutorial: {
    title: "Microsoft's tutorial for Keepabl",
    url: "https://learn.microsoft.com/en-us/entra/identity/saas-apps/keepabl-provisioning-tutorial",
    read,
  },
  entra: {
    title: "Keepabl's guide for Entra",
    url: "https://keepabl.com/set-up-sso-with-azure-ad/",
    read,
  },
  admin: {
    title: "Keepabl's guide for administrators",
    url: "https://keepabl.com/admin-guide-to-sso-keepabl/",
    read,
  },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created",
    sources: ["tutorial", "entra"],
    isSupported: true,
    holds: [{ test: "a created user exists at the vendor, reads back by id, and is found" }],
  },
  {
    says: "Users who no longer need access are removed",
    sources: ["tutorial", "admin"],
    isSupported: true,
    holds: [
      { test: "DELETE removes the user at the vendor; afterwards no search finds them, and a second DELETE is 404" },
    ],
  },
  {
    says: "Users who are disabled are suspended, and unsuspended when they come back",
    sources: ["entra"],
    isSupported: true,
    holds: [{ test: "active false disables at the vendor, keeps the person, and active true restores them" }],
  },
  {
    says: "A deletion in Entra only suspends (another page of Keepabl says that it deletes)",
    sources: ["entra"],
    holds: [
      { test: "DELETE where deletion is to disable disables, hides, and survives a sweep" },
      { section: "docs/connect/keepabl.md#good-to-know" },
    ],
  },
  {
    says: "Names and e-mail addresses are kept in step",
    sources: ["tutorial", "entra"],
    isSupported: true,
    holds: [{ test: "every attribute can be changed by PATCH alone, and nothing else changes with it" }],
  },
  {
    says: "The attributes of users, their types, and which are required and can be filtered by",
    sources: ["tutorial"],
    holds: [
      { test: "holds every attribute of a …, of its type, required and filterable as promised" },
      { section: "docs/connect/keepabl.md#step-6-map-the-attributes" },
    ],
  },
  {
    says: "New users have accounts without rights",
    sources: ["entra", "admin"],
    holds: [{ section: "docs/connect/keepabl.md#step-8-try-one-person" }],
  },
  {
    says: "A user who is deleted in Keepabl loses the assignment in Entra",
    sources: ["entra"],
    isNotOffered: true,
    holds: [{ section: "docs/connect/keepabl.md#good-to-know" }],
  },
  {
    says: "Single sign-on",
    sources: ["tutorial"],
    isNotOffered: true,
    holds: [{ section: "docs/connect/keepabl.md#step-3-add-the-application" }],
  },
];
