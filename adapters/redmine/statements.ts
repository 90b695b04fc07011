// What Redmine's public documents say that its API does, in words of ours; it has no SCIM of its own.

import type { Source, Statement } from "../customer-facts.ts";

const read = "2026-11-22";

export const sources = {
  api: { title: "Redmine's REST API", url: "https://www.redmine.org/projects/redmine/wiki/Rest_api", read },
  users: { title: "Redmine's REST API: users", url: "https://www.redmine.org/projects/redmine/wiki/Rest_Users", read },
  groups: {
    title: "Redmine's REST API: groups",
    url: "https://www.redmine.org/projects/redmine/wiki/Rest_Groups",
    read,
  },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created",
    sources: ["users"],
    isSupported: true,
    holds: [{ test: "a created user exists at the vendor, reads back by id, and is found" }],
  },
  {
    says: "Users are changed",
    sources: ["users"],
    isSupported: true,
    holds: [{ test: "every attribute can be changed by PATCH alone, and nothing else changes with it" }],
  },
  {
    says: "Users are locked and unlocked",
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
    says: "Groups are created, renamed and deleted, and their members are kept in step",
    sources: ["groups"],
    isSupported: true,
    holds: [
      { test: "a group is created with its members, read back, and found" },
      { test: "a group is renamed, keeping members and unmapped native fields" },
      { test: "a deleted group is gone at the vendor; its members stay users" },
    ],
  },
  {
    says: "The API must be switched on, and an administrator's key opens it",
    sources: ["api"],
    holds: [
      { section: "docs/connect/redmine.md#for-the-gateway-in-redmine" },
      { test: "opens lists and writes; without it one user is shown as far as that is public" },
    ],
  },
];
