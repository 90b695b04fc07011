// What Directus's public documents say that its API does, in words of ours; it has no SCIM of its own in the open edition.

import type { Source, Statement } from "../customer-facts.ts";

const read = "2026-11-29";

export const sources = {
  users: { title: "Directus's API reference: users", url: "https://docs.directus.io/reference/system/users", read },
  policies: {
    title: "Directus's API reference: policies",
    url: "https://docs.directus.io/reference/system/policies",
    read,
  },
  control: {
    title: "Directus's guide: access control",
    url: "https://directus.io/docs/guides/auth/access-control",
    read,
  },
  creating: {
    title: "Directus's guide: creating users",
    url: "https://directus.io/docs/guides/auth/creating-users",
    read,
  },
  errors: { title: "Directus's guide: error codes", url: "https://directus.io/docs/guides/connect/errors", read },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created, read and changed",
    sources: ["users"],
    isSupported: true,
    holds: [
      { test: "a created user exists at the vendor, reads back by id, and is found" },
      { test: "every attribute can be changed by PATCH alone, and nothing else changes with it" },
    ],
  },
  {
    says: "Users have a status, and are active or suspended",
    sources: ["users"],
    isSupported: true,
    holds: [{ test: "active false disables at the vendor, keeps the person, and active true restores them" }],
  },
  {
    says: "Users are deleted, where the connection says so",
    sources: ["users"],
    isSupported: true,
    holds: [
      { test: "DELETE removes the user at the vendor; afterwards no search finds them, and a second DELETE is 404" },
      { test: "DELETE where deletion is to disable disables, hides, and survives a sweep" },
    ],
  },
  {
    says: "Policies are created, renamed and deleted, and given to users directly",
    sources: ["policies", "control"],
    isSupported: true,
    holds: [
      { test: "a group is created with its members, read back, and found" },
      { test: "a group is renamed, keeping members and unmapped native fields" },
      { test: "a deleted group is gone at the vendor; its members stay users" },
    ],
  },
  {
    says: "A record that is not there is answered as one that may not be seen",
    sources: ["errors"],
    holds: [{ test: "a token that lost its rights is a 503 for the operator, and nobody is lost" }],
  },
];
