// What Klaxoon's public documents promise to its customers, in words of ours.

import type { Source, Statement } from "../customer-facts.ts";

const read = "2026-11-29";

export const sources = {
  tutorial: {
    title: "Microsoft's tutorial for Klaxoon",
    url: "https://learn.microsoft.com/en-us/entra/identity/saas-apps/klaxoon-provisioning-tutorial",
    read,
  },
  rules: { title: "Klaxoon's SCIM rules", url: "https://developers.klaxoon.com/docs/klaxoon-scim-rules", read },
  introduction: {
    title: "Klaxoon's introduction to SCIM",
    url: "https://developers.klaxoon.com/docs/introduction-to-klaxoon-scim",
    read,
  },
  guide: {
    title: "Klaxoon's guide for Entra",
    url: "https://help.klaxoon.com/en/articles/274893-scim-protocol-configuration-with-azure-ad-entra-id",
    read,
  },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created",
    sources: ["tutorial", "rules"],
    isSupported: true,
    holds: [{ test: "a created user exists at the vendor, reads back by id, and is found" }],
  },
  {
    says: "Users who no longer need access are disabled, and come back when they are assigned again",
    sources: ["tutorial", "rules"],
    isSupported: true,
    holds: [
      { test: "active false disables at the vendor, keeps the person, and active true restores them" },
      { test: "active: false deactivates; DELETE deactivates and hides; a new POST reuses the account under a new id" },
    ],
  },
  {
    says: "Names, e-mail addresses and other attributes are kept in step",
    sources: ["tutorial", "rules"],
    isSupported: true,
    holds: [{ test: "every attribute can be changed by PATCH alone, and nothing else changes with it" }],
  },
  {
    says: "Licences follow groups: a group's attribute `license` gives each member a PRO licence, or none",
    sources: ["tutorial"],
    isSupported: true,
    holds: [{ test: "the licence is the union over a user's groups: true, false, and unspecified, which is PRO" }],
  },
  {
    says: "A group whose `license` is not specified gives PRO",
    sources: ["tutorial"],
    holds: [{ test: "the licence is the union over a user's groups: true, false, and unspecified, which is PRO" }],
  },
  {
    says: "The attributes of users and groups, their types, and which are required and can be filtered by",
    sources: ["tutorial"],
    holds: [
      { test: "holds every attribute of a …, of its type, required and filterable as promised" },
      { section: "docs/connect/klaxoon.md#step-6-map-the-attributes" },
    ],
  },
  {
    says: "A person who has a PRO licence elsewhere must consent first; until then Klaxoon answers 409",
    sources: ["rules"],
    holds: [
      { test: "a seat that waits for the person's consent is a success, shown in the trace" },
      { section: "docs/connect/klaxoon.md#licences" },
    ],
  },
  {
    says: "A deactivation frees the licence",
    sources: ["rules"],
    holds: [{ test: "deactivation frees the licence, and a restore gives it back or is refused" }],
  },
  {
    says: "A licence is refused where none is left",
    sources: ["rules"],
    holds: [{ test: "no seat left is a refusal before the first write" }],
  },
  {
    says: "Users cannot be deleted for good",
    sources: ["rules", "introduction"],
    holds: [{ test: "DELETE where deletion is to disable disables, hides, and survives a sweep" }],
  },
  {
    says: "16 requests a second on average, then 429",
    sources: ["rules"],
    holds: [{ test: "a burst of requests keeps the declared pace at the vendor" }],
  },
  {
    says: "Passwords, languages and pictures are not provisioned",
    sources: ["rules", "introduction"],
    holds: [{ test: "what the table does not hold is accepted and dropped" }],
  },
  {
    says: "Roles and teams of Klaxoon are assigned",
    sources: ["rules"],
    isNotOffered: true,
    holds: [{ section: "docs/connect/klaxoon.md#good-to-know" }],
  },
  {
    says: "Single sign-on",
    sources: ["tutorial"],
    isNotOffered: true,
    holds: [{ section: "docs/connect/klaxoon.md#step-3-add-the-application" }],
  },
];
