// What Request Tracker's public documents say that its API does, in words of ours; it has no SCIM of its own.

import type { Source, Statement } from "../customer-facts.ts";

export const sources = {
  rest2: {
    title: "RT::REST2, in the manual of Request Tracker 5.0.3 (also in Debian's package)",
    url: "https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html",
    read: "2026-11-29",
  },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created, read and changed",
    sources: ["rest2"],
    isSupported: true,
    holds: [
      { test: "a created user exists at the vendor, reads back by id, and is found" },
      { test: "every attribute can be changed by PATCH alone, and nothing else changes with it" },
    ],
  },
  {
    says: "A deletion of a user disables them",
    sources: ["rest2"],
    isSupported: true,
    holds: [{ test: "DELETE where deletion is to disable disables, hides, and survives a sweep" }],
  },
  {
    says: "Groups are created, renamed and disabled, and members are added and removed",
    sources: ["rest2"],
    isSupported: true,
    holds: [
      { test: "a group is created with its members, read back, and found" },
      { test: "a deleted group is gone at the vendor; its members stay users" },
    ],
  },
  {
    says: "A token opens the API",
    sources: ["rest2"],
    holds: [{ section: "docs/connect/request-tracker.md#for-the-gateway-in-request-tracker" }],
  },
];
